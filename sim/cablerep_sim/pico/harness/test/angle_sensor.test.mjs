// The angle sensors, read by the package's controllers as MicroPython's drivers do.

import assert from 'node:assert/strict';
import test from 'node:test';
import { AngleSensor, TURN, crc6 } from '../angle_sensor.mjs';
import { Rows } from '../rows.mjs';
import { PER_US } from '../timeline.mjs';
import { makeChip } from './rig.mjs';

const ANGLES = [0, 1, 4095, 8191, 16383, 5000];

/** A sensor whose angle changes each millisecond. @param {'mt6701' | 'as5600'} kind */
function makeSensor(kind) {
  const rig = makeChip();
  const { chip, timeline } = rig;
  const rows = new Rows(Float64Array.from(ANGLES.keys(), (i) => 1000 * i), new Int32Array(6), new Int32Array(6));
  rows.setAngles(new Uint8Array(Int32Array.from(ANGLES).buffer));
  const sensor = new AngleSensor(timeline, rows, kind);
  sensor.attach(chip);
  sensor.begin(0);
  const passTo = (/** @type {number} */ us) => {
    while (timeline.due <= us * PER_US) {
      timeline.now = timeline.due;
      timeline.fire();
    }
    timeline.now = us * PER_US;
  };
  const select = (/** @type {number} */ pin, /** @type {number} */ what) => {
    chip.mcu.writeUint32(0x40014004 + 8 * pin, what);
  };
  return { ...rig, sensor, passTo, select };
}

/** The frame of an MT6701 at `us`: three bytes at 1 MHz. */
function readFrame(/** @type {ReturnType<typeof makeSensor>} */ { chip, sensor, passTo }, /** @type {number} */ us) {
  passTo(us);
  const spi = chip.mcu.spi[0];
  sensor.latch();
  for (let i = 0; i < 3; i++) spi.writeUint32(8, 0);
  passTo(us + 30);
  return [0, 0, 0].reduce((word) => (word << 8) | spi.readUint32(8), 0);
}

function makeMt6701() {
  const rig = makeSensor('mt6701');
  rig.select(16, 1);
  const spi = rig.chip.mcu.spi[0];
  spi.writeUint32(0, 0x87); // 8 bits, mode 1
  spi.writeUint32(0x10, 125); // 1 MHz
  spi.writeUint32(4, 2);
  return rig;
}

test('crc6: the polynomial divides a frame without remainder, and no single flipped bit stays unseen', () => {
  for (const bits of [0, 1, 0x3ffff, 0x15555, 0x2f0f1]) {
    const frame = (bits << 6) | crc6(bits);
    const rest = (/** @type {number} */ word) => {
      for (let i = 23; i >= 6; i--) if (word & (1 << i)) word ^= 0x43 << (i - 6);
      return word & 0x3f;
    };
    assert.equal(rest(frame), 0);
    for (let i = 0; i < 24; i++) assert.notEqual(rest(frame ^ (1 << i)), 0);
  }
});

test('mt6701: 14 bits of angle, latched when it is selected, with status and CRC', () => {
  const rig = makeMt6701();
  ANGLES.forEach((angle, i) => {
    const frame = readFrame(rig, 1000 * i + 500);
    assert.equal(frame >> 10, angle);
    assert.equal((frame >> 6) & 15, 0);
    assert.equal(frame & 63, crc6(frame >> 6));
  });
});

test('mt6701: magnet, disturbance and a line held low', () => {
  const rig = makeMt6701();
  const status = (/** @type {any} */ state, /** @type {number} */ us) => {
    rig.sensor.state = state;
    return readFrame(rig, us);
  };
  assert.equal((status('strong', 100) >> 6) & 15, 1);
  assert.equal((status('weak', 200) >> 6) & 15, 2);
  assert.equal((status('lost', 300) >> 6) & 15, 8);
  const frame = status('disturbed', 400);
  assert.notEqual(frame & 63, crc6(frame >> 6));
  assert.equal(status('off', 500), 0);
});

test('mt6701: a byte takes eight bits of the clock, and a pin of another function reads nothing', () => {
  const rig = makeMt6701();
  const spi = rig.chip.mcu.spi[0];
  rig.passTo(4500);
  rig.sensor.latch();
  spi.writeUint32(8, 0);
  rig.passTo(4507);
  assert.equal(spi.readUint32(0xc) & 4, 0, 'nothing received yet');
  rig.passTo(4509);
  assert.equal(spi.readUint32(0xc) & 4, 4);
  spi.readUint32(8);
  rig.select(16, 5);
  assert.equal(readFrame(rig, 4600), 0);
});

/** Status and angle of an AS5600 at `us`, or null if it does not acknowledge. */
function readRegisters(/** @type {ReturnType<typeof makeSensor>} */ { chip, passTo }, /** @type {number} */ us, address = 0x36) {
  passTo(us);
  const i2c = chip.mcu.i2c[0];
  i2c.writeUint32(0x6c, 0);
  i2c.writeUint32(4, address);
  i2c.writeUint32(0x6c, 1);
  i2c.writeUint32(0x10, 0x0b);
  i2c.writeUint32(0x10, 0x500); // restart, read
  i2c.writeUint32(0x10, 0x100);
  i2c.writeUint32(0x10, 0x300); // stop
  passTo(us + 400);
  if (i2c.readUint32(0x34) & (1 << 6)) {
    i2c.readUint32(0x54);
    return null;
  }
  return [0, 0, 0].map(() => i2c.readUint32(0x10) & 0xff);
}

test('as5600: status and 12 bits of angle in registers that follow one another', () => {
  const rig = makeSensor('as5600');
  rig.select(4, 3);
  ANGLES.forEach((angle, i) => {
    const counts = angle & (TURN.as5600 - 1);
    assert.deepEqual(readRegisters(rig, 1000 * i + 500), [0x20, counts >> 8, counts & 0xff]);
  });
});

test('as5600: the magnet shows in the status; other addresses and a sensor that is off do not acknowledge', () => {
  const rig = makeSensor('as5600');
  rig.select(4, 3);
  rig.sensor.state = 'weak';
  assert.equal(readRegisters(rig, 1000)?.[0], 0x30);
  rig.sensor.state = 'strong';
  assert.equal(readRegisters(rig, 2000)?.[0], 0x28);
  rig.sensor.state = 'lost';
  assert.equal(readRegisters(rig, 3000)?.[0], 0x10);
  assert.equal(readRegisters(rig, 4000, 0x2a), null);
  rig.sensor.state = 'off';
  assert.equal(readRegisters(rig, 5000), null);
});
