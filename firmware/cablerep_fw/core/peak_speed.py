"""The largest speed of a phase, by the filter that suits its length, which is known only when it is over.

A short phase has a sharp crest that a filter flattens; a long one is slow, and tremor adds more than the crest loses.
"""

from . import tuning


class PeakSpeed:
    """Follows one phase. Speeds in the motion's units; durations in sixteenths of a sample period."""

    def __init__(self, motion, table):
        self.motion = motion
        self.quick_t = table[tuning.QUICK_MS] * motion.rate_hz // 1000 * 16
        self.slow_t = table[tuning.SLOW_MS] * motion.rate_hz // 1000 * 16
        self.begin()

    def begin(self):
        """Start a phase. Does not allocate."""
        self.crest = self.speed = self.calm = 0

    def step(self, way):
        """Look at the motion's newest outputs; `way` is 1 in a concentric, -1 in an eccentric. Does not allocate."""
        motion = self.motion
        speed = motion.speed * way
        if speed > self.speed:
            self.speed = speed
        speed = motion.crest() * way
        if speed > self.crest:
            self.crest = speed
        speed = motion.calm() * way
        if speed > self.calm:
            self.calm = speed

    def over(self, duration):
        """Return the peak of a phase that lasted so long. Does not allocate."""
        if duration < self.quick_t:
            return self.crest
        return self.speed if duration < self.slow_t else self.calm
