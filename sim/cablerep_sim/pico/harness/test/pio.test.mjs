// The PIO machines: updated late they match stepping all the time, and their dividers keep time.

import assert from 'node:assert/strict';
import test from 'node:test';
import {
  CTRL,
  DECODER,
  DECODER_WRAP,
  FSTAT,
  PIO0,
  READER,
  RXF0,
  enableInputs,
  makeChip,
  seeded,
  setUpMachine,
} from './rig.mjs';

/** All of a machine's state that can be seen. @param {import('../pio_machine.mjs').Machine} unit */
const state = (unit) => [
  unit.pc,
  unit.x,
  unit.y,
  unit.isr,
  unit.osr,
  unit.isrCount,
  unit.osrCount,
  unit.rx.count,
  unit.next,
];

/** @param {number} divider @param {boolean} reader */
function makeMachine(divider, reader) {
  const rig = makeChip();
  enableInputs(rig.chip, [2, 3, 6]);
  if (reader) {
    setUpMachine(rig.chip, { program: READER, wrap: [0, 5], divider, inBase: 6, side: 7, join: true });
    rig.chip.mcu.writeUint32(PIO0 + 0xd8, 0xe058); // set y, 24
  } else setUpMachine(rig.chip, { program: DECODER, wrap: DECODER_WRAP, divider, inBase: 2 });
  return rig;
}

/**
 * Let time pass to `cycle`, what is due in between done in its order; the CPU sleeps.
 * @param {any} rig
 * @param {number} cycle
 */
function passTo({ timeline }, cycle) {
  while (timeline.due <= cycle) {
    timeline.now = timeline.due;
    timeline.fire();
  }
  timeline.now = cycle;
}

for (const divider of [1, 5, 125, 6.25]) {
  for (const reader of [false, true]) {
    test(`${reader ? 'reader' : 'decoder'} at ${divider}: late is as exact as step by step`, () => {
      const random = seeded(Math.round(divider * 4) + (reader ? 1000 : 0));
      const late = makeMachine(divider, reader);
      const stepped = makeMachine(divider, reader);
      const edges = { late: /** @type {number[]} */ ([]), stepped: /** @type {number[]} */ ([]) };
      late.chip.mcu.gpio[7].addListener(() => edges.late.push(late.timeline.now));
      stepped.chip.mcu.gpio[7].addListener(() => edges.stepped.push(stepped.timeline.now));
      let cycle = 0;
      for (let i = 0; i < 300; i++) {
        const previous = cycle;
        cycle += 1 + random(random(4) ? 40 * divider : 4000);
        for (let at = previous + 1; at <= cycle; at++) {
          passTo(stepped, at);
          stepped.chip.pio[0].units[0].disturb(); // it may not pass over anything
          stepped.chip.pio[0].catchUp();
        }
        passTo(late, cycle);
        const pin = reader ? 6 : 2 + random(2);
        const level = random(2) === 1;
        const look = random(3) === 0;
        for (const { chip } of [late, stepped]) {
          chip.setPin(pin, level);
          if (look) chip.mcu.readUint32(PIO0 + RXF0);
          chip.pio[0].catchUp();
        }
        assert.deepEqual(state(late.chip.pio[0].units[0]), state(stepped.chip.pio[0].units[0]), `after change ${i}`);
        assert.equal(late.chip.mcu.readUint32(PIO0 + FSTAT), stepped.chip.mcu.readUint32(PIO0 + FSTAT));
      }
      assert.deepEqual(edges.late, edges.stepped);
      if (reader) assert.ok(edges.late.length > 50);
    });
  }
}

const GRAY = [0, 1, 3, 2];

/** The count that the decoder publishes now. @param {any} chip */
function publishedCount(chip) {
  const { mcu, timeline } = chip;
  for (let i = 0; i < 4; i++) mcu.readUint32(PIO0 + RXF0);
  timeline.now += 100 * 5;
  return (mcu.readUint32(PIO0 + RXF0) << 8) >> 8;
}

for (const edgesPerSecond of [1000, 100_000, 500_000, 2_000_000]) {
  test(`decoder: ${edgesPerSecond} counts a second, both ways, none lost`, () => {
    const random = seeded(edgesPerSecond);
    const rig = makeMachine(5, false);
    const { chip, timeline } = rig;
    let count = 0;
    let at = timeline.now;
    const show = () => {
      chip.setPin(2, (GRAY[count & 3] & 1) !== 0);
      chip.setPin(3, (GRAY[count & 3] & 2) !== 0);
    };
    show();
    passTo(rig, (at += 500));
    const before = publishedCount(chip);
    at = timeline.now;
    for (let run = 0; run < 40; run++) {
      const way = random(2) ? 1 : -1;
      for (let i = random(300); i >= 0; i--) {
        passTo(rig, Math.round((at += 125e6 / edgesPerSecond)));
        count += way;
        show();
      }
    }
    passTo(rig, Math.round(at) + 200);
    assert.equal(publishedCount(chip) - before, count);
    assert.equal(chip.pio[0].units[0].x, 0, 'no illegal transition');
  });
}

