// Encoder, load cell, LED, buzzer and button, observed at the pins.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Hx711 } from '../hx711.mjs';
import { Indicator } from '../indicator.mjs';
import { Encoder } from '../quadrature.mjs';
import { NO_LOAD, Rows } from '../rows.mjs';
import { PER_US, Timeline } from '../timeline.mjs';
import { makeChip, seeded } from './rig.mjs';

/** @param {[number, number, number][]} rows */
const makeRows = (rows) =>
  new Rows(
    Float64Array.from(rows, (row) => row[0]),
    Int32Array.from(rows, (row) => row[1]),
    Int32Array.from(rows, (row) => row[2]),
  );

/** @param {Timeline} timeline @param {number} us from the beginning */
function passTo(timeline, us) {
  const until = Math.round(us * PER_US);
  while (timeline.due <= until) {
    timeline.now = timeline.due;
    timeline.fire();
  }
  timeline.now = until;
}

/** An encoder and somebody who counts its edges. @param {[number, number, number][]} table */
function makeEncoder(table) {
  const timeline = new Timeline();
  /** @type {{count: number, us: number}[]} */
  const edges = [];
  let state = 0;
  let count = 0;
  let first = true;
  const encoder = new Encoder(timeline, makeRows(table), (a, b) => {
    const next = +a | (+b << 1);
    const order = [0, 1, 3, 2];
    const way = (order.indexOf(next) - order.indexOf(state) + 4) % 4;
    if (!first) {
      assert.notEqual(way, 2, 'both channels at once');
      if (way) edges.push({ count: (count += way === 1 ? 1 : -1), us: timeline.us });
    } else count = table[0][1];
    first = false;
    state = next;
  });
  encoder.show();
  return { encoder, timeline, edges, count: () => count };
}

test('encoder: the edges add up to the count at every row', () => {
  const random = seeded(3);
  let travel = -7;
  /** @type {[number, number, number][]} */
  const table = Array.from({ length: 400 }, (_, i) => [i * 5000, (travel += random(41) - 20), NO_LOAD]);
  const { encoder, timeline, count } = makeEncoder(table);
  encoder.begin(0);
  for (const [us, wanted] of table) {
    passTo(timeline, us);
    assert.equal(count(), wanted);
  }
});

test('encoder: an edge is where the line between two rows crosses half a count', () => {
  const { encoder, timeline, edges } = makeEncoder([
    [0, 10, NO_LOAD],
    [1000, 14, NO_LOAD],
    [2000, 13, NO_LOAD],
  ]);
  passTo(timeline, 100);
  encoder.begin(timeline.now);
  passTo(timeline, 5000);
  assert.deepEqual(edges, [
    { count: 11, us: 225 },
    { count: 12, us: 475 },
    { count: 13, us: 725 },
    { count: 14, us: 975 },
    { count: 13, us: 1600 },
  ]);
});

test('encoder: at rest before and after the rows, and reports their end', () => {
  const { encoder, timeline, edges, count } = makeEncoder([
    [0, 3, NO_LOAD],
    [1000, 4, NO_LOAD],
    [9000, 4, NO_LOAD],
  ]);
  let over = 0;
  encoder.onOver = () => (over = timeline.us);
  passTo(timeline, 50_000);
  assert.equal(edges.length, 0);
  encoder.begin(timeline.now);
  passTo(timeline, 1e6);
  assert.equal(count(), 4);
  assert.equal(over, 59_000);
});

