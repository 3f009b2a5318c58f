// The figures: instants against a grid, ticks, stages and sleep.

import assert from 'node:assert/strict';
import test from 'node:test';
import { Meter, gridFigures } from '../meter.mjs';
import { PER_US } from '../timeline.mjs';
import { makeChip, seeded } from './rig.mjs';

const MARK = 0x40000000;

test('instants: period, deviations and missed ones', () => {
  const lateUs = [0, 3, 0, 7, 0, 0, 15, 0, 45, 0, 150, 0, 400, 0, 0, 0, 0];
  const instants = lateUs.map((us, i) => (1000 + 5000 * (i < 9 ? i : i + 2) + us) * PER_US);
  const figures = /** @type {any} */ (gridFigures(Float64Array.from(instants)));
  assert.equal(figures.count, 17);
  assert.equal(figures.period_us, 5000);
  assert.equal(figures.mean_period_us, 5000);
  assert.equal(figures.missed, 2);
  assert.equal(figures.deviation_us, 400);
  assert.equal(figures.gap_deviation_us, 400);
  assert.deepEqual(figures.histogram_us, { 5: 12, 10: 1, 20: 1, 50: 1, 200: 1, more: 1 });
  assert.equal(gridFigures(Float64Array.of(1, 2)), null);
});

function makeMeter() {
  const rig = makeChip();
  const meter = new Meter(rig.timeline, { encoder: 2, profile: false });
  meter.attach(rig.chip);
  meter.restart();
  const { core, mcu } = rig.chip;
  return {
    ...rig,
    meter,
    /** Let cycles pass, busy. @param {number} cycles */
    work: (cycles) => (rig.timeline.now += cycles),
    /** @param {number} cycles */
    sleep: (cycles) => {
      rig.timeline.now += cycles;
      rig.chip.slept += cycles;
    },
    mark: (/** @type {number} */ value) => mcu.writeUint32(MARK, value),
    enter: (/** @type {number} */ number) => core.onEnter(number),
    leave: () => core.onLeave(),
  };
}

test('stages: inclusive and exclusive, without interrupts and sleep', () => {
  const { meter, work, sleep, mark, enter, leave } = makeMeter();
  mark(1);
  work(100);
  mark(2);
  work(30);
  enter(19);
  work(1000);
  enter(21); // within the other one
  work(500);
  leave();
  leave();
  work(3);
  mark(2 + 256);
  sleep(5000);
  work(7);
  mark(1 + 256);
  const { stages } = meter.figures();
  assert.deepEqual(stages[2].inclusive, { count: 1, mean: 33, p99: 33, max: 33 });
  assert.deepEqual(stages[2].exclusive, { count: 1, mean: 33, p99: 33, max: 33 });
  assert.equal(stages[1].inclusive?.mean, 140);
  assert.equal(stages[1].exclusive?.mean, 107);
});

test('stages: one in an interrupt counts separately, and one left open by an exception is dropped', () => {
  const { meter, work, mark, enter, leave } = makeMeter();
  mark(1);
  work(10);
  mark(3); // never ended
  enter(19);
  mark(2);
  work(50);
  mark(2 + 256);
  work(5);
  leave();
  mark(1 + 256);
  const { stages } = meter.figures();
  assert.equal(stages[2].inclusive?.mean, 50);
  assert.equal(stages[1].inclusive?.count, 1);
  assert.equal(stages[3], undefined);
});

test('series: mean, 99th percentile and maximum', () => {
  const { meter, work, mark } = makeMeter();
  const random = seeded(1);
  const cycles = Array.from({ length: 3000 }, (_, i) => i + 1).sort(() => random(3) - 1);
  for (const n of cycles) {
    mark(4);
    work(n);
    mark(4 + 256);
  }
  assert.deepEqual(meter.figures().stages[4].inclusive, { count: 3000, mean: 1500.5, p99: 2970, max: 3000 });
});

test('ticks: only timer interrupts that read the encoder, from entry to exit', () => {
  const { meter, chip, work, enter, leave } = makeMeter();
  const encoder = chip.pio[0].units[0];
  chip.mcu.writeUint32(0x502000dc, 2 << 15);
  let samples = 0;
  meter.onSample = () => samples++;
  const read = () => {
    encoder.rx.push(1);
    chip.mcu.readUint32(0x50200020);
  };
  enter(19);
  work(40);
  read();
  read();
  work(60);
  leave();
  enter(18); // another timer's
  work(900);
  leave();
  enter(21); // USB, which has no business there
  read();
  work(900);
  leave();
  assert.equal(samples, 1);
  assert.deepEqual(meter.figures().tick_cycles, { count: 1, mean: 100, p99: 100, max: 100 });
});

test('CPU share: none without power, and the seconds continue with the next chip', () => {
  const { meter, timeline, chip, work } = makeMeter();
  work(1e6);
  meter.attach(null);
  assert.equal(timeline.due, Infinity, 'nothing to wait for');
  work(3e6);
  assert.equal(meter.figures().cpu_share, 0.25);
  chip.slept = 0;
  meter.attach(chip);
  work(125e6);
  timeline.fire();
  const figures = meter.figures();
  assert.equal(figures.slept_cycles, 3e6);
  assert.equal(figures.cpu_share_busiest_second, 1);
});

test('CPU share: in total and in the busiest second', () => {
  const { meter, timeline, sleep, work } = makeMeter();
  const second = (/** @type {number} */ busy) => {
    work(busy * 125e6);
    sleep((1 - busy) * 125e6);
    timeline.fire();
  };
  second(0.2);
  second(0.8);
  second(0.2);
  const figures = meter.figures();
  assert.ok(Math.abs(figures.cpu_share - 0.4) < 1e-9);
  assert.ok(Math.abs(figures.cpu_share_busiest_second - 0.8) < 1e-9);
  assert.equal(figures.seconds, 3);
});