test('decoder: rest costs a few steps however long it lasts', () => {
  const rig = makeMachine(5, false);
  const unit = rig.chip.pio[0].units[0];
  let steps = 0;
  const step = unit.step.bind(unit);
  unit.step = () => {
    steps++;
    step();
  };
  passTo(rig, 125e6 * 3600);
  rig.chip.pio[0].catchUp();
  assert.ok(unit.next >= 125e6 * 3600 * 256, `${unit.next}`);
  assert.ok(steps < 100, `${steps} steps`);
});

test('a fractional divider keeps its rate', () => {
  const rig = makeChip();
  // set pins, 1; set pins, 0 on GPIO 7: each edge is one tick of 6.40625 cycles.
  setUpMachine(rig.chip, { program: [0xe001, 0xe000], wrap: [0, 1], divider: 6.40625, inBase: 0, side: 7 });
  rig.chip.mcu.writeUint32(PIO0 + 0xdc, (1 << 26) | (7 << 5));
  let edges = 0;
  /** @type {number[]} */
  const gaps = [];
  let last = 0;
  rig.chip.mcu.gpio[7].addListener(() => {
    edges++;
    if (edges > 1) gaps.push(rig.timeline.now - last);
    last = rig.timeline.now;
  });
  passTo(rig, 640_625);
  assert.ok(Math.abs(edges - 100_000) <= 1, `${edges} edges`);
  assert.deepEqual([...new Set(gaps)].sort(), [6, 7]);
});

test('a loop that counts is not taken for an idle one', () => {
  for (const [set, decrement] of [
    [0xe03f, 0x0041],
    [0xe05f, 0x0081],
  ]) {
    // set x or y, 31; count it down, an instruction a turn; set pins, 1; set pins, 0.
    const rig = makeChip();
    setUpMachine(rig.chip, { program: [set, decrement, 0xe001, 0xe000], wrap: [0, 3], divider: 1, inBase: 0, side: 7 });
    rig.chip.mcu.writeUint32(PIO0 + 0xdc, (1 << 26) | (7 << 5));
    /** @type {number[]} */
    const edges = [];
    rig.chip.mcu.gpio[7].addListener(() => edges.push(rig.timeline.now));
    passTo(rig, 200);
    assert.deepEqual(
      edges.slice(1, 6).map((at, i) => at - edges[i]),
      [1, 34, 1, 34, 1],
    );
  }
});

test('a disabled machine stops, and continues in step with its divider', () => {
  const rig = makeMachine(125, false);
  const unit = rig.chip.pio[0].units[0];
  passTo(rig, 1000);
  rig.chip.mcu.writeUint32(PIO0 + CTRL, 0);
  const stood = state(unit).slice(0, 8);
  const phase = (unit.next / 256) % 125;
  passTo(rig, 7777);
  rig.chip.pio[0].catchUp();
  assert.deepEqual(state(unit).slice(0, 8), stood);
  rig.chip.mcu.writeUint32(PIO0 + CTRL, 1);
  assert.ok(unit.next >= 7777 * 256 && unit.next < (7777 + 125) * 256);
  assert.equal((unit.next / 256) % 125, phase);
});

test('joined FIFOs hold eight words, others four', () => {
  for (const [join, depth] of /** @type {[boolean, number][]} */ ([
    [true, 8],
    [false, 4],
  ])) {
    const rig = makeChip();
    setUpMachine(rig.chip, { program: [0x8020], wrap: [0, 0], divider: 1, inBase: 0, join }); // push block
    passTo(rig, 100);
    rig.chip.mcu.readUint32(PIO0 + FSTAT);
    assert.equal(rig.chip.pio[0].units[0].rx.count, depth);
  }
});

test('machines see each other’s flags at the tick at which they are raised', () => {
  // Machine 0 raises flag 0 every 10 ticks; machine 1 waits for it and pushes; dividers 3 and 7.
  /** @param {boolean} late */
  const run = (late) => {
    const rig = makeChip();
    const { mcu } = rig.chip;
    [0xc000, 0xa842, 0x20c0, 0x8000].forEach((word, i) => mcu.writeUint32(PIO0 + 0x48 + 4 * i, word));
    for (const [base, divider, bottom, top] of [
      [0xc8, 3, 0, 1],
      [0xe0, 7, 2, 3],
    ]) {
      mcu.writeUint32(PIO0 + base, divider << 16);
      mcu.writeUint32(PIO0 + base + 4, (top << 12) | (bottom << 7));
      mcu.writeUint32(PIO0 + base + 0x10, bottom);
    }
    mcu.writeUint32(PIO0 + CTRL, 3);
    const seen = [];
    const random = seeded(5);
    for (let at = 0; at < 4000; at++) {
      passTo(rig, at);
      if (!late) {
        for (const unit of rig.chip.pio[0].units) unit.disturb();
        rig.chip.pio[0].catchUp();
      }
      if (random(97) === 0) {
        rig.chip.pio[0].catchUp();
        seen.push(rig.chip.pio[0].units.slice(0, 2).map(state));
        mcu.readUint32(PIO0 + RXF0 + 4);
      }
    }
    return seen;
  };
  const seen = run(true);
  assert.ok(seen.length > 20);
  assert.deepEqual(seen, run(false));
});
