// Exceptions of the Cortex-M0+: which one is taken when, its stack frame, and sleep until one comes.
// The package's interrupt controller reads and writes the fields here, hence their names.

import { Bus } from './bus.mjs';

const HARD_FAULT = 3;
const SVCALL = 11;
const PENDSV = 14;
const SYSTICK = 15;
const FIRST_IRQ = 16;
const HARDWARE_IRQS = 26;
const ALIGNED = 1 << 9; // of the stacked xPSR: four bytes were left out
const FRAME = 0x20;
/** ARM Cortex-M0+ technical reference manual, 3.3 and 3.6: without wait states. */
const ENTRY_CYCLES = 15;
export const EXIT_CYCLES = 13;
const NO_EXCEPTION = 4; // less urgent than every exception

export class Exceptions extends Bus {
  /** @param {any} mcu @param {import('./timeline.mjs').Timeline} timeline */
  constructor(mcu, timeline) {
    super(mcu, timeline);
    this.registers = new Int32Array(16);
    /** Flags: N and Z are those of the last result. */
    this.nz = 1;
    this.carry = 0;
    this.overflow = 0;
    this.IPSR = 0;
    this.PM = false; // PRIMASK
    this.VTOR = 0;
    /** The stack pointer not in use, and whether the process stack is in use. */
    this.otherSP = 0;
    this.usesProcessStack = false;
    this.SHPR2 = 0;
    this.SHPR3 = 0;
    this.pendingNMI = false;
    this.pendingPendSV = false;
    this.pendingSVCall = false;
    this.pendingSystick = false;
    this.pendingInterrupts = 0;
    this.enabledInterrupts = 0;
    /** The interrupts of priority 0, 1, 2 and 3, as bit masks. */
    this.interruptPriorities = [-1, 0, 0, 0];
    this.eventRegistered = false;
    /** Asleep; WFI wakes even if interrupts are masked. */
    this.waiting = false;
    this.waitsForInterrupt = false;
    this.cycles = 0; // the package adds to it; it is never read
    /** Called when an exception begins or ends. @type {(number: number) => void} */
    this.onEnter = () => {};
    this.onLeave = () => {};
    /** Called at an instruction that faults. @type {(pc: number) => void} */
    this.onFault = () => {};
  }

  get PC() {
    return this.registers[15] >>> 0;
  }

  set PC(address) {
    this.registers[15] = address;
  }

  get xPSR() {
    const flags = (this.nz < 0 ? 8 : 0) | (this.nz === 0 ? 4 : 0) | (this.carry << 1) | this.overflow;
    return (flags << 28) | (1 << 24) | this.IPSR;
  }

  /** @param {number} value of which the flags are taken */
  setFlags(value) {
    this.nz = value & 0x40000000 ? 0 : value < 0 ? -1 : 1;
    this.carry = (value >>> 29) & 1;
    this.overflow = (value >>> 28) & 1;
  }

  /** @param {boolean} process */
  switchStack(process) {
    if (process === this.usesProcessStack) return;
    const sp = this.registers[13];
    this.registers[13] = this.otherSP;
    this.otherSP = sp;
    this.usesProcessStack = process;
  }

  /** A line of the interrupt controller. @param {number} irq @param {boolean} level */
  setInterrupt(irq, level) {
    const bit = 1 << irq;
    if (!level) {
      this.pendingInterrupts &= ~bit;
      return;
    }
    if (this.pendingInterrupts & bit) return;
    this.pendingInterrupts |= bit;
    this.interruptsUpdated = true;
    if (this.waiting && this.enabledInterrupts & bit && (this.waitsForInterrupt || this.next())) this.waiting = false;
  }

  /** Priority of an exception, smaller is more urgent. @param {number} number */
  priority(number) {
    if (number === HARD_FAULT) return -1;
    if (number === SVCALL) return this.SHPR2 >>> 30;
    if (number === PENDSV) return (this.SHPR3 >>> 22) & 3;
    if (number === SYSTICK) return this.SHPR3 >>> 30;
    if (number < FIRST_IRQ) return NO_EXCEPTION;
    const bit = 1 << (number - FIRST_IRQ);
    return this.interruptPriorities.findIndex((mask) => mask & bit);
  }

  /** The exception to take now, or 0. */
  next() {
    let present = this.IPSR ? this.priority(this.IPSR) : NO_EXCEPTION;
    if (this.PM) present = Math.min(present, 0);
    return this.mostUrgent(present);
  }

  /** The pending interrupt, for the interrupt controller's register. */
  get vectPending() {
    return this.mostUrgent(NO_EXCEPTION);
  }

