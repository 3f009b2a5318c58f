// The effects of a PIO state machine's instructions on its registers, FIFOs and pins: RP2040 datasheet, 3.4.
// pio_machine.mjs decides when they execute.

const AUTOPUSH = 1 << 16;
const AUTOPULL = 1 << 17;
const IN_RIGHT = 1 << 18;
const OUT_RIGHT = 1 << 19;
const JOIN_TX = 1 << 30;
const JOIN_RX = 2 ** 31;

/** A FIFO of 4 words, of 8 if joined, of 0 if the other one uses its words. */
class Fifo {
  constructor() {
    this.words = new Uint32Array(8);
    this.first = 0;
    this.count = 0;
    this.depth = 4;
  }

  /** @param {number} depth */
  clear(depth) {
    this.first = this.count = 0;
    this.depth = depth;
  }

  /** @param {number} word */
  push(word) {
    this.words[(this.first + this.count++) & 7] = word;
  }

  pull() {
    const word = this.words[this.first];
    this.first = (this.first + 1) & 7;
    this.count--;
    return word;
  }
}

/** @param {number} word */
function reversed(word) {
  let result = 0;
  for (let i = 0; i < 32; i++) if (word & (1 << i)) result |= 1 << (31 - i);
  return result >>> 0;
}

/** @param {number} bits */
const ones = (bits) => (bits > 31 ? 0xffffffff : 2 ** bits - 1);

export class Instructions {
  // Fields of the registers, see `configure`.
  period = 256;
  wrapTop = 0;
  wrapBottom = 0;
  jmpPin = 0;
  sideOptional = 0;
  sideDirections = 0;
  pushThreshold = 32;
  pullThreshold = 32;
  outBase = 0;
  setBase = 0;
  sideBase = 0;
  inBase = 0;
  outCount = 0;
  setCount = 0;
  sideCount = 0;
  delayMask = 0;
  /** Whether the current instruction has set pc. */
  jumped = false;

  /**
   * @param {import('./pio.mjs').Pio} block
   * @param {number} index
   */
  constructor(block, index) {
    this.block = block;
    this.index = index;
    this.rx = new Fifo();
    this.tx = new Fifo();
    this.x = 0;
    this.y = 0;
    this.pc = 0;
    this.isr = 0;
    this.isrCount = 0;
    this.osr = 0;
    this.osrCount = 32;
    this.clkdiv = 1 << 16;
    this.execctrl = 0x1f << 12;
    this.shiftctrl = 3 << 18;
    this.pinctrl = 5 << 26;
    /** An instruction to execute instead of the one at pc, or -1. */
    this.forced = -1;
    this.stalled = false;
    this.irqSet = false;
    /** The time of the next execution in 256ths of a cycle: the clock divider's resolution, and exact for 400 days. */
    this.next = 0;
    /** Counts effects that are visible from outside: FIFO words moved, pins and flags changed. */
    this.effects = 0;
    this.configure();
  }

  /** Extract the fields from the registers. */
  configure() {
    const { execctrl, shiftctrl, pinctrl, clkdiv } = this;
    this.period = ((clkdiv >>> 16 || 65536) << 8) + ((clkdiv >>> 8) & 0xff);
    this.wrapTop = (execctrl >>> 12) & 0x1f;
    this.wrapBottom = (execctrl >>> 7) & 0x1f;
    this.jmpPin = (execctrl >>> 24) & 0x1f;
    this.sideOptional = (execctrl >>> 30) & 1;
    this.sideDirections = (execctrl >>> 29) & 1;
    this.pushThreshold = (shiftctrl >>> 20) & 0x1f || 32;
    this.pullThreshold = (shiftctrl >>> 25) & 0x1f || 32;
    this.outBase = pinctrl & 0x1f;
    this.setBase = (pinctrl >>> 5) & 0x1f;
    this.sideBase = (pinctrl >>> 10) & 0x1f;
    this.inBase = (pinctrl >>> 15) & 0x1f;
    this.outCount = (pinctrl >>> 20) & 0x3f;
    this.setCount = (pinctrl >>> 26) & 7;
    this.sideCount = pinctrl >>> 29;
    this.delayMask = (1 << (5 - this.sideCount)) - 1;
  }

