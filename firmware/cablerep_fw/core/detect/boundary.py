"""A phase boundary: the instant at which the speed of the intended movement crosses the threshold.

The filtered speed finds it. How steep it is there decides which signal measures it best; see docs/detection.md.
"""

from ..compat import micropython
from . import onset, tuning
from .motion import NOT_FOUND


class Boundary:
    """The newest crossing of one kind: `t` in sixteenths of a sample period, `x` in µm.

    `lead` is how far the filter shifts the crossing into the rest; at a turn without a rest it does not. No method
    allocates.
    """

    def __init__(self, motion, toward, table):
        """`toward` is 1 for coming to rest and -1 for setting out."""
        self.motion = motion
        self.toward = toward
        self.steep = table[tuning.STEEP]
        self.gentle = table[tuning.GENTLE]
        self.length = motion.long + motion.short  # of the speed filter, in ticks
        self.tick_t = 16 * motion.per_tick
        # Centre of tick 0 of the filtered streams.
        self.first_t = 8 * (motion.per_tick - 1) - motion.delay * self.tick_t
        self.begin(0)

    def begin(self, position):
        """Start with the cable at rest at `position` since the session began."""
        self.t = 0
        self.x = position
        self.lead = 0
        self.tick = -1000
        self._way = 0
        self._calm_weight = 0  # of the calm speed's crossing, in sixteenths

    def now(self):
        """Return the instant of the motion's newest outputs."""
        return self.motion.tick * self.tick_t + self.first_t

    @micropython.native
    def cross(self, way, old_speed, old_position):
        """Note that the speed crossed the threshold in direction `way` since the last tick, whose outputs are given."""
        motion = self.motion
        speed = motion.speed
        self.tick = motion.tick
        self._way = way
        part = ((motion.threshold * way - old_speed) * 16) // (speed - old_speed)  # of the tick, in sixteenths
        self.t = self.now() - self.tick_t + part * motion.per_tick
        self.x = old_position + (motion.position - old_position) * part // 16
        # The slope at the crossing, interpolated between the last two ticks so that it does not jump from tick to tick.
        slope = speed - old_speed
        slope += (slope - old_speed + motion.speed_before(2)) * (part - 8) // 16
        slope = min(abs(slope), 8 * motion.threshold)
        steepness = slope * 16 * self.length // motion.threshold
        self.lead = onset.lead(steepness) * self.length * self.tick_t >> 8
        # The measures are blended, so that a boundary that is slightly steeper does not jump.
        part = _part(steepness, self.steep, self.steep // 2)
        if part:
            self._blend(part, motion.seek(way, self.toward), motion.seek_lead * motion.per_tick)
        self._calm_weight = 16 - _part(steepness, self.gentle // 2, self.gentle)

    def is_gentle(self):
        """Return whether `calm` would refine the crossing, once half a filter of history follows it."""
        return self._calm_weight > 0

    def calm(self):
        """Refine a gentle crossing by the speed with the least tremor in it."""
        self._blend(self._calm_weight, self.motion.seek_calm(self._way, self.toward, self.tick), 0)
        self._calm_weight = 0

    def _blend(self, part, found, lead):
        """Move the boundary to `found`, in sixteenths of a tick from its own tick, and its lead to `lead`.

        `part` sixteenths of the distance.
        """
        if found != NOT_FOUND:
            there = self.tick * self.tick_t + self.first_t + found * self.motion.per_tick
            self.t += (there - self.t) * part >> 4
            self.lead += (lead - self.lead) * part >> 4


def _part(value, start, length):
    """Return the sixteenths of `length` by which `value` exceeds `start`, 0 to 16."""
    return min(16, max(0, (value - start) * 16 // max(1, length)))
