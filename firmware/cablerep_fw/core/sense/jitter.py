"""How evenly the samples are taken: a histogram of how far each period is from the one asked for.

Kept by the board itself, since only it can see its own timer.
"""

from array import array

from ..compat import micropython

LIMITS_US = (5, 10, 20, 50, 200)  # upper edge of each bin but the last; 20 is the design's budget at 1 kHz


class Jitter:
    """Bins of deviations in µs. `add` runs in the sampler's interrupt."""

    def __init__(self):
        self.bins = array("i", bytes(4 * (len(LIMITS_US) + 1)))  # interrupt
        self.worst_us = 0  # interrupt

    @micropython.native
    def add(self, deviation_us):
        """Count one period that was `deviation_us` too long or too short. Hard interrupt safe, does not allocate."""
        if deviation_us < 0:
            deviation_us = -deviation_us
        if deviation_us > self.worst_us:
            self.worst_us = deviation_us
        place = 0
        for limit in LIMITS_US:
            if deviation_us <= limit:
                break
            place += 1
        self.bins[place] += 1
