// Figures about the chip, all from the cycle count, so that the firmware needs no instrumentation.
// Only its stages cannot be seen from outside; for them it can write marks to a register that ignores writes.

import { BasePeripheral } from 'rp2040js';
import { HZ, PER_US } from './timeline.mjs';

/** Exception numbers of the four timer interrupts. */
const TIMER_FIRST = 16;
const TIMER_LAST = 19;
const MARK_END = 0x100;
const EDGES_US = [5, 10, 20, 50, 200];
const PAGE_SHIFT = 12;

/** A growing list of numbers; it can hold millions. */
class Series {
  constructor() {
    this.values = new Float64Array(1024);
    this.count = 0;
  }

  /** @param {number} value */
  add(value) {
    if (this.count === this.values.length) {
      const wider = new Float64Array(2 * this.count);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.count++] = value;
  }

  get sorted() {
    return this.values.slice(0, this.count).sort();
  }

  /** Count, mean, 99th percentile and maximum, or null without values. */
  summary() {
    const { count } = this;
    if (!count) return null;
    const { sorted } = this;
    const sum = sorted.reduce((total, value) => total + value, 0);
    return { count, mean: sum / count, p99: sorted[Math.ceil(0.99 * count) - 1], max: sorted[count - 1] };
  }
}

/**
 * How well instants lie on a grid of whole microseconds.
 * @param {Float64Array} instants in cycles, rising
 */
export function gridFigures(instants) {
  if (instants.length < 3) return null;
  const gaps = instants.slice(1).map((at, i) => at - instants[i]);
  const period = Math.round(gaps.slice().sort()[gaps.length >> 1] / PER_US) * PER_US;
  let steps = 0;
  let missed = 0;
  const offsets = new Float64Array(instants.length);
  gaps.forEach((gap, i) => {
    const turns = Math.max(1, Math.round(gap / period));
    missed += turns - 1;
    steps += turns;
    offsets[i + 1] = instants[i + 1] - instants[0] - steps * period;
  });
  const middle = offsets.slice().sort()[offsets.length >> 1];
  const deviations = offsets.map((offset) => Math.abs(offset - middle) / PER_US);
  const histogram = new Array(EDGES_US.length + 1).fill(0);
  for (const deviation of deviations) {
    const bin = EDGES_US.findIndex((edge) => deviation <= edge);
    histogram[bin < 0 ? EDGES_US.length : bin]++;
  }
  const worst = gaps.reduce((most, gap) => Math.max(most, Math.abs(gap - Math.round(gap / period) * period)), 0);
  return {
    count: instants.length,
    period_us: period / PER_US,
    mean_period_us: (instants[instants.length - 1] - instants[0]) / steps / PER_US,
    missed,
    deviation_us: deviations.reduce((most, value) => Math.max(most, value), 0),
    gap_deviation_us: worst / PER_US,
    histogram_us: Object.fromEntries([...EDGES_US.map(String), 'more'].map((name, i) => [name, histogram[i]])),
  };
}

export class Meter {
  // Reset by `restart`.
  began = 0;
  beganReal = 0;
  sleptAtBegin = 0;
  secondSlept = 0;
  busiest = 0;
  asleep = 0;
  instants = new Series();
  ticks = new Series();
  /** @type {Map<number, {inclusive: Series, exclusive: Series}>} */
  stages = new Map();
  /** Samples of the program counter in each page of 4 KiB. @type {Map<number, number>} */
  pages = new Map();

  /** @param {import('./timeline.mjs').Timeline} timeline @param {{encoder: number | null, profile: boolean}} options */
  constructor(timeline, { encoder, profile }) {
    this.timeline = timeline;
    this.encoder = encoder;
    this.profile = profile;
    /** @type {import('./chip.mjs').Chip | null} */
    this.chip = null;
    /** Cycles that earlier chips slept or had no power, so that figures continue across resets. */
    this.sleptBefore = 0;
    this.offSince = 0;
    /** @type {{number: number, at: number, sampled: boolean}[]} */
    this.exceptions = [];
    /** @type {{stage: number, at: number, slept: number, stolen: number, inner: number, depth: number}[]} */
    this.marks = [];
    this.second = timeline.alarm(() => this.endSecond());
    this.sampling = timeline.alarm(() => this.sample());
    /** Called at the first reading of the encoder in each timer interrupt. */
    this.onSample = () => {};
    this.restart();
  }

  /** Measure from now on. */
  restart() {
    this.began = this.timeline.now;
    this.beganReal = performance.now();
    this.sleptAtBegin = this.slept;
    this.busiest = 0;
    this.secondSlept = this.slept;
    this.instants = new Series();
    this.ticks = new Series();
    this.stages = new Map();
    this.pages = new Map();
    this.asleep = 0;
    if (this.chip) this.watch();
  }

  /** Take the periodic figures; without a chip there are none, so that time can stand still. */
  watch() {
    this.secondSlept = this.slept;
    this.second.set(this.timeline.now + HZ);
    if (this.profile) this.sampling.set(this.timeline.now + 1);
  }

