// The core against two references: the manual's integer arithmetic, and the package's core for everything else.

import assert from 'node:assert/strict';
import test from 'node:test';
import { RP2040 } from 'rp2040js';
import { makeChip, seeded } from './rig.mjs';

const HERE = 0x20001000;
const DATA = 0x20002000;

/** A core that stands before one instruction, or a wide one. @param {number[]} words */
function ready(words) {
  const { chip } = makeChip();
  const { core } = chip;
  core.ram16.set(words, (HERE - 0x20000000) >> 1);
  core.PC = HERE;
  return core;
}

const shared = ready([0xbf00]);

/**
 * Execute one instruction; registers are 16 numbers, flags N, Z, C, V.
 * @param {number[]} words
 * @param {number[]} registers
 * @param {boolean[]} flags
 */
function execute(words, registers, flags) {
  const core = shared;
  core.ram16.set(words, (HERE - 0x20000000) >> 1);
  core.registers.set(registers);
  core.PC = HERE;
  core.faulted = core.interruptsUpdated = false;
  core.nz = flags[1] ? 0 : flags[0] ? -1 : 1;
  core.carry = +flags[2];
  core.overflow = +flags[3];
  const from = core.timeline.now;
  core.run(from + 1);
  return {
    registers: [...core.registers].map((value) => value >>> 0),
    flags: [core.nz < 0, core.nz === 0, core.carry === 1, core.overflow === 1],
    cycles: core.timeline.now - from,
  };
}

const INTERESTING = [0, 1, 2, 31, 32, 33, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffffe, 0xffffffff];

/** @param {(n: number) => number} random */
const value = (random) => (random(3) ? INTERESTING[random(INTERESTING.length)] : random(2 ** 32));

/** AddWithCarry of the manual, A2.2.1. @param {number} x @param {number} y @param {number} carry */
function addWithCarry(x, y, carry) {
  const unsigned = BigInt(x >>> 0) + BigInt(y >>> 0) + BigInt(carry);
  const signed = BigInt(x | 0) + BigInt(y | 0) + BigInt(carry);
  const result = Number(unsigned & 0xffffffffn);
  return { result, carry: BigInt(result) !== unsigned, overflow: BigInt(result | 0) !== signed };
}

/**
 * A shift of the manual, A2.2.1.
 * @param {'lsl' | 'lsr' | 'asr' | 'ror'} kind
 * @param {number} x
 * @param {number} n
 * @param {boolean} carry
 */
function shift(kind, x, n, carry) {
  if (n === 0) return { result: x >>> 0, carry };
  const bit = (/** @type {number} */ i) =>
    i >= 0 && i < 32 ? ((x >>> i) & 1) === 1 : kind === 'asr' && i >= 32 && x >>> 31 === 1;
  let result = 0;
  for (let i = 0; i < 32; i++) {
    const from = kind === 'lsl' ? i - n : kind === 'ror' ? (i + n) % 32 : i + n;
    if (bit(from)) result += 2 ** i;
  }
  return { result, carry: kind === 'lsl' ? bit(32 - n) : kind === 'ror' ? result >>> 31 === 1 : bit(n - 1) };
}

const R = (/** @type {number} */ d, /** @type {number} */ m) => (m << 3) | d;

/** @typedef {{result: number, carry: boolean, overflow: boolean}} Outcome */
/** @type {[string, number, (a: number, b: number, c: boolean, v: boolean) => Outcome, boolean][]} */
const ARITHMETIC = [
  ['adcs', 0x4140, (a, b, c) => addWithCarry(a, b, +c), true],
  ['sbcs', 0x4180, (a, b, c) => addWithCarry(a, ~b, +c), true],
  ['rsbs', 0x4240, (_, b) => addWithCarry(~b, 0, 1), true],
  ['cmp', 0x4280, (a, b) => addWithCarry(a, ~b, 1), false],
  ['cmn', 0x42c0, (a, b) => addWithCarry(a, b, 0), false],
  ['lsls', 0x4080, (a, b, c, v) => ({ ...shift('lsl', a, b & 0xff, c), overflow: v }), true],
  ['lsrs', 0x40c0, (a, b, c, v) => ({ ...shift('lsr', a, b & 0xff, c), overflow: v }), true],
  ['asrs', 0x4100, (a, b, c, v) => ({ ...shift('asr', a, b & 0xff, c), overflow: v }), true],
  ['rors', 0x41c0, (a, b, c, v) => ({ ...shift('ror', a, b & 0xff, c), overflow: v }), true],
  ['ands', 0x4000, (a, b, c, v) => ({ result: (a & b) >>> 0, carry: c, overflow: v }), true],
  [
    'muls',
    0x4340,
    (a, b, c, v) => ({ result: Number((BigInt(a) * BigInt(b)) & 0xffffffffn), carry: c, overflow: v }),
    true,
  ],
];

