// The configuration, checked before anything runs: an error says what would be valid.

import { readFileSync } from 'node:fs';
import { TURN } from './angle_sensor.mjs';
import { FLASH_BYTES } from './flash.mjs';
import { Rows } from './rows.mjs';

const BOOTROM_BYTES = 16384;
const PINS = { encoder: 2, cell_data: 6, cell_clock: 7, led: 25, buzzer: 15, button: 14 };
const AFTER = ['boot', 'sampler', 'host', 'command'];

/** @typedef {{[name in keyof typeof PINS]: number | null}} Pins */
/**
 * @typedef {object} Config see PROTOCOL.md
 * @property {Uint8Array} flash
 * @property {Uint32Array} bootrom
 * @property {Rows} rows
 * @property {Pins} pins
 * @property {'hx711' | null} cell
 * @property {'mt6701' | 'as5600' | null} angle_sensor
 * @property {number | null} cell_hz
 * @property {number} pulses
 * @property {number} load_lead_us
 * @property {number} pace
 * @property {{after: string, offset_us: number}} start
 * @property {number} serial_port
 * @property {boolean} powered
 * @property {boolean} pressed
 * @property {boolean} log_packets
 * @property {boolean} profile
 */

/** An error for the supervisor: what is wrong, the value, what to do. */
export class Refusal extends Error {
  /** @param {string} what @param {unknown} value @param {string} cure */
  constructor(what, value, cure) {
    super(what);
    this.what = what;
    this.value = value;
    this.cure = cure;
  }
}

/** @param {string} what @param {unknown} path */
function readFile(what, path) {
  if (typeof path !== 'string') throw new Refusal(`${what} is no path`, path ?? null, 'give the path of a file');
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Refusal(`${what} cannot be read`, path, /** @type {Error} */ (error).message);
  }
}

/**
 * @param {string} what
 * @param {unknown} value
 * @param {(value: any) => boolean} good
 * @param {string} cure
 */
function demand(what, value, good, cure) {
  if (!good(value)) throw new Refusal(`${what} cannot be used`, value ?? null, cure);
  return /** @type {any} */ (value);
}

/** @param {any} given @returns {Pins} */
function readPins(given) {
  const pins = { ...PINS, ...given };
  const names = Object.keys(PINS);
  for (const [name, pin] of Object.entries(pins)) {
    demand('pins', name, (key) => names.includes(key), `use ${names.join(', ')}`);
    const most = name === 'encoder' ? 28 : 29; // channel B is the pin above
    demand(`pins.${name}`, pin, (n) => n === null || (Number.isInteger(n) && n >= 0 && n <= most), `use 0 to ${most}`);
  }
  return pins;
}

const isFlag = (/** @type {any} */ value) => typeof value === 'boolean';
const isNumber = (/** @type {any} */ value) => Number.isFinite(value);

/** Read and check the configuration. @param {string | undefined} path @returns {Config} @throws {Refusal} */
export function readConfig(path) {
  if (!path) throw new Refusal('no configuration was given', null, 'run: node main.mjs CONFIG.json');
  /** @type {any} */
  let given;
  try {
    given = JSON.parse(readFile('the configuration', path).toString());
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('the configuration is no JSON', path, /** @type {Error} */ (error).message);
  }
  const flash = readFile('flash', given.flash);
  demand(
    'the size of flash',
    flash.length,
    (n) => n > 0 && n <= FLASH_BYTES,
    `a Pico's flash has ${FLASH_BYTES} bytes`,
  );
  const rom = readFile('bootrom', given.bootrom);
  demand('the size of bootrom', rom.length, (n) => n === BOOTROM_BYTES, `it has ${BOOTROM_BYTES} bytes`);
  const bootrom = new Uint32Array(BOOTROM_BYTES / 4);
  new Uint8Array(bootrom.buffer).set(rom);
  const start = { after: 'sampler', offset_us: 500, ...given.start };
  demand('start.after', start.after, (value) => AFTER.includes(value), `use ${AFTER.join(', ')}`);
  demand('start.offset_us', start.offset_us, isNumber, 'use a number of microseconds');
  return {
    flash,
    bootrom,
    rows: readRows(given.rows ?? null, given.angles ?? null),
    pins: readPins(given.pins),
    cell: demand(
      'cell',
      given.cell === undefined ? 'hx711' : given.cell,
      (c) => c === null || c === 'hx711',
      'use hx711',
    ),
    angle_sensor: demand(
      'angle_sensor',
      given.angle_sensor ?? null,
      (a) => a === null || Object.keys(TURN).includes(a),
      `use ${Object.keys(TURN).join(' or ')}`,
    ),
    cell_hz: demand('cell_hz', given.cell_hz ?? null, (hz) => hz === null || (hz > 0 && hz <= 1000), 'use 10 or 80'),
    pulses: demand('pulses', given.pulses ?? 25, (n) => [25, 26, 27].includes(n), 'use 25, 26 or 27'),
    load_lead_us: demand('load_lead_us', given.load_lead_us ?? 0, isNumber, 'use a number of microseconds'),
    pace: demand('pace', given.pace ?? 1, (n) => isNumber(n) && n >= 0, 'use 1, or 0 for as fast as it goes'),
    start,
    serial_port: demand(
      'serial_port',
      given.serial_port ?? 0,
      (n) => Number.isInteger(n) && n >= 0 && n < 65536,
      'use 0 for any that is free',
    ),
    powered: demand('powered', given.powered ?? true, isFlag, 'use true or false'),
    pressed: demand('pressed', given.pressed ?? false, isFlag, 'use true or false'),
    log_packets: demand('log_packets', given.log_packets ?? false, isFlag, 'use true or false'),
    profile: demand('profile', given.profile ?? false, isFlag, 'use true or false'),
  };
}

/** @param {unknown} path @param {unknown} angles */
function readRows(path, angles) {
  if (path === null) return Rows.rest();
  try {
    const rows = Rows.parse(readFile('rows', path));
    if (angles !== null) rows.setAngles(readFile('angles', angles));
    return rows;
  } catch (error) {
    if (error instanceof RangeError) throw new Refusal('rows cannot be used', path, error.message);
    throw error;
  }
}
