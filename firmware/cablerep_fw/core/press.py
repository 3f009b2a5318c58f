"""Debounces a button and distinguishes short and long presses. Time is passed in, in ms."""

from .compat import const

NONE = const(0)
SHORT = const(1)
LONG = const(2)

_BOUNCE_MS = const(20)  # tactile switches settle within 5 to 10 ms
_LONG_MS = const(800)  # longer than a tap, short enough to wait for


class Press:
    """Polled with the contact's level; reports each press once, a long one while it is still held."""

    def __init__(self):
        self._down = False  # debounced level
        self._changed_ms = 0  # how long the contact has differed from it
        self._held_ms = 0
        self._reported = False

    def feed(self, down, elapsed_ms):
        """Return NONE, SHORT or LONG; `elapsed_ms` is the time since the previous call."""
        if down != self._down:
            self._changed_ms += elapsed_ms
            if self._changed_ms < _BOUNCE_MS:
                return NONE
            self._down = down
            self._changed_ms = 0
            if down:
                self._held_ms = 0
                self._reported = False
                return NONE
            return NONE if self._reported else SHORT
        self._changed_ms = 0
        if down and not self._reported:
            self._held_ms += elapsed_ms
            if self._held_ms >= _LONG_MS:
                self._reported = True
                return LONG
        return NONE
