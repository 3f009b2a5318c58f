"""A button's presses, short and long, out of its bouncing contact.

Time is an argument, in ms of any clock that counts on.
"""

from .compat import const

NONE = const(0)
SHORT = const(1)
LONG = const(2)

_BOUNCE_MS = const(20)  # tactile switches settle within 5 to 10 ms
_LONG_MS = const(800)  # longer than a tap, short enough to wait for


class Press:
    """Told the contact's level now and then, answers each press once: a long one while it is still held."""

    def __init__(self):
        self._down = False  # the settled level
        self._changed_ms = 0  # how long the contact has differed from it
        self._held_ms = 0
        self._told = False

    def feed(self, down, elapsed_ms):
        """Return NONE, SHORT or LONG; `elapsed_ms` since the call before this one."""
        if down != self._down:
            self._changed_ms += elapsed_ms
            if self._changed_ms < _BOUNCE_MS:
                return NONE
            self._down = down
            self._changed_ms = 0
            if down:
                self._held_ms = 0
                self._told = False
                return NONE
            return NONE if self._told else SHORT
        self._changed_ms = 0
        if down and not self._told:
            self._held_ms += elapsed_ms
            if self._held_ms >= _LONG_MS:
                self._told = True
                return LONG
        return NONE
