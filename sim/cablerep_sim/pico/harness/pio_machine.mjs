// One PIO state machine that can be brought up to date later, exactly as if it had been stepped all the time.
// A loop without effects is detected and skipped by arithmetic, because the quadrature decoder never stops.

import { Instructions } from './pio_instructions.mjs';

/** PIO times are in fractions of a cycle; this many make one. */
export const FINE = 256;

export class Machine extends Instructions {
  enabled = false;
  /** Length of the loop it is in, 0 if none is known. */
  loop = 0;
  steps = 0;
  span = 1;
  /** State when the search for a loop began. */
  mark = { next: -1, pc: 0, x: 0, y: 0, isr: 0, isrCount: 0, osr: 0, osrCount: 0, forced: 0, effects: 0 };

  /** Start it at `now`, in step with its divider, which never stops. @param {number} now */
  enable(now) {
    this.enabled = true;
    if (this.next < now) this.next += Math.ceil((now - this.next) / this.period) * this.period;
  }

  /** Something outside has changed: a detected loop is no longer valid. */
  disturb() {
    this.loop = 0;
    this.mark.next = -1;
    this.steps = 0;
    this.span = 1;
  }

  /** Execute every tick before `limit`. @param {number} limit */
  advance(limit) {
    while (this.next < limit) {
      if (this.loop) {
        this.next += Math.floor((limit - 1 - this.next) / this.loop) * this.loop;
        while (this.next < limit) this.step();
        return;
      }
      this.tick();
    }
  }

  /** Execute one tick, or detect a loop. */
  tick() {
    const { mark } = this;
    if (mark.pc === this.pc && mark.next >= 0 && this.matches()) {
      this.loop = this.next - mark.next;
      return;
    }
    if (++this.steps >= this.span) {
      this.steps = 0;
      this.span *= 2;
      mark.next = this.next;
      mark.pc = this.pc;
      mark.x = this.x;
      mark.y = this.y;
      mark.isr = this.isr;
      mark.isrCount = this.isrCount;
      mark.osr = this.osr;
      mark.osrCount = this.osrCount;
      mark.forced = this.forced;
      mark.effects = this.effects;
    }
    this.step();
    if (this.stalled) this.loop = this.period;
  }

  matches() {
    const { mark } = this;
    return (
      mark.next < this.next &&
      mark.x === this.x &&
      mark.y === this.y &&
      mark.isr === this.isr &&
      mark.osr === this.osr &&
      mark.isrCount === this.isrCount &&
      mark.osrCount === this.osrCount &&
      mark.forced === this.forced &&
      mark.effects === this.effects
    );
  }

  /** Execute the instruction that is due at `next`. */
  step() {
    const forced = this.forced;
    const opcode = forced >= 0 ? forced : this.block.memory[this.pc];
    const pc = this.pc;
    this.forced = -1;
    this.jumped = false;
    this.side(opcode);
    if (!this.execute(opcode)) {
      this.stalled = true;
      this.forced = forced;
      this.next += this.period;
      return;
    }
    this.stalled = false;
    if (forced < 0 && !this.jumped) this.pc = pc === this.wrapTop ? this.wrapBottom : (pc + 1) & 0x1f;
    const delay = this.forced >= 0 ? 0 : (opcode >>> 8) & this.delayMask;
    this.next += this.period * (1 + delay);
  }

  /** Execute what the CPU wrote to INSTR at `now`, between the ticks. @param {number} opcode @param {number} now */
  exec(opcode, now) {
    const { next } = this;
    this.next = now;
    this.forced = opcode;
    this.step();
    this.next = next;
  }
}