for (const [name, opcode, reference, writes] of ARITHMETIC) {
  test(`${name} by the manual`, () => {
    const random = seeded(opcode);
    for (let i = 0; i < 1000; i++) {
      const [a, b] = [value(random), value(random)];
      const flags = [false, false, random(2) === 1, random(2) === 1];
      const got = execute([opcode | R(1, 2)], [0, a, b, ...new Array(13).fill(0)], flags);
      const { result, carry, overflow } = reference(a, b, flags[2], flags[3]);
      assert.equal(got.registers[1], writes ? result : a >>> 0, `${a}, ${b}`);
      assert.deepEqual(got.flags, [result >>> 31 === 1, result === 0, carry, overflow], `flags of ${a}, ${b}`);
    }
  });
}

for (const [name, opcode, kind] of /** @type {[string, number, any][]} */ ([
  ['lsls', 0, 'lsl'],
  ['lsrs', 0x800, 'lsr'],
  ['asrs', 0x1000, 'asr'],
])) {
  test(`${name} by an immediate`, () => {
    const random = seeded(opcode + 1);
    for (let i = 0; i < 1000; i++) {
      const n = random(32);
      const a = value(random);
      const carry = random(2) === 1;
      const got = execute(
        [opcode | (n << 6) | R(1, 2)],
        [0, 0, a, ...new Array(13).fill(0)],
        [false, false, carry, false],
      );
      const wanted = shift(kind, a, n || (kind === 'lsl' ? 0 : 32), carry);
      assert.equal(got.registers[1], wanted.result);
      assert.equal(got.flags[2], wanted.carry);
    }
  });
}

test('everything else matches the package’s core', () => {
  const random = seeded(77);
  const mcu = /** @type {any} */ (new RP2040());
  mcu.logger = { debug() {}, info() {}, warn() {}, error() {} };
  // ADD, SUB, MOV, CMP with immediates, special data, loads and stores, stack, extend, reverse, branches.
  const kinds = [
    () => 0x1800 | random(0x800),
    () => 0x2000 | random(0x2000),
    () => 0x4400 | (random(3) << 8) | random(256),
    () => 0x4800 | random(0x800),
    () => 0x5000 | random(0x5000),
    () => 0xa000 | random(0x1000),
    () => 0xb000 | random(0x100),
    () => 0xb200 | random(0x100),
    () => 0xb400 | random(0x200),
    () => 0xba00 | (random(2) << 6) | random(64),
    () => 0xbc00 | random(0x100),
    () => 0xc000 | random(0x1000),
    () => 0xd000 | random(0xe00),
    () => 0xe000 | random(0x800),
    () => 0xf000 | random(0x800),
  ];
  for (let i = 0; i < 20_000; i++) {
    const opcode = kinds[random(kinds.length)]();
    const words = [opcode, 0xd000 | random(0x1000) | (random(2) << 13)];
    // Addresses stay in memory, whatever register takes part, and aligned.
    const registers = Array.from({ length: 16 }, () => DATA + 4 * random(64));
    const branches = opcode >> 10 === 0b010001 && (opcode & 0x87) === 0x87;
    if (opcode < 0x4800 && !branches) for (let r = 0; r < 13; r++) registers[r] = value(random);
    else if (opcode >> 12 === 5)
      for (let r = 0; r < 8; r++) registers[r] = r < 4 ? DATA / 2 + 4 * random(64) : DATA / 2;
    if (opcode >= 0x8000 && opcode < 0x9000 && opcode & 0x40) continue; // a halfword by an odd number of halfwords
    if (opcode >> 11 === 0b01110 || opcode >> 11 === 0b01111) registers[7] += random(4);
    if (opcode >> 8 === 0xb2) registers[(opcode >> 3) & 7] = value(random);
    if (opcode >> 8 === 0x44 && (opcode & 0x87) === 0x85) continue; // ADD to SP is only defined for multiples of 4
    // The package errs in an STM of its own base.
    if (opcode >> 11 === 0b11000 && opcode & (1 << ((opcode >> 8) & 7))) continue;
    const flags = [random(2) === 1, false, random(2) === 1, random(2) === 1];
    if (!flags[0]) flags[1] = random(2) === 1;
    if (i % 100 === 0) {
      for (let at = 0; at < 1024; at += 4) mcu.sramView.setUint32(DATA - 0x20000000 + at, random(2 ** 32), true);
      shared.ram8.set(mcu.sram);
    }
    const { core } = mcu;
    new Uint16Array(mcu.sram.buffer).set(words, (HERE - 0x20000000) >> 1);
    core.registers.set(registers);
    core.PC = HERE;
    [core.N, core.Z, core.C, core.V] = flags;
    core.executeInstruction();
    const got = execute(words, registers, flags);
    const what = `opcode ${opcode.toString(16)} ${words[1].toString(16)}`;
    assert.deepEqual(
      got.registers,
      [...core.registers].map((r) => r >>> 0),
      what,
    );
    assert.deepEqual(got.flags, [core.N, core.Z, core.C, core.V], what);
    const at = DATA - 0x20000000 - 256;
    assert.ok(
      Buffer.from(shared.ram8.subarray(at, at + 2048)).equals(mcu.sram.subarray(at, at + 2048)),
      `memory, ${what}`,
    );
  }
});

