// An absolute angle sensor at the pins of the board's defaults: an MT6701 by SSI or an AS5600 by I2C.
// Bytes take the time of their bits at the controller's clock; what the firmware does with them is not known here.

import { HZ, PER_US } from './timeline.mjs';

/** Pins of cablerep_fw/board/rp2/__init__.py. */
const PINS = { mt6701: { data: 16, select: 17 }, as5600: { data: 4, select: null } };
/** Counts a turn. */
export const TURN = { mt6701: 1 << 14, as5600: 1 << 12 };
const FUNCTION = { mt6701: 1, as5600: 3 }; // of the data pin: SPI, I2C (RP2040 datasheet, 2.19.2)
const LOW = 0; // GPIOPinState of the package
/** Of the AS5600's datasheet, "register map". */
const ADDRESS = 0x36;
const [STATUS, RAW_ANGLE, ANGLE] = [0x0b, 0x0c, 0x0e];
const AS5600_STATUS = { good: 0x20, weak: 0x30, strong: 0x28, lost: 0x10, disturbed: 0x20, off: 0 };
/** Of the MT6701's datasheet, "SSI": field too strong, too weak; tracking lost. */
const MT6701_STATUS = { good: 0, weak: 2, strong: 1, lost: 8, disturbed: 0, off: 0 };
export const STATES = Object.keys(MT6701_STATUS);

/** CRC-6 of an MT6701 over 18 bits: x^6 + x + 1, most significant bit first. @param {number} bits */
export function crc6(bits) {
  let crc = 0;
  for (let i = 17; i >= 0; i--) {
    const top = ((crc >> 5) ^ (bits >> i)) & 1;
    crc = (crc << 1) & 0x3f;
    if (top) crc ^= 3;
  }
  return crc;
}

export class AngleSensor {
  /**
   * @param {import('./timeline.mjs').Timeline} timeline
   * @param {import('./rows.mjs').Rows} rows
   * @param {'mt6701' | 'as5600'} kind
   */
  constructor(timeline, rows, kind) {
    this.timeline = timeline;
    this.rows = rows;
    this.kind = kind;
    /** @type {keyof MT6701_STATUS} */
    this.state = 'good';
    this.begun = Infinity;
    /** The MT6701's frame, latched when it is selected, and the next of its bytes. */
    this.frame = 0;
    this.byte = 0;
    this.register = 0;
    /** What the bus does when its present byte is over. */
    this.then = () => {};
    this.alarm = timeline.alarm(() => this.then());
  }

  /** Time 0 of the rows is at cycle `at`. @param {number} at */
  begin(at) {
    this.begun = at;
  }

  /** The angle now, in counts of this sensor. */
  get counts() {
    const us = this.begun === Infinity ? -Infinity : (this.timeline.now - this.begun) / PER_US;
    return this.rows.angleAt(us) & (TURN[this.kind] - 1);
  }

  /** @param {import('./chip.mjs').Chip | null} chip the new one, or none */
  attach(chip) {
    this.alarm.cancel();
    if (!chip) return;
    const { mcu } = chip;
    const { data, select } = PINS[this.kind];
    const wired = () => mcu.gpio[data].functionSelect === FUNCTION[this.kind];
    if (select === null) this.serveI2c(mcu.i2c[(data >> 1) & 1], wired);
    else {
      mcu.gpio[select].addListener((/** @type {number} */ level) => {
        if (level === LOW) this.latch();
      });
      this.serveSpi(mcu.spi[(data >> 3) & 1], wired);
    }
  }

  /** @param {number} cycles @param {() => void} then */
  after(cycles, then) {
    this.then = then;
    this.alarm.set(this.timeline.now + Math.round(cycles));
  }

  latch() {
    const bits = (this.counts << 4) | MT6701_STATUS[this.state];
    this.frame = (bits << 6) | crc6(bits);
    if (this.state === 'disturbed') this.frame ^= 1 << 11;
    if (this.state === 'off') this.frame = 0;
    this.byte = 0;
  }

  /** @param {any} spi the package's controller @param {() => boolean} wired */
  serveSpi(spi, wired) {
    spi.onTransmit = () => {
      const value = wired() && this.byte < 3 ? (this.frame >> (16 - 8 * this.byte++)) & 0xff : 0;
      this.after((8 * HZ) / (spi.clockFrequency || HZ), () => spi.completeTransmit(value));
    };
  }

  /** @param {any} i2c the package's controller @param {() => boolean} wired */
  serveI2c(i2c, wired) {
    const nine = () => 9 * (i2c.sclLowPeriod + i2c.sclHighPeriod);
    i2c.onConnect = (/** @type {number} */ address) => {
      const here = wired() && address === ADDRESS && this.state !== 'off';
        this.after(nine(), () => i2c.completeConnect(here));
    };
    i2c.onWriteByte = (/** @type {number} */ value) => {
      this.register = value;
      this.after(nine(), () => i2c.completeWrite(true));
    };
    i2c.onReadByte = () => {
      const value = this.read(this.register);
      this.register = (this.register + 1) & 0xff;
      this.after(nine(), () => i2c.completeRead(value));
    };
  }

  /** A register of the AS5600. @param {number} register */
  read(register) {
    const { counts } = this;
    if (register === STATUS) return AS5600_STATUS[this.state];
    if (register === RAW_ANGLE || register === ANGLE) return counts >> 8;
    if (register === RAW_ANGLE + 1 || register === ANGLE + 1) return counts & 0xff;
    return 0;
  }
}
