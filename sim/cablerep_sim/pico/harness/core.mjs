// The Cortex-M0+ after the ARMv6-M architecture manual, with the cycles of its technical reference manual.
// The package's core compares each instruction with one pattern after another; this one is four times as fast.

import { EXIT_CYCLES, Exceptions } from './exceptions.mjs';
import { FLASH, RAM } from './bus.mjs';

const EXC_RETURN = 0xf;
const NOWHERE = new Uint16Array(0);

export class Core extends Exceptions {
  /** The memory from which instructions are fetched, and its address. */
  code = NOWHERE;
  codeBase = 0;

  /** @param {number} pc */
  locate(pc) {
    const region = pc >>> 28;
    this.code = region === 1 ? this.flash16 : region === 2 ? this.ram16 : this.rom16;
    this.codeBase = region === 1 ? FLASH : region === 2 ? RAM : 0;
    if ((pc - this.codeBase) >>> 1 >= this.code.length) this.fault();
  }

  /** Run until cycle `limit`, until something is due, or until the core sleeps. @param {number} limit */
  run(limit) {
    const { timeline, registers: r, ram8, ram32, flash32, ramBytes, flashBytes } = this;
    this.limit = limit;
    if (this.interruptsUpdated) this.takeException();
    if (this.waiting) return;
    this.base = timeline.now;
    this.plan();
    let pc = r[15];
    this.locate(pc);
    let { nz, carry: c, overflow: v, code, codeBase } = this;
    let cycles = 0;
    let op = 0;
    /** The target of a branch by register, -1 for none. */
    let target = -1;
    while (cycles < this.budget) {
      op = code[(pc - codeBase) >> 1];
      const m = (op >> 3) & 7;
      const d = op & 7;
      const wide = (op >> 8) & 7; // the register of instructions with 8 bits of immediate
      const low = op & 0xff;
      pc += 2;
      cycles++;
      switch (op >> 11) {
        case 0b00000: {
          const n = (op >> 6) & 31; // LSLS
          if (n) c = (r[m] >>> (32 - n)) & 1;
          nz = r[d] = r[m] << n;
          break;
        }
        case 0b00001: {
          const n = (op >> 6) & 31; // LSRS, 0 is 32
          c = (r[m] >>> (n ? n - 1 : 31)) & 1;
          nz = n ? r[m] >>> n : 0;
          r[d] = nz;
          nz |= 0;
          break;
        }
        case 0b00010: {
          const n = (op >> 6) & 31; // ASRS, 0 is 32
          c = (r[m] >> (n ? n - 1 : 31)) & 1;
          nz = r[d] = r[m] >> (n || 31);
          break;
        }
        case 0b00011: {
          const a = r[m]; // ADDS, SUBS: a register or three bits
          let b = op & 0x400 ? (op >> 6) & 7 : r[(op >> 6) & 7];
          if (op & 0x200) b = ~b;
          nz = (a + b + ((op >> 9) & 1)) | 0;
          c = ((a & b) | ((a | b) & ~nz)) >>> 31;
          v = (~(a ^ b) & (a ^ nz)) >>> 31;
          r[d] = nz;
          break;
        }
        case 0b00100:
          nz = r[wide] = low; // MOVS
          break;
        case 0b00101: {
          const a = r[wide]; // CMP
          nz = (a - low) | 0;
          c = a >>> 0 >= low ? 1 : 0;
          v = (a & ~nz) >>> 31;
          break;
        }
        case 0b00110: {
          const a = r[wide]; // ADDS
          nz = r[wide] = (a + low) | 0;
          c = (a & ~nz) >>> 31;
          v = (~a & nz) >>> 31;
          break;
        }
        case 0b00111: {
          const a = r[wide]; // SUBS
          nz = r[wide] = (a - low) | 0;
          c = a >>> 0 >= low ? 1 : 0;
          v = (a & ~nz) >>> 31;
          break;
        }
        case 0b01000: {
          if (op & 0x400) {
            // The instructions that reach all 16 registers.
            const from = (op >> 3) & 15;
            const to = d | ((op >> 4) & 8);
            const b = from === 15 ? pc + 2 : r[from];
            const a = to === 15 ? pc + 2 : r[to];
            if (wide === 4 || wide === 6) {
              const value = wide === 4 ? (a + b) | 0 : b; // ADD, MOV
              if (to === 15) {
                cycles++;
                target = value;
              } else r[to] = to === 13 ? value & ~3 : value;
            } else if (wide === 5) {
              nz = (a - b) | 0; // CMP
              c = a >>> 0 >= b >>> 0 ? 1 : 0;
              v = ((a ^ b) & (a ^ nz)) >>> 31;
            } else {
              if (op & 0x80) r[14] = pc | 1; // BX, BLX
              cycles++;
              target = b;
            }
            break;
          }
          const b = r[m];
          const a = r[d];
          switch ((op >> 6) & 15) {
            case 0b0000:
              nz = r[d] = a & b;
              break;
            case 0b0001:
              nz = r[d] = a ^ b;
              break;
            case 0b0010: {
              const n = b & 0xff; // LSLS
              if (n) c = n > 32 ? 0 : (a >>> (32 - n)) & 1;
              nz = r[d] = n > 31 ? 0 : a << n;
              break;
            }
            case 0b0011: {
              const n = b & 0xff; // LSRS
              if (n) c = n > 32 ? 0 : (a >>> (n - 1)) & 1;
              nz = r[d] = n > 31 ? 0 : (a >>> n) | 0;
              break;
            }
            case 0b0100: {
              const n = b & 0xff; // ASRS
              if (n) c = (a >> (n > 32 ? 31 : n - 1)) & 1;
              nz = r[d] = a >> (n > 31 ? 31 : n);
              break;
            }
            case 0b0101:
            case 0b0110: {
              const e = op & 0x80 ? ~b : b; // ADCS, SBCS
              nz = r[d] = (a + e + c) | 0;
              c = ((a & e) | ((a | e) & ~nz)) >>> 31;
              v = (~(a ^ e) & (a ^ nz)) >>> 31;
              break;
            }
            case 0b0111: {
              const n = b & 31; // RORS
              nz = r[d] = (a >>> n) | (n ? a << (32 - n) : 0);
              if (b & 0xff) c = nz >>> 31;
              break;
            }
            case 0b1000:
              nz = a & b; // TST
              break;
            case 0b1001:
              nz = r[d] = -b | 0; // RSBS
              c = b === 0 ? 1 : 0;
              v = (b & nz) >>> 31;
              break;
            case 0b1010:
              nz = (a - b) | 0; // CMP
              c = a >>> 0 >= b >>> 0 ? 1 : 0;
              v = ((a ^ b) & (a ^ nz)) >>> 31;
              break;
            case 0b1011:
              nz = (a + b) | 0; // CMN
              c = ((a & b) | ((a | b) & ~nz)) >>> 31;
              v = (~(a ^ b) & (a ^ nz)) >>> 31;
              break;
            case 0b1100:
              nz = r[d] = a | b;
              break;
            case 0b1101:
              nz = r[d] = Math.imul(a, b);
              break;
            case 0b1110:
              nz = r[d] = a & ~b;
              break;
            default:
              nz = r[d] = ~b;
          }
          break;
        }
        case 0b01001: {
          const address = ((pc + 2) & ~3) + (low << 2); // LDR, PC-relative
          const at = address - FLASH;
          cycles++;
          r[wide] = at >>> 0 < flashBytes ? flash32[at >> 2] : this.read32(address, cycles);
          break;
        }
        case 0b01010:
        case 0b01011: {
          const address = (r[m] + r[(op >> 6) & 7]) | 0;
          cycles++;
          switch ((op >> 9) & 7) {
            case 0:
              this.write32(address, r[d], cycles);
              break;
            case 1:
              this.write16(address, r[d], cycles);
              break;
            case 2:
              this.write8(address, r[d], cycles);
              break;
            case 3:
              r[d] = (this.read8(address, cycles) << 24) >> 24;
              break;
            case 4:
              r[d] = this.read32(address, cycles);
              break;
            case 5:
              r[d] = this.read16(address, cycles);
              break;
            case 6:
              r[d] = this.read8(address, cycles);
              break;
            default:
              r[d] = (this.read16(address, cycles) << 16) >> 16;
          }
          break;
        }
        case 0b01100: {
          const address = (r[m] + ((op >> 4) & 0x7c)) | 0;
          const at = address - RAM;
          cycles++;
          if (at >>> 0 < ramBytes && !(at & 3)) ram32[at >> 2] = r[d];
          else this.write32(address, r[d], cycles);
          break;
        }
        case 0b01101: {
          const address = (r[m] + ((op >> 4) & 0x7c)) | 0;
          const at = address - RAM;
          cycles++;
          r[d] = at >>> 0 < ramBytes && !(at & 3) ? ram32[at >> 2] : this.read32(address, cycles);
          break;
        }
        case 0b01110:
          cycles++;
          this.write8((r[m] + ((op >> 6) & 31)) | 0, r[d], cycles);
          break;
        case 0b01111: {
          const address = (r[m] + ((op >> 6) & 31)) | 0;
          const at = address - RAM;
          cycles++;
          r[d] = at >>> 0 < ramBytes ? ram8[at] : this.read8(address, cycles);
          break;
        }
        case 0b10000:
          cycles++;
          this.write16((r[m] + ((op >> 5) & 0x3e)) | 0, r[d], cycles);
          break;
        case 0b10001:
          cycles++;
          r[d] = this.read16((r[m] + ((op >> 5) & 0x3e)) | 0, cycles);
          break;
        case 0b10010: {
          const address = (r[13] + (low << 2)) | 0;
          const at = address - RAM;
          cycles++;
          if (at >>> 0 < ramBytes) ram32[at >> 2] = r[wide];
          else this.write32(address, r[wide], cycles);
          break;
        }
        case 0b10011: {
          const address = (r[13] + (low << 2)) | 0;
          const at = address - RAM;
          cycles++;
          r[wide] = at >>> 0 < ramBytes ? ram32[at >> 2] : this.read32(address, cycles);
          break;
        }
        case 0b10100:
          r[wide] = ((pc + 2) & ~3) + (low << 2); // ADR
          break;
        case 0b10101:
          r[wide] = r[13] + (low << 2);
          break;
        case 0b10110:
        case 0b10111:
          switch ((op >> 8) & 15) {
            case 0b0000:
              r[13] += op & 0x80 ? -((op & 0x7f) << 2) : (op & 0x7f) << 2;
              break;
            case 0b0010: {
              const value = r[m]; // SXTH, SXTB, UXTH, UXTB
              const kind = (op >> 6) & 3;
              r[d] =
                kind === 0
                  ? (value << 16) >> 16
                  : kind === 1
                    ? (value << 24) >> 24
                    : value & (kind === 2 ? 0xffff : 0xff);
              break;
            }
            case 0b0100:
            case 0b0101: {
              let address = r[13]; // PUSH
              if (op & 0x100) this.write32((address -= 4), r[14], ++cycles);
              for (let i = 7; i >= 0; i--) if (op & (1 << i)) this.write32((address -= 4), r[i], ++cycles);
              r[13] = address;
              break;
            }
            case 0b0110:
              this.mask((op & 0x10) !== 0); // CPSIE, CPSID
              break;
            case 0b1010: {
              const value = r[m]; // REV, REV16, REVSH
              const swapped = ((value & 0xff00ff) << 8) | ((value >>> 8) & 0xff00ff);
              const kind = (op >> 6) & 3;
              r[d] = kind === 0 ? (swapped << 16) | (swapped >>> 16) : kind === 1 ? swapped : (swapped << 16) >> 16;
              break;
            }
            case 0b1100:
            case 0b1101: {
              let address = r[13]; // POP
              for (let i = 0; i < 8; i++) {
                if (!(op & (1 << i))) continue;
                r[i] = this.read32(address, ++cycles);
                address += 4;
              }
              if (op & 0x100) {
                target = this.read32(address, ++cycles);
                address += 4;
                cycles += 2;
              }
              r[13] = address;
              break;
            }
            case 0b1111:
              if (op === 0xbf20 && this.eventRegistered) this.eventRegistered = false;
              else if (op === 0xbf20 || op === 0xbf30) {
                this.waiting = true; // WFE, WFI
                this.waitsForInterrupt = op === 0xbf30;
                this.budget = 0;
              } else if (op === 0xbf40) this.eventRegistered = true; // SEV
              if (op === 0xbf20 || op === 0xbf30) cycles++;
              break;
            default:
              this.fault(); // including BKPT: there is no debugger
          }
          break;
        case 0b11000: {
          let address = r[wide]; // STM
          for (let i = 0; i < 8; i++) {
            if (!(op & (1 << i))) continue;
            this.write32(address, r[i], ++cycles);
            address += 4;
          }
          r[wide] = address;
          break;
        }
        case 0b11001: {
          let address = r[wide]; // LDM
          for (let i = 0; i < 8; i++) {
            if (!(op & (1 << i))) continue;
            r[i] = this.read32(address, ++cycles);
            address += 4;
          }
          if (!(op & (1 << wide))) r[wide] = address;
          break;
        }
        case 0b11010:
        case 0b11011: {
          let taken = false;
          switch ((op >> 9) & 7) {
            case 0:
              taken = nz === 0;
              break;
            case 1:
              taken = c !== 0;
              break;
            case 2:
              taken = nz < 0;
              break;
            case 3:
              taken = v !== 0;
              break;
            case 4:
              taken = c !== 0 && nz !== 0;
              break;
            case 5:
              taken = nz < 0 === (v !== 0);
              break;
            case 6:
              taken = nz !== 0 && nz < 0 === (v !== 0);
              break;
            default:
              if (op & 0x100) {
                this.pendingSVCall = this.interruptsUpdated = true;
                this.budget = 0;
                taken = true;
              } else {
                this.fault(); // UDF
                taken = false;
              }
          }
          if (op < 0xde00 && taken !== ((op & 0x100) !== 0)) {
            pc += ((op << 24) >> 23) + 2;
            cycles++;
          }
          break;
        }
        case 0b11100:
          pc += ((op << 21) >> 20) + 2; // B
          cycles++;
          break;
        case 0b11110: {
          const second = code[(pc - codeBase) >> 1];
          pc += 2;
          cycles += 2;
          if ((second & 0xd000) === 0xd000) {
            const sign = (op << 21) >> 31; // BL
            const i1 = ~((second >> 13) ^ sign) & 1;
            const i2 = ~((second >> 11) ^ sign) & 1;
            r[14] = pc | 1;
            pc += (sign << 24) | (i1 << 23) | (i2 << 22) | ((op & 0x3ff) << 12) | ((second & 0x7ff) << 1);
          } else if ((op & 0xffe0) === 0xf380 || (op & 0xffe0) === 0xf3e0) {
            this.nz = nz;
            this.carry = c;
            this.overflow = v;
            if (op & 0x60)
              r[(second >> 8) & 15] = this.readSpecial(second & 0xff); // MRS
            else this.writeSpecial(second & 0xff, r[op & 15]); // MSR
            ({ nz, carry: c, overflow: v } = this);
          } else if (op !== 0xf3bf) this.fault(); // all except the barriers, which have nothing to wait for
          break;
        }
        default:
          this.fault();
      }
      if (target !== -1) {
        if (target >>> 28 === EXC_RETURN && this.IPSR) {
          cycles += EXIT_CYCLES;
          timeline.now = this.base + cycles;
          this.end(target);
          ({ nz, carry: c, overflow: v } = this);
          pc = r[15];
        } else pc = target & ~1;
        if (pc >>> 28 !== codeBase >>> 28) {
          this.locate(pc);
          ({ code, codeBase } = this);
          if (this.faulted) pc += 2; // no such instruction: it faults, see below
        }
        target = -1;
      }
    }
    if (this.faulted) pc -= op >> 11 === 0b11110 ? 4 : 2; // it is the instruction that faults
    r[15] = pc;
    this.nz = nz;
    this.carry = c;
    this.overflow = v;
    timeline.now = this.base + cycles;
  }
}
