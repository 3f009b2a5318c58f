"""The watchdog, started by the application only, and fed only while samples are taken out of the ring.

Once it runs it cannot be stopped, so the way back to the REPL is a reset.
"""

from machine import WDT

from ..core.compat import const

_TIMEOUT_MS = const(8000)  # an RP2040's holds 8388 ms at most; saving to flash takes well below a second


class Watchdog:
    """Resets the board when no sample has been sampled and processed for eight seconds."""

    def __init__(self):
        self._wdt = None
        self._tail = -1

    def start(self):
        """Start it. Only a reset stops it."""
        if self._wdt is None:
            self._wdt = WDT(timeout=_TIMEOUT_MS)

    def feed(self, tail):
        """Postpone the reset if `tail`, the ring's next entry to read, has moved since the last call."""
        if self._wdt is not None and tail != self._tail:
            self._tail = tail
            self._wdt.feed()