test('cycles by the technical reference manual, table 3-1', () => {
  const zero = new Array(16).fill(DATA);
  const none = [false, false, false, false];
  /** @type {[string, number[], number][]} */
  const table = [
    ['movs', [0x2001], 1],
    ['muls', [0x4348], 1],
    ['ldr', [0x6800], 2],
    ['strb', [0x7000], 2],
    ['ldm of three', [0xc80e], 4],
    ['push of two and lr', [0xb503], 4],
    ['pop of two', [0xbc03], 3],
    ['b', [0xe000], 2],
    ['beq, not taken', [0xd000], 1],
    ['bne, taken', [0xd100], 2],
    ['bl', [0xf000, 0xf800], 3],
    ['bx', [0x4770], 2],
    ['dsb', [0xf3bf, 0x8f4f], 3],
    ['mrs', [0xf3ef, 0x8010], 3],
    ['ldr of SIO', [0x6800], 1],
  ];
  for (const [name, words, cycles] of table) {
    const registers = name === 'ldr of SIO' ? new Array(16).fill(0xd0000000) : zero;
    assert.equal(execute(words, registers, none).cycles, cycles, name);
  }
  const core = ready([0xbd03]); // pop {r0, r1, pc}
  core.registers[13] = DATA;
  core.ram32[(DATA + 8 - 0x20000000) >> 2] = HERE + 1;
  core.run(core.timeline.now + 1);
  assert.equal(core.timeline.now, 6);
});

test('an unaligned access and an unknown instruction fault at their own address', () => {
  for (const words of [[0x6841], [0xde00], [0xbe00], [0x8001]]) {
    const core = ready(words);
    core.registers[0] = DATA + 1;
    core.registers[13] = DATA + 0x100;
    core.ram32[(0x20000000 + 12 - 0x20000000) >> 2] = HERE + 0x101;
    core.VTOR = 0x20000000;
    let faultAt = 0;
    core.onFault = (pc) => (faultAt = pc);
    core.run(1);
    core.run(core.timeline.now + 1);
    assert.equal(faultAt, HERE);
    assert.equal(core.IPSR, 3);
    assert.equal(core.ram32[(DATA + 0x100 - 32 + 24 - 0x20000000) >> 2], HERE);
  }
});

test('a fault in a fault handler locks up the core, and no interrupt wakes it', () => {
  const core = ready([0xbf30, 0xde00]); // wfi, udf
  core.registers[13] = DATA + 0x100;
  core.ram32[3] = HERE + 3; // the handler is the instruction that faults
  core.VTOR = 0x20000000;
  core.enabledInterrupts = 1;
  core.run(1);
  core.setInterrupt(0, true);
  core.mask(true);
  core.interruptsUpdated = false;
  for (let i = 0; i < 5; i++) core.run(core.timeline.now + 1);
  assert.equal(core.waiting, true);
  core.setInterrupt(0, false);
  core.setInterrupt(0, true);
  assert.equal(core.waiting, true);
});