  /** Cycles asleep or without power. */
  get slept() {
    return this.sleptBefore + (this.chip ? this.chip.slept : this.timeline.now - this.offSince);
  }

  /** @param {import('./chip.mjs').Chip | null} chip the new one, or none */
  attach(chip) {
    this.sleptBefore = this.slept;
    this.offSince = this.timeline.now;
    this.chip = chip;
    this.exceptions = [];
    this.marks = [];
    if (!chip) {
      this.second.cancel();
      this.sampling.cancel();
      return;
    }
    if (this.second.at === Infinity) this.watch();
    chip.core.onEnter = (number) => this.exceptions.push({ number, at: this.timeline.now, sampled: false });
    chip.core.onLeave = () => this.leave();
    for (const pio of chip.pio) {
      pio.onRead = (machine) => {
        if (machine.inBase === this.encoder) this.read();
      };
    }
    chip.mcu.peripherals[0x40000] = new SysInfo(chip.mcu, (value) => this.mark(value));
  }

  /** The encoder's FIFO was read. */
  read() {
    const exception = this.exceptions[this.exceptions.length - 1];
    if (!exception || exception.number < TIMER_FIRST || exception.number > TIMER_LAST || exception.sampled) return;
    exception.sampled = true;
    this.instants.add(this.timeline.now);
    this.onSample();
  }

  leave() {
    const exception = this.exceptions.pop();
    if (!exception) return;
    const cycles = this.timeline.now - exception.at;
    if (exception.sampled) this.ticks.add(cycles);
    const mark = this.marks[this.marks.length - 1];
    if (mark && mark.depth === this.exceptions.length) mark.stolen += cycles;
  }

  /** The firmware begins or ends a stage. @param {number} value the stage's number, 256 more at its end */
  mark(value) {
    const stage = value & 0xff;
    const { now } = this.timeline;
    if (!(value & MARK_END)) {
      const depth = this.exceptions.length;
      this.marks.push({ stage, at: now, slept: this.slept, stolen: 0, inner: 0, depth });
      return;
    }
    while (this.marks.length) {
      const mark = this.marks.pop();
      if (!mark || mark.stage !== stage) continue; // one that an exception left open
      const whole = now - mark.at - (this.slept - mark.slept) - mark.stolen;
      const series = this.stages.get(stage) ?? { inclusive: new Series(), exclusive: new Series() };
      series.inclusive.add(whole);
      series.exclusive.add(whole - mark.inner);
      this.stages.set(stage, series);
      const outer = this.marks[this.marks.length - 1];
      if (outer) {
        outer.inner += whole;
        outer.stolen += mark.stolen;
      }
      return;
    }
  }

  endSecond() {
    const { slept } = this;
    this.busiest = Math.max(this.busiest, 1 - (slept - this.secondSlept) / HZ);
    this.secondSlept = slept;
    this.second.set(this.timeline.now + HZ);
  }

  /** Sample the program counter at 10 kHz, at intervals that do not align with anything periodic. */
  sample() {
    const core = this.chip?.core;
    if (!core) return;
    if (core.waiting) this.asleep++;
    else {
      const page = core.PC >>> PAGE_SHIFT;
      this.pages.set(page, (this.pages.get(page) ?? 0) + 1);
    }
    this.sampling.set(this.timeline.now + 12_497);
  }

  figures() {
    const cycles = this.timeline.now - this.began;
    const slept = this.slept - this.sleptAtBegin;
    const realS = (performance.now() - this.beganReal) / 1000;
    const seconds = cycles / HZ;
    return {
      seconds,
      real_seconds: realS,
      speed: realS > 0 ? seconds / realS : 0,
      cycles,
      slept_cycles: slept,
      cpu_share: cycles ? 1 - slept / cycles : 0,
      cpu_share_busiest_second: this.busiest,
      sampling: gridFigures(this.instants.values.slice(0, this.instants.count)),
      tick_cycles: this.ticks.summary(),
      stages: Object.fromEntries(
        [...this.stages].map(([stage, { inclusive, exclusive }]) => [
          stage,
          { inclusive: inclusive.summary(), exclusive: exclusive.summary() },
        ]),
      ),
      profile: this.profile
        ? {
            asleep: this.asleep,
            pages: [...this.pages].sort((a, b) => b[1] - a[1]).map(([page, n]) => [page * 2 ** PAGE_SHIFT, n]),
          }
        : null,
    };
  }
}

/** SYSINFO: read-only on a real chip, so writes to its CHIP_ID can serve as marks. */
class SysInfo extends BasePeripheral {
  /** @param {import('rp2040js').RP2040} mcu @param {(value: number) => void} onMark */
  constructor(mcu, onMark) {
    super(mcu, 'SYSINFO');
    this.onMark = onMark;
  }

  /** @param {number} offset @returns {number} */
  readUint32(offset) {
    return { 0x00: 0x20002927, 0x04: 0x02, 0x40: 0xe0c912e8 }[offset] ?? 0; // an RP2040 B2
  }

  /** @param {number} offset @param {number} value */
  writeUint32(offset, value) {
    if (offset === 0) this.onMark(value);
  }
}
