// An incremental encoder that follows the trace's travel: each count is an edge at the time it is passed.
// Counts change half-way between two positions, so that the count at each row is exactly the row's.

import { PER_US } from './timeline.mjs';

/** Channels A (bit 0) and B (bit 1) over the counts: A leading B counts up, as in board/rp2/quadrature.py. */
const GRAY = [0b00, 0b01, 0b11, 0b10];

export class Encoder {
  /**
   * @param {import('./timeline.mjs').Timeline} timeline
   * @param {import('./rows.mjs').Rows} rows
   * @param {(a: boolean, b: boolean) => void} drive
   */
  constructor(timeline, rows, drive) {
    this.timeline = timeline;
    this.rows = rows;
    this.drive = drive;
    this.count = rows.travel[0];
    /** The previous row, and the edges passed since. */
    this.row = 0;
    this.edge = 0;
    this.begun = 0;
    this.alarm = timeline.alarm(() => this.move());
    /** Called when the last row is reached. */
    this.onOver = () => {};
  }

  /** Drive the pins at their present levels, for a new chip. */
  show() {
    const state = GRAY[this.count & 3];
    this.drive((state & 1) !== 0, (state & 2) !== 0);
  }

  /** Time 0 of the rows is at cycle `at`. @param {number} at */
  begin(at) {
    this.begun = at;
    this.plan();
  }

  /** Set the alarm to the next edge, or to the last row if no edge is left. */
  plan() {
    const { us, travel, length } = this.rows;
    for (; this.row + 1 < length; this.row++, this.edge = 0) {
      const counts = Math.abs(travel[this.row + 1] - travel[this.row]);
      if (this.edge < counts) {
        const part = (this.edge + 0.5) / counts;
        this.alarm.set(this.cycle(us[this.row] + part * (us[this.row + 1] - us[this.row])));
        return;
      }
    }
    this.alarm.set(this.cycle(us[length - 1]));
  }

  move() {
    const { travel, length } = this.rows;
    if (this.row + 1 >= length) {
      this.onOver();
      return;
    }
    this.count += Math.sign(travel[this.row + 1] - travel[this.row]);
    this.edge++;
    this.show();
    this.plan();
  }

  /** The cycle of `us` in the rows' time. @param {number} us */
  cycle(us) {
    return this.begun + Math.round(us * PER_US);
  }
}
