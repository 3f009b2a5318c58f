// The USB cable between a host and a device whose firmware is simulated here: enumeration, both directions, plugging.

import assert from 'node:assert/strict';
import test from 'node:test';
import { PER_US } from '../timeline.mjs';
import { UsbHost } from '../usb_host.mjs';
import { makeChip, seeded } from './rig.mjs';

const USB = 0x50110000;
const RAM = 0x50100000;
const CLEAR = 0x3000;
const [MAIN_CTRL, SIE_CTRL, SIE_STATUS, BUFF_STATUS, BUFF_CPU, INTE] = [0x40, 0x4c, 0x50, 0x58, 0x5c, 0x90];
const AVAILABLE = 1 << 10;
const FULL = 1 << 15;
const SELECT_FIRST = 1 << 12;
const [IN, OUT] = [2, 2]; // bulk endpoints, as MicroPython has them
const IN_BUFFER = 0x200;
const OUT_BUFFER = 0x300;

/** Configuration of a serial port: communication interface 0, data interface 1, endpoints 0x81, 0x02, 0x82. */
const CONFIGURATION = [
  [9, 2, 0, 0, 2, 1, 0, 0x80, 125],
  [9, 4, 0, 0, 1, 2, 2, 0, 0],
  [5, 0x24, 0, 0x20, 1],
  [7, 5, 0x81, 3, 8, 0, 16],
  [9, 4, 1, 0, 2, 10, 0, 0, 0],
  [7, 5, 0x02, 2, 64, 0, 0],
  [7, 5, 0x82, 2, 64, 0, 0],
].flat();
CONFIGURATION[2] = CONFIGURATION.length;

/** A device driver, as little of one as it takes. It is run whenever the controller's interrupt line is up. */
class Firmware {
  /** @param {ReturnType<typeof makeChip>} rig */
  constructor({ chip }) {
    this.mcu = chip.mcu;
    /** @type {number[][]} */
    this.requests = [];
    this.lineState = 0;
    this.suspended = 0;
    this.resets = 0;
    this.busy = false;
    /** @type {number[]} */
    this.toSend = [];
    /** @type {number[]} */
    this.received = [];
    this.takes = true;
    this.double = false;
    /** @type {number[]} */
    this.answer = [];
  }

  /** @param {number} offset */
  get(offset) {
    return this.mcu.readUint32(USB + offset);
  }

  /** @param {number} offset @param {number} value */
  set(offset, value) {
    this.mcu.writeUint32(USB + offset, value);
  }

  start() {
    this.set(MAIN_CTRL, 1);
    this.set(INTE, 0x1ffff & ~(1 << 17));
    this.set(SIE_CTRL, 1 << 16);
  }

  /** @param {number} index of the buffer control word @param {number} word */
  arm(index, word) {
    this.mcu.writeUint32(RAM + 0x80 + 4 * index, word & ~(AVAILABLE | (AVAILABLE << 16)));
    this.mcu.writeUint32(RAM + 0x80 + 4 * index, word);
  }

  /** @param {number} address @param {number[]} bytes */
  copy(address, bytes) {
    this.mcu.usbDPRAM.set(bytes, address);
  }

  interrupt() {
    const status = this.get(SIE_STATUS);
    if (status & (1 << 19)) {
      this.resets++;
      this.busy = false;
      this.set(CLEAR + SIE_STATUS, 1 << 19);
    }
    if (status & (1 << 4)) {
      this.suspended++;
      this.set(CLEAR + SIE_STATUS, 1 << 4);
    }
    if (status & (1 << 17)) {
      const setup = [...this.mcu.usbDPRAM.subarray(0, 8)];
      this.set(CLEAR + SIE_STATUS, 1 << 17);
      this.setup(setup);
    }
    for (let bits; (bits = this.get(BUFF_STATUS));) {
      const index = 31 - Math.clz32(bits & -bits);
      const second = (this.get(BUFF_CPU) >>> index) & 1;
      this.set(CLEAR + BUFF_STATUS, 1 << index);
      this.done(index, second);
    }
  }

