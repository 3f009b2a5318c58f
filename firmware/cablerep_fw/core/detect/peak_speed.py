"""The peak speed of a phase, by the filter that suits its duration, which is known only when the phase is over.

A filter flattens the sharp crest of a short phase. In a long one tremor adds more than the crest loses.
"""

from ..compat import words
from . import tuning
from .motion import CALM, CREST, SPEED


class PeakSpeed:
    """The peaks of one phase, by motion.raise_peaks, in the motion's units. Durations in sixteenths of a period."""

    def __init__(self, motion, table):
        self.quick_t = table[tuning.QUICK_MS] * motion.rate_hz // 1000 * 16
        self.slow_t = table[tuning.SLOW_MS] * motion.rate_hz // 1000 * 16
        self.peaks = words(3)

    def over(self, duration):
        """Return the peak of a phase that lasted so long. Does not allocate."""
        if duration < self.quick_t:
            return max(self.peaks[CREST], self.peaks[SPEED])
        return self.peaks[SPEED if duration < self.slow_t else CALM]
