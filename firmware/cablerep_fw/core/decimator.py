"""Raw samples to detector ticks: gaps and outliers bridged, then the mean of the samples of one tick.

The detector runs at about 100 Hz whatever the sample rate: what it looks for is slower than 5 Hz, so the same
answer comes at every rate, and the cost of a sample at 1 kHz is this module's short loop.
"""

from . import tuning
from .calibration import Scale
from .compat import micropython
from .ring import GAP, LIMIT_COUNTS, NO_LOAD

# What `take` answers.
EMPTY = 0
TICK = 1
BROKEN = 2  # the gap is too long to bridge; nobody can vouch for a movement across it
OUTLIER = 3  # the first of a row of travel samples that no cable can have made


class Decimator:
    """Takes samples off a ring; after TICK `travel_um` and `force_mn` hold the tick's values."""

    def __init__(self, rate_hz, um_per_count, mn_per_count, load_zero, table):
        """`um_per_count` and `mn_per_count` in millionths; `table` as tuning.defaults(). Raises ValueError (Scale)."""
        self.per_tick = max(1, (rate_hz + table[tuning.TICK_HZ] // 2) // table[tuning.TICK_HZ])
        self.travel_scale = Scale(um_per_count, self.per_tick)
        self.count_scale = Scale(um_per_count)
        self.load_scale = Scale(mn_per_count, 1, 10000000)
        self.load_zero = load_zero
        # How much one step may differ from the one before, and how far the cable gets in a period that was missed.
        self.jolt = self._counts(table[tuning.JOLT_SPEED], um_per_count, rate_hz)
        self.reach = self._counts(table[tuning.JUMP_SPEED], um_per_count, rate_hz)
        self.most_step = 2 * table[tuning.JUMP_SPEED] * self.per_tick // rate_hz  # um a tick
        self.jump_samples = max(3, table[tuning.JUMP_MS] * rate_hz // 1000)
        self.bridge_samples = max(2, table[tuning.BRIDGE_MS] * rate_hz // 1000)
        self.samples = 0  # sample periods since the session began
        self.missed = 0  # of these, periods at which nothing was read
        self.outliers = 0  # of these, travel samples that were not believed
        self.jumps = 0  # times the travel stayed where it had jumped to
        self.origin = 0  # counts at the session's first sample
        self.last = 0  # newest believed travel, in counts from the origin
        self.gap = 0  # periods since then that have no believed sample
        self.astray_um = 0  # how far off the newest outlier was
        self.travel_um = 0
        self.force_mn = 0
        self.has_load = False
        self._position = 0  # of the last tick, before its step was limited
        self._step = 0  # counts between the last two believed samples
        self._astray = 0  # newest outlier, in counts from the origin
        self._row = 0  # outliers in a row that agree with each other
        self._sum = 0
        self._left = self.per_tick
        self._fresh = True  # the next sample has none before it
        self._begun = False
        self._load = NO_LOAD  # newest load of this tick
        self._load_1 = NO_LOAD  # the two before it
        self._load_2 = NO_LOAD
        self._bridged = 0  # periods already bridged, of `gap`, on the way to `_far`
        self._far = 0
        self._crossing = False

    @staticmethod
    def _counts(um_s, um_per_count, rate_hz):
        """Return the counts that a speed makes in a sample period, and two more for an encoder that flickers."""
        return min(um_s * 1000 // abs(um_per_count) * 1000 // rate_hz + 2, LIMIT_COUNTS)

    @micropython.native
    def take(self, ring, head):
        """Consume samples up to entry `head` until a tick is complete or something is to be told. Does not allocate."""
        if self._crossing and self._cross():
            return TICK
        travel = ring.travel
        load = ring.load
        mask = ring.mask
        jolt = self.jolt
        while True:
            start = at = ring.tail
            origin = self.origin
            last = self.last
            was = self._step
            total = self._sum
            left = self._left
            odd = self.gap or self._fresh
            while at != head:
                counts = travel[at] - origin
                step = counts - last
                if odd or step - was > jolt or was - step > jolt:
                    break
                if load[at] != NO_LOAD:
                    self._load = load[at]
                at = (at + 1) & mask
                last = counts
                was = step
                total += counts
                left -= 1
                if not left:
                    break
            self.samples += (at - start) & mask
            self.last = last
            self._step = was
            self._sum = total
            self._left = left
            if not left:
                ring.tail = at
                self._complete()
                return TICK
            if at == head:
                ring.tail = at
                return EMPTY
            ring.tail = (at + 1) & mask
            answer = self._odd(travel[at], load[at])
            if answer != EMPTY:
                return answer

    def resume(self):
        """Begin anew behind a gap that was BROKEN: the next sample is where the cable is now.

        Returns the number of the last tick that is over, so that ticks go on being `per_tick` sample periods each.
        """
        self.gap = 0
        self._row = 0
        self._bridged = 0
        self._crossing = False
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
        self.samples += 1
        if load != NO_LOAD:
            self._load = load
        if self._fresh:
            return self._start(counts)
        counts -= self.origin
        step = counts - self.last
        off = step - self._step
        # What may have changed grows with the time since the last believed sample.
        limit = self.jolt + self.reach * min(self.gap, LIMIT_COUNTS // self.reach)
        if -limit <= off <= limit:
            self._row = 0
            self._far = counts
            return TICK if self._cross() else EMPTY
        self.outliers += 1
        off = counts - self._astray
        self._row = self._row + 1 if self._row and -self.jolt <= off <= self.jolt else 1
        self._astray = counts
        if self._row >= self.jump_samples and -LIMIT_COUNTS <= self.origin + step <= LIMIT_COUNTS:
            # It stays there: the encoder was moved or slipped. That is a new zero and no movement.
            self.jumps += 1
            self._row = 0
            self.origin += step
            self._far = self.last
            return TICK if self._cross() else EMPTY
        self.gap += 1
        if self.gap > self.bridge_samples:
            return BROKEN
        if self._row == 1:
            self.astray_um = self.count_scale.apply(counts) - self.count_scale.apply(self.last)
            return OUTLIER
        return EMPTY

    def _start(self, counts):
        """Take the first sample of the session, or behind a break."""
        self._fresh = False
        if not self._begun:
            self._begun = True
            self.origin = counts
        self.last = self._far = counts - self.origin
        self._step = 0
        # Where the cable is now it may well have been moved to meanwhile, at whatever speed.
        position = self.travel_scale.apply(self.last * self.per_tick)
        self.travel_um += position - self._position
        self._position = position
        # A tick that began in the gap is filled with what is known now.
        into = (self.samples - 1 - self.gap) % self.per_tick
        self._sum = self.last * into
        self._left = self.per_tick - into
        return TICK if self._cross() else EMPTY

    @micropython.native
    def _cross(self):
        """Bridge the gap on a straight line to `_far`; return whether that completed a tick: then call again."""
        self._crossing = True
        periods = self.gap + 1
        way = self._far - self.last
        # Rounded towards the start, so that a mirrored encoder gives mirrored values.
        sign = -1 if way < 0 else 1
        slope = abs(way) // periods
        rest = abs(way) % periods
        while self._bridged < periods:
            self._bridged += 1
            i = self._bridged
            self._sum += self.last + (slope * i + rest * i // periods) * sign
            self._left -= 1
            if not self._left:
                if i == periods:
                    self._arrive()
                self._complete()
                return True
        self._arrive()
        return False

    def _arrive(self):
        self._step = (self._far - self.last) // (self.gap + 1)
        self.last = self._far
        self.gap = 0
        self._bridged = 0
        self._crossing = False

    def _complete(self):
        """Turn the sums of a tick into its values."""
        position = self.travel_scale.apply(self._sum)
        # No cable is this fast: whatever it was, it does not move the cable further than this.
        step = position - self._position
        self._position = position
        if step > self.most_step:
            step = self.most_step
        elif step < -self.most_step:
            step = -self.most_step
        self.travel_um += step
        self._sum = 0
        self._left = self.per_tick
        if self._load != NO_LOAD:
            self._weigh(self._load)
            self._load = NO_LOAD

    def _weigh(self, load):
        """Take the median of the last three readings: a lone outlier of the load cell never gets through."""
        older = self._load_1
        oldest = self._load_2
        self._load_2 = older
        self._load_1 = load
        if oldest != NO_LOAD and load != older:
            load = max(min(load, older), min(max(load, older), oldest))
        self.force_mn = self.load_scale.apply(load - self.load_zero)
        self.has_load = True

    def newest_load(self):
        """Return the newest load reading in counts, 0 without a load cell."""
        return self._load_1 if self._load_1 != NO_LOAD else 0
