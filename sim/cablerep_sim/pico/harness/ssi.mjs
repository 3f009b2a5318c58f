// The serial interface between chip and flash, as far as boot ROM, boot stage 2 and SDK use it.
// Every byte takes its time on the wire, so that programming a page takes as long as on a board.

import { BasePeripheral } from 'rp2040js';

/** @typedef {import('rp2040js').RP2040} RP2040 */
/** @typedef {import('./flash.mjs').FlashChip} FlashChip */

// RP2040 datasheet, 4.10.13.
const CTRLR0 = 0x00;
const SSIENR = 0x08;
const BAUDR = 0x14;
const TXFLR = 0x20;
const RXFLR = 0x24;
const SR = 0x28;
const IDR = 0x58;
const VERSION = 0x5c;
const DR0 = 0x60;
const SR_BUSY = 1;
const SR_TX_NOT_FULL = 2;
const SR_TX_EMPTY = 4;
const SR_RX_NOT_EMPTY = 8;
const DEPTH = 16;

export class Ssi extends BasePeripheral {
  /**
   * @param {RP2040} mcu
   * @param {FlashChip} flash
   * @param {import('./timeline.mjs').Timeline} timeline
   */
  constructor(mcu, flash, timeline) {
    super(mcu, 'SSI');
    this.flash = flash;
    this.timeline = timeline;
    /** @type {Map<number, number>} */
    this.registers = new Map([[BAUDR, 2]]);
    /** Received bytes, and the cycle at which each arrived. @type {{byte: number, at: number}[]} */
    this.answers = [];
    /** When the last byte will have been sent. */
    this.idleAt = 0;
    /** Whether software controls the chip select. */
    this.forced = false;
  }

  /** Whether a frame is one byte in each direction; otherwise it is set up for execution in place. */
  get plain() {
    const control = this.registers.get(CTRLR0) ?? 0;
    return ((control >>> 21) & 3) === 0 && ((control >>> 16) & 0x1f) === 7 && ((control >>> 8) & 3) === 0;
  }

  /** @param {number} override of the select pin, as IO_QSPI has it: 0 is by the SSI, 2 low, 3 high */
  forceSelect(override) {
    this.forced = override !== 0;
    this.flash.select(override === 2);
  }

  /** @param {number} offset @returns {number} */
  readUint32(offset) {
    const { now } = this.timeline;
    const came = this.answers.length && this.answers[0].at <= now;
    switch (offset) {
      case TXFLR:
        return this.waiting(now);
      case RXFLR:
        return this.answers.filter(({ at }) => at <= now).length;
      case SR: {
        const waiting = this.waiting(now);
        return (
          (now < this.idleAt ? SR_BUSY : 0) |
          (waiting < DEPTH ? SR_TX_NOT_FULL : 0) |
          (waiting ? 0 : SR_TX_EMPTY) |
          (came ? SR_RX_NOT_EMPTY : 0)
        );
      }
      case IDR:
        return 0x51535049;
      case VERSION:
        return 0x3430312a;
      case DR0:
        return came ? (this.answers.shift()?.byte ?? 0) : 0;
      default:
        return this.registers.get(offset) ?? 0;
    }
  }

  /** @param {number} now */
  waiting(now) {
    const byteCycles = 8 * (this.registers.get(BAUDR) || 2);
    return Math.max(0, Math.ceil((this.idleAt - now) / byteCycles) - 1);
  }

  /** @param {number} offset @param {number} value */
  writeUint32(offset, value) {
    if (offset === DR0) this.send(value & 0xff);
    else {
      this.registers.set(offset, value);
      if (offset === SSIENR && !(value & 1)) this.answers = [];
    }
  }

  /** @param {number} byte */
  send(byte) {
    if (!this.plain) return;
    const { flash, timeline } = this;
    if (flash.operation && /** @type {any} */ (this.rp2040.core).PM) {
      // It polls with interrupts off, so nothing it can see happens before the flash is done. Saves a million steps;
      // events elsewhere in the meantime happen before the next instruction, in order.
      timeline.now = Math.max(timeline.now, flash.busyUntil);
    }
    if (!this.forced) {
      if (timeline.now >= this.idleAt) flash.select(false); // the line rose after the last byte
      flash.select(true);
    }
    const start = Math.max(timeline.now, this.idleAt);
    this.idleAt = start + 8 * (this.registers.get(BAUDR) || 2);
    const answer = flash.transfer(byte);
    if (this.answers.length < DEPTH) this.answers.push({ byte: answer, at: this.idleAt });
  }
}

/** The pins of the flash: only the control of the chip select matters. */
export class IoQspi extends BasePeripheral {
  /** @param {RP2040} mcu @param {Ssi} ssi */
  constructor(mcu, ssi) {
    super(mcu, 'IO_QSPI');
    this.ssi = ssi;
    this.registers = new Map();
  }

  /** @param {number} offset @returns {number} */
  readUint32(offset) {
    return this.registers.get(offset) ?? 0;
  }

  /** @param {number} offset @param {number} value */
  writeUint32(offset, value) {
    this.registers.set(offset, value);
    if (offset === 0x0c) this.ssi.forceSelect((value >>> 8) & 3);
  }
}

/** The cache's control, which has nothing to do here. */
export class XipControl extends BasePeripheral {
  /** @returns {number} */
  readUint32() {
    return 3; // STAT: flushed, stream FIFO empty; CTRL: cache on
  }

  writeUint32() {}
}
