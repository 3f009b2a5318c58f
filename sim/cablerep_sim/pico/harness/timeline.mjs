// Simulated time in cycles of the 125 MHz clock, and what is due at which cycle.
// One count for CPU, PIO, USB and the outside world, so that nothing can drift apart.

/** Cycles a second: the RP2040's system clock as MicroPython sets it. */
export const HZ = 125_000_000;
/** Cycles a microsecond. */
export const PER_US = 125;

/** Something that happens at a cycle. Made by `Timeline.alarm`. */
export class Alarm {
  /**
   * @param {Timeline} timeline
   * @param {() => void} callback
   */
  constructor(timeline, callback) {
    this.timeline = timeline;
    this.callback = callback;
    this.at = Infinity;
    /** @type {Alarm | null} */
    this.next = null;
  }

  /** Set it to cycle `at`, replacing an earlier setting. A past cycle means now. @param {number} at */
  set(at) {
    this.cancel();
    this.at = Math.max(at, this.timeline.now);
    this.timeline.insert(this);
  }

  /** Cancel it. */
  cancel() {
    if (this.at !== Infinity) {
      this.timeline.remove(this);
      this.at = Infinity;
    }
  }
}

export class Timeline {
  constructor() {
    /** The present cycle. */
    this.now = 0;
    /** The cycle of the first alarm. */
    this.due = Infinity;
    /** @type {Alarm | null} */
    this.first = null;
  }

  /** Microseconds since the beginning. */
  get us() {
    return this.now / PER_US;
  }

  /** @param {() => void} callback */
  alarm(callback) {
    return new Alarm(this, callback);
  }

  /** Run what is due. Each callback sees its own cycle as the present, even if an instruction ran past it. */
  fire() {
    const present = this.now;
    while (this.first && this.first.at <= present) {
      const alarm = this.first;
      this.now = alarm.at;
      this.first = alarm.next;
      this.due = this.first ? this.first.at : Infinity;
      alarm.at = Infinity;
      alarm.callback();
    }
    this.now = Math.max(present, this.now);
  }

  /** @param {Alarm} alarm */
  insert(alarm) {
    let before = null;
    let after = this.first;
    while (after && after.at <= alarm.at) {
      before = after;
      after = after.next;
    }
    alarm.next = after;
    if (before) before.next = alarm;
    else {
      this.first = alarm;
      this.due = alarm.at;
    }
  }

  /** @param {Alarm} alarm */
  remove(alarm) {
    if (this.first === alarm) {
      this.first = alarm.next;
      this.due = this.first ? this.first.at : Infinity;
      return;
    }
    let before = this.first;
    while (before && before.next !== alarm) before = before.next;
    if (before) before.next = alarm.next;
  }
}

/** The clock that the package's peripherals expect: nanoseconds since the chip's start. */
export class ChipClock {
  /** @param {Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    this.frequency = HZ;
    this.born = timeline.now;
    /** @type {Alarm[]} */
    this.alarms = [];
    this.stopped = false;
  }

  get nanos() {
    return (this.timeline.now - this.born) * (1e9 / HZ);
  }

  get micros() {
    return this.nanos / 1000;
  }

  /** @param {() => void} callback */
  createAlarm(callback) {
    const { timeline } = this;
    const alarm = timeline.alarm(callback);
    this.alarms.push(alarm);
    return {
      /** @param {number} deltaNanos */
      schedule: (deltaNanos) => {
        if (!this.stopped) alarm.set(timeline.now + Math.ceil((deltaNanos * HZ) / 1e9));
      },
      cancel: () => alarm.cancel(),
    };
  }

  /** The chip is gone: none of its alarms may fire. */
  stop() {
    this.stopped = true;
    for (const alarm of this.alarms) alarm.cancel();
  }
}
