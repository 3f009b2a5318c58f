"""Is the load cell to be trusted: silence, saturation, a stuck line, and the rate at which it really converts.

A fault latches until it is cleared, because a loose wire that touches again would otherwise never be found.
"""

from ..compat import const, micropython
from .cell_word import GAIN_BITS, SATURATED
from .ring import NO_LOAD

# Bits of `faults`, as wire.FAULTS counts them (a test holds the two against each other).
SILENT = const(1 << 1)
SATURATION = const(1 << 2)
BITS = const(1 << 3)
STUCK = const(1 << 6)

# Equal readings in a row. The amplifiers' own noise is tens of counts (HX711: 50 nV rms at 10 a second is 33 counts
# at gain 128 and 3.3 V), so two in a row are already rare and sixteen are a line that does not move.
_STUCK_READINGS = const(16)
_WINDOW_S = const(10)  # over which the rate is measured: one reading more or less is 1 % at 10 a second


class CellWatch:
    """Judges each reading and each sample without one. `take`, `nothing` run in the sampler's interrupt.

    `rate_hz` is the sampler's rate; `silent_ms` how long a cell may say nothing, which covers its slowest rate
    (10 a second) three times over and the 400 ms (at 10 a second) that an HX711 settles after power-up.
    """

    def __init__(self, rate_hz, silent_ms=500):
        self.faults = 0  # latched; written by the interrupt, cleared by `clear`
        self.readings = 0  # since the window began; interrupt
        self.samples = 0  # since the window began; interrupt
        self.rejected = 0  # readings that were not believed; interrupt
        self.hz10 = 0  # measured rate in tenths of a hertz
        self._rate_hz = rate_hz
        self._quiet = 0
        self._patience = rate_hz * silent_ms // 1000 + 1
        self._last = NO_LOAD
        self._equal = 0

    def take(self, counts):
        """Return the believed counts of one reading (see cell_word), or NO_LOAD. Hard interrupt safe."""
        self._quiet = 0
        self.readings += 1
        if counts == GAIN_BITS:
            self.faults |= BITS
        elif counts == SATURATED:
            self.faults |= SATURATION
        elif counts != self._last:
            self._last = counts
            self._equal = 0
            return counts
        elif self._equal < _STUCK_READINGS:
            self._equal += 1
            return counts
        else:
            self.faults |= STUCK
        self.rejected += 1
        return NO_LOAD

    @micropython.native
    def sample(self):
        """Count one sample period, whether or not it brought a reading. Hard interrupt safe."""
        self.samples += 1
        self._quiet += 1
        if self._quiet > self._patience:
            self.faults |= SILENT
            self._quiet = 0  # so that a cleared fault comes back where the cell stays silent

    def measure(self):
        """Work out `hz10` from the readings and samples of up to ten seconds. For the main loop, now and then."""
        samples = self.samples
        if samples < self._rate_hz:
            return  # less than a second says too little
        self.hz10 = self.readings * 10 * self._rate_hz // samples
        if samples >= _WINDOW_S * self._rate_hz:
            self.readings = 0
            self.samples = 0

    def clear(self):
        """Forget the latched faults."""
        self.faults = 0
