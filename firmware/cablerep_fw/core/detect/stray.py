"""A way back that was not preceded by one out: shifting stance, or walking in, step by step.

Apart from reps.py because nothing of it is measured; only where it began and ended is told.
"""

from .phases import BACK, OUT, STILL


class Stray:
    """Follows one. Instants in sixteenths of a sample period, positions in µm; its end is known once it is over."""

    def __init__(self, phases, dwell_t):
        """`dwell_t` is the longest rest between two steps of the same way."""
        self.phases = phases
        self.dwell_t = dwell_t
        self.begin(0, 0)

    def begin(self, instant, position):
        """Start at an instant and position. Does not allocate."""
        self.start_t = self.end_t = instant
        self.start_x = self.end_x = position
        self._resting = False

    def step(self, event):
        """Take the phases' answer for a tick; say whether the way back is over. Does not allocate."""
        phases = self.phases
        if event == STILL:
            self._resting = True
            self.end_t = phases.still.t
            self.end_x = phases.still.x
        elif event == BACK:
            self._resting = False
        elif self._resting:
            return event == OUT or phases.now() - self.end_t >= self.dwell_t
        return False
