"""From a few known lengths or forces, and what the sensor counted there, to the value of one count; or a refusal.

Pure: points in, a fit out. It refuses what would make every later number wrong, and says what to do about it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..errors import CalibrationError
from ..store.plates import Plate, step_n

_MILLIONTHS = 1_000_000  # of a um or mN, in which the settings count


@dataclass(frozen=True, slots=True)
class Point:
    """A known value, the mean of the counts there, and their rms noise."""

    known: float
    counts: float
    noise: float = 0.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What a calibration of one quantity has to keep, in its unit unless it is a share of the span."""

    unit: str
    least_span: float
    least_counts: float  # of the span: fewer would be too coarse a ruler
    worst_share: float  # of a residual
    worst: float  # no residual may be larger, however large the span
    noise_share: float
    cure: str  # of a residual that is too large


# 200 mm is the least range of common exercises; a mark is read to a millimetre or two, and 1 % is what ranges and
# speeds are promised to. Fewer than 100 counts could not show 1 %.
TRAVEL = Limits(
    "mm",
    least_span=200,
    least_counts=100,
    worst_share=0.01,
    worst=3,
    noise_share=0.01,
    cure="does the cable slip on the pulley, or was a mark read wrongly? Measure again",
)
# A cell is linear to 0.05 % and a plate is known to 1 %. 50 N are 5 kg; the noise of a sound cell is 0.1 N.
LOAD = Limits(
    "N",
    least_span=50,
    least_counts=1000,
    worst_share=0.01,
    worst=5,
    noise_share=0.01,
    cure="does the weight touch something, or is one not what it says? Weigh it, and measure again",
)
_LEAST_POINTS = 3  # two always lie on a line, and would say nothing of linearity


@dataclass(frozen=True, slots=True)
class Fit:
    """known = per_count * (counts - zero); `residuals` in the order of the points, in their unit."""

    per_count: float
    zero: float
    residuals: tuple[float, ...]
    limits: Limits

    @property
    def worst(self) -> float:
        """The largest residual, whichever way."""
        return max(abs(one) for one in self.residuals)

    @property
    def setting(self) -> int:
        """Value of one count as the board's settings have it: 1e-6 um, or 1e-6 mN."""
        return round(self.per_count * 1000 * _MILLIONTHS)  # mm to um, N to mN


def fit(points: Sequence[Point], limits: Limits) -> Fit:
    """Return the straight line through `points` by least squares. Raises CalibrationError where one limit is not kept.

    The sign of `per_count` is the way in which the sensor is mounted.
    """
    unit = limits.unit
    if len({point.known for point in points}) < _LEAST_POINTS:
        raise CalibrationError(
            f"{len(points)} points at {len({point.known for point in points})} different values: {_LEAST_POINTS} are "
            "needed to tell whether the sensor is linear"
        )
    known = np.array([point.known for point in points])
    counts = np.array([point.counts for point in points])
    span = float(np.ptp(known))
    if span < limits.least_span:
        raise CalibrationError(
            f"the span is {span:.0f} {unit}: at least {limits.least_span:g} {unit} are needed, measure further apart"
        )
    moved = float(np.ptp(counts))
    if moved < limits.least_counts:
        raise CalibrationError(
            f"the sensor moved {moved:.0f} counts over {span:.0f} {unit}, not {limits.least_counts:g} or more: "
            "is it connected, and does it turn or bend with the cable? 'cablerep doctor' looks at its wires"
        )
    # About the middle, since zeros of load cells are large beside their spans.
    middle = counts.mean()
    per_count, at_middle = (float(value) for value in np.polyfit(counts - middle, known, 1))
    residuals = known - (per_count * (counts - middle) + at_middle)
    noise = max(point.noise for point in points) * abs(per_count)
    if noise > limits.noise_share * span:
        raise CalibrationError(
            f"the noise is {noise:.2f} {unit}, more than {100 * limits.noise_share:g} % of the span of {span:.0f} "
            f"{unit}: keep still, twist and shield the sensor's wires, and measure again"
        )
    allowed = min(limits.worst_share * span, limits.worst)
    worst = int(np.argmax(np.abs(residuals)))
    if abs(residuals[worst]) > allowed:
        raise CalibrationError(
            f"the point at {known[worst]:.0f} {unit} lies {residuals[worst]:+.1f} {unit} off the line, more than "
            f"{allowed:.1f} {unit} (1 % of the span, {limits.worst:g} {unit} at most): {limits.cure}"
        )
    return Fit(per_count, float(middle - at_middle / per_count), tuple(map(float, residuals)), limits)


def stack(plates: Sequence[Plate], noise_n: float) -> list[Plate]:
    """Return the plates in order. Raises CalibrationError where they cannot be told apart by their force."""
    known = sorted(plates, key=lambda plate: plate.number)
    if len({plate.number for plate in known}) < 2 or len({plate.number for plate in known}) < len(known):
        raise CalibrationError("at least two plates are needed, each of them once")
    usual = step_n(known)
    for one, two in pairwise(known):
        step = (two.load_n - one.load_n) / (two.number - one.number)
        # Half a usual step is what tells two plates apart afterwards.
        if step <= 0.5 * usual or step >= 1.5 * usual:
            raise CalibrationError(
                f"from plate {one.number} to {two.number} the force grows by {step:.1f} N a plate, usually by "
                f"{usual:.1f} N: was the pin where it should be, and did the load hang still? Measure again"
            )
    if 4 * noise_n > usual:  # two standard deviations to either side fill the half step
        raise CalibrationError(
            f"the noise is {noise_n:.1f} N, too much to tell plates of {usual:.1f} N apart: twist and shield the "
            "cell's wires, and measure again"
        )
    return known
