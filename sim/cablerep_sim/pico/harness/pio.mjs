// A PIO block whose machines run on the CPU's own cycle count, with their clock dividers.
// Machines are brought up to date when they are read; only those that can affect pins or the CPU have events.

import { BasePeripheral } from 'rp2040js';
import { FINE, Machine } from './pio_machine.mjs';

/** @typedef {import('./timeline.mjs').Timeline} Timeline */

// Offsets of the registers: RP2040 datasheet, 3.7.
const CTRL = 0x00;
const FSTAT = 0x04;
const FDEBUG = 0x08;
const FLEVEL = 0x0c;
const TXF0 = 0x10;
const RXF0 = 0x20;
const FLAGS = 0x30;
const FLAGS_FORCE = 0x34;
const SYNC_BYPASS = 0x38;
const PADOUT = 0x3c;
const PADOE = 0x40;
const CFGINFO = 0x44;
const MEMORY = 0x48;
const MACHINES = 0xc8;
const MACHINE_BYTES = 0x18;
const INTERRUPTS = 0x128;

/** Whether an instruction moves pins, raises a flag, or executes injected code. @param {number} opcode */
function acts(opcode) {
  const destination = (opcode >>> 5) & 7;
  switch (opcode >>> 13) {
    case 3:
      return destination === 0 || destination === 4 || destination === 7;
    case 5:
      return destination === 0 || destination === 4;
    case 6:
      return true;
    case 7:
      return destination === 0 || destination === 4;
    default:
      return false;
  }
}

export class Pio extends BasePeripheral {
  /**
   * @param {import('rp2040js').RP2040} mcu
   * @param {string} name
   * @param {number} firstIrq
   * @param {Timeline} timeline
   */
  constructor(mcu, name, firstIrq, timeline) {
    super(mcu, name);
    this.timeline = timeline;
    this.firstIrq = firstIrq;
    this.memory = new Uint16Array(32);
    /** Levels of the GPIOs as the block sees them; written by the chip, see `setInputs`. */
    this.inputs = 0;
    /** The IRQ flags of the machines. */
    this.flags = 0;
    this.debug_ = 0;
    this.bypass = 0;
    this.pinValues = 0;
    this.pinDirections = 0;
    this.enables = [0, 0];
    this.forces = [0, 0];
    this.acting = false;
    this.units = [0, 1, 2, 3].map((index) => new Machine(this, index));
    /** The package's pins search this list for machines to wake; ours wake by themselves. @type {never[]} */
    this.machines = [];
    this.alarm = timeline.alarm(() => this.catchUp());
    /** Called when the CPU takes a word from a FIFO. @type {(machine: Machine) => void} */
    this.onRead = () => {};
    /** Called when an output of the block has changed. @type {(mask: number) => void} */
    this.onPins = () => {};
  }

  /** Execute all ticks before cycle `now`. */
  catchUp(now = this.timeline.now) {
    const limit = now * FINE;
    const [a, b, c, d] = this.units;
    const running = +a.enabled + +b.enabled + +c.enabled + +d.enabled;
    if (running === 1) (a.enabled ? a : b.enabled ? b : c.enabled ? c : d).advance(limit);
    else if (running) this.interleave(limit);
    if (this.acting) this.plan();
  }

  /** Machines see each other's flags, so their ticks run in order of time. @param {number} limit */
  interleave(limit) {
    for (;;) {
      /** @type {Machine | null} */
      let first = null;
      for (const unit of this.units) {
        if (unit.enabled && !unit.loop && unit.next < limit && (!first || unit.next < first.next)) first = unit;
      }
      if (!first) break;
      first.tick();
    }
    for (const unit of this.units) if (unit.enabled) unit.advance(limit);
  }

  /**
   * Machine `by` changes the flags at the tick it executes; until then the others see the old ones.
   * @param {import('./pio_instructions.mjs').Instructions} by
   * @param {number} flags
   */
  changeFlags(by, flags) {
    if (flags === this.flags) return;
    by.effects++;
    for (const unit of this.units) {
      if (unit === by || !unit.enabled) continue;
      if (unit.loop) unit.advance(by.next);
      unit.disturb();
    }
    this.flags = flags;
    this.levelsChanged();
  }