  /** @param {number[]} setup */
  setup(setup) {
    this.requests.push(setup);
    const [type, request, , kind, , , low, high] = setup;
    const length = low | (high << 8);
    if (type === 0x80 && request === 6) {
      const device = [18, 1, 0, 2, 0, 0, 0, 64, 0x8a, 0x2e, 5, 0, 0, 1, 1, 2, 3, 1];
      this.answer = (kind === 1 ? device : CONFIGURATION).slice(0, length);
      this.sendAnswer();
    } else if (length) this.arm(1, AVAILABLE | 64);
    else this.arm(0, AVAILABLE | FULL);
    if (request === 0x22) this.lineState = setup[2];
    if (request === 9) {
      for (const [endpoint, at] of [
        [8 * IN, IN_BUFFER],
        [8 * OUT + 4, OUT_BUFFER],
      ]) {
        this.mcu.writeUint32(RAM + endpoint, ((1 << 31) | (1 << 29) | (2 << 26) | at) >>> 0);
      }
      this.receive();
    }
  }

  sendAnswer() {
    const packet = this.answer.splice(0, 64);
    this.copy(0x100, packet);
    this.arm(0, AVAILABLE | FULL | packet.length);
  }

  /** @param {number} index @param {number} second */
  done(index, second) {
    if (index === 0) {
      if (this.answer.length) this.sendAnswer();
      else if (this.requests[this.requests.length - 1][0] & 0x80) this.arm(1, AVAILABLE);
    } else if (index === 1) {
      if (!(this.requests[this.requests.length - 1][0] & 0x80)) this.arm(0, AVAILABLE | FULL);
    } else if (index === 2 * IN) {
      const word = this.mcu.readUint32(RAM + 0x80 + 4 * index);
      this.order.push(second);
      if (!((word | (word >>> 16)) & AVAILABLE)) {
        this.busy = false;
        this.transmit();
      }
    } else if (index === 2 * OUT + 1) {
      const length = this.mcu.readUint32(RAM + 0x80 + 4 * index) & 0x3ff;
      this.received.push(...this.mcu.usbDPRAM.subarray(OUT_BUFFER, OUT_BUFFER + length));
      this.receive();
    }
  }

  /** Which of two buffers each completion was of. @type {number[]} */
  order = [];

  receive() {
    if (this.takes) this.arm(2 * OUT + 1, AVAILABLE | 64);
  }

  /** Hand over what there is to send. */
  transmit() {
    if (this.busy || !this.toSend.length) return;
    this.busy = true;
    const first = this.toSend.splice(0, 64);
    this.copy(IN_BUFFER, first);
    let word = AVAILABLE | FULL | SELECT_FIRST | first.length;
    const double = this.double && this.toSend.length > 0;
    if (double) {
      const second = this.toSend.splice(0, 64);
      this.copy(IN_BUFFER + 64, second);
      word |= (AVAILABLE | FULL | second.length) << 16;
    }
    const control = (1 << 31) | (double ? 1 << 30 : 0) | (1 << 29) | (2 << 26) | IN_BUFFER;
    this.mcu.writeUint32(RAM + 8 * IN, control >>> 0);
    this.arm(2 * IN, word >>> 0);
  }
}

function makeCable() {
  const rig = makeChip();
  const { chip, timeline } = rig;
  const host = new UsbHost(timeline);
  /** @type {number[]} */
  const got = [];
  /** @type {{length: number, us: number}[]} */
  const packets = [];
  /** @type {boolean[]} */
  const ready = [];
  host.onData = (packet) => {
    got.push(...packet);
    packets.push({ length: packet.length, us: timeline.us });
  };
  host.onReady = (on) => ready.push(on);
  const firmware = new Firmware(rig);
  host.attach(chip.usb);
  const pass = (/** @type {number} */ ms) => {
    const until = timeline.now + ms * 1000 * PER_US;
    for (;;) {
      if (chip.core.pendingInterrupts & (1 << 5)) firmware.interrupt();
      if (timeline.due > until) break;
      timeline.now = timeline.due;
      timeline.fire();
    }
    timeline.now = until;
  };
  return { ...rig, host, firmware, got, packets, ready, pass };
}

