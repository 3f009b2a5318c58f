"""Raw samples to detector ticks: gaps and outliers bridged, then the mean of the samples of one tick.

The detector runs at about 100 Hz whatever the sample rate: what it looks for is slower than 5 Hz, so the same
answer comes at every rate, and the cost of a sample at 1 kHz is this module's short loop.
"""

from ..compat import const, micropython, ptr32, words
from ..sense.ring import GAP, LIMIT_COUNTS, NO_LOAD
from . import tuning
from .calibration import Scale, scaled

# What `take` answers.
EMPTY = 0
TICK = 1
BROKEN = 2  # the gap is too long to bridge; nobody can vouch for a movement across it
OUTLIER = 3  # the first of a row of travel samples that no cable can have made

# Places in `Decimator.state`, what the two functions need that run for every sample and every tick.
_TRAVEL_UM = const(0)  # the values of the newest tick
_FORCE_MN = const(1)
_ORIGIN = const(2)  # counts at the session's first sample; the next three from there
_LAST = const(3)  # newest believed travel
_STEP = const(4)  # between the last two believed samples
_SUM = const(5)  # of the tick's samples so far
_LEFT = const(6)  # samples that the tick still lacks
_PER_TICK = const(7)
_JOLT = const(8)  # how much one step may differ from the one before
_POSITION = const(9)  # of the last tick in um, before its step was limited
_MOST_STEP = const(10)  # um a tick: no cable is this fast
_LOAD = const(11)  # newest load of this tick, or NO_LOAD
_LOAD_1 = const(12)  # that of the last tick that had one, and of the one before it
_LOAD_2 = const(13)
_LOAD_ZERO = const(14)
_PLACES = const(15)


@micropython.viper
def _take(state: ptr32, travel: ptr32, load: ptr32, at: int, head: int, mask: int) -> int:
    """Take samples of a ring from entry `at` on while each follows from the one before; return the first not taken.

    That is `head`, or the entry behind a full tick, or one that does not follow. What is done for every sample is
    done here: an RP2040 at 125 MHz takes 0.5 µs for it, against 15 µs where each number is an object's attribute.
    """
    origin = state[_ORIGIN]
    jolt = state[_JOLT]
    last = state[_LAST]
    was = state[_STEP]
    total = state[_SUM]
    left = state[_LEFT]
    newest = state[_LOAD]
    nothing = int(NO_LOAD)
    while left and at != head:
        counts = travel[at] - origin
        step = counts - last
        if step - was > jolt or was - step > jolt:
            break
        if load[at] != nothing:
            newest = load[at]
        at = (at + 1) & mask
        last = counts
        was = step
        total += counts
        left -= 1
    state[_LAST] = last
    state[_STEP] = was
    state[_SUM] = total
    state[_LEFT] = left
    state[_LOAD] = newest
    return at


@micropython.viper
def _complete(state: ptr32, travel_numbers, load_numbers):
    """Turn the sums of a full tick into its values, by the numbers of the two scales, and begin the next."""
    position = int(scaled(travel_numbers, state[_SUM]))
    # Whatever made a step that no cable can make, it does not move the cable further than this.
    step = position - state[_POSITION]
    state[_POSITION] = position
    most = state[_MOST_STEP]
    least = 0 - most  # see calibration.scaled
    if step > most:
        step = most
    elif step < least:
        step = least
    state[_TRAVEL_UM] += step
    state[_SUM] = 0
    state[_LEFT] = state[_PER_TICK]
    load = state[_LOAD]
    nothing = int(NO_LOAD)
    if load == nothing:
        return
    # The median of the last three readings: a lone outlier of the load cell never gets through.
    older = state[_LOAD_1]
    oldest = state[_LOAD_2]
    state[_LOAD_2] = older
    state[_LOAD_1] = load
    state[_LOAD] = nothing
    if oldest != nothing:
        if load > older:
            low = older
            high = load
        else:
            low = load
            high = older
        load = low if oldest < low else (high if oldest > high else oldest)
    state[_FORCE_MN] = int(scaled(load_numbers, load - state[_LOAD_ZERO]))


