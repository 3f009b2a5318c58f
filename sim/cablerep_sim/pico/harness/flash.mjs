// The flash chip of a Pico, a W25Q16JV, as the boot ROM sees it over SPI, with realistic times and power cuts.
// Execution in place reads the same bytes; only a command here changes them.

import { PER_US } from './timeline.mjs';

export const FLASH_BYTES = 2 * 1024 * 1024;
const PAGE = 256;

const PAGE_PROGRAM = 0x02;
const WRITE_DISABLE = 0x04;
const READ_STATUS = 0x05;
const WRITE_ENABLE = 0x06;
const READ_STATUS_2 = 0x35;
const UNIQUE_ID = 0x4b;
const JEDEC_ID = 0x9f;
const BUSY = 1;
const WRITE_ENABLED = 2;
const QUAD_ENABLED = 2; // of status register 2

/** Bytes and time of an erase: typical tSE, tBE1, tBE2 of the W25Q16JV datasheet, AC electrical characteristics. */
const ERASES = new Map([
  [0x20, { bytes: 4096, us: 45_000 }],
  [0x52, { bytes: 32768, us: 120_000 }],
  [0xd8, { bytes: 65536, us: 150_000 }],
]);
/** tPP of the same table. The maxima are 3 ms for a page and 400 ms for a sector. */
const PROGRAM_US = 400;

const IDENTITY = [0xef, 0x40, 0x15]; // Winbond, Q-JV, 2**21 bytes
const UNIQUE = [0xe6, 0x60, 0xca, 0xb1, 0xe0, 0x12, 0x34, 0x56];

/**
 * @typedef {object} Operation
 * @property {'erase' | 'program'} kind
 * @property {number} offset
 * @property {number} bytes
 * @property {number[]} data
 * @property {number} start cycle
 * @property {number} until cycle
 */

export class FlashChip {
  /** @param {import('./timeline.mjs').Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    this.bytes = new Uint8Array(FLASH_BYTES).fill(0xff);
    this.selected = false;
    this.writeEnabled = false;
    /** @type {number[]} */
    this.received = [];
    /** The operation in progress. @type {Operation | null} */
    this.operation = null;
    this.finished = timeline.alarm(() => this.finish(1));
    this.cut = timeline.alarm(() => this.onCut());
    this.cutNth = 0;
    this.cutFraction = 0.5;
    /** Called when an operation begins. @type {(operation: Operation) => void} */
    this.onOperation = () => {};
    /** Called to cut the power in the middle of an operation. */
    this.onCut = () => {};
  }

  /**
   * Cut the power within the `nth` operation from now, after `fraction` of its time.
   * @param {number} nth
   * @param {number} fraction
   */
  cutAt(nth, fraction) {
    this.cutNth = nth;
    this.cutFraction = fraction;
  }

  /** Power is lost: the operation in progress remains half done. */
  powerOff() {
    const { operation } = this;
    if (operation) this.finish((this.timeline.now - operation.start) / (operation.until - operation.start));
    this.cut.cancel();
    this.cutNth = 0;
    this.selected = this.writeEnabled = false;
    this.received = [];
  }

  /** The cycle from which it accepts commands again. */
  get busyUntil() {
    return this.operation ? this.operation.until : 0;
  }

  /** @param {boolean} selected the chip select line, true is low */
  select(selected) {
    if (selected === this.selected) return;
    this.selected = selected;
    if (!selected) this.command();
    this.received = [];
  }

  /** Clock a byte in and one out. @param {number} byte @returns {number} */
  transfer(byte) {
    if (!this.selected) return 0xff;
    this.received.push(byte);
    const command = this.received[0];
    const at = this.received.length - 2; // index of the reply's byte
    if (at < 0) return 0xff;
    if (command === READ_STATUS) return (this.operation ? BUSY : 0) | (this.writeEnabled ? WRITE_ENABLED : 0);
    if (this.operation) return 0xff;
    if (command === READ_STATUS_2) return QUAD_ENABLED;
    if (command === JEDEC_ID) return IDENTITY[at] ?? 0xff;
    if (command === UNIQUE_ID) return UNIQUE[at - 4] ?? 0xff; // after four dummy bytes
    return 0xff;
  }

  /** Execute the command received before the chip was deselected. */
  command() {
    const [command, ...rest] = this.received;
    if (this.operation) return; // while busy it only reports its status
    if (command === WRITE_ENABLE) this.writeEnabled = true;
    else if (command === WRITE_DISABLE) this.writeEnabled = false;
    if (rest.length < 3 || !this.writeEnabled) return;
    const offset = ((rest[0] << 16) | (rest[1] << 8) | rest[2]) & (FLASH_BYTES - 1);
    const erase = ERASES.get(command);
    if (erase) this.begin('erase', offset & ~(erase.bytes - 1), erase.bytes, [], erase.us);
    else if (command === PAGE_PROGRAM && rest.length > 3) {
      // Past the end of the page it continues at the start; of more than a page only the last 256 bytes count.
      const data = rest.slice(3);
      this.begin('program', offset, Math.min(data.length, PAGE), data, PROGRAM_US);
    }
  }

  /**
   * @param {'erase' | 'program'} kind
   * @param {number} offset
   * @param {number} bytes
   * @param {number[]} data
   * @param {number} us
   */
  begin(kind, offset, bytes, data, us) {
    const start = this.timeline.now;
    const until = start + us * PER_US;
    this.operation = { kind, offset, bytes, data, start, until };
    this.finished.set(until);
    if (this.cutNth && --this.cutNth === 0) this.cut.set(start + Math.round(us * PER_US * this.cutFraction));
    this.onOperation(this.operation);
  }

  /**
   * End the operation after `fraction` of it: some of the bytes are new, and where it stopped there are bytes
   * with only some of their new bits.
   * @param {number} fraction
   */
  finish(fraction) {
    const { operation, bytes } = this;
    if (!operation) return;
    this.operation = null;
    this.finished.cancel();
    this.writeEnabled = false;
    const { kind, offset, data } = operation;
    const count = kind === 'erase' ? operation.bytes : data.length;
    const done = Math.floor(count * Math.min(1, fraction));
    if (kind === 'erase') {
      bytes.fill(0xff, offset, offset + done);
      for (let i = done; i < Math.min(done + PAGE, count); i++) bytes[offset + i] |= (i * 0x9d) & 0xff;
    } else {
      const page = offset & ~(PAGE - 1);
      for (let i = 0; i < Math.min(done + 1, count); i++) {
        bytes[page + ((offset + i) & (PAGE - 1))] &= i < done ? data[i] : data[i] | 0x55;
      }
    }
  }
}