  /** @param {number} below the priority to be more urgent than */
  mostUrgent(below) {
    const irqs = this.pendingInterrupts & this.enabledInterrupts;
    if (!irqs && !this.pendingPendSV && !this.pendingSVCall && !this.pendingSystick) return 0;
    for (let priority = 0; priority < below; priority++) {
      if (this.pendingSVCall && this.priority(SVCALL) === priority) return SVCALL;
      if (this.pendingPendSV && this.priority(PENDSV) === priority) return PENDSV;
      if (this.pendingSystick && this.priority(SYSTICK) === priority) return SYSTICK;
      const here = irqs & this.interruptPriorities[priority];
      if (here) return FIRST_IRQ + 31 - Math.clz32(here & -here); // the lowest number first
    }
    return 0;
  }

  /** Take the exception that is due, if any. */
  takeException() {
    if (this.faulted) {
      this.faulted = false;
      this.onFault(this.PC);
      if (this.IPSR === HARD_FAULT) {
        this.waiting = true; // lockup: only a reset helps
        this.waitsForInterrupt = false;
      } else this.begin(HARD_FAULT);
      return;
    }
    const number = this.next();
    if (!number) {
      this.interruptsUpdated = false;
      return;
    }
    if (number === SVCALL) this.pendingSVCall = false;
    else if (number === PENDSV) this.pendingPendSV = false;
    else if (number === SYSTICK) this.pendingSystick = false;
    else if (number >= FIRST_IRQ + HARDWARE_IRQS) this.pendingInterrupts &= ~(1 << (number - FIRST_IRQ));
    this.begin(number);
  }

  /** @param {number} number */
  begin(number) {
    const r = this.registers;
    const left = r[13] & 4;
    const psr = this.xPSR | (left ? ALIGNED : 0);
    const frame = (r[13] - FRAME) & ~7;
    const saved = [r[0], r[1], r[2], r[3], r[12], r[14], r[15] & ~1, psr];
    for (let i = 0; i < saved.length; i++) this.write32(frame + 4 * i, saved[i], 0);
    r[13] = frame;
    r[14] = this.IPSR ? 0xfffffff1 : this.usesProcessStack ? 0xfffffffd : 0xfffffff9;
    this.switchStack(false);
    this.IPSR = number;
    this.eventRegistered = true;
    this.waiting = false;
    r[15] = this.read32(this.VTOR + 4 * number, 0);
    this.onEnter(number);
    this.timeline.now += ENTRY_CYCLES;
  }

  /** @param {number} code EXC_RETURN */
  end(code) {
    const r = this.registers;
    this.switchStack((code & 0xf) === 0xd);
    const frame = r[13];
    for (let i = 0; i < 4; i++) r[i] = this.read32(frame + 4 * i, 0);
    r[12] = this.read32(frame + 16, 0);
    r[14] = this.read32(frame + 20, 0);
    r[15] = this.read32(frame + 24, 0) & ~1;
    const psr = this.read32(frame + 28, 0);
    r[13] = (frame + FRAME) | (psr & ALIGNED ? 4 : 0);
    this.setFlags(psr);
    this.IPSR = psr & 0x3f;
    this.eventRegistered = true;
    this.interruptsUpdated = true;
    this.budget = 0;
    this.onLeave();
  }

  /** @param {number} special number of the register @returns {number} */
  readSpecial(special) {
    switch (special) {
      case 5:
        return this.IPSR;
      case 8:
        return this.usesProcessStack ? this.otherSP : this.registers[13];
      case 9:
        return this.usesProcessStack ? this.registers[13] : this.otherSP;
      case 16:
        return this.PM ? 1 : 0;
      case 20:
        return this.usesProcessStack ? 2 : 0;
      default:
        return special < 4 ? this.xPSR & (special & 1 ? -1 : 0xf0000000) : 0;
    }
  }

  /** @param {number} special @param {number} value */
  writeSpecial(special, value) {
    const process = special === 9;
    if (special < 4) this.setFlags(value);
    else if (special === 8 || process) {
      if (this.usesProcessStack === process) this.registers[13] = value & ~3;
      else this.otherSP = value & ~3;
    } else if (special === 16) this.mask((value & 1) !== 0);
    else if (special === 20 && !this.IPSR) this.switchStack((value & 2) !== 0);
  }

  /** @param {boolean} masked */
  mask(masked) {
    this.PM = masked;
    if (!masked && (this.pendingInterrupts & this.enabledInterrupts || this.pendingPendSV)) {
      this.interruptsUpdated = true;
      this.budget = 0;
    }
  }
}
