"""The detector's stages one upon the other, fed with ticks, so that each can be watched without what follows it."""

from collections.abc import Iterable, Iterator

from pull import Pull

from cablerep_fw.core.detect import phases, reps, tuning
from cablerep_fw.core.detect.motion import Motion
from cablerep_fw.core.detect.phases import Phases
from cablerep_fw.core.detect.reps import Reps

RATES = (50, 100, 200, 333, 500, 1000)


def ticks_of(pull: Pull, rate_hz: int, per_tick: int, sway=None) -> list[int]:
    """Return the mean positions in um over the samples of each tick; `sway` adds mm as a function of time."""
    sway = sway or (lambda t: 0.0)
    mm = [pull.mm_at(k / rate_hz) + sway(k / rate_hz) for k in range(int(pull.s * rate_hz))]
    return [round(1000 * sum(mm[i : i + per_tick]) / per_tick) for i in range(0, len(mm) - per_tick + 1, per_tick)]


class Stages:
    """Motion, phases and reps of one detector."""

    def __init__(self, rate_hz: int = 200, hold_max_ms: int = 20000, rest_ms: int = 12000) -> None:
        table = tuning.defaults()
        self.rate_hz = rate_hz
        self.per_tick = max(1, (rate_hz + 50) // 100)
        self.motion = Motion(rate_hz, self.per_tick, table)
        self.phases = Phases(self.motion, table)
        self.reps = Reps(self.motion, self.phases, hold_max_ms, rest_ms, table)
        self.begun = False

    def seconds(self, instant: int) -> float:
        """Return sixteenths of a sample period as seconds."""
        return instant / 16 / self.rate_hz

    def moved(self, positions: Iterable[int], force_mn: int = 0) -> Iterator[int]:
        """Feed the motion alone; yield the number of each tick."""
        for number, position in enumerate(positions):
            if not self.begun:
                self.begun = True
                self.motion.begin(position, force_mn)
                self.phases.begin(position)
                self.reps.begin()
            self.motion.step(position, force_mn)
            yield number

    def boundaries(self, positions: Iterable[int]) -> list[tuple[str, float]]:
        """Return the runs that counted: ("out" or "back", when it began) and ("still", when it was over), in s."""
        found: list[tuple[str, float]] = []
        for _ in self.moved(positions):
            answer = self.phases.step()
            if answer in (phases.OUT, phases.BACK):
                began = self.seconds(self.phases.run.t + self.phases.run.lead)
                found.append(("out" if answer == phases.OUT else "back", began))
            elif answer in (phases.STILL, phases.SETTLED):
                if answer == phases.SETTLED:
                    found.pop()
                found.append(("still", self.seconds(self.phases.still.t - self.phases.still.lead)))
        return found

    def movements(self, positions: Iterable[int]) -> list[dict]:
        """Return each movement and rejected stretch in the order of their reports, with measures in s and mm."""
        found: list[dict] = []
        for _ in self.moved(positions):
            self.report(self.reps.step(self.phases.step()), found)
        return found

    def conclude(self) -> list[dict]:
        """End the input; return what that ends."""
        found: list[dict] = []
        self.report(self.reps.conclude(), found)
        return found

    def report(self, result: int, found: list[dict]) -> None:
        """Add what a step of Reps has brought to `found`."""
        if result in (reps.MOVED, reps.DROPPED):
            while self.reps.next_dropped():
                found.append(self._dropped())
        if result == reps.MOVED:
            found.append(self._movement())

    def _movement(self) -> dict:
        of = self.reps.movement
        return {
            "start_s": self.seconds(of.start_t),
            "top_s": self.seconds(of.top_t),
            "release_s": self.seconds(of.release_t),
            "end_s": self.seconds(of.end_t),
            "start_mm": of.start_x / 1000,
            "rise_mm": (of.peak_x - of.start_x) / 1000,
            "fall_mm": (of.peak_x - of.end_x) / 1000,
            "pause_s": self.seconds(of.pause_t),
            "went_on": of.went_on,
            "out_peak_mm_s": self.motion.um_s(of.out_peak) / 1000,
            "back_peak_mm_s": self.motion.um_s(of.back_peak) / 1000,
            "known_s": self.seconds(self.phases.now()) + self.motion.delay * self.per_tick / self.rate_hz,
        }

    def _dropped(self) -> dict:
        of = self.reps
        return {
            "reason": of.reason,
            "start_s": self.seconds(of.dropped_t),
            "end_s": self.seconds(of.dropped_end_t),
            "distance_mm": of.dropped_um / 1000,
        }
