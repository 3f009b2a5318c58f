"""Speed to runs: when the intended movement sets out, and when it comes to rest.

A run is a stretch faster than the contract's 25 mm/s. It counts once it has covered more than tremor can, and is
reported then, with the boundary at which it began.
"""

from ..compat import micropython
from . import tuning
from .boundary import Boundary

# Results of `step`.
NOTHING = 0
OUT = 1  # an outward run counts; it began at `run`
BACK = 2  # a run back counts; it began at `run`
STILL = 3  # the run that counted ended at `still`
SETTLED = 4  # a refined estimate of `still` is available


class Phases:
    """Watches one Motion. The newest run began at the boundary `run`; the last one that counted ended at `still`."""

    def __init__(self, motion, table):
        self.motion = motion
        self.run = Boundary(motion, -1, table)
        self.still = Boundary(motion, 1, table)
        self.min_run = table[tuning.MIN_RUN]
        self.merge_ticks = table[tuning.MERGE_MS] * motion.rate_hz // motion.per_tick // 1000
        # Distance per tick at three quarters of the threshold: a slower mean is creeping.
        self.min_step = table[tuning.THRESHOLD] * 3 // 4 * motion.per_tick // motion.rate_hz
        self.tick_t = 16 * motion.per_tick
        self.first_t = self.run.first_t
        self.begin(0)

    def begin(self, position):
        """Start over with the cable at rest at `position`."""
        self.run.begin(position)
        self.still.begin(position)
        self.way = 0  # direction of the run, 0 below the threshold
        self.moving = 0  # direction of the run if it counts, else 0
        self.instant = self.now()  # of the motion's outputs in the newest `step`
        self.run_fresh = False  # a run began in this tick
        self._broken = -1000  # tick in which the last uncounted run ended
        self._broken_way = 0
        self._settle_tick = -1
        self._began_t = 0  # start of the run that ended last

    def now(self):
        """Return the instant of the motion's outputs. Does not allocate."""
        return self.motion.tick * self.tick_t + self.first_t

    @micropython.native
    def step(self):
        """Take the motion's newest outputs; return NOTHING, OUT, BACK, STILL or SETTLED. Does not allocate."""
        motion = self.motion
        speed = motion.speed
        tick = motion.tick
        threshold = motion.threshold
        self.instant = tick * self.tick_t + self.first_t
        way = 1 if speed > threshold else (-1 if speed < -threshold else 0)
        result = NOTHING
        self.run_fresh = False
        if way != self.way:
            result = self._turn(way)
        elif way and way != self.moving:
            if (motion.position - self.run.x) * way >= self.min_run:
                self.moving = way
                result = OUT if way > 0 else BACK
                if self.run.is_gentle():
                    self.run.calm()
                # Keep boundaries in order even if the handle is shaken so fast that refining finds the next shake's.
                self.run.t = max(self.still.t, min(self.run.t, self.instant))
        elif tick == self._settle_tick:
            self.still.calm()
            self.still.t = max(self.still.t, self._began_t)
            result = SETTLED
        return result

    def _turn(self, way):
        """Handle a crossing of the threshold."""
        result = NOTHING
        motion = self.motion
        old = self.way
        if old and self.moving == old:
            self._began_t = self.run.t
            self.still.cross(old, motion.speed_before(1), motion.position_before())
            self.still.t = max(self.still.t, self._began_t)
            self._settle_tick = self.still.tick + motion.long if self.still.is_gentle() else -1
            self.moving = 0
            result = STILL
        elif old:
            self._broken = motion.tick
            self._broken_way = old
        self.way = way
        if way:
            if not self._resumes(way):
                self.run.cross(way, motion.speed_before(1), motion.position_before())
                self.run_fresh = True
            self._broken_way = 0
        return result

    def _resumes(self, way):
        """Return whether this run continues one that has just broken off, without creeping as a sinking hold does."""
        motion = self.motion
        if self._broken_way != way or motion.tick - self._broken > self.merge_ticks:
            return False
        ticks = motion.tick - self.run.tick
        return (motion.position - self.run.x) * way >= ticks * self.min_step
