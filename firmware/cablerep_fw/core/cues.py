"""The cue for LED and buzzer, so that the board can be used without a host."""

from .compat import const, micropython
from .settings.settings import ECCENTRIC_MAX, HOLD_TARGET

# Indices into wire.CUES.
NONE = 0
HOLD_REACHED = 1
ECCENTRIC_FAST = 2
SET_ENDED = 3

# Peak over mean speed of a smooth movement: 1.875, the minimum-jerk profile of Flash and Hogan, J. Neurosci. 5 (1985).
# The profile limits the mean; with a lower factor a good eccentric would be called fast.
_PEAK_EIGHTHS = const(15)

SET_ENDED_MS = 1500  # long enough to be seen while stepping away


class Cues:
    """Chooses the cue of each tick. Instants in sixteenths of a sample period."""

    def __init__(self, motion, settings):
        self.hold_target_t = settings.values[HOLD_TARGET] * motion.rate_hz // 1000 * 16
        self.set_ended_t = SET_ENDED_MS * motion.rate_hz // 1000 * 16
        limit = settings.values[ECCENTRIC_MAX]
        self.max_speed = motion.units(limit * _PEAK_EIGHTHS // 8) if limit else 1 << 29
        self.cue = NONE
        self._until = 0

    def set_ended(self, now):
        """Show the end of the set for SET_ENDED_MS."""
        self.cue = SET_ENDED
        self._until = now + self.set_ended_t

    @micropython.native
    def step(self, now, holding, hold_t, returning, speed):
        """Return the cue: `hold_t` is how long the hold has lasted, `speed` as the motion's. Does not allocate."""
        if self.cue == SET_ENDED and now < self._until:
            return SET_ENDED
        if holding and hold_t >= self.hold_target_t > 0:
            self.cue = HOLD_REACHED
        elif returning and -speed > self.max_speed:
            self.cue = ECCENTRIC_FAST
        else:
            self.cue = NONE
        return self.cue
