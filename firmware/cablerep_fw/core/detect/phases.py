"""Speed to runs: when the intended movement sets out, and when it comes to rest.

A run is a stretch beyond the contract's 25 mm/s. It counts only once it has covered a distance that tremor cannot, and
is then told of with the boundary at which it began.
"""

from ..compat import micropython
from . import tuning
from .boundary import Boundary

# What `step` answers.
NOTHING = 0
OUT = 1  # a run outward counts: it began at `run`
BACK = 2  # a run back counts
STILL = 3  # the run that counted is over, at `still`
SETTLED = 4  # `still` is now known better


class Phases:
    """Watches one Motion; `run` is the newest boundary at which a run began, `still` where one that counted ended."""

    def __init__(self, motion, table):
        self.motion = motion
        self.run = Boundary(motion, -1, table)
        self.still = Boundary(motion, 1, table)
        self.min_run = table[tuning.MIN_RUN]
        self.merge_ticks = table[tuning.MERGE_MS] * motion.rate_hz // motion.per_tick // 1000
        # Way in a tick at three quarters of the threshold: less on the mean is creeping.
        self.least_step = table[tuning.THRESHOLD] * 3 // 4 * motion.per_tick // motion.rate_hz
        self.tick_t = 16 * motion.per_tick
        self.first_t = self.run.first_t
        self.begin(0)

    def begin(self, position):
        """Forget everything: the cable is at rest at `position`."""
        self.run.begin(position)
        self.still.begin(position)
        self.way = 0  # direction in which the speed is beyond the threshold
        self.moving = 0  # direction of the run that counts
        self.instant = self.now()  # to which the newest `step` belongs
        self.run_fresh = False  # a run began at this tick
        self._broken = -1000  # tick at which the last run that did not count broke off
        self._broken_way = 0
        self._settle_tick = -1
        self._began_t = 0  # start of the run that ended last

    def now(self):
        """Return the instant to which the motion's outputs belong. Does not allocate."""
        return self.motion.tick * self.tick_t + self.first_t

    @micropython.native
    def step(self):
        """Look at the motion's newest outputs; answer with one of the words above. Does not allocate."""
        motion = self.motion
        speed = motion.speed
        tick = motion.tick
        threshold = motion.threshold
        self.instant = tick * self.tick_t + self.first_t
        way = 1 if speed > threshold else (-1 if speed < -threshold else 0)
        answer = NOTHING
        self.run_fresh = False
        if way != self.way:
            answer = self._turn(way)
        elif way and way != self.moving:
            if (motion.position - self.run.x) * way >= self.min_run:
                self.moving = way
                answer = OUT if way > 0 else BACK
                if self.run.is_gentle():
                    self.run.calm()
                # In order, also where the handle is shaken so fast that a refined boundary is that of the next shake.
                self.run.t = max(self.still.t, min(self.run.t, self.instant))
        elif tick == self._settle_tick:
            self.still.calm()
            self.still.t = max(self.still.t, self._began_t)
            answer = SETTLED
        return answer

    def _turn(self, way):
        """The speed crossed a threshold."""
        answer = NOTHING
        motion = self.motion
        old = self.way
        if old and self.moving == old:
            self._began_t = self.run.t
            self.still.cross(old, motion.speed_before(1), motion.position_before())
            self.still.t = max(self.still.t, self._began_t)
            self._settle_tick = self.still.tick + motion.long if self.still.is_gentle() else -1
            self.moving = 0
            answer = STILL
        elif old:
            self._broken = motion.tick
            self._broken_way = old
        self.way = way
        if way:
            if not self._resumes(way):
                self.run.cross(way, motion.speed_before(1), motion.position_before())
                self.run_fresh = True
            self._broken_way = 0
        return answer

    def _resumes(self, way):
        """Say whether a run is the one that broke off just now, and has not crept meanwhile as a sinking hold does."""
        motion = self.motion
        if self._broken_way != way or motion.tick - self._broken > self.merge_ticks:
            return False
        ticks = motion.tick - self.run.tick
        return (motion.position - self.run.x) * way >= ticks * self.least_step
