// LED and buzzer as a person next to the board sees and hears them, and the button.
// The buzzer is read from the PWM's registers: its edges do not matter and would cost thousands of events.

import { HZ, PER_US } from './timeline.mjs';

const HIGH = 1; // GPIOPinState.High of the package
const FUNCTION_PWM = 4;
const SLICE_BYTES = 0x14;
/** A change of frequency takes several writes; the states between them are not reported. */
const SETTLED_US = 50;

export class Indicator {
  /**
   * @param {import('./timeline.mjs').Timeline} timeline
   * @param {{led: number | null, buzzer: number | null, button: number | null}} pins
   */
  constructor(timeline, pins) {
    this.pins = pins;
    this.pressed = false;
    this.lit = false;
    this.hz = 0;
    /** @type {any} */
    this.mcu = null;
    /** @type {(pin: number, level: boolean) => void} */
    this.drive = () => {};
    this.settled = timeline.alarm(() => this.listen());
    /** @type {(on: boolean) => void} */
    this.onLed = () => {};
    /** @type {(hz: number) => void} */
    this.onTone = () => {};
  }

  /** @param {import('./chip.mjs').Chip | null} chip the new one, or none */
  attach(chip) {
    this.settled.cancel();
    this.light(false);
    this.sound(0);
    this.mcu = chip ? chip.mcu : null;
    if (!chip) return;
    const { led, buzzer } = this.pins;
    this.drive = (pin, level) => chip.setPin(pin, level);
    if (led !== null) {
      chip.mcu.gpio[led].addListener((/** @type {number} */ state) => this.light(state === HIGH));
    }
    if (buzzer !== null) {
      const { pwm } = chip.mcu;
      const write = pwm.writeUint32.bind(pwm);
      pwm.writeUint32 = (/** @type {number} */ offset, /** @type {number} */ value) => {
        write(offset, value);
        this.settled.set(chip.timeline.now + SETTLED_US * PER_US);
      };
    }
    this.press(this.pressed);
  }

  /** @param {boolean} pressed */
  press(pressed) {
    this.pressed = pressed;
    if (this.pins.button !== null) this.drive(this.pins.button, !pressed); // to ground, or pull-up
  }

  /** @param {boolean} on */
  light(on) {
    if (on === this.lit) return;
    this.lit = on;
    this.onLed(on);
  }

  /** @param {number} hz */
  sound(hz) {
    if (hz === this.hz) return;
    this.hz = hz;
    this.onTone(hz);
  }

  /** Determine the frequency of the buzzer's PWM slice. */
  listen() {
    const pin = /** @type {number} */ (this.pins.buzzer);
    const { pwm, gpio } = this.mcu;
    const base = ((pin >> 1) & 7) * SLICE_BYTES;
    const control = pwm.readUint32(base);
    const divider = (pwm.readUint32(base + 4) & 0xfff) / 16 || 256;
    const level = (pwm.readUint32(base + 12) >>> (pin & 1 ? 16 : 0)) & 0xffff;
    const top = pwm.readUint32(base + 16) & 0xffff;
    const runs = (control & 1) !== 0 && gpio[pin].functionSelect === FUNCTION_PWM && level > 0 && level <= top;
    const cycles = divider * (top + 1) * (control & 2 ? 2 : 1);
    this.sound(runs ? Math.round(HZ / cycles) : 0);
  }
}