  /**
   * Set the alarm after the next tick of a machine that can move pins or interrupt the CPU: a pin that changes in the
   * same cycle comes first.
   */
  plan() {
    let at = Infinity;
    for (const unit of this.units) if (unit.enabled && !unit.loop && unit.next < at) at = unit.next;
    if (at === Infinity) this.alarm.cancel();
    else this.alarm.set(Math.floor(at / FINE) + 1);
  }

  /** Reconsider what may happen next after a change of programs, pins or registers. */
  disturb() {
    for (const unit of this.units) unit.disturb();
    this.acting =
      (this.enables[0] | this.enables[1]) !== 0 ||
      this.units.some((unit) => unit.enabled && unit.sideCount > 0) ||
      (this.units.some((unit) => unit.enabled) && this.memory.some(acts));
    if (this.acting) this.plan();
    else this.alarm.cancel();
  }

  /** A pin is at `level` from now on. @param {number} pin @param {boolean} level */
  setInput(pin, level) {
    const bit = 1 << pin;
    this.setInputs((level ? this.inputs | bit : this.inputs & ~bit) >>> 0);
  }

  /** The levels of the pins are `inputs` from now on. @param {number} inputs */
  setInputs(inputs) {
    if (inputs === this.inputs) return;
    this.catchUp();
    this.inputs = inputs;
    for (const unit of this.units) unit.disturb();
    if (this.acting) this.plan();
  }

  /**
   * Change outputs at the tick `at`; return whether they were different.
   * @param {number} at
   * @param {number} directions
   * @param {number} mask
   * @param {number} levels
   */
  drive(at, directions, mask, levels) {
    const old = directions ? this.pinDirections : this.pinValues;
    const present = ((old & ~mask) | (levels & mask)) >>> 0;
    if (present === old) return false;
    if (directions) this.pinDirections = present;
    else this.pinValues = present;
    const { timeline } = this;
    const { now } = timeline;
    timeline.now = Math.floor(at / FINE);
    this.onPins((old ^ present) >>> 0);
    timeline.now = now;
    return true;
  }

  /** @param {number} index */
  rxStalled(index) {
    this.debug_ |= 1 << index;
  }

  /** @param {number} index */
  txStalled(index) {
    this.debug_ |= 1 << (24 + index);
  }

  get raw() {
    let raw = (this.flags & 0xf) << 8;
    for (const { index, rx, tx } of this.units) {
      if (rx.count) raw |= 1 << index;
      if (tx.count < tx.depth) raw |= 1 << (4 + index);
    }
    return raw;
  }

  /** FIFO levels or flags have changed: update the CPU's interrupts. */
  levelsChanged() {
    if (!(this.enables[0] | this.enables[1] | this.forces[0] | this.forces[1])) return;
    for (const i of [0, 1]) {
      this.rp2040.setInterrupt(this.firstIrq + i, ((this.raw & this.enables[i]) | this.forces[i]) !== 0);
    }
  }

  /** @param {number} offset @returns {number} */
  readUint32(offset) {
    this.catchUp();
    if (offset >= MACHINES && offset < INTERRUPTS) return this.readMachine(offset - MACHINES);
    if (offset >= MEMORY && offset < MACHINES) return this.memory[(offset - MEMORY) >>> 2];
    if (offset >= RXF0 && offset < RXF0 + 16) return this.take(this.units[(offset - RXF0) >>> 2]);
    if (offset >= INTERRUPTS && offset <= INTERRUPTS + 0x18) return this.readInterrupts(offset - INTERRUPTS);
    let value = 0;
    switch (offset) {
      case CTRL:
        for (const unit of this.units) value |= +unit.enabled << unit.index;
        return value;
      case FSTAT:
        for (const { index, rx, tx } of this.units) {
          if (!tx.count) value |= 1 << (24 + index);
          if (tx.count >= tx.depth) value |= 1 << (16 + index);
          if (!rx.count) value |= 1 << (8 + index);
          if (rx.count >= rx.depth) value |= 1 << index;
        }
        return value;
      case FDEBUG:
        return this.debug_;
      case FLEVEL:
        for (const { index, rx, tx } of this.units) value |= (tx.count | (rx.count << 4)) << (8 * index);
        return value >>> 0;
      case FLAGS:
        return this.flags;
      case SYNC_BYPASS:
        return this.bypass;
      case PADOUT:
        return this.pinValues;
      case PADOE:
        return this.pinDirections;
      case CFGINFO:
        return 0x200404;
      default:
        return 0;
    }
  }

