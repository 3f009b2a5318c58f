// The chip as a whole: sleep and time, resets and what survives them, power, and the world around it.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Rows } from '../rows.mjs';
import { PER_US } from '../timeline.mjs';
import { World } from '../world.mjs';
import { bootrom, makeChip } from './rig.mjs';

const TIMER = 0x40054000;
const WATCHDOG = 0x40058000;
const SCRATCH0 = 0x0c;

/**
 * A program of the flash: load constants, store them, then `then`.
 * @param {[number, number][]} stores
 * @param {number[]} then
 */
function storing(stores, then) {
  // ldr r0, =address; ldr r1, =value; str r1, [r0], with the constants at 0x100.
  const words = stores.flatMap((_, i) => {
    const at = 6 * i;
    const literal = (/** @type {number} */ n) => (0x100 + 8 * i + 4 * n - ((at + 2 * n + 4) & ~3)) >> 2;
    return [0x4800 | literal(0), 0x4900 | literal(1), 0x6001];
  });
  const program = new Array(0x80 + 4 * stores.length).fill(0xbf00);
  [...words, ...then].forEach((word, i) => (program[i] = word));
  stores.forEach(([address, value], i) => {
    [address, value].forEach((word, n) => {
      program[0x80 + 4 * i + 2 * n] = word & 0xffff;
      program[0x81 + 4 * i + 2 * n] = word >>> 16;
    });
  });
  return program;
}

const FOR_EVER = [0xe7fe];

test('sleep is skipped and counted; the timer wakes at its microsecond', () => {
  const program = storing(
    [
      [0xe000e100, 1], // interrupt 0
      [TIMER + 0x38, 1], // of alarm 0
      [TIMER + 0x10, 5000],
    ],
    [0xb672, 0xbf30, ...FOR_EVER], // cpsid i, wfi
  );
  const { chip, timeline } = makeChip(program);
  chip.run(4000 * PER_US);
  assert.equal(chip.core.waiting, true);
  assert.equal(timeline.now, 4000 * PER_US);
  const busy = timeline.now - chip.slept;
  assert.ok(busy < 100, `${busy} cycles busy`);
  chip.run(5000 * PER_US + 50);
  assert.equal(chip.core.waiting, false);
  assert.equal(timeline.now - chip.slept - busy >= 50, true);
  assert.equal(chip.slept, 5000 * PER_US - busy);
});

test('the timer counts microseconds since the chip’s start', () => {
  const { chip, timeline } = makeChip();
  chip.run(777 * PER_US);
  assert.equal(chip.mcu.readUint32(TIMER + 0x28), 777);
  timeline.now = 778 * PER_US - 1;
  assert.equal(chip.mcu.readUint32(TIMER + 0x28), 777);
});

/** A world whose flash holds `program`. @param {number[]} program */
function makeWorld(program, rows = Rows.rest()) {
  /** @type {any[]} */
  const events = [];
  const flash = new Uint8Array(Uint16Array.from(program).buffer);
  const config = {
    flash,
    bootrom: bootrom(),
    rows,
    pins: { encoder: 2, cell_data: 6, cell_clock: 7, led: 25, buzzer: 15, button: 14 },
    cell: 'hx711',
    cell_hz: null,
    pulses: 25,
    load_lead_us: 0,
    pace: 0,
    start: { after: 'boot', offset_us: 0 },
    serial_port: 0,
    powered: true,
    pressed: false,
    log_packets: false,
    profile: false,
  };
  const world = new World(/** @type {any} */ (config), (event) => events.push(event));
  return { world, events, boots: () => events.filter(({ event }) => event === 'boot').map(({ reset }) => reset) };
}

test('a forced reset keeps the scratch registers and the reason; power-on loses them', () => {
  const { world, boots } = makeWorld(FOR_EVER);
  world.powerOn();
  world.run(1000);
  const before = /** @type {any} */ (world.chip);
  before.mcu.writeUint32(WATCHDOG + SCRATCH0, 0x0cab1f);
  before.mcu.writeUint32(WATCHDOG, 0x80000000);
  world.run(2000);
  const after = /** @type {any} */ (world.chip);
  assert.notEqual(after, before);
  assert.equal(after.mcu.readUint32(WATCHDOG + SCRATCH0), 0x0cab1f);
  assert.equal(after.mcu.readUint32(WATCHDOG + 0x08), 2, 'forced');
  world.powerOff('command');
  world.powerOn();
  world.run(3000);
  assert.equal(world.chip?.mcu.readUint32(WATCHDOG + SCRATCH0), 0);
  assert.equal(world.chip?.mcu.readUint32(WATCHDOG + 0x08), 0);
  assert.deepEqual(boots(), ['power_on', 'forced', 'power_on']);
});