/** An HX711 with rows of loads every 12500 µs, clocked by hand. */
function makeCell(/** @type {number[]} */ loads, options = { hz: /** @type {number | null} */ (null), pulses: 25 }) {
  const timeline = new Timeline();
  let line = true;
  const rows = makeRows(loads.map((load, i) => [i * 12_500, 0, load]));
  const cell = new Hx711(timeline, rows, options, (level) => (line = level));
  cell.power(true);
  passTo(timeline, 12_500 * 4 + 1); // settled
  cell.begin(timeline.now);
  const pulse = (highUs = 2) => {
    cell.clock(true);
    passTo(timeline, timeline.us + highUs);
    const bit = line;
    cell.clock(false);
    passTo(timeline, timeline.us + 1);
    return bit;
  };
  return {
    cell,
    timeline,
    line: () => line,
    pulse,
    /** Read a word and its trailing bits. @param {number} pulses */
    read: (pulses) => {
      let word = 0;
      for (let i = 0; i < 24; i++) word = (word << 1) | +pulse();
      const trailing = Array.from({ length: pulses - 24 }, () => pulse());
      return { word: (word << 8) >> 8, trailing };
    },
    untilReady: () => {
      for (let i = 0; line && i < 1e6; i++) passTo(timeline, timeline.us + 1);
      assert.equal(line, false, 'ready');
    },
  };
}

for (const pulses of [25, 26, 27]) {
  test(`load cell: every corner of 24 bits, read with ${pulses} pulses`, () => {
    const corners = [0, 1, -1, 0x7ffffe, 0x7fffff, -0x800000, -0x7fffff, 0x555555, -0x555556, 0x400000, 12345, -98765];
    const { read, untilReady } = makeCell([0, ...corners], { hz: null, pulses });
    untilReady();
    read(pulses); // the gain of the first reading is the one after power-up
    for (const corner of corners) {
      untilReady();
      const { word, trailing } = read(pulses);
      assert.equal(word, corner);
      assert.deepEqual(trailing, new Array(pulses - 24).fill(true));
    }
  });
}

test('load cell: ready when the conversion of a row is done, not before', () => {
  const { timeline, line, read } = makeCell([5, 6, 7]);
  const begun = timeline.us;
  passTo(timeline, begun + 1);
  assert.equal(read(25).word, 5);
  passTo(timeline, begun + 12_499);
  assert.equal(line(), true);
  passTo(timeline, begun + 12_501);
  assert.equal(line(), false);
  assert.equal(read(25).word, 6);
});

test('load cell: no two successive readings are the same at rest', () => {
  const { timeline, read, untilReady } = makeCell([5, 5, 5]);
  const words = [];
  for (let i = 0; i < 7; i++) {
    untilReady();
    words.push(read(25).word);
  }
  assert.deepEqual(words.slice(0, 3), [5, 5, 5]); // the rows are what they are
  assert.deepEqual([...new Set(words.slice(3))].sort(), [5, 6]);
  for (let i = 4; i < words.length; i++) assert.notEqual(words[i], words[i - 1]);
  assert.ok(timeline.us > 0);
});

test('load cell: with its own clock it converts at its rate and takes the load of that time', () => {
  const { timeline, cell, read, untilReady } = makeCell([5, 6, 7, 8, 9, 10], { hz: 160, pulses: 25 });
  const begun = timeline.us;
  untilReady();
  read(25);
  const times = [];
  const words = [];
  for (let i = 0; i < 8; i++) {
    untilReady();
    times.push(timeline.us - begun);
    words.push(read(25).word);
  }
  for (let i = 1; i < times.length; i++) assert.ok(Math.abs(times[i] - times[i - 1] - 6250) <= 2);
  assert.deepEqual(
    words,
    times.map((us) => 5 + Math.floor(us / 12_500)),
  );
  assert.ok(cell.powered);
});

test('load cell: the gain follows the pulses of the previous reading, and saturates', () => {
  const { read, untilReady } = makeCell([0x600000, 0x600000, 0x600000, 0x600000, -0x600000, 0], {
    hz: null,
    pulses: 27,
  });
  untilReady();
  assert.equal(read(25).word, 0x7fffff, 'twice the gain of the rows');
  untilReady();
  assert.equal(read(26).word, 0x7fffff);
  untilReady();
  assert.equal(read(27).word, 0x300000, 'half of it');
  untilReady();
  assert.equal(read(25).word, 0x600000);
  untilReady();
  assert.equal(read(25).word, -0x800000);
});

