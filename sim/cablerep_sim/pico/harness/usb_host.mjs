// The host's side of the USB cable: enumerates the device and moves packets at the pace of a full-speed bus.
// It serves one serial port: opening raises DTR and lets data flow, closing drops DTR, as in an operating system.

import { PER_US } from './timeline.mjs';

/** @typedef {import('./usb_device.mjs').UsbDevice} UsbDevice */

const PACKET = 64;
/** Debouncing and reset of a port: USB 2.0 specification, 7.1.7.3 and 7.1.7.5, 100 ms and 10 ms. */
const DEBOUNCE_US = 100_000;
const RESET_US = 10_000;
const RECOVERY_US = 10_000;
/** An idle bus means suspend after this: 7.1.7.6. */
const IDLE_US = 3_000;
/** A control transfer that takes longer has failed; Linux gives its drivers the same time (USB_CTRL_SET_TIMEOUT). */
const CONTROL_US = 5_000_000;
/** How often a device that does not answer is reset before the host gives it up, as Linux does. */
const ATTEMPTS = 4;
/** From "armed" to the host controller's next poll: assumed to be half of 10 µs. */
const POLL_US = 5;
/** 13 bytes of protocol around each packet (table 5-9) at 12 Mbit/s. */
const transactionUs = (/** @type {number} */ bytes) => ((bytes + 13) * 8) / 12;

/**
 * @typedef {object} Request a control transfer
 * @property {Uint8Array} packet
 * @property {Uint8Array} data
 * @property {boolean} input
 * @property {number} length
 * @property {(answer: Uint8Array) => void} done
 */

/**
 * @param {number} type
 * @param {number} request
 * @param {number} value
 * @param {number} index
 * @param {number} length
 */
const setupPacket = (type, request, value, index, length) =>
  Uint8Array.of(type, request, value & 0xff, value >> 8, index & 0xff, index >> 8, length & 0xff, length >> 8);

/** Find the bulk endpoints and the control interface of the serial port. @param {Uint8Array} descriptors */
function serialEndpoints(descriptors) {
  const found = { control: 0, input: 0, output: 0 };
  let data = false;
  for (let at = 0; at + 2 <= descriptors.length && descriptors[at] >= 2; at += descriptors[at]) {
    const [, type, second, third] = descriptors.subarray(at, at + 4);
    if (type === 4) {
      const interfaceClass = descriptors[at + 5];
      if (interfaceClass === 2) found.control = second;
      data = interfaceClass === 10;
    } else if (type === 5 && data && (third & 3) === 2) {
      if (second & 0x80) found.input ||= second & 0xf;
      else found.output ||= second;
    }
  }
  return found;
}

