// The chip's USB controller in device mode, seen from both sides: registers for the firmware, transactions for a host.
// The package's own completes a transfer as soon as it is armed, so that a host could never be slow.

import { BasePeripheral } from 'rp2040js';

// RP2040 datasheet, 4.1.4, and the buffer control words of 4.1.2.5.
const MAIN_CTRL = 0x40;
const SOF_RD = 0x48;
const SIE_CTRL = 0x4c;
const SIE_STATUS = 0x50;
const BUFF_STATUS = 0x58;
const BUFF_CPU = 0x5c;
const EP_ABORT = 0x60;
const EP_ABORT_DONE = 0x64;
const INTR = 0x8c;
const INTE = 0x90;
const INTF = 0x94;
const INTS = 0x98;

const PULLUP = 1 << 16;
const SIE_CONNECTED = 1 << 16;
const SIE_SETUP = 1 << 17;
const SIE_RESET = 1 << 19;
const SIE_SUSPENDED = 1 << 4;
const SIE_RESUME = 1 << 11;

const INT_BUFFER = 1 << 4;
const INT_RESET = 1 << 12;
const INT_SUSPEND = 1 << 14;
const INT_RESUME = 1 << 15;
const INT_SETUP = 1 << 16;
export const INT_SOF = 1 << 17;

const EP_DOUBLE = 1 << 30;
const EP_EACH_BUFFER = 1 << 29;
const AVAILABLE = 1 << 10;
const STALL = 1 << 11;
const SELECT_FIRST = 1 << 12;
const FULL = 1 << 15;
const LENGTH = 0x3ff;

const USB_IRQ = 5;
const EP0_BUFFER = 0x100;

export class UsbDevice extends BasePeripheral {
  /** @param {import('rp2040js').RP2040} mcu */
  constructor(mcu) {
    super(mcu, 'USB');
    /** @type {Map<number, number>} */
    this.registers = new Map();
    this.status = 0;
    this.sofPending = false;
    this.frame = 0;
    /** For each direction of each endpoint (even is IN): finished buffers, and which is next. */
    this.done = Array.from({ length: 32 }, () => /** @type {number[]} */ ([]));
    this.buffer = new Uint8Array(32);
    this.buffStatus = 0;
    /** Called when the firmware has connected or disconnected its pull-up, or changed its interrupts. */
    this.onControl = () => {};
    /** Called when the firmware has made a buffer available. */
    this.onArmed = () => {};
  }

  /** Whether the device is visible on the bus. */
  get present() {
    return (this.read(MAIN_CTRL) & 1) !== 0 && (this.read(SIE_CTRL) & PULLUP) !== 0;
  }

  /** Whether it wants an interrupt for each frame. */
  get wantsFrames() {
    return (this.read(INTE) & INT_SOF) !== 0;
  }

  /** @param {number} offset */
  read(offset) {
    return this.registers.get(offset) ?? 0;
  }

  get raw() {
    const { status } = this;
    return (
      (this.buffStatus ? INT_BUFFER : 0) |
      (status & SIE_RESET ? INT_RESET : 0) |
      (status & SIE_SUSPENDED ? INT_SUSPEND : 0) |
      (status & SIE_RESUME ? INT_RESUME : 0) |
      (status & SIE_SETUP ? INT_SETUP : 0) |
      (this.sofPending ? INT_SOF : 0)
    );
  }

  get interrupts() {
    return (this.raw & this.read(INTE)) | this.read(INTF);
  }

  update() {
    this.rp2040.setInterrupt(USB_IRQ, this.interrupts !== 0);
  }

  /** @param {number} offset @returns {number} */
  readUint32(offset) {
    switch (offset) {
      case SIE_STATUS:
        return this.status;
      case SOF_RD:
        this.sofPending = false;
        this.update();
        return this.frame;
      case BUFF_STATUS:
        return this.buffStatus >>> 0;
      case BUFF_CPU:
        return this.done.reduce((bits, list, i) => (list[0] ? bits | (1 << i) : bits), 0) >>> 0;
      case INTR:
        return this.raw;
      case INTS:
        return this.interrupts;
      default:
        return this.read(offset);
    }
  }

  /** @param {number} offset @param {number} value */
  writeUint32(offset, value) {
    switch (offset) {
      case SIE_STATUS:
        this.status &= ~this.rawWriteValue;
        break;
      case BUFF_STATUS:
        this.acknowledge(this.rawWriteValue);
        break;
      case EP_ABORT:
        this.registers.set(EP_ABORT, value);
        this.registers.set(EP_ABORT_DONE, this.read(EP_ABORT_DONE) | value);
        break;
      case EP_ABORT_DONE:
        this.registers.set(EP_ABORT_DONE, this.read(EP_ABORT_DONE) & ~this.rawWriteValue);
        break;
      default:
        this.registers.set(offset, value);
    }
    this.update();
    if (offset === MAIN_CTRL || offset === SIE_CTRL || offset === INTE) this.onControl();
  }

