"""Fits a sensor's scale to a few known lengths or forces, or refuses points that make no good calibration.

Pure functions: points in, a fit out. A bad calibration would spoil every later figure, so each refusal names its cure.
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
    """Limits that a calibration of one quantity must meet, in its unit or as a fraction of the span."""

    unit: str
    min_span: float
    min_counts: float  # over the span: fewer resolve too little
    residual_fraction: float
    max_residual: float  # however large the span
    noise_fraction: float
    cure: str  # for a residual that is too large


# 200 mm is the smallest range of common exercises. A mark is read to within a millimetre or two, and ranges and speeds
# are promised to within 1 %, which needs at least 100 counts.
TRAVEL = Limits(
    "mm",
    min_span=200,
    min_counts=100,
    residual_fraction=0.01,
    max_residual=3,
    noise_fraction=0.01,
    cure="does the cable slip on the pulley, or was a mark misread? Measure again",
)
# A cell is linear to 0.05 % and a plate is known to 1 %. 50 N is 5 kg; a good cell has 0.1 N of noise.
LOAD = Limits(
    "N",
    min_span=50,
    min_counts=1000,
    residual_fraction=0.01,
    max_residual=5,
    noise_fraction=0.01,
    cure="does the weight touch anything, or is one not what is printed on it? Weigh it and measure again",
)
_MIN_POINTS = 3  # two points always lie on a line, so they say nothing about linearity


@dataclass(frozen=True, slots=True)
class Fit:
    """known = per_count * (counts - zero). `residuals` are in the order and the unit of the points."""

    per_count: float
    zero: float
    residuals: tuple[float, ...]
    limits: Limits

    @property
    def worst(self) -> float:
        """The largest absolute residual."""
        return max(map(abs, self.residuals))

    @property
    def setting(self) -> int:
        """Value of one count in the board's units: 1e-6 um, or 1e-6 mN."""
        return round(self.per_count * 1000 * _MILLIONTHS)  # mm to um, N to mN


def fit(points: Sequence[Point], limits: Limits) -> Fit:
    """Return the least-squares line through `points`. Raises CalibrationError if a limit is not met.

    `per_count` is negative for a sensor that is mounted the other way round.
    """
    unit = limits.unit
    if len({point.known for point in points}) < _MIN_POINTS:
        raise CalibrationError(
            f"{len(points)} points at {len({point.known for point in points})} different values: {_MIN_POINTS} are "
            "needed to check that the sensor is linear"
        )
    known = np.array([point.known for point in points])
    counts = np.array([point.counts for point in points])
    span = float(np.ptp(known))
    if span < limits.min_span:
        raise CalibrationError(
            f"the span is {span:.0f} {unit}: at least {limits.min_span:g} {unit} are needed, measure further apart"
        )
    moved = float(np.ptp(counts))
    if moved < limits.min_counts:
        raise CalibrationError(
            f"the sensor moved {moved:.0f} counts over {span:.0f} {unit}, not {limits.min_counts:g} or more: "
            "is it connected, and does it turn or bend with the cable? 'cablerep doctor' checks its wires"
        )
    # Fitted about the mean: a load cell's zero is large compared with its span.
    middle = counts.mean()
    per_count, at_middle = (float(value) for value in np.polyfit(counts - middle, known, 1))
    residuals = known - (per_count * (counts - middle) + at_middle)
    noise = max(point.noise for point in points) * abs(per_count)
    if noise > limits.noise_fraction * span:
        raise CalibrationError(
            f"the noise is {noise:.2f} {unit}, more than {100 * limits.noise_fraction:g} % of the span of {span:.0f} "
            f"{unit}: hold still, twist and shield the sensor's wires, and measure again"
        )
    allowed = min(limits.residual_fraction * span, limits.max_residual)
    worst = int(np.argmax(np.abs(residuals)))
    if abs(residuals[worst]) > allowed:
        raise CalibrationError(
            f"the point at {known[worst]:.0f} {unit} lies {residuals[worst]:+.1f} {unit} off the line, more than "
            f"{allowed:.1f} {unit} (1 % of the span, {limits.max_residual:g} {unit} at most): {limits.cure}"
        )
    return Fit(per_count, float(middle - at_middle / per_count), tuple(map(float, residuals)), limits)


def stack(plates: Sequence[Plate], noise_n: float) -> list[Plate]:
    """Return the plates in order. Raises CalibrationError if their forces are too close to distinguish them."""
    known = sorted(plates, key=lambda plate: plate.number)
    if len({plate.number for plate in known}) < 2 or len({plate.number for plate in known}) < len(known):
        raise CalibrationError("at least two plates are needed, each measured once")
    usual = step_n(known)
    for one, two in pairwise(known):
        step = (two.load_n - one.load_n) / (two.number - one.number)
        # Sets are later matched to the nearest plate, so a step may be off by half at most.
        if step <= 0.5 * usual or step >= 1.5 * usual:
            raise CalibrationError(
                f"from plate {one.number} to {two.number} the force grows by {step:.1f} N a plate, usually by "
                f"{usual:.1f} N: was the pin in the right hole, and did the load hang still? Measure again"
            )
    if 4 * noise_n > usual:  # two standard deviations either side fill the half step
        raise CalibrationError(
            f"the noise is {noise_n:.1f} N, too much to distinguish plates of {usual:.1f} N: twist and shield the "
            "cell's wires, and measure again"
        )
    return known