test('a watchdog that is not fed resets the chip in time', () => {
  const { world, events, boots } = makeWorld(
    storing(
      [
        [WATCHDOG + 0x04, 2 * 10_000], // it counts twice a microsecond, erratum RP2040-E1
        [WATCHDOG, 1 << 30],
      ],
      FOR_EVER,
    ),
  );
  world.powerOn();
  world.run(15_000 * PER_US);
  assert.deepEqual(boots(), ['power_on', 'watchdog']);
  assert.ok(Math.abs(events.filter(({ event }) => event === 'boot')[1].us - 10_000) < 5);
});

test('after a reset no event of the old chip happens', () => {
  const { world } = makeWorld(FOR_EVER);
  world.powerOn();
  const old = /** @type {any} */ (world.chip);
  old.mcu.writeUint32(TIMER + 0x38, 1);
  old.mcu.writeUint32(TIMER + 0x10, 500);
  world.run(100);
  world.powerOff('command');
  world.powerOn();
  world.run(1000 * PER_US);
  assert.equal(old.core.pendingInterrupts, 0);
});

test('the trace goes on while the board has no power', () => {
  const rows = new Rows(Float64Array.of(0, 1000), Int32Array.of(0, 8), Int32Array.of(0, 0));
  const { world, events } = makeWorld(FOR_EVER, rows);
  world.powerOn();
  world.run(600 * PER_US);
  assert.equal(world.encoder.count, 5);
  world.powerOff('command');
  world.run(2000 * PER_US);
  assert.equal(world.encoder.count, 8);
  assert.equal(events.find(({ event }) => event === 'over').us, 1000);
  world.powerOn();
  const { gpio } = /** @type {any} */ (world.chip).mcu;
  assert.deepEqual([gpio[2].rawInputValue, gpio[3].rawInputValue], [false, false]);
});

test('the trace begins at the first reading of the encoder in a timer interrupt, less the offset', () => {
  const { world, events } = makeWorld(FOR_EVER);
  world.config.start = { after: 'sampler', offset_us: 300 };
  world.powerOn();
  world.run(1000 * PER_US);
  const { mcu, core, pio } = /** @type {any} */ (world.chip);
  mcu.writeUint32(0x502000dc, 2 << 15); // machine 0 reads the encoder's pins
  mcu.writeUint32(0x502000d8, 0x8020); // it pushes
  const begun = () => events.some(({ event }) => event === 'begin');
  mcu.readUint32(0x50200020);
  world.run(1100 * PER_US);
  assert.equal(begun(), false, 'not in an interrupt');
  pio[0].units[0].rx.push(0);
  core.onEnter(19);
  mcu.readUint32(0x50200020);
  world.run(1200 * PER_US);
  assert.equal(begun(), true);
  assert.ok(Math.abs(events.find(({ event }) => event === 'begin').us - 800) < 1);
});

test('flash operations in a row are reported as one', () => {
  const { world, events } = makeWorld(FOR_EVER);
  world.powerOn();
  const { flash } = world;
  flash.begin('erase', 0x1000, 4096, [], 45_000);
  world.run(46_000 * PER_US);
  for (let i = 0; i < 3; i++) {
    flash.begin('program', 0x1000 + 256 * i, 256, new Array(256).fill(1), 400);
    world.run(world.timeline.now + 1000 * PER_US);
  }
  world.run(world.timeline.now + 30_000 * PER_US);
  const told = events.filter(({ event }) => event === 'flash');
  assert.deepEqual(told, [
    {
      event: 'flash',
      us: 0,
      erased: 4096,
      programmed: 768,
      offset: 0x1000,
      end: 0x2000,
      operations: 4,
      busy_us: 46_200,
    },
  ]);
});

test('a cut at a flash operation removes the power in the middle of it', () => {
  const { world, events } = makeWorld(FOR_EVER);
  world.powerOn();
  world.flash.cutAt(2, 0.5);
  world.flash.begin('program', 0x1000, 1, [0], 400);
  world.run(500 * PER_US);
  world.flash.begin('erase', 0x2000, 4096, [], 45_000);
  world.run(100_000 * PER_US);
  const off = events.find(({ event, on }) => event === 'power' && !on);
  assert.deepEqual(off, { event: 'power', on: false, us: 500 + 22_500, cause: 'cut_at_flash' });
  assert.equal(world.chip, null);
});
