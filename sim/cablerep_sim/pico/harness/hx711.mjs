// An HX711 between a load cell and two pins: conversions, the ready line, 24 bits and the pulses that choose the gain.
// After Avia's HX711 datasheet; a comment marks each choice that the datasheet leaves open.

import { PER_US } from './timeline.mjs';

const LEAST = -0x800000;
const MOST = 0x7fffff;
const BITS = 24;
/** Gain by the number of pulses of the previous reading. 26 is the other channel: here the same cell at that gain. */
const GAINS = new Map([
  [25, 128],
  [26, 32],
  [27, 64],
]);
/** A bit is valid this long after the clock's rising edge (T3, maximum). */
const BIT_US = 0.1;
/** The clock held high for longer powers the chip down. */
const POWER_DOWN_US = 60;
/** Conversions until the output has settled after power-up: 400 ms at 10 a second, 50 ms at 80. */
const SETTLING = 4;

export class Hx711 {
  /**
   * @param {import('./timeline.mjs').Timeline} timeline
   * @param {import('./rows.mjs').Rows} rows
   * @param {{hz: number | null, pulses: number, leadUs?: number}} options
   * @param {(level: boolean) => void} drive the data line
   */
  constructor(timeline, rows, { hz, pulses, leadUs = 0 }, drive) {
    this.timeline = timeline;
    this.rows = rows;
    this.drive = drive;
    this.hz = hz;
    /** A conversion finishes this long before its row. */
    this.leadUs = leadUs;
    /** The gain that the rows' loads were taken with. */
    this.rowsGain = GAINS.get(pulses) ?? 128;
    /** Which wires are connected: an open data line follows the pin's pull-up, an open clock never moves. */
    this.dataWired = true;
    this.clockWired = true;
    this.powered = false;
    this.gain = 128;
    /** While the cable is at rest every second reading is one count higher: equal readings mean a broken wire. */
    this.noise = 0;
    this.settling = 0;
    /** The result of a conversion, whether it is waiting to be read, and the pulses so far. */
    this.word = 0;
    this.ready = false;
    this.pulses = 0;
    this.level = true;
    this.clockLevel = false;
    this.begun = Infinity;
    this.next = 0;
    this.conversion = timeline.alarm(() => this.convert());
    this.bit = timeline.alarm(() => this.put());
    this.powerDown = timeline.alarm(() => this.sleep());
  }

  /** Drive the pin at its present level, for a new chip. */
  show() {
    this.drive(this.dataWired ? this.level : true);
  }

  /** @param {boolean} on the supply */
  power(on) {
    if (on === this.powered) return;
    this.powered = on;
    this.clockLevel = false;
    this.bit.cancel();
    this.powerDown.cancel();
    if (on) {
      this.wake();
      this.plan();
    } else {
      this.conversion.cancel();
      this.set(true);
    }
  }

  /** Start again: channel A at gain 128, and the first conversions have not settled. */
  wake() {
    this.gain = 128;
    this.settling = SETTLING;
    this.forget();
  }

  sleep() {
    this.settling = Infinity;
    this.forget();
  }

  forget() {
    this.ready = false;
    this.pulses = 0;
    this.bit.cancel();
    this.set(true);
  }

  /** Time 0 of the rows is at cycle `at`. @param {number} at */
  begin(at) {
    this.begun = at;
    this.next = 0;
    if (this.powered && this.hz === null) this.plan();
  }

  /** Set the alarm to the end of the next conversion: by its own clock, or at the next row with a load. */
  plan() {
    const { loaded, us, loadPeriodUs } = this.rows;
    const { now } = this.timeline;
    if (this.hz === null && this.begun < Infinity) {
      while (this.next < loaded.length) {
        const at = this.begun + Math.round((us[loaded[this.next++]] - this.leadUs) * PER_US);
        if (at < now) continue;
        this.conversion.set(at);
        return;
      }
    }
    this.conversion.set(now + Math.round((this.hz ? 1e6 / this.hz : loadPeriodUs) * PER_US));
  }

  /** Whether the cable is at rest: the rows have not begun, or are over. */
  get standing() {
    const { us, length } = this.rows;
    return this.begun === Infinity || this.timeline.now > this.begun + us[length - 1] * PER_US;
  }

  convert() {
    this.noise = this.standing ? 1 - this.noise : 0;
    const us = (this.timeline.now - this.begun) / PER_US + (this.hz ? 0 : this.leadUs);
    const counts = Math.round((this.rows.loadAt(us) * this.gain) / this.rowsGain) + this.noise;
    const word = Math.min(MOST, Math.max(LEAST, counts)) & 0xffffff;
    this.plan();
    if (this.settling > 0) {
      this.settling--;
      return;
    }
    // One that finishes during a readout is lost; otherwise bits of two would mix. The datasheet does not say.
    if (this.pulses > 0 && this.pulses <= BITS) return;
    this.word = word;
    this.ready = true;
    this.pulses = 0;
    this.set(false);
  }

  /** The clock line is at `level`. @param {boolean} level */
  clock(level) {
    if (!this.powered || !this.clockWired || level === this.clockLevel) return;
    this.clockLevel = level;
    if (!level) {
      this.powerDown.cancel();
      if (this.settling === Infinity) this.wake();
      return;
    }
    this.powerDown.set(this.timeline.now + POWER_DOWN_US * PER_US);
    if (this.settling || (!this.ready && this.pulses === 0)) return;
    this.pulses++;
    this.bit.set(this.timeline.now + Math.round(BIT_US * PER_US));
    if (this.pulses > BITS) {
      this.ready = false;
      this.gain = GAINS.get(this.pulses) ?? this.gain;
    }
  }

  /** The clock wire is disconnected or connected. @param {boolean} wired */
  wireClock(wired) {
    this.clock(false);
    this.clockWired = wired;
  }

  /** @param {boolean} wired */
  wireData(wired) {
    this.dataWired = wired;
    this.show();
  }

  /** Put out the bit of the last pulse; after the 24th, "not ready". */
  put() {
    this.set(this.pulses > BITS || ((this.word >> (BITS - this.pulses)) & 1) !== 0);
  }

  /** @param {boolean} level */
  set(level) {
    if (level === this.level) return;
    this.level = level;
    this.show();
  }
}