function makeOpenCable() {
  const cable = makeCable();
  cable.firmware.start();
  cable.pass(200);
  cable.host.setOpen(true);
  cable.pass(5);
  assert.equal(cable.firmware.lineState, 3);
  return cable;
}

test('enumeration: reset, address, configuration, line coding, then the port', () => {
  const { firmware, host, ready, pass } = makeCable();
  firmware.start();
  pass(99);
  assert.equal(firmware.resets, 0, 'the host waits until the plug sits');
  pass(100);
  assert.equal(firmware.resets, 1);
  assert.deepEqual(
    firmware.requests.map(([type, request]) => [type, request]),
    [
      [0x80, 6],
      [0, 5],
      [0x80, 6],
      [0x80, 6],
      [0, 9],
      [0x21, 0x20],
    ],
  );
  assert.deepEqual(ready, [true]);
  assert.deepEqual(host.endpoints, { control: 0, input: 2, output: 2 });
  assert.equal(firmware.lineState, 0);
});

test('DTR and RTS follow the opening and closing of the port', () => {
  const { firmware, host, pass } = makeOpenCable();
  host.setOpen(false);
  pass(5);
  assert.equal(firmware.lineState, 0);
  host.setOpen(true);
  pass(5);
  assert.equal(firmware.lineState, 3);
});

test('a port held open through a reset of the device gets its DTR again', () => {
  const { firmware, host, chip, pass } = makeOpenCable();
  firmware.lineState = 0;
  host.attach(chip.usb);
  pass(200);
  assert.equal(firmware.lineState, 3);
});

for (const double of [false, true]) {
  test(`bytes both ways at once, none lost, none swapped${double ? ', double-buffered' : ''}`, () => {
    const random = seeded(9);
    const { firmware, host, got, packets, pass } = makeOpenCable();
    firmware.double = double;
    /** @type {number[]} */
    const down = [];
    /** @type {number[]} */
    const up = [];
    for (let i = 0; i < 200; i++) {
      const a = Array.from({ length: random(300) }, () => random(256));
      const b = Array.from({ length: random(300) }, () => random(256));
      up.push(...a);
      down.push(...b);
      firmware.toSend.push(...a);
      firmware.transmit();
      host.send(Uint8Array.from(b));
      pass(random(3));
    }
    pass(500);
    assert.deepEqual(got, up);
    assert.deepEqual(firmware.received, down);
    assert.ok(packets.every(({ length }) => length <= 64));
    if (double) assert.ok(firmware.order.includes(1));
  });
}

test('the bus is no faster than full speed', () => {
  const { firmware, packets, pass } = makeOpenCable();
  firmware.toSend = new Array(64 * 40).fill(1);
  firmware.transmit();
  pass(20);
  assert.equal(packets.length, 40);
  for (let i = 1; i < 40; i++) {
    const gap = packets[i].us - packets[i - 1].us;
    assert.ok(gap >= ((64 + 13) * 8) / 12 && gap < 80, `${gap} µs`);
  }
});

test('a host that does not read delays the device, and nothing is lost', () => {
  const { firmware, host, got, pass } = makeOpenCable();
  host.hungry = false;
  firmware.toSend = Array.from({ length: 300 }, (_, i) => i & 0xff);
  firmware.transmit();
  pass(1000);
  assert.equal(got.length, 0);
  assert.equal(firmware.toSend.length, 236, 'one packet waits');
  host.hungry = true;
  host.pump();
  pass(10);
  assert.deepEqual(
    got,
    Array.from({ length: 300 }, (_, i) => i & 0xff),
  );
});

