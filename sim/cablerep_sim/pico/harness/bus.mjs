// The core's reads and writes: memory directly, everything else through the package's bus at its exact cycle.
// Unaligned addresses fault, as they do on a Cortex-M0+.

import { Sio } from './sio.mjs';

export const FLASH = 0x10000000;
export const RAM = 0x20000000;
const SIO = 0xd;
const APB = 0x4;
/** Cycles beyond the two of a load or store: the APB bridge's, as the package counts them; SIO has its own port. */
const APB_READ = 2;
const APB_WRITE = 3;
const SIO_SAVES = 1;
const MOST_CYCLES = 0x3fffffff;

export class Bus {
  /**
   * @param {any} mcu the package's RP2040: its memories and peripherals
   * @param {import('./timeline.mjs').Timeline} timeline
   */
  constructor(mcu, timeline) {
    this.mcu = mcu;
    this.timeline = timeline;
    this.sio = new Sio();
    const ram = mcu.sram.buffer;
    this.ram8 = new Uint8Array(ram);
    this.ram16 = new Uint16Array(ram);
    this.ram32 = new Int32Array(ram);
    this.ramBytes = ram.byteLength;
    const flash = mcu.flash.buffer;
    this.flash8 = new Uint8Array(flash);
    this.flash16 = new Uint16Array(flash);
    this.flash32 = new Int32Array(flash);
    this.flashBytes = flash.byteLength;
    this.rom16 = new Uint16Array(mcu.bootrom.buffer);
    /** The cycle at which the current run began, and how many it may take before something is due. */
    this.base = 0;
    this.budget = 0;
    this.limit = 0;
    /** Set if the core must check for an exception before its next instruction. */
    this.interruptsUpdated = false;
    this.faulted = false;
  }

  /**
   * Called before an access outside memory, `cycles` into the run: makes the cycle of the access the present one.
   * @param {number} address
   * @param {number} cycles
   * @param {number} apb cycles more on the APB bridge
   */
  enter(address, cycles, apb) {
    const region = address >>> 28;
    if (region === APB) this.base += apb;
    else if (region === SIO) this.base -= SIO_SAVES;
    this.timeline.now = this.base + cycles;
  }

  /** Called after it: what it changed may be due before the next instruction. @param {number} cycles */
  leave(cycles) {
    this.base = this.timeline.now - cycles; // the flash may have delayed it
    this.plan();
  }

  /** Compute how many cycles the run may take: a small integer, which is much faster to compare. */
  plan() {
    const { timeline, base, limit } = this;
    this.budget = this.interruptsUpdated ? 0 : Math.min(timeline.due - base, limit - base, MOST_CYCLES) | 0;
  }

  /** The instruction cannot be executed. @returns {number} */
  fault() {
    this.faulted = true;
    this.interruptsUpdated = true;
    this.budget = 0;
    return 0;
  }

  /** @param {number} address @param {number} cycles @returns {number} */
  read32(address, cycles) {
    if (address & 3) return this.fault();
    const offset = (address - RAM) >>> 0;
    if (offset < this.ramBytes) return this.ram32[offset >> 2];
    const inFlash = (address - FLASH) >>> 0;
    if (inFlash < this.flashBytes) return this.flash32[inFlash >> 2];
    if (address >>> 28 === SIO && this.sio.has(address & 0xfff)) {
      this.base -= SIO_SAVES;
      return this.sio.read(address & 0xfff);
    }
    this.enter(address, cycles, APB_READ);
    const value = this.mcu.readUint32(address >>> 0) | 0;
    this.leave(cycles);
    return value;
  }

  /** @param {number} address @param {number} cycles @returns {number} */
  read16(address, cycles) {
    if (address & 1) return this.fault();
    const offset = (address - RAM) >>> 0;
    if (offset < this.ramBytes) return this.ram16[offset >> 1];
    const inFlash = (address - FLASH) >>> 0;
    if (inFlash < this.flashBytes) return this.flash16[inFlash >> 1];
    this.enter(address, cycles, APB_READ);
    const value = this.mcu.readUint16(address >>> 0);
    this.leave(cycles);
    return value;
  }

  /** @param {number} address @param {number} cycles @returns {number} */
  read8(address, cycles) {
    const offset = (address - RAM) >>> 0;
    if (offset < this.ramBytes) return this.ram8[offset];
    const inFlash = (address - FLASH) >>> 0;
    if (inFlash < this.flashBytes) return this.flash8[inFlash];
    this.enter(address, cycles, APB_READ);
    const value = this.mcu.readUint8(address >>> 0);
    this.leave(cycles);
    return value;
  }

  /** Flash cannot be written by a store. @param {number} address */
  readOnly(address) {
    return address >>> 26 === FLASH >>> 26 || address >>> 28 === 0;
  }

  /** @param {number} address @param {number} value @param {number} cycles */
  write32(address, value, cycles) {
    if (address & 3) {
      this.fault();
      return;
    }
    const offset = (address - RAM) >>> 0;
    if (offset < this.ramBytes) {
      this.ram32[offset >> 2] = value;
      return;
    }
    if (this.readOnly(address)) return;
    if (address >>> 28 === SIO && this.sio.has(address & 0xfff)) {
      this.base -= SIO_SAVES;
      this.sio.write(address & 0xfff, value);
      return;
    }
    this.enter(address, cycles, APB_WRITE);
    this.mcu.writeUint32(address >>> 0, value >>> 0);
    this.leave(cycles);
  }

  /** @param {number} address @param {number} value @param {number} cycles */
  write16(address, value, cycles) {
    if (address & 1) {
      this.fault();
      return;
    }
    const offset = (address - RAM) >>> 0;
    if (offset < this.ramBytes) {
      this.ram16[offset >> 1] = value;
      return;
    }
    if (this.readOnly(address)) return;
    this.enter(address, cycles, APB_WRITE);
    this.mcu.writeUint16(address >>> 0, value & 0xffff);
    this.leave(cycles);
  }

  /** @param {number} address @param {number} value @param {number} cycles */
  write8(address, value, cycles) {
    const offset = (address - RAM) >>> 0;
    if (offset < this.ramBytes) {
      this.ram8[offset] = value;
      return;
    }
    if (this.readOnly(address)) return;
    this.enter(address, cycles, APB_WRITE);
    this.mcu.writeUint8(address >>> 0, value & 0xff);
    this.leave(cycles);
  }
}
