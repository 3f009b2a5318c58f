// The emulated Pico as a process: configuration in, commands from stdin, events to stdout, at the requested pace.
// PROTOCOL.md describes the lines. The process ends with its stdin, so that none is left behind.

import { renameSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { STATES } from './angle_sensor.mjs';
import { Refusal, readConfig } from './config.mjs';
import { SerialPort } from './serial_port.mjs';
import { HZ, PER_US } from './timeline.mjs';
import { World } from './world.mjs';

const PROTOCOL = 1;
/** Simulated time between two checks for commands and clients. */
const SLICE = HZ / 1000;
/** Delay between checks while there is nothing to run. */
const IDLE_MS = 5;

/** @param {object} event */
function tell(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

/** @param {unknown} error @param {boolean} fatal */
function tellError(error, fatal) {
  const { what, value, cure } =
    error instanceof Refusal
      ? error
      : { what: String(error), value: null, cure: 'see stderr; this is a fault of the harness' };
  if (!(error instanceof Refusal)) console.error(error);
  tell({ event: 'error', what, value, cure, fatal });
}

/** @param {() => void} [then] */
function exit(code = 0, then = () => {}) {
  process.exitCode = code;
  then();
  process.stdout.write('', () => process.exit(code));
}

class Session {
  /** @param {import('./config.mjs').Config} config */
  constructor(config) {
    this.config = config;
    this.world = new World(config, tell);
    this.port = new SerialPort(this.world.host);
    this.sent = 0;
    /** Real and simulated time at which pacing began. */
    this.anchor = { real: performance.now(), now: 0 };
  }

  async start() {
    const { world, port, config } = this;
    const { host, timeline } = world;
    const deliver = host.onData;
    if (config.log_packets) {
      host.onData = (packet) => {
        this.sent += packet.length;
        tell({ event: 'sent', us: timeline.us, bytes: this.sent });
        deliver(packet);
      };
    }
    const told = host.onReady;
    host.onReady = (ready) => {
      if (!ready) port.drop();
      told(ready);
    };
    port.onClient = (connected) => tell({ event: 'host', connected, us: timeline.us });
    port.onBytes = () => world.come('host');
    let serialPort;
    try {
      serialPort = await port.listen(config.serial_port);
    } catch (error) {
      throw new Refusal('serial_port cannot be had', config.serial_port, /** @type {Error} */ (error).message);
    }
    tell({ event: 'ready', serial_port: serialPort, protocol: PROTOCOL });
    const lines = createInterface({ input: process.stdin });
    lines.on('line', (line) => this.hear(line));
    lines.on('close', () => exit(0, () => port.close()));
    if (config.powered) world.powerOn();
    this.anchor.real = performance.now();
    this.turn();
  }

  /** Run for a while, then let Node handle its sockets. */
  turn() {
    const { world, config } = this;
    const { timeline } = world;
    try {
      if (!world.chip && timeline.due === Infinity) {
        this.anchor = { real: performance.now(), now: timeline.now };
        setTimeout(() => this.turn(), IDLE_MS);
        return;
      }
      if (config.pace) {
        const allowed = this.anchor.now + ((performance.now() - this.anchor.real) / 1000) * HZ * config.pace;
        if (timeline.now > allowed) {
          setTimeout(() => this.turn(), 1);
          return;
        }
        // The machine is too slow: lost time is not made up for, or later events would be rushed.
        if (timeline.now < allowed - HZ / 10) this.anchor = { real: performance.now(), now: timeline.now };
      }
      world.run(timeline.now + SLICE);
      setImmediate(() => this.turn());
    } catch (error) {
      tellError(error, true);
      exit(1);
    }
  }

  /** @param {string} line */
  hear(line) {
    if (!line.trim()) return;
    try {
      const command = JSON.parse(line);
      const { after_us: afterUs = 0 } = command;
      if (!(afterUs >= 0)) throw new Refusal('after_us cannot be used', afterUs, 'use microseconds from now, from 0');
      if (!afterUs) this.obey(command);
      else {
        const { timeline } = this.world;
        timeline.alarm(() => this.attempt(command)).set(timeline.now + Math.round(afterUs * PER_US));
      }
    } catch (error) {
      tellError(error instanceof SyntaxError ? new Refusal('a command is no JSON', line, error.message) : error, false);
    }
  }

  /** @param {any} command */
  attempt(command) {
    try {
      this.obey(command);
    } catch (error) {
      tellError(error, false);
    }
  }

  /** @param {any} command */
  obey(command) {
    const { world } = this;
    const { flash, cell, meter } = world;
    switch (command.do) {
      case 'stop':
        exit(0, () => this.port.close());
        break;
      case 'power_off':
        world.powerOff('command');
        break;
      case 'power_on':
        world.powerOn();
        break;
      case 'cut_at_flash': {
        const { nth = 1, fraction = 0.5 } = command;
        if (!Number.isInteger(nth) || nth < 1)
          throw new Refusal('nth cannot be used', nth, 'use a whole number from 1');
        if (!(fraction >= 0 && fraction <= 1)) throw new Refusal('fraction cannot be used', fraction, 'use 0 to 1');
        flash.cutAt(nth, fraction);
        break;
      }
      case 'unplug':
      case 'replug':
        world.host.plug(command.do === 'replug');
        break;
      case 'press':
      case 'release':
        world.indicator.press(command.do === 'press');
        break;
      case 'wire_off':
      case 'wire_on': {
        const { wire = 'data' } = command;
        if (wire !== 'data' && wire !== 'clock') throw new Refusal('wire cannot be used', wire, 'use data or clock');
        if (!cell) throw new Refusal('there is no load cell', command.do, 'set cell in the configuration');
        if (wire === 'data') cell.wireData(command.do === 'wire_on');
        else cell.wireClock(command.do === 'wire_on');
        break;
      }
      case 'angle_sensor': {
        const { state } = command;
        if (!world.angleSensor) {
          throw new Refusal('there is no angle sensor', command.do, 'set angle_sensor in the configuration');
        }
        if (!STATES.includes(state)) throw new Refusal('state cannot be used', state, `use ${STATES.join(', ')}`);
        world.angleSensor.state = state;
        break;
      }
      case 'begin':
        world.come('command');
        break;
      case 'mark_stats':
        meter.restart();
        break;
      case 'stats':
        tell({ event: 'stats', us: world.us, begun: world.begun, ...meter.figures() });
        break;
      case 'save_flash':
        this.saveFlash(command.path);
        break;
      default:
        throw new Refusal('there is no such command', command.do ?? null, 'see PROTOCOL.md');
    }
    tell({ event: 'done', do: command.do, us: world.us, ...(command.id === undefined ? {} : { id: command.id }) });
  }

  /** @param {unknown} path */
  saveFlash(path) {
    if (typeof path !== 'string') throw new Refusal('path is no path', path ?? null, 'say where to save the flash');
    try {
      writeFileSync(`${path}.new`, this.world.flash.bytes);
      renameSync(`${path}.new`, path);
    } catch (error) {
      throw new Refusal('the flash cannot be saved', path, /** @type {Error} */ (error).message);
    }
    tell({ event: 'saved', path });
  }
}

try {
  await new Session(readConfig(process.argv[2])).start();
} catch (error) {
  tellError(error, true);
  exit(1);
}