export class UsbHost {
  /** @param {import('./timeline.mjs').Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    /** @type {UsbDevice | null} */
    this.device = null;
    this.plugged = true;
    /** Whether the device is configured and its port can be opened. */
    this.ready = false;
    /** Whether a program has the port open. */
    this.open = false;
    /** Whether that program accepts more data now. */
    this.hungry = true;
    /** Bytes for the device. @type {number[]} */
    this.outbox = [];
    this.endpoints = { control: 0, input: 0, output: 0 };
    /** @type {Request[]} */
    this.requests = [];
    this.stage = 'setup';
    /** @type {number[]} */
    this.answer = [];
    this.turn = false;
    /** The effect of the transaction on the bus. @type {(() => void) | null} */
    this.transaction = null;
    this.bus = timeline.alarm(() => this.transact());
    this.port = timeline.alarm(() => this.nextPortStep());
    this.portStep = 0;
    this.frames = timeline.alarm(() => this.startFrame());
    this.patience = timeline.alarm(() => this.giveUp());
    this.attempts = 0;
    /** @type {(packet: Uint8Array) => void} */
    this.onData = () => {};
    /** @type {() => void} */
    this.onTaken = () => {};
    /** @type {(ready: boolean) => void} */
    this.onReady = () => {};
  }

  /** Another chip is connected, or none. @param {UsbDevice | null} device */
  attach(device) {
    this.lose();
    this.device = device;
    if (!device) return;
    device.onControl = () => this.look();
    device.onArmed = () => this.pump();
    this.look();
  }

  /** @param {boolean} plugged */
  plug(plugged) {
    if (plugged === this.plugged) return;
    this.plugged = plugged;
    this.look();
  }

  /** Handle a device that appeared or disappeared. */
  look() {
    const { device } = this;
    const there = this.plugged && device !== null && device.present;
    if (there && this.portStep === 0) {
      this.attempts = 0;
      this.portStep = 1;
      this.port.set(this.timeline.now + DEBOUNCE_US * PER_US);
    } else if (!there && this.portStep > 0) {
      this.lose();
      if (device) {
        this.portStep = -1;
        this.port.set(this.timeline.now + IDLE_US * PER_US);
      }
    } else if (there && this.portStep < 0) {
      this.portStep = 0;
      this.look();
    }
    if (this.ready && device?.wantsFrames && this.frames.at === Infinity) this.planFrame();
  }

  /** The next step after a change of the port: reset, recovery, enumeration; or the device notices an idle bus. */
  nextPortStep() {
    const { device, timeline } = this;
    if (!device) return;
    if (this.portStep < 0) {
      this.portStep = 0;
      device.suspend();
    } else if (this.portStep === 1) {
      device.reset();
      this.portStep = 2;
      this.port.set(timeline.now + (RESET_US + RECOVERY_US) * PER_US);
    } else if (this.portStep === 2) {
      this.portStep = 3;
      this.enumerate();
    }
  }

  /** The device is unreachable: transfers in progress are lost. */
  lose() {
    for (const alarm of [this.bus, this.port, this.frames, this.patience]) alarm.cancel();
    this.transaction = null;
    this.requests = [];
    this.stage = 'setup';
    this.outbox = [];
    this.portStep = 0;
    if (this.ready) {
      this.ready = false;
      this.onReady(false);
    }
  }

  enumerate() {
    const device = 0x80;
    this.request(device, 6, 0x0100, 0, 18, [], () => {});
    this.request(0, 5, 1, 0, 0, [], () => {});
    this.request(device, 6, 0x0200, 0, 9, [], (head) => {
      const length = head[2] | (head[3] << 8);
      this.request(device, 6, 0x0200, 0, length, [], (descriptors) => {
        this.endpoints = serialEndpoints(descriptors);
        this.request(0, 9, 1, 0, 0, [], () => {
          // 115200 baud, 8N1, as a driver sets when it finds the port.
          this.request(0x21, 0x20, 0, this.endpoints.control, 7, [0, 0xc2, 1, 0, 0, 0, 8], () => {
            this.ready = true;
            this.onReady(true);
            if (this.open) this.lineState();
            this.look();
          });
        });
      });
    });
  }

  /** A program opens or closes the port. @param {boolean} open */
  setOpen(open) {
    if (open === this.open) return;
    this.open = open;
    if (!open) this.outbox = [];
    if (this.ready) this.lineState();
  }

  /** Set DTR and RTS according to whether the port is open. */
  lineState() {
    this.request(0x21, 0x22, this.open ? 3 : 0, this.endpoints.control, 0, [], () => this.pump());
  }

  /**
   * @param {number} type
   * @param {number} code
   * @param {number} value
   * @param {number} index
   * @param {number} length
   * @param {number[]} data
   * @param {(answer: Uint8Array) => void} done
   */
  request(type, code, value, index, length, data, done) {
    const packet = setupPacket(type, code, value, index, length);
    this.requests.push({ packet, data: Uint8Array.from(data), input: (type & 0x80) !== 0, length, done });
    if (this.requests.length === 1) this.expect();
    this.pump();
  }

  /** The request under way must end in time. */
  expect() {
    this.patience.set(this.timeline.now + CONTROL_US * PER_US);
  }

  /** The request under way, or the next one, if there is any. */
  nextRequest() {
    this.requests.shift();
    this.stage = 'setup';
    if (this.requests.length) this.expect();
    else this.patience.cancel();
  }

  /** A control transfer has failed. Of a port in use it is forgotten; a device that is being enumerated is reset. */
  giveUp() {
    if (this.ready) {
      this.bus.cancel();
      this.transaction = null;
      this.nextRequest();
      this.pump();
      return;
    }
    this.lose();
    this.portStep = 3;
    if (++this.attempts >= ATTEMPTS) return;
    this.portStep = 1;
    this.port.set(this.timeline.now + DEBOUNCE_US * PER_US);
  }

  /** Bytes for the device. @param {Uint8Array} bytes */
  send(bytes) {
    if (!this.ready) return;
    for (const byte of bytes) this.outbox.push(byte);
    this.pump();
  }

  /** Start the next transaction, if there is one and the bus is free. */
  pump() {
    if (this.transaction || this.portStep !== 3 || !this.device) return;
    const next = this.control() ?? this.bulk();
    if (!next) return;
    this.transaction = next.act;
    this.bus.set(this.timeline.now + Math.round((POLL_US + transactionUs(next.bytes)) * PER_US));
  }

  transact() {
    const act = this.transaction;
    this.transaction = null;
    if (act) act();
    this.pump();
  }

  /** The next step of the current request. @returns {{bytes: number, act: () => void} | null} */
  control() {
    const device = /** @type {UsbDevice} */ (this.device);
    const [request] = this.requests;
    if (!request) return null;
    const { packet, data, input, length, done } = request;
    if (this.stage === 'setup') {
      return {
        bytes: 8,
        act: () => {
          device.setup(packet);
          this.answer = [];
          this.stage = length ? 'data' : 'status';
        },
      };
    }
    const out = (this.stage === 'data') !== input;
    if (!device.armed(0, out)) return null;
    const finish = () => {
      this.nextRequest();
      done(Uint8Array.from(this.answer));
    };
    if (device.stalled(0, out)) return { bytes: 0, act: finish };
    if (this.stage === 'status') {
      return {
        bytes: 0,
        act: () => {
          if (out) device.giveOut(0, new Uint8Array(0));
          else device.takeIn(0);
          finish();
        },
      };
    }
    return {
      bytes: PACKET,
      act: () => {
        if (out) device.giveOut(0, data);
        else this.answer.push(...(device.takeIn(0) ?? []));
        const left = length - this.answer.length;
        if (out || left <= 0 || this.answer.length % PACKET) this.stage = 'status';
      },
    };
  }

  /** The next packet of the port, from both directions in turn. @returns {{bytes: number, act: () => void} | null} */
  bulk() {
    const device = /** @type {UsbDevice} */ (this.device);
    if (!this.ready || !this.open) return null;
    const { input, output } = this.endpoints;
    const canTake = this.hungry && device.armed(input, false);
    const canGive = this.outbox.length > 0 && device.armed(output, true);
    this.turn = !this.turn;
    if (canGive && (this.turn || !canTake)) {
      const packet = Uint8Array.from(this.outbox.slice(0, PACKET));
      return {
        bytes: packet.length,
        act: () => {
          if (!device.giveOut(output, packet)) return;
          this.outbox.splice(0, packet.length);
          this.onTaken();
        },
      };
    }
    if (!canTake) return null;
    return {
      bytes: device.look(input, false).word & 0x3ff,
      act: () => {
        const packet = device.takeIn(input);
        if (packet?.length) this.onData(packet);
      },
    };
  }

  planFrame() {
    const frame = 1000 * PER_US;
    this.frames.set((Math.floor(this.timeline.now / frame) + 1) * frame);
  }

  startFrame() {
    if (!this.device?.wantsFrames) return;
    this.device.startFrame(Math.floor(this.timeline.us / 1000));
    this.planFrame();
  }
}
