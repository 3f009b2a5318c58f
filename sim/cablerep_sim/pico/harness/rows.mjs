// The trace's rows as the supervisor passes them: time, travel, reading of the load cell.
// A flat binary file, so that ten minutes at 1 kHz load at once.

const RECORD = 16;
/** Means "no reading in this row"; lower than any 24-bit number. */
export const NO_LOAD = -0x20000000;

export class Rows {
  /** @param {Float64Array} us @param {Int32Array} travel @param {Int32Array} load */
  constructor(us, travel, load) {
    this.us = us;
    this.travel = travel;
    this.load = load;
    this.length = us.length;
    /** Counts of the angle sensor. */
    this.angle = new Int32Array(us.length);
    /** The rows that have a load. */
    this.loaded = Array.from(load.keys()).filter((i) => load[i] !== NO_LOAD);
  }

  /** @param {Uint8Array} bytes @throws {RangeError} where they are no rows */
  static parse(bytes) {
    if (bytes.length === 0 || bytes.length % RECORD) {
      throw new RangeError(`${bytes.length} bytes are not a whole number of records of ${RECORD} bytes`);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const count = bytes.length / RECORD;
    const us = new Float64Array(count);
    const travel = new Int32Array(count);
    const load = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      us[i] = view.getFloat64(RECORD * i, true);
      travel[i] = view.getInt32(RECORD * i + 8, true);
      load[i] = view.getInt32(RECORD * i + 12, true);
      if (!Number.isFinite(us[i]) || (i > 0 && us[i] < us[i - 1])) {
        throw new RangeError(`row ${i} is at ${us[i]} µs, before the one it follows`);
      }
    }
    return new Rows(us, travel, load);
  }

  /** Add the angle sensor's counts, an int32 a row. @param {Uint8Array} bytes @throws {RangeError} */
  setAngles(bytes) {
    if (bytes.length !== 4 * this.length) {
      throw new RangeError(`${bytes.length} bytes are not ${this.length} angles of 4 bytes`);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.angle = Int32Array.from({ length: this.length }, (_, i) => view.getInt32(4 * i, true));
  }

  /** The angle at `us`: that of the last row, or of the first. @param {number} us */
  angleAt(us) {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.us[middle] <= us) low = middle + 1;
      else high = middle;
    }
    return this.angle[Math.max(0, low - 1)];
  }

  /** A machine at rest. */
  static rest() {
    return new Rows(Float64Array.of(0), Int32Array.of(0), Int32Array.of(0));
  }

  /** Mean time between two loads; with fewer than two 100 ms, an HX711's slow rate. */
  get loadPeriodUs() {
    const { loaded, us } = this;
    const periods = loaded.length - 1;
    return periods > 0 ? (us[loaded[periods]] - us[loaded[0]]) / periods || 100_000 : 100_000;
  }

  /** The load at `us`: that of the last row with a load, or else of the first. @param {number} us */
  loadAt(us) {
    const { loaded, load } = this;
    if (!loaded.length) return 0;
    let low = 0;
    let high = loaded.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.us[loaded[middle]] <= us) low = middle + 1;
      else high = middle;
    }
    return load[loaded[Math.max(0, low - 1)]];
  }
}
