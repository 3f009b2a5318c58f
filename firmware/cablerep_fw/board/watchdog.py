"""The watchdog, in application mode only, fed only while samples come in.

It cannot be stopped once it runs, so nothing but the application starts it, and the way back to the REPL leads
through a reset.
"""

from machine import WDT

from ..core.compat import const

_TIMEOUT_MS = const(8000)  # an RP2040's holds 8388 ms at most; a flash save takes well below a second


class Watchdog:
    """Resets the board where the loop or the sampler stands still for eight seconds."""

    def __init__(self):
        self._wdt = None
        self._ticks = -1

    def start(self):
        """Begin to watch; there is no way back but a reset."""
        if self._wdt is None:
            self._wdt = WDT(timeout=_TIMEOUT_MS)

    def feed(self, ticks):
        """Put the reset off where `ticks`, the sampler's count, has moved since the last call."""
        if self._wdt is not None and ticks != self._ticks:
            self._ticks = ticks
            self._wdt.feed()
