// Parts for the tests: a chip without a program, PIO programs as words, and repeatable random numbers.
// Programs are written out here, not assembled by the code under test.

import { Chip } from '../chip.mjs';
import { FlashChip } from '../flash.mjs';
import { Timeline } from '../timeline.mjs';

export const PIO0 = 0x50200000;
export const CTRL = 0x00;
export const FSTAT = 0x04;
export const RXF0 = 0x20;
const MEMORY = 0x48;
const SM0 = 0xc8;

/** A generator of numbers from 0 to below `n`, the same for the same seed (mulberry32). @param {number} seed */
export function seeded(seed) {
  return (/** @type {number} */ n) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

/** A boot ROM of which only the stack pointer matters. */
export function bootrom() {
  const rom = new Uint32Array(4096);
  rom[0] = 0x20041f00;
  return rom;
}

/**
 * A chip that runs `program` (halfwords) from the start of the flash.
 * @param {number[]} [program] by default: for ever nothing
 */
export function makeChip(program = [0xe7fe], legacy = { reset: 'power_on', scratch: new Uint32Array(8) }) {
  const timeline = new Timeline();
  const flash = new FlashChip(timeline);
  new Uint16Array(flash.bytes.buffer).set(program);
  const chip = new Chip(timeline, flash, bootrom(), /** @type {any} */ (legacy));
  return { timeline, flash, chip };
}

const jmp = (/** @type {number} */ condition, /** @type {number} */ to) => (condition << 5) | to;
const X_DEC = 2;
const Y_DEC = 4;
const NOP = 0xa042;
const [PUBLISH, UP, UP2, DOWN, ILLEGAL] = [17, 25, 27, 16, 28];

/** `decoder` of board/rp2/quadrature.py. */
export const DECODER = [
  ...[PUBLISH, UP, DOWN, ILLEGAL, DOWN, PUBLISH, ILLEGAL, UP].map((to) => jmp(0, to)),
  ...[UP, ILLEGAL, PUBLISH, DOWN, ILLEGAL, DOWN, UP, PUBLISH].map((to) => jmp(0, to)),
  jmp(Y_DEC, PUBLISH),
  0xa0c3, // mov isr, null
  0x4026, // in x, 6
  0x4058, // in y, 24
  0x8000, // push noblock
  0x60c2, // out isr, 2
  0x4002, // in pins, 2
  0xa0e6, // mov osr, isr
  0xa0a6, // mov pc, isr
  0xa04a, // mov y, ~y
  jmp(Y_DEC, UP2),
  0xa04a,
  jmp(X_DEC, PUBLISH),
  jmp(0, PUBLISH),
  NOP,
  NOP,
];
export const DECODER_WRAP = [17, 27];

const SIDE1 = 1 << 12; // one side-set bit
/** `reader` of board/rp2/hx711.py. */
export const READER = [
  0xa022, // mov x, y side 0
  0x20a0, // wait 1 pin 0... made 0 below
  NOP | SIDE1,
  0x4001 | SIDE1, // in pins, 1
  jmp(X_DEC, 2),
  0x8000,
];
READER[1] = 0x2020; // wait 0 pin, 0 side 0

/**
 * Set up state machine 0 of block 0 as the port does, and let it run.
 * @param {Chip} chip
 * @param {{program: number[], wrap: number[], divider: number, inBase: number, side?: number, join?: boolean}} setup
 */
export function setUpMachine(chip, { program, wrap, divider, inBase, side, join = false }) {
  const write = (/** @type {number} */ offset, /** @type {number} */ value) =>
    chip.mcu.writeUint32(PIO0 + offset, value);
  program.forEach((word, i) => write(MEMORY + 4 * i, word));
  write(SM0, Math.round(divider * 256) * 256);
  write(SM0 + 0x04, ((wrap[1] << 12) | (wrap[0] << 7)) >>> 0);
  write(SM0 + 0x08, (1 << 19) + (join ? 2 ** 31 : 0)); // shift in to the left, out to the right
  write(SM0 + 0x14, ((inBase << 15) | (side === undefined ? 0 : (1 << 29) | (side << 10))) >>> 0);
  if (side !== undefined) {
    const pins = chip.mcu.readUint32(PIO0 + SM0 + 0x14);
    write(SM0 + 0x14, (5 << 26) | (side << 5));
    write(SM0 + 0x10, 0xe081); // set pindirs, 1
    write(SM0 + 0x14, pins);
    chip.mcu.writeUint32(0x40014000 + 8 * side + 4, 6); // the pin to PIO 0
  }
  write(SM0 + 0x10, jmp(0, wrap[0]));
  write(CTRL, 1);
}

/** Let the chip's inputs reach it. @param {Chip} chip @param {number[]} pins */
export function enableInputs(chip, pins) {
  for (const pin of pins) chip.mcu.writeUint32(0x4001c004 + 4 * pin, 0x48); // input enable, pull-up
}
