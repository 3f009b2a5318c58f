// The flash chip through the SSI, driven as the boot ROM's routines drive it (pico-bootrom, program_flash_generic.c).

import assert from 'node:assert/strict';
import test from 'node:test';
import { PER_US } from '../timeline.mjs';
import { makeChip } from './rig.mjs';

const SSI = 0x18000000;
const SELECT = 0x4001800c;
const [DR0, SR, RXFLR, TXFLR] = [SSI + 0x60, SSI + 0x28, SSI + 0x24, SSI + 0x20];
const SECTOR_US = 45_000;
const PAGE_US = 400;

/** A chip whose CPU does what the boot ROM does: select by override, bytes by DR0, the answer from the FIFO. */
function makeDriver() {
  const { chip, flash, timeline } = makeChip();
  const { mcu } = chip;
  mcu.writeUint32(SSI + 0x08, 0);
  mcu.writeUint32(SSI + 0x14, 6);
  mcu.writeUint32(SSI, 7 << 16);
  mcu.writeUint32(SSI + 0x08, 1);

  const pass = (/** @type {number} */ us) => {
    const until = timeline.now + us * PER_US;
    while (timeline.due <= until) {
      timeline.now = timeline.due;
      timeline.fire();
    }
    timeline.now = until;
  };
  /** flash_put_get and flash_cs_force. @param {number[]} sent */
  const exchange = (sent) => {
    mcu.writeUint32(SELECT, 2 << 8);
    const answer = [];
    for (let i = 0; answer.length < sent.length;) {
      if (i < sent.length && mcu.readUint32(TXFLR) + mcu.readUint32(RXFLR) < 14) mcu.writeUint32(DR0, sent[i++]);
      if (mcu.readUint32(RXFLR)) answer.push(mcu.readUint32(DR0));
      pass(0.1);
    }
    mcu.writeUint32(SELECT, 3 << 8);
    return answer;
  };
  const status = () => exchange([0x05, 0])[1];
  const address = (/** @type {number} */ at) => [at >> 16, (at >> 8) & 0xff, at & 0xff];
  return {
    chip,
    flash,
    timeline,
    pass,
    exchange,
    status,
    enable: () => exchange([0x06]),
    program: (/** @type {number} */ at, /** @type {number[]} */ data) => exchange([0x02, ...address(at), ...data]),
    erase: (/** @type {number} */ command, /** @type {number} */ at) => exchange([command, ...address(at)]),
  };
}

test('the flash reports its identity', () => {
  const { exchange } = makeDriver();
  assert.deepEqual(exchange([0x9f, 0, 0, 0]).slice(1), [0xef, 0x40, 0x15]);
  const id = exchange([0x4b, ...new Array(12).fill(0)]).slice(5);
  assert.equal(id.length, 8);
  assert.ok(new Set(id).size > 4);
});

test('bytes take time on the wire, and software sees the FIFO fill', () => {
  const { chip, timeline, pass } = makeDriver();
  const { mcu } = chip;
  mcu.writeUint32(SELECT, 2 << 8);
  for (const byte of [0x9f, 0, 0, 0]) mcu.writeUint32(DR0, byte);
  assert.equal(mcu.readUint32(RXFLR), 0);
  assert.equal(mcu.readUint32(TXFLR), 3);
  assert.equal(mcu.readUint32(SR) & 1, 1, 'busy');
  pass((2 * 8 * 6) / PER_US);
  assert.equal(mcu.readUint32(RXFLR), 2);
  pass((2 * 8 * 6) / PER_US);
  assert.equal(mcu.readUint32(RXFLR), 4);
  assert.equal(mcu.readUint32(SR) & 0x0f, 8 | 4 | 2);
  assert.equal(timeline.now, 4 * 8 * 6);
});

test('without the override the select line rises when the FIFO is empty', () => {
  const { chip, flash, pass } = makeDriver();
  chip.mcu.writeUint32(SELECT, 0);
  chip.mcu.writeUint32(DR0, 0x06);
  pass(5);
  chip.mcu.writeUint32(DR0, 0x05);
  assert.equal(flash.writeEnabled, true);
});

test('a write needs an enable, which holds once', () => {
  const { flash, program, enable, pass, status } = makeDriver();
  program(0x1000, [0]);
  assert.equal(flash.operation, null);
  enable();
  assert.equal(status() & 2, 2);
  program(0x1000, [0]);
  pass(PAGE_US + 1);
  assert.equal(flash.bytes[0x1000], 0);
  program(0x1001, [0]);
  pass(PAGE_US + 1);
  assert.equal(flash.bytes[0x1001], 0xff);
});

