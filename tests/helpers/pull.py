"""Hand-made movements of a cable whose phase boundaries are known by formula, for the tests of the detector.

The minimum-jerk profile, because it is what a healthy arm does (Flash and Hogan 1985) and its speed has a closed form:
v = 30 d/T u2 (1 - u)2 with u = t/T, whose crossings of a threshold are roots of a quadratic.
"""

from collections.abc import Callable
from math import sqrt

THRESHOLD_MM_S = 25.0  # the contract's speed of a phase boundary


def crossings_s(way_mm: float, duration_s: float) -> tuple[float, float]:
    """Return when a minimum-jerk movement begins and ceases to be faster than the threshold, from its own start."""
    root = 1 - 4 * sqrt(THRESHOLD_MM_S * duration_s / (30 * abs(way_mm)))
    assert root > 0, "this movement never reaches the threshold"
    first = (1 - sqrt(root)) / 2
    return first * duration_s, (1 - first) * duration_s


def minimum_jerk(part: float) -> float:
    """Return the part of the way covered after `part` of the time."""
    return part**3 * (10 - 15 * part + 6 * part**2)


class Pull:
    """A movement put together from pieces; lengths in mm, times in s. `boundaries` collects the phase boundaries."""

    def __init__(self, at_mm: float = 0.0) -> None:
        self.mm = at_mm
        self.s = 0.0
        self.pieces: list[tuple[float, Callable[[float], float]]] = []  # where a piece ends, and its position
        self.boundaries: list[float] = []

    def shape(self, way_mm: float, duration_s: float, shape: Callable[[float], float]) -> "Pull":
        """Move by any shape: the part of the way covered after a part of the time."""
        return self._add(duration_s, way_mm, shape)

    def _add(self, duration_s: float, way_mm: float, shape: Callable[[float], float]) -> "Pull":
        start_s, start_mm = self.s, self.mm
        self.s += duration_s
        self.mm += way_mm
        self.pieces.append((self.s, lambda t: start_mm + way_mm * shape((t - start_s) / duration_s)))
        return self

    def still(self, duration_s: float) -> "Pull":
        """Stay where the cable is."""
        return self._add(duration_s, 0.0, lambda part: 0.0)

    def move(self, way_mm: float, duration_s: float) -> "Pull":
        """Move by `way_mm` (negative: back) from rest to rest with minimum jerk."""
        into, out_of = crossings_s(way_mm, duration_s)
        self.boundaries += [self.s + into, self.s + out_of]
        return self._add(duration_s, way_mm, minimum_jerk)

    def slide(self, way_mm: float, duration_s: float) -> "Pull":
        """Move at a constant speed, without a boundary to be found."""
        return self._add(duration_s, way_mm, lambda part: part)

    def rep(self, rom_mm: float, out_s: float = 1.0, hold_s: float = 1.0, back_s: float = 1.5, *, stop_mm: float = 0.0):
        """Out, hold and back to `stop_mm` above where it began."""
        return self.move(rom_mm, out_s).still(hold_s).move(stop_mm - rom_mm, back_s)

    def mm_at(self, t: float) -> float:
        """Return the position at `t` seconds; the last one behind the end."""
        for end_s, position in self.pieces:
            if t < end_s:
                return position(t)
        return self.mm

    def samples(self, rate_hz: int = 200, um_per_count: float = 1.0) -> list[int]:
        """Return the travel in counts at k periods, as an encoder reads it: rounded to the nearest."""
        counts = []
        at = 0
        for k in range(int(self.s * rate_hz) + 1):
            t = k / rate_hz
            while at < len(self.pieces) and t >= self.pieces[at][0]:
                at += 1
            mm = self.pieces[at][1](t) if at < len(self.pieces) else self.mm
            counts.append(round(mm * 1000 / um_per_count))
        return counts
