// Single-cycle registers that C code uses all the time: the divider, spinlocks and the core's number.
// A shortcut past two long searches in the package, which took a tenth of the emulation's time.

// RP2040 datasheet, 2.3.1.7.
const CPUID = 0x00;
const SPINLOCK_STATE = 0x5c;
const UDIVIDEND = 0x60;
const SDIVIDEND = 0x68;
const SDIVISOR = 0x6c;
const QUOTIENT = 0x70;
const REMAINDER = 0x74;
const DIVIDER_STATE = 0x78;
const SPINLOCKS = 0x100;
const READY = 1;
const DIRTY = 2;

export class Sio {
  locks = 0;
  dividend = 0;
  divisor = 0;
  quotient = 0;
  remainder = 0;
  dirty = false;

  /** Whether the register at `offset` is one of these. @param {number} offset */
  has(offset) {
    return (
      (offset >= SPINLOCK_STATE && offset <= DIVIDER_STATE) ||
      (offset >= SPINLOCKS && offset < SPINLOCKS + 0x80) ||
      offset === CPUID
    );
  }

  /** @param {number} offset @returns {number} */
  read(offset) {
    if (offset >= SPINLOCKS) {
      const lock = 1 << ((offset - SPINLOCKS) >> 2);
      if (this.locks & lock) return 0;
      this.locks |= lock;
      return lock;
    }
    switch (offset) {
      case SPINLOCK_STATE:
        return this.locks;
      case QUOTIENT:
        this.dirty = false;
        return this.quotient;
      case REMAINDER:
        return this.remainder;
      case DIVIDER_STATE:
        return READY | (this.dirty ? DIRTY : 0);
      case CPUID:
        return 0;
      default:
        return offset & 4 ? this.divisor : this.dividend;
    }
  }

  /** @param {number} offset @param {number} value */
  write(offset, value) {
    if (offset >= SPINLOCKS) {
      this.locks &= ~(1 << ((offset - SPINLOCKS) >> 2));
      return;
    }
    if (offset < UDIVIDEND || offset > REMAINDER) return;
    this.dirty = true;
    if (offset === QUOTIENT) this.quotient = value;
    else if (offset === REMAINDER) this.remainder = value;
    else {
      if (offset & 4) this.divisor = value;
      else this.dividend = value;
      this.divide(offset === SDIVIDEND || offset === SDIVISOR);
    }
  }

  /** The result is available at once; software still waits its eight cycles. @param {boolean} signed */
  divide(signed) {
    const { dividend, divisor } = this;
    if (divisor === 0) {
      this.quotient = signed && dividend < 0 ? 1 : -1;
      this.remainder = dividend;
    } else if (signed) {
      this.quotient = (dividend / divisor) | 0;
      this.remainder = (dividend % divisor) | 0;
    } else {
      this.quotient = ((dividend >>> 0) / (divisor >>> 0)) | 0;
      this.remainder = ((dividend >>> 0) % (divisor >>> 0)) | 0;
    }
  }
}
