"""What the LED and the buzzer should say now, so that the board can be used without a host."""

from .compat import const, micropython
from .settings.settings import ECCENTRIC_MAX, HOLD_TARGET

# Places in wire.CUES.
NONE = 0
HOLD_REACHED = 1
ECCENTRIC_FAST = 2
SET_ENDED = 3

# A smooth movement is this much faster at its fastest than on the mean, which is what the limit is of: 1.875, the
# minimum-jerk profile of Flash and Hogan, J. Neurosci. 5 (1985). Below that a good way back would be called fast.
_PEAK_EIGHTHS = const(15)

SET_ENDED_MS = 1500  # long enough to be seen by somebody who is just stepping away


class Cues:
    """Decides one cue a tick from what the lifter is doing. Instants in sixteenths of a sample period."""

    def __init__(self, motion, settings):
        self.hold_target_t = settings.values[HOLD_TARGET] * motion.rate_hz // 1000 * 16
        self.set_ended_t = SET_ENDED_MS * motion.rate_hz // 1000 * 16
        most = settings.values[ECCENTRIC_MAX]
        self.fastest = motion.units(most * _PEAK_EIGHTHS // 8) if most else 1 << 29
        self.cue = NONE
        self._until = 0

    def set_ended(self, now):
        """Show the end of the set for a while."""
        self.cue = SET_ENDED
        self._until = now + self.set_ended_t

    @micropython.native
    def step(self, now, holding, hold_t, returning, speed):
        """Return the cue: `hold_t` is how long the hold has lasted, `speed` as the motion's. Does not allocate."""
        if self.cue == SET_ENDED and now < self._until:
            return SET_ENDED
        if holding and hold_t >= self.hold_target_t > 0:
            self.cue = HOLD_REACHED
        elif returning and -speed > self.fastest:
            self.cue = ECCENTRIC_FAST
        else:
            self.cue = NONE
        return self.cue