  /** @param {number} value of SHIFTCTRL; a change of the join bits empties both FIFOs */
  setShiftctrl(value) {
    const joins = JOIN_RX + JOIN_TX;
    if (Math.floor(value / JOIN_TX) !== Math.floor((this.shiftctrl >>> 0) / JOIN_TX)) {
      const rx = value >= JOIN_RX;
      const tx = ((value % joins) & JOIN_TX) !== 0;
      this.rx.clear(rx ? 8 : tx ? 0 : 4);
      this.tx.clear(tx ? 8 : rx ? 0 : 4);
    }
    this.shiftctrl = value;
    this.configure();
  }

  restart() {
    this.isr = this.isrCount = 0;
    this.osrCount = 32;
    this.forced = -1;
    this.stalled = this.irqSet = false;
  }

  /** @param {number} opcode */
  side(opcode) {
    let count = this.sideCount;
    if (!count) return;
    const field = (opcode >>> 8) & 0x1f;
    if (this.sideOptional) {
      if (!(field & 0x10)) return;
      count--;
    }
    this.drive(this.sideDirections, (field >>> (5 - this.sideCount)) & ones(count), this.sideBase, count);
  }

  /**
   * Set `count` pins from `base` up.
   * @param {number} directions whether their directions and not their levels
   * @param {number} value
   * @param {number} base
   * @param {number} count
   */
  drive(directions, value, base, count) {
    const mask = ones(count) >>> 0;
    const turned = ((mask << base) | (base ? mask >>> (32 - base) : 0)) >>> 0;
    const levels = ((value << base) | (base ? value >>> (32 - base) : 0)) >>> 0;
    if (this.block.drive(this.next, directions, turned, levels)) this.effects++;
  }

  pins() {
    const { inputs } = this.block;
    return this.inBase ? ((inputs >>> this.inBase) | (inputs << (32 - this.inBase))) >>> 0 : inputs;
  }

  /** @param {number} field @returns {number} */
  source(field) {
    switch (field) {
      case 0:
        return this.pins();
      case 1:
        return this.x;
      case 2:
        return this.y;
      case 5: {
        const fifo = this.execctrl & 0x10 ? this.rx : this.tx;
        return fifo.count < (this.execctrl & 0xf) ? 0xffffffff : 0;
      }
      case 6:
        return this.isr;
      case 7:
        return this.osr;
      default:
        return 0;
    }
  }

  /** @param {number} opcode @returns {boolean} whether it has been executed and does not wait */
  execute(opcode) {
    const argument = opcode & 0x1f;
    const field = (opcode >>> 5) & 7;
    switch (opcode >>> 13) {
      case 0:
        if (this.condition(field)) this.jump(argument);
        return true;
      case 1:
        return this.wait(field, argument);
      case 2:
        return this.shiftIn(this.source(field), argument || 32);
      case 3:
        return this.shiftOut(field, argument || 32);
      case 4:
        return field & 4 ? this.pull(field) : this.push(field);
      case 5:
        this.move(field, argument);
        return true;
      case 6:
        return this.irq(field, argument);
      default:
        if (field === 0) this.drive(0, argument, this.setBase, this.setCount);
        else if (field === 1) this.x = argument;
        else if (field === 2) this.y = argument;
        else if (field === 4) this.drive(1, argument, this.setBase, this.setCount);
        return true;
    }
  }

  /** @param {number} address */
  jump(address) {
    this.pc = address & 0x1f;
    this.jumped = true;
  }

  /** @param {number} field @returns {boolean} */
  condition(field) {
    switch (field) {
      case 0:
        return true;
      case 1:
        return this.x === 0;
      case 2: {
        const taken = this.x !== 0;
        this.x = (this.x - 1) >>> 0;
        return taken;
      }
      case 3:
        return this.y === 0;
      case 4: {
        const taken = this.y !== 0;
        this.y = (this.y - 1) >>> 0;
        return taken;
      }
      case 5:
        return this.x !== this.y;
      case 6:
        return ((this.block.inputs >>> this.jmpPin) & 1) === 1;
      default:
        return this.osrCount < this.pullThreshold;
    }
  }

  /** @param {number} field @param {number} argument */
  wait(field, argument) {
    const level = field >>> 2;
    const { block } = this;
    if ((field & 3) === 2) {
      const flag = 1 << this.flag(argument);
      if (((block.flags & flag) !== 0) !== (level === 1)) return false;
      if (level) block.changeFlags(this, block.flags & ~flag);
      return true;
    }
    const pin = (field & 3) === 1 ? (argument + this.inBase) & 0x1f : argument;
    return ((block.inputs >>> pin) & 1) === level;
  }