  /** Buffers were acknowledged; if two are done the second becomes visible now. @param {number} bits */
  acknowledge(bits) {
    for (let i = 0; i < 32; i++) {
      if (!(bits & (1 << i))) continue;
      this.done[i].shift();
      if (!this.done[i].length) this.buffStatus &= ~(1 << i);
    }
  }

  /** The firmware wrote to the shared memory. @param {number} offset @param {number} value */
  DPRAMUpdated(offset, value) {
    if (offset < 0x80 || offset >= 0x100 || !(value & (AVAILABLE | (AVAILABLE << 16)))) return;
    if (value & SELECT_FIRST) {
      this.buffer[(offset - 0x80) >> 2] = 0;
      this.rp2040.usbDPRAMView.setUint32(offset, value & ~SELECT_FIRST, true);
    }
    this.onArmed();
  }

  /** @param {number} endpoint @param {boolean} out */
  look(endpoint, out) {
    const view = this.rp2040.usbDPRAMView;
    const index = endpoint * 2 + (out ? 1 : 0);
    const control = endpoint ? view.getUint32(8 * endpoint + (out ? 4 : 0), true) : EP0_BUFFER | EP_EACH_BUFFER;
    const second = control & EP_DOUBLE ? this.buffer[index] : 0;
    const word = view.getUint16(0x80 + 4 * index + 2 * second, true);
    return { index, control, second, word, at: (control & 0xffc0) + 64 * second };
  }

  /**
   * Whether the host's next transaction would not be answered by "not now".
   * @param {number} endpoint
   * @param {boolean} out
   */
  armed(endpoint, out) {
    return (this.look(endpoint, out).word & (AVAILABLE | STALL)) !== 0;
  }

  /**
   * @param {{index: number, control: number, second: number}} buffer
   * @param {number} word
   */
  complete({ index, control, second }, word) {
    this.rp2040.usbDPRAMView.setUint16(0x80 + 4 * index + 2 * second, word, true);
    this.done[index].push(second);
    if (control & EP_DOUBLE) this.buffer[index] ^= 1;
    if (control & EP_EACH_BUFFER || !(control & EP_DOUBLE)) this.buffStatus |= 1 << index;
    else if (this.done[index].length > 1) {
      this.done[index] = [1];
      this.buffStatus |= 1 << index;
    }
    this.update();
  }

  /** An IN transaction: the packet, or null for "not now" and "stalled". @param {number} endpoint */
  takeIn(endpoint) {
    const buffer = this.look(endpoint, false);
    const { word, at } = buffer;
    if (word & STALL || !(word & AVAILABLE)) return null;
    const packet = this.rp2040.usbDPRAM.slice(at, at + (word & LENGTH));
    this.complete(buffer, word & ~(AVAILABLE | FULL));
    return packet;
  }

  /** An OUT transaction; return whether it was taken. @param {number} endpoint @param {Uint8Array} packet */
  giveOut(endpoint, packet) {
    const buffer = this.look(endpoint, true);
    const { word, at } = buffer;
    if (word & STALL || !(word & AVAILABLE)) return false;
    this.rp2040.usbDPRAM.set(packet, at);
    this.complete(buffer, (word & ~(AVAILABLE | LENGTH)) | FULL | packet.length);
    return true;
  }

  /** Whether the endpoint is stalled. @param {number} endpoint @param {boolean} out */
  stalled(endpoint, out) {
    return (this.look(endpoint, out).word & STALL) !== 0;
  }

  /** @param {Uint8Array} packet of 8 bytes */
  setup(packet) {
    this.rp2040.usbDPRAM.set(packet);
    this.status |= SIE_SETUP;
    this.update();
  }

  reset() {
    for (const list of this.done) list.length = 0;
    this.buffer.fill(0);
    this.buffStatus = 0;
    this.status = SIE_RESET | SIE_CONNECTED;
    this.update();
  }

  /** The bus has been idle for 3 ms. */
  suspend() {
    this.status |= SIE_SUSPENDED;
    this.update();
  }

  /** A frame begins. @param {number} frame */
  startFrame(frame) {
    this.frame = frame & 0x7ff;
    this.sofPending = true;
    this.update();
  }
}