test('load cell: an interrupted readout continues where it stopped', () => {
  const { read, untilReady, pulse, timeline } = makeCell([0x123456, 0x777777, 0x333333]);
  untilReady();
  let word = 0;
  for (let i = 0; i < 10; i++) word = (word << 1) | +pulse();
  passTo(timeline, timeline.us + 12_500); // another conversion ends meanwhile
  for (let i = 10; i < 24; i++) word = (word << 1) | +pulse();
  assert.equal(word, 0x123456);
  pulse();
  untilReady();
  assert.equal(read(25).word, 0x333333);
});

test('load cell: a clock held high for more than 60 µs powers it down; then it must settle', () => {
  const { read, untilReady, pulse, timeline, line } = makeCell(new Array(20).fill(77));
  untilReady();
  pulse(59);
  assert.equal(line(), false, '0x4d begins with zeros: still a reading');
  for (let i = 1; i < 24; i++) pulse();
  pulse();
  untilReady();
  pulse(61);
  assert.equal(line(), true);
  const woken = timeline.us;
  untilReady();
  assert.ok(timeline.us - woken > 3 * 12_500, `${timeline.us - woken} µs`);
  assert.equal(read(25).word, 77);
});

test('load cell: an open data wire reads high, an open clock never shifts', () => {
  const { cell, untilReady, pulse, line, read } = makeCell([9, 9, 9, 9]);
  untilReady();
  cell.wireData(false);
  assert.equal(line(), true);
  cell.wireData(true);
  assert.equal(line(), false);
  cell.wireClock(false);
  for (let i = 0; i < 30; i++) assert.equal(pulse(), false);
  cell.wireClock(true);
  assert.equal(read(25).word, 9);
});

test('indicator: LED, tone of the PWM registers, button', () => {
  const { chip, timeline } = makeChip();
  const indicator = new Indicator(timeline, { led: 25, buzzer: 15, button: 14 });
  /** @type {(string | number | boolean)[]} */
  const seen = [];
  indicator.onLed = (on) => seen.push('led', on);
  indicator.onTone = (hz) => seen.push('tone', hz);
  indicator.attach(chip);
  const { mcu } = chip;
  const pass = () => passTo(timeline, timeline.us + 100);

  mcu.writeUint32(0x40014000 + 8 * 25 + 4, 5); // to the SIO
  mcu.writeUint32(0xd0000024, 1 << 25); // output enable
  mcu.writeUint32(0xd0000014, 1 << 25);
  mcu.writeUint32(0xd0000018, 1 << 25);
  assert.deepEqual(seen.splice(0), ['led', true, 'led', false]);

  const slice = 0x40050000 + 7 * 0x14; // GPIO 15 is channel B of slice 7
  mcu.writeUint32(0x40014000 + 8 * 15 + 4, 4);
  mcu.writeUint32(slice + 0x04, 2 << 4);
  mcu.writeUint32(slice + 0x10, 62_499); // 125 MHz / 2 / 62500
  mcu.writeUint32(slice, 1);
  pass();
  assert.deepEqual(seen.splice(0), [], 'silent: its level is 0');
  mcu.writeUint32(slice + 0x0c, 31_250 << 16);
  pass();
  mcu.writeUint32(slice + 0x10, 31_249);
  mcu.writeUint32(slice + 0x0c, 15_625 << 16);
  pass();
  mcu.writeUint32(slice + 0x0c, 0);
  pass();
  assert.deepEqual(seen.splice(0), ['tone', 1000, 'tone', 2000, 'tone', 0]);

  mcu.writeUint32(0x4001c004 + 4 * 14, 0x48);
  const button = () => (mcu.gpioValues >>> 14) & 1;
  assert.equal(button(), 1);
  indicator.press(true);
  assert.equal(button(), 0);
  indicator.attach(makeChip().chip);
  indicator.press(false);
  assert.equal(indicator.mcu.gpio[14].rawInputValue, true);
});

test('rows: an invalid table is refused with its position', () => {
  assert.throws(() => Rows.parse(new Uint8Array(0)), /0 bytes/);
  assert.throws(() => Rows.parse(new Uint8Array(17)), /17 bytes/);
  const bytes = new Uint8Array(32);
  new DataView(bytes.buffer).setFloat64(0, 2, true);
  assert.throws(() => Rows.parse(bytes), /row 1/);
});
