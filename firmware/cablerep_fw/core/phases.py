"""Speed to runs: when the intended movement sets out, and when it comes to rest.

A boundary is where the speed crosses the contract's 25 mm/s, between two ticks by straight line. A run counts only
once it has covered a distance that tremor cannot, and is then told of with the instant at which it began.
"""

from . import onset, tuning
from .motion import NOT_FOUND

# What `step` answers.
NOTHING = 0
OUT = 1  # a run outward counts: it began at `run_t`, `run_x`
BACK = 2  # a run back counts
STILL = 3  # the run that counted is over, at `still_t`, `still_x`
SETTLED = 4  # `still_t` of the last run is now known better


class Phases:
    """Watches one Motion. Instants are sixteenths of a sample period since the session began, positions µm."""

    def __init__(self, motion, table):
        self.motion = motion
        self.steep = table[tuning.STEEP]
        self.gentle = table[tuning.GENTLE]
        self.least_run = table[tuning.LEAST_RUN]
        self.merge_ticks = table[tuning.MERGE_MS] * motion.rate_hz // motion.per_tick // 1000
        # Way in a tick at three quarters of the threshold: less on the mean is creeping.
        self.least_step = table[tuning.THRESHOLD] * 3 // 4 * motion.per_tick // motion.rate_hz
        self.tick_t = 16 * motion.per_tick
        self.length = motion.long + motion.short  # of the speed filter, in ticks
        # Centre of tick 0 of the filtered streams.
        self.first_t = 8 * (motion.per_tick - 1) - motion.delay * self.tick_t
        self.begin(0)

    def begin(self, position):
        """Forget everything: the cable is at rest at `position`."""
        self.way = 0  # direction in which the speed is beyond the threshold
        self.moving = 0  # direction of the run that counts
        self.run_t = 0
        self.run_x = position
        self.run_lead = 0
        self.run_fresh = False  # a run began at this tick
        self.still_t = 0
        self.still_x = position
        self.still_lead = 0
        self._speed = 0
        self._position = position
        self._broken = -1000  # tick at which the last run that did not count broke off
        self._broken_way = 0
        self._run_tick = -1000
        self._run_gentle = False
        self._still_way = 0
        self._still_tick = self._settle_tick = -1

    def now(self):
        """Return the instant to which the motion's outputs belong. Does not allocate."""
        return self.motion.tick * self.tick_t + self.first_t

    def step(self):
        """Look at the motion's newest outputs; answer with one of the words above. Does not allocate."""
        motion = self.motion
        speed = motion.speed
        threshold = motion.threshold
        way = 1 if speed > threshold else (-1 if speed < -threshold else 0)
        answer = NOTHING
        self.run_fresh = False
        if way != self.way:
            answer = self._turn(way, speed)
        elif way and way != self.moving:
            if (motion.position - self.run_x) * way >= self.least_run:
                self.moving = way
                answer = OUT if way > 0 else BACK
                if self._run_gentle:
                    self._calm_run(way)
        elif motion.tick == self._settle_tick:
            self._calm_still()
            answer = SETTLED
        self._speed = speed
        self._position = motion.position
        return answer

    def _turn(self, way, speed):
        """The speed crossed a threshold."""
        answer = NOTHING
        old = self.way
        if old:
            if self.moving == old:
                self.still_t = self._crossing(old, speed)
                self.still_x = self._between
                self.still_lead = self._lead(speed)
                self._sharpen_still(old, speed)
                self._still_way = old
                self._still_tick = self.motion.tick
                self._settle_tick = self.motion.tick + self.motion.long if self._steepness(speed) < self.gentle else -1
                self.moving = 0
                answer = STILL
            else:
                self._broken = self.motion.tick
                self._broken_way = old
        self.way = way
        if way:
            if not self._resumes(way):
                self.run_t = self._crossing(way, speed)
                self.run_x = self._between
                self.run_lead = self._lead(speed)
                self._sharpen_run(way, speed)
                self.run_fresh = True
                self._run_tick = self.motion.tick
                self._run_gentle = self._steepness(speed) < self.gentle
            self._broken_way = 0
        return answer

    def _resumes(self, way):
        """Say whether a run is the one that broke off just now, and has not crept meanwhile as a sinking hold does."""
        motion = self.motion
        if self._broken_way != way or motion.tick - self._broken > self.merge_ticks:
            return False
        ticks = motion.tick - self._run_tick
        return (motion.position - self.run_x) * way >= ticks * self.least_step

    def _sharpen_still(self, way, speed):
        """Where the speed falls too steeply for the filter, look at the motion itself for the instant."""
        if self._steepness(speed) >= self.steep:
            found = self.motion.seek(way, 1)
            if found != NOT_FOUND:
                self.still_t = self.now() + found * self.motion.per_tick
                self.still_lead = 0

    def _sharpen_run(self, way, speed):
        if self._steepness(speed) >= self.steep:
            found = self.motion.seek(way, -1)
            if found != NOT_FOUND:
                self.run_t = self.now() + found * self.motion.per_tick
                self.run_lead = 0

    def _calm_run(self, way):
        """Where a run set out gently, look at the speed that has least tremor in it for the instant."""
        found = self.motion.seek_calm(way, -1, self._run_tick)
        if found != NOT_FOUND:
            self.run_t = self._run_tick * self.tick_t + self.first_t + found * self.motion.per_tick
            self.run_lead = 0

    def _calm_still(self):
        found = self.motion.seek_calm(self._still_way, 1, self._still_tick)
        if found != NOT_FOUND:
            self.still_t = self._still_tick * self.tick_t + self.first_t + found * self.motion.per_tick
            self.still_lead = 0

    def _lead(self, speed):
        """Return by how much the filter shows this boundary too far on the side of the rest, if rest it is."""
        return onset.lead(self._steepness(speed)) * self.length * self.tick_t >> 8

    def _steepness(self, speed):
        slope = min(abs(speed - self._speed), 8 * self.motion.threshold)
        return slope * 16 * self.length // self.motion.threshold

    def _crossing(self, way, speed):
        """Return the instant at which the speed crossed the threshold in direction `way`; leave the position too."""
        old = self._speed
        part = ((self.motion.threshold * way - old) * 16) // (speed - old)  # of the tick, in sixteenths
        position = self._position
        self._between = position + (self.motion.position - position) * part // 16
        return self.now() - self.tick_t + part * self.motion.per_tick