test('programming only clears bits', () => {
  const { flash, program, enable, pass } = makeDriver();
  for (const [byte, wanted] of [
    [0b11110000, 0b11110000],
    [0b10101010, 0b10100000],
    [0xff, 0b10100000],
  ]) {
    enable();
    program(0x2000, [byte]);
    pass(PAGE_US + 1);
    assert.equal(flash.bytes[0x2000], wanted);
  }
});

test('programming wraps within its page', () => {
  const { flash, program, enable, pass } = makeDriver();
  enable();
  program(0x30fe, [1, 2, 3, 4]);
  pass(PAGE_US + 1);
  assert.deepEqual([...flash.bytes.subarray(0x30fe, 0x3102)], [1, 2, 0xff, 0xff]);
  assert.deepEqual([...flash.bytes.subarray(0x3000, 0x3003)], [3, 4, 0xff]);
});

for (const [command, bytes, us] of [
  [0x20, 4096, SECTOR_US],
  [0x52, 32768, 120_000],
  [0xd8, 65536, 150_000],
]) {
  test(`erase ${command.toString(16)}: ${bytes} bytes around the address, in ${us} µs`, () => {
    const { flash, erase, enable, pass, status, timeline } = makeDriver();
    flash.bytes.fill(0x55);
    enable();
    const at = 5 * bytes + 77;
    erase(command, at);
    const began = timeline.now;
    pass(us - 20);
    assert.equal(status() & 1, 1);
    pass(30);
    assert.equal(status(), 0);
    assert.ok(timeline.now - began < (us + 30) * PER_US);
    assert.ok(flash.bytes.subarray(5 * bytes, 6 * bytes).every((byte) => byte === 0xff));
    assert.equal(flash.bytes[5 * bytes - 1], 0x55);
    assert.equal(flash.bytes[6 * bytes], 0x55);
  });
}

test('while busy only "status" is accepted', () => {
  const { flash, program, erase, enable, exchange, pass } = makeDriver();
  enable();
  erase(0x20, 0x4000);
  enable();
  program(0x8000, [0]);
  assert.deepEqual(exchange([0x9f, 0]).slice(1), [0xff]);
  pass(SECTOR_US);
  assert.equal(flash.bytes[0x8000], 0xff);
  assert.equal(flash.writeEnabled, false);
});

test('a CPU that polls with interrupts off sees the end on time, like everything else', () => {
  const { chip, flash, enable, erase, status, timeline, pass } = makeDriver();
  chip.core.PM = true;
  enable();
  erase(0x20, 0x4000);
  const began = timeline.now;
  let happened = 0;
  timeline.alarm(() => (happened = timeline.now)).set(began + 1000 * PER_US);
  status();
  pass(0);
  assert.equal(happened, began + 1000 * PER_US);
  assert.ok(timeline.now - began >= SECTOR_US * PER_US && timeline.now - began < (SECTOR_US + 20) * PER_US);
  assert.equal(flash.operation, null);
});

test('a power cut in the middle leaves half of an operation', () => {
  const { flash, erase, enable, pass } = makeDriver();
  flash.bytes.fill(0x00, 0x4000, 0x5000);
  let cut = false;
  flash.onCut = () => {
    cut = true;
    flash.powerOff();
  };
  flash.cutAt(1, 0.25);
  enable();
  erase(0x20, 0x4000);
  pass(SECTOR_US / 4 - 10);
  assert.equal(cut, false);
  pass(20);
  assert.equal(cut, true);
  assert.ok(flash.bytes.subarray(0x4000, 0x4400).every((byte) => byte === 0xff));
  const edge = flash.bytes.subarray(0x4400, 0x4500);
  assert.ok(
    edge.some((byte) => byte !== 0 && byte !== 0xff),
    'bits in between',
  );
  assert.ok(flash.bytes.subarray(0x4500, 0x5000).every((byte) => byte === 0));
});

test('a page that was cut has some new bytes, one with only some new bits', () => {
  const { flash, program, enable, pass } = makeDriver();
  flash.onCut = () => flash.powerOff();
  flash.cutAt(2, 0.5);
  const page = new Array(256).fill(0x0f);
  enable();
  program(0x6000, page);
  pass(PAGE_US + 1);
  enable();
  program(0x6100, page);
  pass(PAGE_US + 1);
  assert.ok(
    flash.bytes.subarray(0x6000, 0x6100).every((byte) => byte === 0x0f),
    'the first one is whole',
  );
  assert.ok(flash.bytes.subarray(0x6100, 0x6180).every((byte) => byte === 0x0f));
  assert.equal(flash.bytes[0x6180] & 0x0f, 0x0f);
  assert.ok(flash.bytes[0x6180] !== 0x0f && flash.bytes[0x6180] !== 0xff);
  assert.ok(flash.bytes.subarray(0x6181, 0x6200).every((byte) => byte === 0xff));
});
