"""The watchdog: runs from the first line of main.py on, and is later fed only while samples are taken out of the ring.

MicroPython cannot stop it, so the way back to the REPL is a reset; chip.stop_watchdog can, for a start into the REPL.
"""

from machine import WDT

from ..core.compat import const

# An RP2040's holds 8388 ms at most. Saving to flash takes well below a second; of a start without mpy files, which
# takes 9 s, the longest piece takes 4.
_TIMEOUT_MS = const(8000)

_wdt = None


def start():
    """Start it, or feed it; return it."""
    global _wdt
    if _wdt is None:
        _wdt = WDT(timeout=_TIMEOUT_MS)
    _wdt.feed()
    return _wdt


class Watchdog:
    """Resets the board when no sample has been sampled and processed for eight seconds."""

    def __init__(self):
        self._wdt = start()
        self._tail = -1

    def feed(self, tail):
        """Postpone the reset if `tail`, the ring's next entry to read, has moved since the last call."""
        if tail != self._tail:
            self._tail = tail
            self._wdt.feed()
