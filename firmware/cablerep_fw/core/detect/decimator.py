"""Raw samples to detector ticks: bridges gaps and outliers, then averages the samples of each tick.

The detector runs at about 100 Hz whatever the sample rate. Intended movement is slower than 5 Hz, so results are the
same at every rate, and at 1 kHz a sample costs no more than this module's short loop.
"""

from ..compat import const, micropython, ptr32, words
from ..sense.ring import GAP, LIMIT_COUNTS, NO_LOAD
from . import tuning
from .calibration import Scale, scaled

# Results of `take`.
EMPTY = 0
TICK = 1
BROKEN = 2  # the gap is too long to bridge: a movement across it cannot be trusted
OUTLIER = 3  # the first of a run of implausible travel samples

# Indices into `Decimator.state`: what the two functions need that run for every sample and every tick.
_TRAVEL_UM = const(0)  # the values of the newest tick
_FORCE_MN = const(1)  # of the newest reading
_ORIGIN = const(2)  # counts at the session's first sample; the next three are relative to it
_LAST = const(3)  # newest plausible travel
_STEP = const(4)  # between the last two plausible samples
_SUM = const(5)  # of the samples of this tick so far
_LEFT = const(6)  # samples missing from this tick
_PER_TICK = const(7)
_JOLT = const(8)  # largest plausible difference between two consecutive steps
_POSITION = const(9)  # of the last tick in µm, before its step was limited
_MAX_STEP = const(10)  # µm a tick: no cable is this fast
_LOAD = const(11)  # newest reading in this tick, or NO_LOAD
_NEWEST_LOAD = const(12)  # newest reading, or NO_LOAD
_FRESH = const(13)  # 1 where _FORCE_MN is a new reading; the caller sets it to 0
_LOAD_ZERO = const(14)
_WORDS = const(15)

# A 24-bit converter's limits; a reading there is none.
_MAX_LOAD = const(8388607)
_MIN_LOAD = const(-8388608)


@micropython.viper
def _take(state: ptr32, travel: ptr32, load: ptr32, at: int, head: int, mask: int) -> int:
    """Take samples of a ring from entry `at` on; return the index of the first one not taken.

    Stops at `head`, at the end of a tick, or at an implausible sample. All work per sample is done here: it takes an
    RP2040 at 125 MHz 0.5 µs, against 15 µs with each number in an attribute.
    """
    origin = state[_ORIGIN]
    jolt = state[_JOLT]
    last = state[_LAST]
    last_step = state[_STEP]
    total = state[_SUM]
    left = state[_LEFT]
    newest = state[_LOAD]
    nothing = int(NO_LOAD)
    while left and at != head:
        counts = travel[at] - origin
        step = counts - last
        if step - last_step > jolt or last_step - step > jolt:
            break
        if load[at] != nothing:
            newest = load[at]
        at = (at + 1) & mask
        last = counts
        last_step = step
        total += counts
        left -= 1
    state[_LAST] = last
    state[_STEP] = last_step
    state[_SUM] = total
    state[_LEFT] = left
    state[_LOAD] = newest
    return at


@micropython.viper
def _complete(state: ptr32, travel_numbers, load_numbers):
    """Compute the values of a complete tick with the numbers of the two scales, and start the next tick."""
    position = int(scaled(travel_numbers, state[_SUM]))
    # Limit the step: whatever caused a larger one, the cable did not move that fast.
    step = position - state[_POSITION]
    state[_POSITION] = position
    max_step = state[_MAX_STEP]
    min_step = 0 - max_step  # see calibration.scaled
    if step > max_step:
        step = max_step
    elif step < min_step:
        step = min_step
    state[_TRAVEL_UM] += step
    state[_SUM] = 0
    state[_LEFT] = state[_PER_TICK]
    load = state[_LOAD]
    nothing = int(NO_LOAD)
    if load == nothing:
        return
    state[_LOAD] = nothing
    if load == _MAX_LOAD or load == _MIN_LOAD:
        return  # the converter is saturated
    state[_NEWEST_LOAD] = load
    state[_FRESH] = 1
    state[_FORCE_MN] = int(scaled(load_numbers, load - state[_LOAD_ZERO]))


