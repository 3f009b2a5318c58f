// Everything around the chip that outlives it: time, flash, USB cable, encoder, load cell, buzzer, measurements.
// It inserts and removes chips as power and resets require.

import { AngleSensor } from './angle_sensor.mjs';
import { Chip } from './chip.mjs';
import { FlashChip } from './flash.mjs';
import { Hx711 } from './hx711.mjs';
import { Indicator } from './indicator.mjs';
import { Meter } from './meter.mjs';
import { Encoder } from './quadrature.mjs';
import { PER_US, Timeline } from './timeline.mjs';
import { UsbHost } from './usb_host.mjs';

/** Flash operations closer together than this are reported as one. */
const FLASH_PAUSE_US = 20_000;
const LOW = 0; // GPIOPinState of the package
const HIGH = 1;

/** @typedef {import('./config.mjs').Config} Config */

export class World {
  /** @param {Config} config @param {(event: object) => void} tell */
  constructor(config, tell) {
    this.config = config;
    this.tell = tell;
    const timeline = (this.timeline = new Timeline());
    this.flash = new FlashChip(timeline);
    this.flash.bytes.set(config.flash);
    this.host = new UsbHost(timeline);
    this.meter = new Meter(timeline, { encoder: config.pins.encoder, profile: config.profile });
    this.indicator = new Indicator(timeline, config.pins);
    this.indicator.pressed = config.pressed;
    this.encoder = new Encoder(timeline, config.rows, (a, b) => {
      this.setPin(config.pins.encoder, a);
      this.setPin(config.pins.encoder === null ? null : config.pins.encoder + 1, b);
    });
    this.cell = config.cell
      ? new Hx711(
          timeline,
          config.rows,
          { hz: config.cell_hz, pulses: config.pulses, leadUs: config.load_lead_us },
          (level) => this.setPin(config.pins.cell_data, level),
        )
      : null;
    this.angleSensor = config.angle_sensor && new AngleSensor(timeline, config.rows, config.angle_sensor);
    /** @type {Chip | null} */
    this.chip = null;
    this.begun = false;
    /** What `start.after` is still waiting for. */
    this.awaited = new Set({ host: ['host'], command: ['command'] }[config.start.after] ?? []);
    this.start = timeline.alarm(() => this.begin());
    /** The contents of the pending event `flash`. @type {{[key: string]: number} | null} */
    this.flashRun = null;
    this.flashTold = timeline.alarm(() => this.tellFlash());
    this.connect();
  }

  /** Microseconds since the beginning. */
  get us() {
    return this.timeline.us;
  }

  connect() {
    const { flash, host, indicator, meter, encoder, tell, config } = this;
    flash.onOperation = (operation) => this.noteFlash(operation);
    flash.onCut = () => this.powerOff('cut_at_flash');
    host.onReady = (connected) => tell({ event: 'usb', connected, us: this.us });
    indicator.onLed = (on) => tell({ event: 'led', on, us: this.us });
    indicator.onTone = (hz) => tell({ event: 'tone', hz, us: this.us });
    encoder.onOver = () => tell({ event: 'over', us: this.us });
    meter.onSample = () => {
      if (config.start.after !== 'boot') this.arm();
    };
  }

  /** Begin the rows `offset_us` before now, if nothing else is awaited. */
  arm() {
    if (this.begun || this.awaited.size || this.start.at !== Infinity) return;
    // An alarm instead of a call, because a register of the chip is being read right now.
    this.start.set(this.timeline.now);
  }

  begin() {
    const at = Math.round(this.timeline.now - this.config.start.offset_us * PER_US);
    this.begun = true;
    this.meter.restart();
    this.encoder.begin(at);
    this.cell?.begin(at);
    if (this.angleSensor) this.angleSensor.begin(at);
    this.tell({ event: 'begin', us: at / PER_US });
  }

  /** What `start.after` was waiting for has happened. @param {'host' | 'command'} what */
  come(what) {
    this.awaited.delete(what);
  }

  /** @param {number | null} pin @param {boolean} level */
  setPin(pin, level) {
    if (this.chip && pin !== null) this.chip.setPin(pin, level);
  }

  /** Run until cycle `until`, across resets. @param {number} until */
  run(until) {
    const { timeline } = this;
    while (timeline.now < until) {
      if (this.chip) {
        if (!this.chip.run(until) && this.chip?.legacy) this.exchange(this.chip.legacy);
      } else {
        timeline.now = Math.min(until, Math.max(timeline.now, timeline.due));
        if (timeline.now >= timeline.due) timeline.fire();
      }
    }
  }

  powerOn() {
    if (this.chip) return;
    this.tell({ event: 'power', on: true, us: this.us, cause: 'command' });
    this.cell?.power(true);
    this.exchange({ reset: 'power_on', scratch: new Uint32Array(8) });
  }

  /** @param {'command' | 'cut_at_flash'} cause */
  powerOff(cause) {
    if (!this.chip) return;
    this.flash.powerOff();
    this.cell?.power(false);
    this.exchange(null);
    this.tellFlash();
    this.tell({ event: 'power', on: false, us: this.us, cause });
  }

  /** The chip ends, and another begins or none. @param {import('./chip.mjs').Legacy | null} legacy */
  exchange(legacy) {
    const { config } = this;
    this.chip?.stop();
    this.chip = legacy && new Chip(this.timeline, this.flash, config.bootrom, legacy);
    this.meter.attach(this.chip);
    this.host.attach(this.chip && this.chip.usb);
    this.indicator.attach(this.chip);
    if (this.angleSensor) this.angleSensor.attach(this.chip);
    if (!this.chip || !legacy) return;
    this.chip.core.onFault = (pc) => this.tell({ event: 'fault', pc, us: this.us });
    this.encoder.show();
    this.connectCell(this.chip);
    this.tell({ event: 'boot', reset: legacy.reset, us: this.us });
    if (config.start.after === 'boot') this.arm();
  }

  /** @param {Chip} chip */
  connectCell(chip) {
    const { cell } = this;
    const pin = this.config.pins.cell_clock;
    if (!cell || pin === null) return;
    cell.clock(false); // an input with a pull-down until the firmware configures it
    cell.show();
    chip.mcu.gpio[pin].addListener((/** @type {number} */ state) => {
      if (state === HIGH || state === LOW) cell.clock(state === HIGH);
    });
  }

  /** @param {import('./flash.mjs').Operation} operation */
  noteFlash({ kind, offset, bytes, start, until }) {
    const run = (this.flashRun ??= {
      us: this.us,
      erased: 0,
      programmed: 0,
      offset,
      end: offset,
      operations: 0,
      busy_us: 0,
    });
    run[kind === 'erase' ? 'erased' : 'programmed'] += bytes;
    run.offset = Math.min(run.offset, offset);
    run.end = Math.max(run.end, offset + bytes);
    run.operations++;
    run.busy_us += (until - start) / PER_US;
    this.flashTold.set(until + FLASH_PAUSE_US * PER_US);
  }

  tellFlash() {
    this.flashTold.cancel();
    if (this.flashRun) this.tell({ event: 'flash', ...this.flashRun });
    this.flashRun = null;
  }
}