class Decimator:
    """Takes samples off a ring; after TICK `travel_um` and `force_mn` hold the tick's values."""

    def __init__(self, rate_hz, um_per_count, mn_per_count, load_zero, table):
        """`um_per_count` and `mn_per_count` in millionths; `table` as tuning.defaults(). Raises ValueError (Scale)."""
        self.per_tick = max(1, (rate_hz + table[tuning.TICK_HZ] // 2) // table[tuning.TICK_HZ])
        self.count_scale = Scale(um_per_count)
        self._travel_numbers = Scale(um_per_count, self.per_tick).numbers
        self._load_numbers = Scale(mn_per_count, 1, 10000000).numbers
        self.state = state = words(_PLACES)
        state[_JOLT] = self._counts(table[tuning.JOLT_SPEED], um_per_count, rate_hz)
        state[_LEFT] = self.per_tick
        state[_LOAD] = state[_LOAD_1] = state[_LOAD_2] = NO_LOAD
        state[_LOAD_ZERO] = load_zero
        state[_MOST_STEP] = 2 * table[tuning.JUMP_SPEED] * self.per_tick // rate_hz
        state[_PER_TICK] = self.per_tick
        self.reach = self._counts(table[tuning.JUMP_SPEED], um_per_count, rate_hz)  # in a period that was missed
        self.jump_samples = max(3, table[tuning.JUMP_MS] * rate_hz // 1000)
        self.bridge_samples = max(2, table[tuning.BRIDGE_MS] * rate_hz // 1000)
        self.samples = 0  # sample periods since the session began
        self.missed = 0  # of these, periods at which nothing was read
        self.outliers = 0  # of these, travel samples that were not believed
        self.jumps = 0  # times the travel stayed where it had jumped to
        self.gap = 0  # periods since the newest believed sample
        self.astray_um = 0  # how far off the newest outlier was
        self.crossing = False  # a gap is being bridged, a tick a call
        self._astray = 0  # newest outlier, in counts from the origin
        self._row = 0  # outliers in a row that agree with each other
        self._fresh = True  # the next sample has none before it
        self._begun = False
        self._bridged = 0  # periods already bridged, of `gap`, on the way to `_far`
        self._far = 0

    @property
    def travel_um(self):
        """The newest tick's position, from where the session began."""
        return self.state[_TRAVEL_UM]

    @property
    def force_mn(self):
        """The newest tick's force."""
        return self.state[_FORCE_MN]

    @property
    def has_load(self):
        """Whether there ever was a load."""
        return self.state[_LOAD_1] != NO_LOAD

    @staticmethod
    def _counts(um_s, um_per_count, rate_hz):
        """Return the counts that a speed makes in a sample period, and two more for an encoder that flickers."""
        return min(um_s * 1000 // abs(um_per_count) * 1000 // rate_hz + 2, LIMIT_COUNTS)

    @micropython.native
    def take(self, ring, head):
        """Consume samples up to entry `head` until a tick is complete or something is to be told. Does not allocate.

        Call it while the ring has any, and while a gap is being crossed.
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
            answer = self._odd(ring.travel[at], ring.load[at])
            if answer != EMPTY:
                return answer

    def resume(self):
        """Begin anew behind a gap that was BROKEN: the next sample is where the cable is now.

        Returns the number of the last tick that is over, so that ticks go on being `per_tick` sample periods each.
        """
        self.gap = 0
        self._row = 0
        self._bridged = 0
        self.crossing = False
        self._fresh = True
        return self.samples // self.per_tick - 1

    @micropython.native
    def _odd(self, counts, load):
        """Settle an entry that is not simply the next sample."""
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
        off = step - state[_STEP]
        # What may have changed grows with the time since the last believed sample.
        limit = state[_JOLT] + self.reach * min(self.gap, LIMIT_COUNTS // self.reach)
        if -limit <= off <= limit:
            self._row = 0
            self._far = counts
            return TICK if self._cross() else EMPTY
        return self._disbelieve(counts, step)

    def _disbelieve(self, counts, step):
        """Settle a sample that is `step` counts from the last, further than a cable goes: an outlier, or a new zero."""
        state = self.state
        self.outliers += 1
        off = counts - self._astray
        self._row = self._row + 1 if self._row and -state[_JOLT] <= off <= state[_JOLT] else 1
        self._astray = counts
        if self._row >= self.jump_samples and -LIMIT_COUNTS <= state[_ORIGIN] + step <= LIMIT_COUNTS:
            # It stays there: the encoder was moved or slipped. That is a new zero and no movement.
            self.jumps += 1
            self._row = 0
            state[_ORIGIN] += step
            self._far = state[_LAST]
            return TICK if self._cross() else EMPTY
        self.gap += 1
        if self.gap > self.bridge_samples:
            return BROKEN
        if self._row == 1:
            self.astray_um = self.count_scale.apply(counts) - self.count_scale.apply(state[_LAST])
            return OUTLIER
        return EMPTY

    def _start(self, counts):
        """Take the first sample of the session, or behind a break."""
        state = self.state
        self._fresh = False
        if not self._begun:
            self._begun = True
            state[_ORIGIN] = counts
        counts -= state[_ORIGIN]
        state[_LAST] = self._far = counts
        state[_STEP] = 0
        # Where the cable is now it may well have been moved to meanwhile, at whatever speed.
        position = scaled(self._travel_numbers, counts * self.per_tick)
        state[_TRAVEL_UM] += position - state[_POSITION]
        state[_POSITION] = position
        # A tick that began in the gap is filled with what is known now.
        into = (self.samples - 1 - self.gap) % self.per_tick
        state[_SUM] = counts * into
        state[_LEFT] = self.per_tick - into
        return TICK if self._cross() else EMPTY

    @micropython.native
    def _cross(self):
        """Bridge the gap on a straight line to `_far`; return whether that completed a tick: then call again."""
        self.crossing = True
        state = self.state
        periods = self.gap + 1
        last = state[_LAST]
        way = self._far - last
        # Rounded towards the start, so that a mirrored encoder gives mirrored values.
        sign = -1 if way < 0 else 1
        slope = abs(way) // periods
        rest = abs(way) % periods
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
        state[_STEP] = (self._far - state[_LAST]) // (self.gap + 1)
        state[_LAST] = self._far
        self.gap = 0
        self._bridged = 0
        self.crossing = False

    def set_load_zero(self, counts):
        """Take `counts` as no load from the next tick on."""
        self.state[_LOAD_ZERO] = counts

    def newest_load(self):
        """Return the newest load reading in counts, 0 without a load cell."""
        load = self.state[_LOAD_1]
        return load if load != NO_LOAD else 0

    def newest_travel(self):
        """Return the newest believed travel in counts."""
        return self.state[_ORIGIN] + self.state[_LAST]