class Decimator:
    """Takes samples off a ring; after TICK, `state` holds the tick's position and force."""

    def __init__(self, rate_hz, um_per_count, mn_per_count, load_zero, table):
        """`um_per_count` and `mn_per_count` in millionths; `table` as tuning.defaults(). Raises ValueError (Scale)."""
        self.per_tick = max(1, (rate_hz + table[tuning.TICK_HZ] // 2) // table[tuning.TICK_HZ])
        self.count_scale = Scale(um_per_count)
        self._travel_numbers = Scale(um_per_count, self.per_tick).numbers
        self._load_numbers = Scale(mn_per_count, 1, 10000000).numbers
        self.state = state = words(_WORDS)
        state[_JOLT] = self._counts(table[tuning.JOLT_SPEED], um_per_count, rate_hz)
        state[_LEFT] = self.per_tick
        state[_LOAD] = state[_NEWEST_LOAD] = NO_LOAD
        state[_LOAD_ZERO] = load_zero
        state[_MAX_STEP] = 2 * table[tuning.JUMP_SPEED] * self.per_tick // rate_hz
        state[_PER_TICK] = self.per_tick
        self.reach = self._counts(table[tuning.JUMP_SPEED], um_per_count, rate_hz)  # counts in a missed period
        self.jump_samples = max(3, table[tuning.JUMP_MS] * rate_hz // 1000)
        self.bridge_samples = max(2, table[tuning.BRIDGE_MS] * rate_hz // 1000)
        self.samples = 0  # sample periods since the start of the session
        self.missed = 0  # of these, periods without a sample
        self.outliers = 0  # of these, implausible travel samples
        self.jumps = 0  # times an implausible jump persisted and became the new zero
        self.gap = 0  # periods since the newest plausible sample
        self.outlier_um = 0  # distance of the newest outlier from the sample before it
        self.crossing = False  # a gap is being bridged, one tick per call
        self._outlier = 0  # newest outlier, in counts from the origin
        self._run = 0  # consecutive outliers that agree with one another
        self._fresh = True  # there is no sample before the next one
        self._begun = False
        self._bridged = 0  # periods of `gap` already bridged
        self._target = 0  # travel at the far end of the gap

    @property
    def has_load(self):
        """Whether there has been a load reading."""
        return self.state[_NEWEST_LOAD] != NO_LOAD

    @staticmethod
    def _counts(um_s, um_per_count, rate_hz):
        """Return the counts that `um_s` covers in a sample period, plus two for encoder flicker."""
        return min(um_s * 1000 // abs(um_per_count) * 1000 // rate_hz + 2, LIMIT_COUNTS)

    @micropython.native
    def take(self, ring, head):
        """Consume samples up to entry `head` until there is a result other than EMPTY. Does not allocate.

        Call it while the ring holds samples and while `crossing`.
        """
        if self.crossing and self._cross():
            return TICK
        state = self.state
        mask = ring.mask
        while True:
            at = start = ring.tail
            if not self.gap and not self._fresh:
                at = _take(state, ring.travel, ring.load, start, head, mask)
                self.samples += (at - start) & mask
                if not state[_LEFT]:
                    ring.tail = at
                    _complete(state, self._travel_numbers, self._load_numbers)
                    return TICK
            if at == head:
                ring.tail = at
                return EMPTY
            ring.tail = (at + 1) & mask
            result = self._take_odd(ring.travel[at], ring.load[at])
            if result != EMPTY:
                return result

    def resume(self):
        """Start again after a BROKEN gap: the next sample is where the cable is now.

        Returns the number of the last complete tick, so that ticks stay aligned to `per_tick` sample periods.
        """
        self.gap = 0
        self._run = 0
        self._bridged = 0
        self.crossing = False
        self._fresh = True
        return self.samples // self.per_tick - 1

    @micropython.native
    def _take_odd(self, counts, load):
        """Handle a ring entry that `_take` left: a gap, the first sample, or an implausible one."""
        if counts == GAP:
            self.samples += load
            self.missed += load
            self.gap += load
            return BROKEN if self.gap > self.bridge_samples else EMPTY
        state = self.state
        self.samples += 1
        if load != NO_LOAD:
            state[_LOAD] = load
        if self._fresh:
            return self._start(counts)
        counts -= state[_ORIGIN]
        step = counts - state[_LAST]
        change = step - state[_STEP]
        # The plausible change grows with the time since the last plausible sample.
        limit = state[_JOLT] + self.reach * min(self.gap, LIMIT_COUNTS // self.reach)
        if -limit <= change <= limit:
            self._run = 0
            self._target = counts
            return TICK if self._cross() else EMPTY
        return self._reject(counts, step)

    def _reject(self, counts, step):
        """Handle an implausible jump by `step` counts: report an outlier, or re-zero if it persists."""
        state = self.state
        self.outliers += 1
        change = counts - self._outlier
        self._run = self._run + 1 if self._run and -state[_JOLT] <= change <= state[_JOLT] else 1
        self._outlier = counts
        if self._run >= self.jump_samples and -LIMIT_COUNTS <= state[_ORIGIN] + step <= LIMIT_COUNTS:
            # The jump persists: the encoder was moved or slipped. Take it as a new zero, not as a movement.
            self.jumps += 1
            self._run = 0
            state[_ORIGIN] += step
            self._target = state[_LAST]
            return TICK if self._cross() else EMPTY
        self.gap += 1
        if self.gap > self.bridge_samples:
            return BROKEN
        if self._run == 1:
            self.outlier_um = self.count_scale.apply(counts) - self.count_scale.apply(state[_LAST])
            return OUTLIER
        return EMPTY

    def _start(self, counts):
        """Take the first sample of the session or after a break."""
        state = self.state
        self._fresh = False
        if not self._begun:
            self._begun = True
            state[_ORIGIN] = counts
        counts -= state[_ORIGIN]
        state[_LAST] = self._target = counts
        state[_STEP] = 0
        # The cable may have moved during the break, at any speed, so this step is not limited.
        position = scaled(self._travel_numbers, counts * self.per_tick)
        state[_TRAVEL_UM] += position - state[_POSITION]
        state[_POSITION] = position
        # The part of the tick that lies in the gap is filled with the present value.
        into = (self.samples - 1 - self.gap) % self.per_tick
        state[_SUM] = counts * into
        state[_LEFT] = self.per_tick - into
        return TICK if self._cross() else EMPTY

    @micropython.native
    def _cross(self):
        """Bridge the gap by a straight line to `_target`; return True if a tick is complete, then call again."""
        self.crossing = True
        state = self.state
        periods = self.gap + 1
        last = state[_LAST]
        distance = self._target - last
        # Rounded towards the start, so that a reversed encoder gives mirrored values.
        sign = -1 if distance < 0 else 1
        slope = abs(distance) // periods
        rest = abs(distance) % periods
        while self._bridged < periods:
            self._bridged += 1
            i = self._bridged
            state[_SUM] += last + (slope * i + rest * i // periods) * sign
            state[_LEFT] -= 1
            if not state[_LEFT]:
                if i == periods:
                    self._arrive()
                _complete(state, self._travel_numbers, self._load_numbers)
                return True
        self._arrive()
        return False

    def _arrive(self):
        state = self.state
        state[_STEP] = (self._target - state[_LAST]) // (self.gap + 1)
        state[_LAST] = self._target
        self.gap = 0
        self._bridged = 0
        self.crossing = False

    def origin_um(self):
        """Return the travel in µm at which positions are 0."""
        return self.count_scale.apply(self.state[_ORIGIN])

    def set_load_zero(self, counts):
        """Take `counts` as zero load from the next tick on."""
        self.state[_LOAD_ZERO] = counts

    def newest_load(self):
        """Return the newest load reading in counts, 0 if there has been none."""
        load = self.state[_NEWEST_LOAD]
        return load if load != NO_LOAD else 0
