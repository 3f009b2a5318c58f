"""Calibrates the angle sensor at the low pulley from one walk: out along a line, to its right, and back in along it.

Pure functions: samples in, settings out. Going out the cable comes onto the line from the left, coming back from the
right, so friction and play of the follower arm show as the difference between the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, degrees, hypot, pi, radians, sin, tan
from statistics import fmean, median

from ..errors import CalibrationError

Sample = tuple[float, float]  # travel from the stack in mm, counts of the angle sensor

MIN_LINE_MM = 500.0  # a bearing error of a given size moves the strap least, and shows best, far out
_NEAR = 0.3  # fraction of the line near the stack that is not used: the cable is slack there
_END_MM = 30.0  # at the far end, where the lifter turns
_BIN_MM = 50.0
_MIN_BINS = 4
MAX_PLAY_DEG = 1.0  # 1° of play at 1.4 m lets the strap move 24 mm unseen
_MAX_BEND_DEG = 1.5  # of the bearing along the line; a straight line through the pulley has none
_MIN_ASIDE_DEG = 5.0
_FREE_MM = (100.0, 3000.0)
# The mark on the right is placed by eye: 3° off a right angle at 0.5 m changes the travel by 26 mm.
_MAX_MISMATCH_MM = 40.0


@dataclass(frozen=True, slots=True)
class Walk:
    """One walk: the samples on the way out and on the way back, and the two points where the strap was held still."""

    out: Sequence[Sample]
    back: Sequence[Sample]
    far: Sample  # at the end of the line
    right: Sample  # to the right of the line


@dataclass(frozen=True, slots=True)
class Swivel:
    """The result: settings of the board, and in degrees how far the bearing bends along the line, and the play."""

    per_turn: int
    zero: int
    free_mm: float
    bend_deg: float
    play_deg: float

    @property
    def settings(self) -> dict[str, int]:
        """Return the values of the board's settings by name."""
        return {
            "angle_per_turn": self.per_turn,
            "angle_zero": self.zero,
            "angle_play": round(100 * self.play_deg),
            "free_mm": round(self.free_mm),
            "free_from": 0,  # it holds with the cable at the stack
        }


def fit(walk: Walk, counts_per_turn: int, aside_mm: float | None, free_mm: float | None) -> Swivel:
    """Return the calibration. Raises CalibrationError with the reason and its cure.

    `counts_per_turn` is the sensor's resolution. `free_mm` is the distance from the swivel's axis to the strap with
    the cable at the stack, measured with a tape; without it, it follows from `aside_mm`, the distance of the point on
    the right from the end of the line, at a right angle to the line: free = aside / tan(bearing) - travel.
    """
    far_mm, _ = walk.far
    if far_mm < MIN_LINE_MM:
        raise CalibrationError(
            f"the line was {far_mm:.0f} mm long: walk at least {MIN_LINE_MM:g} mm straight back from the stack's rest"
        )
    turn = 2 * pi / counts_per_turn
    out, back = (_by_distance(samples, far_mm, turn) for samples in (walk.out, walk.back))
    shared = sorted(out.keys() & back.keys())
    if len(shared) < _MIN_BINS:
        raise CalibrationError(
            "too few readings of the angle sensor on the line: walk out and back slowly, about 4 s each way; "
            "'cablerep doctor' checks the sensor"
        )
    play_deg = median(abs(degrees(_between(out[at], back[at]))) for at in shared)
    if play_deg > MAX_PLAY_DEG:
        raise CalibrationError(
            f"friction or play: along the same line the bearing differs by {play_deg:.1f}° between going out and "
            f"coming back, more than {MAX_PLAY_DEG:g}°; does the follower arm turn freely on its bearing, is it tight "
            "on its axle, and is the magnet glued in? Did you come back along the same line?"
        )
    zero = _mean([angle for at in shared for angle in (out[at], back[at])])
    bends = [degrees(_between(zero, _mean([out[at], back[at]]))) for at in shared]
    bend_deg = max(map(abs, bends))
    if bend_deg > _MAX_BEND_DEG:
        raise CalibrationError(
            f"the bearing changed by {bend_deg:.1f}° along the line, more than {_MAX_BEND_DEG:g}°: the line must "
            "point at the swivel's axis; tape it to the floor and walk along it again"
        )
    aside = _between(zero, walk.right[1] * turn)
    if abs(degrees(aside)) < _MIN_ASIDE_DEG:
        raise CalibrationError(
            f"to the right of the line the bearing changed by {abs(degrees(aside)):.1f}° only, not "
            f"{_MIN_ASIDE_DEG:g}° or more: move the strap further to the right; does the follower arm follow the cable?"
        )
    if free_mm is None:
        assert aside_mm is not None, "one of the two is given"
        free_mm = _free_mm(walk, abs(aside), aside_mm)
    low, high = _FREE_MM
    if not low <= free_mm <= high:
        raise CalibrationError(
            f"the free length would be {free_mm:.0f} mm, outside {low:g} to {high:g} mm: is the mark at a right angle "
            "to the end of the line, and the distance right? Or measure it with a tape and give --free"
        )
    sign = 1 if aside > 0 else -1
    return Swivel(sign * counts_per_turn, round(zero / turn) % counts_per_turn, free_mm, bend_deg, play_deg)


def _free_mm(walk: Walk, aside: float, aside_mm: float) -> float:
    """Return the free length by the bearing of the mark on the right, after a check by the travel to it."""
    if aside >= radians(80):
        raise CalibrationError("the bearing of the mark on the right is 80° or more: put it nearer to the line")
    distance_mm = aside_mm / tan(aside)
    expected_mm = hypot(distance_mm, aside_mm) - distance_mm
    moved_mm = walk.right[0] - walk.far[0]
    if abs(moved_mm - expected_mm) > _MAX_MISMATCH_MM:
        raise CalibrationError(
            f"bearing and travel disagree: a bearing of {degrees(aside):.1f}° with the mark {aside_mm:g} mm to the "
            f"right asks for {expected_mm:.0f} mm of travel, measured {moved_mm:.0f} mm; is the mark at a right angle "
            "to the end of the line, and is travel calibrated? Or measure the free length with a tape and give --free"
        )
    return distance_mm - walk.far[0]


def mean_counts(counts: Sequence[int], counts_per_turn: int) -> float:
    """Return the circular mean of at least one reading, from 0 to `counts_per_turn`."""
    turn = 2 * pi / counts_per_turn
    return _mean([one * turn for one in counts]) / turn % counts_per_turn


def _by_distance(samples: Sequence[Sample], far_mm: float, turn: float) -> dict[int, float]:
    """Return the mean bearing in radians for each piece of the line of _BIN_MM."""
    bins: dict[int, list[float]] = {}
    for travel_mm, counts in samples:
        if _NEAR * far_mm <= travel_mm <= far_mm - _END_MM:
            bins.setdefault(int(travel_mm // _BIN_MM), []).append(counts * turn)
    return {at: _mean(angles) for at, angles in bins.items()}


def _mean(angles: Sequence[float]) -> float:
    """Return the circular mean, in radians."""
    return atan2(fmean(map(sin, angles)), fmean(map(cos, angles)))


def _between(start: float, end: float) -> float:
    """Return the angle from `start` to `end`, from -pi to pi."""
    return (end - start + pi) % (2 * pi) - pi