  /** @param {number} argument the flag as instructions name it, maybe relative to this machine */
  flag(argument) {
    return argument & 0x10 ? (argument & 4) | ((argument + this.index) & 3) : argument & 7;
  }

  /** @param {number} value @param {number} bits */
  shiftIn(value, bits) {
    const count = Math.min(32, this.isrCount + bits);
    const full = (this.shiftctrl & AUTOPUSH) !== 0 && count >= this.pushThreshold;
    if (full && this.rx.count >= this.rx.depth) {
      this.block.rxStalled(this.index);
      return false;
    }
    if (bits === 32) this.isr = value;
    else if (this.shiftctrl & IN_RIGHT) this.isr = ((this.isr >>> bits) | (value << (32 - bits))) >>> 0;
    else this.isr = ((this.isr << bits) | (value & ones(bits))) >>> 0;
    this.isrCount = count;
    if (full) this.offer();
    return true;
  }

  /** @param {number} destination @param {number} bits */
  shiftOut(destination, bits) {
    if (this.shiftctrl & AUTOPULL && this.osrCount >= this.pullThreshold && !this.refill()) return false;
    let value = this.osr;
    if (bits < 32) {
      if (this.shiftctrl & OUT_RIGHT) {
        value = this.osr & ones(bits);
        this.osr >>>= bits;
      } else {
        value = this.osr >>> (32 - bits);
        this.osr = (this.osr << bits) >>> 0;
      }
    } else this.osr = 0;
    this.osrCount = Math.min(32, this.osrCount + bits);
    switch (destination) {
      case 0:
        this.drive(0, value, this.outBase, this.outCount);
        break;
      case 1:
        this.x = value;
        break;
      case 2:
        this.y = value;
        break;
      case 4:
        this.drive(1, value, this.outBase, this.outCount);
        break;
      case 5:
        this.jump(value);
        break;
      case 6:
        this.isr = value;
        this.isrCount = bits;
        break;
      case 7:
        this.forced = value & 0xffff;
    }
    return true;
  }

  /** Move a word into the OSR; return whether there was one. */
  refill() {
    if (!this.tx.count) {
      this.block.txStalled(this.index);
      return false;
    }
    this.osr = this.tx.pull();
    this.osrCount = 0;
    this.effects++;
    this.block.levelsChanged();
    return true;
  }

  /** Put the ISR into the FIFO, which has room. */
  offer() {
    this.rx.push(this.isr);
    this.isr = this.isrCount = 0;
    this.effects++;
    this.block.levelsChanged();
  }

  /** @param {number} field */
  push(field) {
    if (field & 2 && this.isrCount < this.pushThreshold) return true;
    if (this.rx.count < this.rx.depth) this.offer();
    else {
      this.block.rxStalled(this.index);
      if (field & 1) return false;
      this.isr = this.isrCount = 0;
    }
    return true;
  }

  /** @param {number} field */
  pull(field) {
    if (field & 2 && this.osrCount < this.pullThreshold) return true;
    if (!this.refill()) {
      if (field & 1) return false;
      this.osr = this.x;
      this.osrCount = 0;
    }
    return true;
  }

  /** @param {number} destination @param {number} argument */
  move(destination, argument) {
    let value = this.source(argument & 7);
    if (argument >>> 3 === 1) value = ~value >>> 0;
    else if (argument >>> 3 === 2) value = reversed(value);
    switch (destination) {
      case 0:
        this.drive(0, value, this.outBase, this.outCount);
        break;
      case 1:
        this.x = value;
        break;
      case 2:
        this.y = value;
        break;
      case 4:
        this.forced = value & 0xffff;
        break;
      case 5:
        this.jump(value);
        break;
      case 6:
        this.isr = value;
        this.isrCount = 0;
        break;
      case 7:
        this.osr = value;
        this.osrCount = 0;
    }
  }

  /** @param {number} field @param {number} argument */
  irq(field, argument) {
    const { block } = this;
    const flag = 1 << this.flag(argument);
    if (field & 2) {
      block.changeFlags(this, block.flags & ~flag);
      return true;
    }
    if (!this.irqSet) {
      block.changeFlags(this, block.flags | flag);
      if (!(field & 1)) return true;
      this.irqSet = true;
    }
    if (block.flags & flag) return false;
    this.irqSet = false;
    return true;
  }
}