test('an interrupt is taken, masked, nested by priority, and returns', () => {
  // At HERE: nops. Vectors in RAM: interrupt 5 and interrupt 6 return at once.
  const core = ready(new Array(64).fill(0xbf00));
  core.VTOR = 0x20000000;
  core.registers[13] = DATA + 0x104; // not aligned to 8: a word is left out
  for (const irq of [5, 6]) core.ram32[16 + irq] = HERE + 0x201;
  core.ram16.set([0xbf00, 0x4770], (HERE + 0x200 - 0x20000000) >> 1); // nop, bx lr
  core.enabledInterrupts = (1 << 5) | (1 << 6);
  core.interruptPriorities = [1 << 6, ~((1 << 5) | (1 << 6)), 1 << 5, 0];
  /** @type {number[]} */
  const log = [];
  core.onEnter = (number) => log.push(number);
  core.onLeave = () => log.push(-core.IPSR || 0);
  const before = core.registers.slice(0, 14);
  core.mask(true);
  core.setInterrupt(5, true);
  core.run(core.timeline.now + 3);
  assert.equal(core.IPSR, 0, 'masked');
  core.mask(false);
  core.run(core.timeline.now + 1);
  assert.equal(core.IPSR, 21);
  core.setInterrupt(5, false);
  core.setInterrupt(6, true);
  core.run(core.timeline.now + 1);
  assert.equal(core.IPSR, 22, 'more urgent');
  core.setInterrupt(6, false);
  for (let i = 0; i < 6; i++) core.run(core.timeline.now + 1);
  assert.deepEqual(log, [21, 22, -21, 0]);
  assert.deepEqual(core.registers.slice(0, 14), before);
});

test('WFE sleeps until an event; WFI wakes even if interrupts are masked', () => {
  const core = ready([0xbf40, 0xbf20, 0xbf20, 0xbf30, 0xbf00]); // sev, wfe, wfe, wfi
  core.enabledInterrupts = 1;
  core.mask(true);
  core.run(core.timeline.now + 2);
  assert.equal(core.waiting, false, 'the event was there');
  core.run(core.timeline.now + 2);
  assert.equal(core.waiting, true);
  core.setInterrupt(0, true);
  assert.equal(core.waiting, true, 'a masked interrupt is no event');
  core.setInterrupt(0, false);
  core.waiting = false;
  core.run(core.timeline.now + 2);
  assert.equal(core.waiting, true);
  core.setInterrupt(0, true);
  assert.equal(core.waiting, false);
  core.run(core.timeline.now + 1);
  assert.equal(core.IPSR, 0);
});

test('the divider: both signs, by zero, extremes, and results that are written back', () => {
  const core = ready([0xbf00]);
  const SIO = 0xd0000000 | 0;
  const divide = (/** @type {boolean} */ signed, /** @type {number} */ a, /** @type {number} */ b) => {
    core.write32(SIO + (signed ? 0x68 : 0x60), a | 0, 0);
    core.write32(SIO + (signed ? 0x6c : 0x64), b | 0, 0);
    return [core.read32(SIO + 0x70, 0), core.read32(SIO + 0x74, 0)].map((word) => (signed ? word : word >>> 0));
  };
  const random = seeded(8);
  for (let i = 0; i < 2000; i++) {
    const [a, b] = [value(random), value(random) || 1];
    const [sa, sb] = [BigInt(a | 0), BigInt(b | 0)];
    assert.deepEqual(divide(false, a, b), [Math.floor((a >>> 0) / (b >>> 0)), (a >>> 0) % (b >>> 0)]);
    assert.deepEqual(divide(true, a, b), [Number(BigInt.asIntN(32, sa / sb)), Number(sa % sb)]);
  }
  assert.deepEqual(divide(false, 5, 0), [0xffffffff, 5]);
  assert.deepEqual(divide(true, -5, 0), [1, -5]);
  assert.deepEqual(divide(true, 5, 0), [-1, 5]);
  core.write32(SIO + 0x74, 7, 0);
  core.write32(SIO + 0x70, 9, 0);
  assert.equal(core.read32(SIO + 0x78, 0), 3, 'ready, and somebody else’s');
  assert.deepEqual([core.read32(SIO + 0x70, 0), core.read32(SIO + 0x74, 0)], [9, 7]);
  assert.equal(core.read32(SIO + 0x78, 0), 1);
});

test('a spinlock can be taken once until it is released', () => {
  const core = ready([0xbf00]);
  const lock = (0xd0000000 | 0) + 0x100 + 4 * 31;
  assert.notEqual(core.read32(lock, 0), 0);
  assert.equal(core.read32(lock, 0), 0);
  core.write32(lock, 1, 0);
  assert.notEqual(core.read32(lock, 0), 0);
});
