// One RP2040 from one reset to the next, on the shared cycle count.
// The package's chip, with PIO, flash interface and USB controller replaced by ones that are exact in time.

import { RP2040 } from 'rp2040js';
import { FLASH } from './bus.mjs';
import { Core } from './core.mjs';
import { Pio } from './pio.mjs';
import { IoQspi, Ssi, XipControl } from './ssi.mjs';
import { ChipClock } from './timeline.mjs';
import { UsbDevice } from './usb_device.mjs';

const PIO_IRQS = [7, 9];
const TIMER_IRQS = [0, 1, 2, 3];
const WATCHDOG_REASONS = /** @type {const} */ ([, 'watchdog', 'forced']);

/** @typedef {'power_on' | 'watchdog' | 'forced'} Reset */
/** What a chip passes on to the next one. @typedef {{reset: Reset, scratch: Uint32Array}} Legacy */

const silent = { debug() {}, info() {}, warn() {}, error() {} };

export class Chip {
  /**
   * @param {import('./timeline.mjs').Timeline} timeline
   * @param {import('./flash.mjs').FlashChip} flash
   * @param {Uint32Array} bootrom
   * @param {Legacy} legacy
   */
  constructor(timeline, flash, bootrom, legacy) {
    this.timeline = timeline;
    this.clock = new ChipClock(timeline);
    // The package's types are narrower than what it accepts, and its parts are replaced here.
    const mcu = /** @type {any} */ (new RP2040(/** @type {any} */ (this.clock)));
    this.mcu = mcu;
    mcu.logger = silent;
    mcu.loadBootrom(bootrom);
    mcu.flash = flash.bytes;
    mcu.flash16 = new Uint16Array(flash.bytes.buffer);
    mcu.flashView = new DataView(flash.bytes.buffer);
    this.core = mcu.core = new Core(mcu, timeline);
    /** Cycles slept since the start. */
    this.slept = 0;
    /** Set at the end: by a reset, with what the next chip inherits, or by `stop`. */
    this.over = false;
    /** @type {Legacy | null} */
    this.legacy = null;
    const ssi = new Ssi(mcu, flash, timeline);
    this.pio = PIO_IRQS.map((irq, i) => new Pio(mcu, `PIO${i}`, irq, timeline));
    this.usb = new UsbDevice(mcu);
    mcu.pio = this.pio;
    mcu.usbCtrl = this.usb;
    Object.assign(mcu.peripherals, {
      0x14000: new XipControl(mcu, 'XIP_CTRL'),
      0x18000: ssi,
      0x40018: new IoQspi(mcu, ssi),
      0x50110: this.usb,
      0x50200: this.pio[0],
      0x50300: this.pio[1],
    });
    for (const pio of this.pio) pio.onPins = (mask) => this.outputsChanged(mask);
    this.watchPads();
    this.alignTimer();
    this.arrangeReset(legacy);
    this.core.registers[13] = bootrom[0];
    this.core.PC = FLASH; // where the boot ROM continues with stage 2; what it does before does not matter
  }

  /** Run until cycle `until` or a reset; return whether the chip goes on. @param {number} until */
  run(until) {
    const { timeline, core } = this;
    while (timeline.now < until && !this.over) {
      if (core.waiting) {
        const wake = Math.min(timeline.due, until);
        if (wake > timeline.now) {
          this.slept += wake - timeline.now;
          timeline.now = wake;
        }
      } else core.run(until);
      if (timeline.now >= timeline.due) timeline.fire();
    }
    return !this.over;
  }

  /** The chip ends: none of its pending events happens. */
  stop() {
    this.over = true;
    this.clock.stop();
    for (const pio of this.pio) pio.alarm.cancel();
  }

  /** @param {number} pin @param {boolean} level from outside */
  setPin(pin, level) {
    const gpio = this.mcu.gpio[pin];
    if (gpio.rawInputValue === level) return;
    gpio.setInputValue(level);
    for (const pio of this.pio) pio.setInput(pin, gpio.inputValue);
  }

  /** Pass the pins' input levels to the PIO. */
  inputsChanged() {
    const inputs = this.mcu.gpioValues >>> 0;
    for (const pio of this.pio) pio.setInputs(inputs);
  }

  /** @param {number} mask */
  outputsChanged(mask) {
    const { gpio } = this.mcu;
    for (let pin = 0; pin < gpio.length; pin++) if (mask & (1 << pin)) gpio[pin].checkForUpdates();
  }

  /** A pad's input enable or a pin's override changes what the PIO sees. */
  watchPads() {
    for (const address of [0x40014, 0x4001c]) {
      const peripheral = this.mcu.peripherals[address];
      const write = peripheral.writeUint32.bind(peripheral);
      peripheral.writeUint32 = (/** @type {number} */ offset, /** @type {number} */ value) => {
        write(offset, value);
        this.inputsChanged();
      };
    }
  }

  /** The timer's alarms fire when its count changes, at a whole microsecond; the package is up to one early. */
  alignTimer() {
    const timer = this.mcu.peripherals[0x40054];
    for (const i of TIMER_IRQS) {
      const { timeline, clock } = this;
      const alarm = timeline.alarm(() => timer.fireAlarm(i));
      clock.alarms.push(alarm);
      timer.alarms[i].clockAlarm = {
        /** @param {number} deltaNanos whole microseconds from now, rounded down */
        schedule: (deltaNanos) => alarm.set(clock.born + Math.ceil((clock.nanos + deltaNanos) / 1000) * 125),
        cancel: () => alarm.cancel(),
      };
    }
  }

  /** @param {Legacy} legacy */
  arrangeReset(legacy) {
    const watchdog = this.mcu.peripherals[0x40058];
    watchdog.scratchData.set(legacy.scratch);
    watchdog.reason = { power_on: 0, watchdog: 1, forced: 2 }[legacy.reset];
    watchdog.onWatchdogTrigger = () => {
      const reset = WATCHDOG_REASONS[watchdog.reason] ?? 'forced';
      this.legacy = { reset, scratch: watchdog.scratchData.slice() };
      this.stop();
      this.timeline.alarm(() => {}).set(this.timeline.now); // ends the inner loop of `run`
    };
  }
}
