// The process: bad input, how it ends, and its port. It needs no image: the chip runs an empty loop.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';

const MAIN = new URL('../main.mjs', import.meta.url).pathname;

/** A folder with the files that a configuration names. @param {import('node:test').TestContext} t */
function makeFolder(t) {
  const folder = mkdtempSync(join(tmpdir(), 'harness-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = (/** @type {string} */ name) => join(folder, name);
  writeFileSync(path('flash.bin'), Uint8Array.of(0xfe, 0xe7));
  const rom = new Uint8Array(16384);
  new DataView(rom.buffer).setUint32(0, 0x20041f00, true);
  writeFileSync(path('rom.bin'), rom);
  return {
    path,
    /** @param {object} changes */
    config: (changes = {}) => {
      const config = { flash: path('flash.bin'), bootrom: path('rom.bin'), pace: 0, ...changes };
      writeFileSync(path('config.json'), JSON.stringify(config));
      return path('config.json');
    },
  };
}

/** Start it. @param {import('node:test').TestContext} t @param {string[]} args */
function start(t, ...args) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.after(() => child.kill());
  /** @type {any[]} */
  const events = [];
  /** @type {(() => void)[]} */
  const waiters = [];
  const wake = () => waiters.splice(0).forEach((resolve) => resolve());
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push(JSON.parse(line));
    wake();
  });
  const ended = new Promise((resolve) => child.on('close', (code) => resolve(code)));
  ended.then(wake);
  /** @param {string} name */
  const until = async (name) => {
    for (;;) {
      const at = events.findIndex(({ event }) => event === name);
      if (at >= 0) return events.splice(at, 1)[0];
      assert.equal(child.exitCode, null, `it ended before ${name}: ${JSON.stringify(events)}`);
      await new Promise((/** @type {(value?: any) => void} */ resolve) => waiters.push(resolve));
    }
  };
  const say = (/** @type {object | string} */ command) =>
    child.stdin.write(`${typeof command === 'string' ? command : JSON.stringify(command)}\n`);
  return { child, until, say, ended };
}

for (const [name, changes, what] of /** @type {[string, object, RegExp][]} */ ([
  ['a flash that is not there', { flash: '/nowhere' }, /flash cannot be read/],
  ['a boot ROM of the wrong size', { bootrom: MAIN }, /size of bootrom/],
  ['rows that are none', { rows: MAIN }, /rows/],
  ['a pin that no chip has', { pins: { encoder: 29 } }, /pins.encoder/],
  ['a pin of an unknown part', { pins: { scale: 2 } }, /pins/],
  ['an unknown load cell', { cell: 'hx712' }, /cell/],
  ['a negative pace', { pace: -1 }, /pace/],
  ['an unknown start', { start: { after: 'noon' } }, /start.after/],
])) {
  test(`configuration: ${name} is one error, and exit code 1`, async (t) => {
    const { until, ended } = start(t, makeFolder(t).config(changes));
    const error = await until('error');
    assert.match(error.what, what);
    assert.equal(error.fatal, true);
    assert.ok(error.cure.length > 5);
    assert.equal(await ended, 1);
  });
}

test('a missing configuration and one that is not JSON are refused', async (t) => {
  const none = start(t);
  assert.match((await none.until('error')).cure, /main.mjs/);
  assert.equal(await none.ended, 1);
  const { path } = makeFolder(t);
  writeFileSync(path('bad.json'), '{');
  const bad = start(t, path('bad.json'));
  assert.match((await bad.until('error')).what, /no JSON/);
  assert.equal(await bad.ended, 1);
});

test('the process starts, executes commands in order, and stops', async (t) => {
  const folder = makeFolder(t);
  const { until, say, ended } = start(t, folder.config());
  const ready = await until('ready');
  assert.equal(ready.protocol, 1);
  assert.ok(ready.serial_port > 0);
  assert.equal((await until('boot')).reset, 'power_on');
  say({ do: 'press', id: 7 });
  assert.deepEqual(Object.keys(await until('done')).sort(), ['do', 'event', 'id', 'us']);
  say({ do: 'save_flash', path: folder.path('out.bin') });
  assert.equal((await until('saved')).path, folder.path('out.bin'));
  assert.equal(statSync(folder.path('out.bin')).size, 2 * 1024 * 1024);
  assert.deepEqual([...readFileSync(folder.path('out.bin')).subarray(0, 3)], [0xfe, 0xe7, 0xff]);
  await until('done');
  say({ do: 'power_off' });
  assert.equal((await until('power')).on, true);
  assert.deepEqual((await until('power')).cause, 'command');
  await until('done');
  say({ do: 'stats' });
  const stats = await until('stats');
  assert.equal(stats.cpu_share, 1);
  say({ do: 'stop' });
  assert.equal(await ended, 0);
});

test('a command can be delayed by simulated time', async (t) => {
  const { until, say } = start(t, makeFolder(t).config());
  await until('boot');
  say({ do: 'mark_stats' });
  const { us } = await until('done');
  say({ do: 'power_off', after_us: 3000 });
  const off = await until('done');
  assert.ok(off.us >= us + 3000);
});

test('an invalid command is reported, and the process goes on', async (t) => {
  const { until, say, ended } = start(t, makeFolder(t).config({ cell: null }));
  await until('boot');
  for (const [command, what] of /** @type {[any, RegExp][]} */ ([
    ['nonsense', /no JSON/],
    [{ do: 'dance' }, /no such command/],
    [{ do: 'press', after_us: -1 }, /after_us/],
    [{ do: 'cut_at_flash', nth: 0 }, /nth/],
    [{ do: 'cut_at_flash', fraction: 2 }, /fraction/],
    [{ do: 'wire_off' }, /no load cell/],
    [{ do: 'save_flash' }, /path/],
    [{ do: 'save_flash', path: '/nowhere/flash.bin' }, /cannot be saved/],
  ])) {
    say(command);
    const error = await until('error');
    assert.match(error.what, what);
    assert.equal(error.fatal, false);
  }
  say({ do: 'stop' });
  assert.equal(await ended, 0);
});

test('the process ends with its standard input', async (t) => {
  const { child, until, ended } = start(t, makeFolder(t).config());
  await until('boot');
  child.stdin.end();
  assert.equal(await ended, 0);
});

test('a port in use is an error; a port without a device accepts nobody', async (t) => {
  const folder = makeFolder(t);
  const first = start(t, folder.config());
  const { serial_port: port } = await first.until('ready');
  const second = start(t, folder.config({ serial_port: port }));
  assert.match((await second.until('error')).what, /serial_port/);
  assert.equal(await second.ended, 1);
  const socket = connect(port, '127.0.0.1');
  await new Promise((resolve) => socket.on('close', resolve));
  assert.equal(socket.bytesRead, 0);
});