  /** @param {Machine} unit */
  take(unit) {
    if (!unit.rx.count) {
      this.debug_ |= 1 << (8 + unit.index);
      return 0;
    }
    const word = unit.rx.pull();
    unit.disturb();
    if (this.acting) this.plan();
    this.levelsChanged();
    this.onRead(unit);
    return word;
  }

  /** @param {number} offset */
  readMachine(offset) {
    const unit = this.units[Math.floor(offset / MACHINE_BYTES)];
    switch (offset % MACHINE_BYTES) {
      case 0x00:
        return unit.clkdiv;
      case 0x04:
        return ((unit.execctrl & 0x7fffffff) | (unit.stalled && unit.forced >= 0 ? 0x80000000 : 0)) >>> 0;
      case 0x08:
        return unit.shiftctrl;
      case 0x0c:
        return unit.pc;
      case 0x10:
        return unit.forced >= 0 ? unit.forced : this.memory[unit.pc];
      default:
        return unit.pinctrl;
    }
  }

  /** @param {number} offset */
  readInterrupts(offset) {
    const line = offset >= 0x10 ? 1 : 0;
    if (offset === 0) return this.raw;
    switch ((offset - 4) % 12) {
      case 0:
        return this.enables[line];
      case 4:
        return this.forces[line];
      default:
        return (this.raw & this.enables[line]) | this.forces[line];
    }
  }

  /** @param {number} offset @param {number} value */
  writeUint32(offset, value) {
    value >>>= 0;
    this.catchUp();
    const fine = this.timeline.now * FINE;
    if (offset >= MACHINES && offset < INTERRUPTS) this.writeMachine(offset - MACHINES, value, fine);
    else if (offset >= MEMORY && offset < MACHINES) this.memory[(offset - MEMORY) >>> 2] = value;
    else if (offset >= TXF0 && offset < TXF0 + 16) this.give(this.units[(offset - TXF0) >>> 2], value);
    else if (offset > INTERRUPTS && offset <= INTERRUPTS + 0x14) {
      const line = offset >= 0x138 ? 1 : 0;
      ((offset - INTERRUPTS - 4) % 12 === 0 ? this.enables : this.forces)[line] = value & 0xfff;
      this.rp2040.setInterrupt(this.firstIrq + line, ((this.raw & this.enables[line]) | this.forces[line]) !== 0);
    } else if (offset === CTRL) this.control(value, fine);
    else if (offset === FDEBUG) this.debug_ &= ~this.rawWriteValue;
    else if (offset === FLAGS) this.flags &= ~this.rawWriteValue;
    else if (offset === FLAGS_FORCE) this.flags |= value & 0xff;
    else if (offset === SYNC_BYPASS) this.bypass = value;
    if (offset === FLAGS || offset === FLAGS_FORCE) this.levelsChanged();
    this.disturb();
  }

  /** @param {number} value of CTRL @param {number} fine */
  control(value, fine) {
    for (const unit of this.units) {
      if (value & (1 << (4 + unit.index))) unit.restart();
      if (value & (1 << (8 + unit.index))) unit.next = fine + unit.period;
      if (!(value & (1 << unit.index))) unit.enabled = false;
      else if (!unit.enabled) unit.enable(fine);
    }
  }

  /** @param {Machine} unit @param {number} word */
  give(unit, word) {
    if (unit.tx.count >= unit.tx.depth) this.debug_ |= 1 << (16 + unit.index);
    else unit.tx.push(word);
    this.levelsChanged();
  }

  /** @param {number} offset @param {number} value @param {number} fine */
  writeMachine(offset, value, fine) {
    const unit = this.units[Math.floor(offset / MACHINE_BYTES)];
    switch (offset % MACHINE_BYTES) {
      case 0x00:
        unit.clkdiv = value;
        unit.configure();
        break;
      case 0x04:
        unit.execctrl = value;
        unit.configure();
        break;
      case 0x08:
        unit.setShiftctrl(value);
        break;
      case 0x10:
        unit.exec(value & 0xffff, fine);
        break;
      case 0x14:
        unit.pinctrl = value;
        unit.configure();
    }
  }
}