test('a device that does not read delays the host, and nothing is lost', () => {
  const { firmware, host, pass } = makeOpenCable();
  firmware.takes = false;
  host.send(Uint8Array.from({ length: 200 }, (_, i) => i));
  pass(100);
  assert.equal(firmware.received.length, 64, 'what had been armed');
  assert.equal(host.outbox.length, 136);
  firmware.takes = true;
  firmware.receive();
  pass(10);
  assert.deepEqual(
    firmware.received,
    Array.from({ length: 200 }, (_, i) => i),
  );
});

test('a closed port accepts no packets', () => {
  const { firmware, host, got, pass } = makeOpenCable();
  host.setOpen(false);
  pass(5);
  firmware.toSend = [1, 2, 3];
  firmware.transmit();
  pass(100);
  assert.equal(got.length, 0);
});

test('unplugged, the device sees an idle bus after 3 ms; plugged in again, it is enumerated again', () => {
  const { firmware, host, ready, got, pass } = makeOpenCable();
  host.setOpen(false);
  host.plug(false);
  assert.deepEqual(ready, [true, false]);
  pass(2);
  assert.equal(firmware.suspended, 0);
  pass(2);
  assert.equal(firmware.suspended, 1);
  firmware.toSend = [1];
  firmware.transmit();
  pass(1000);
  assert.equal(got.length, 0);
  host.plug(true);
  pass(200);
  assert.equal(firmware.resets, 2);
  assert.deepEqual(ready, [true, false, true]);
  host.setOpen(true);
  firmware.busy = false;
  firmware.toSend = [7, 8];
  firmware.transmit();
  pass(10);
  assert.deepEqual(got, [7, 8]);
});

test('plugged in again within 3 ms, it is still enumerated again', () => {
  const { firmware, host, ready, pass } = makeOpenCable();
  host.plug(false);
  pass(1);
  host.plug(true);
  pass(200);
  assert.deepEqual(ready, [true, false, true]);
  assert.equal(firmware.resets, 2);
});

test('a device that releases its pull-up is gone', () => {
  const { firmware, ready, pass } = makeOpenCable();
  firmware.set(SIE_CTRL, 0);
  pass(1);
  assert.deepEqual(ready, [true, false]);
});

test('a control transfer without an answer is given up after five seconds, and bytes flow on', () => {
  const { firmware, host, got, pass } = makeOpenCable();
  const setup = firmware.setup.bind(firmware);
  firmware.setup = () => {};
  host.setOpen(false);
  host.setOpen(true);
  firmware.toSend = [1, 2];
  firmware.transmit();
  pass(4900);
  assert.deepEqual(got, [1, 2]);
  firmware.setup = setup;
  firmware.lineState = 0;
  pass(200);
  assert.equal(firmware.lineState, 3, 'the next transfer is begun');
});

test('a device that answers no enumeration is reset four times and then left alone until it is plugged in again', () => {
  const { firmware, host, ready, pass } = makeCable();
  const setup = firmware.setup.bind(firmware);
  firmware.setup = () => {};
  firmware.start();
  pass(60_000);
  assert.equal(firmware.resets, 4);
  assert.deepEqual(ready, []);
  firmware.setup = setup;
  host.plug(false);
  pass(10);
  host.plug(true);
  pass(200);
  assert.deepEqual(ready, [true]);
});

test('frames are reported once a millisecond, only to a device that asks for them', () => {
  const { firmware, chip, pass } = makeOpenCable();
  let frames = 0;
  const start = chip.usb.startFrame.bind(chip.usb);
  chip.usb.startFrame = (frame) => {
    frames++;
    start(frame);
    firmware.get(0x48);
  };
  pass(10);
  assert.equal(frames, 0);
  firmware.set(INTE, firmware.get(INTE) | (1 << 17));
  pass(10);
  assert.equal(frames, 10);
  firmware.set(INTE, firmware.get(INTE) & ~(1 << 17));
  pass(10);
  assert.ok(frames <= 11);
});
