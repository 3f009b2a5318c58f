"""Figures of a set computed from its reps: summaries, losses over the set, flag counts. Pure functions of stored data.

Only full reps are summarized; partial reps would bias every mean.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev

from .. import words
from ..store.database import StoredRep, StoredSet


@dataclass(frozen=True, slots=True)
class Summary:
    """Count, mean, standard deviation (None for a single value) and median of some values."""

    n: int
    mean: float
    sd: float | None
    median: float

    def scaled(self, factor: float) -> "Summary":
        """Return the summary of the same values in another unit."""
        return Summary(self.n, self.mean * factor, None if self.sd is None else self.sd * factor, self.median * factor)


@dataclass(frozen=True, slots=True)
class Loss:
    """How much of a figure was lost from the `best` rep to the `last`: (best − last) / best, 0 to 1."""

    fraction: float
    best: StoredRep
    last: StoredRep


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure by which reps are compared.

    95 % of measured values lie within `min_error` or `relative_error`, whichever is larger, of the true value (docs/
    detection.md, "What it measures"). `more` and `less` describe a group with a larger or smaller mean.
    """

    key: str
    unit: str
    digits: int
    more: str
    less: str
    min_error: float
    relative_error: float
    value: Callable[[StoredRep], float]

    @property
    def name(self) -> str:
        """The label, without the unit."""
        return words.figure(self.key)

    def error(self, value: float) -> float:
        """Return the measurement error of `value`."""
        return max(self.min_error, self.relative_error * abs(value))


# Errors from the table in docs/detection.md: hold 11 ms; range 0.2 of (2 mm or 1 %); lift and lowering 7 ms at one end
# plus 10 ms at the other. The table has no error for mean lifting speed; 1.5 % is what it promises for lowering (0.9 %
# measured).
FIGURES = (
    Figure("rom_mm", "mm", 0, "larger", "smaller", 0.4, 0.002, lambda rep: rep.rom_mm),
    Figure("hold_s", "s", 2, "longer", "shorter", 0.011, 0.0, lambda rep: rep.hold_s),
    Figure("eccentric_s", "s", 2, "longer", "shorter", 0.017, 0.0, lambda rep: rep.eccentric_s),
    Figure("concentric_s", "s", 2, "longer", "shorter", 0.017, 0.0, lambda rep: rep.concentric_s),
    Figure("concentric_mean_m_s", "m/s", 3, "faster", "slower", 0.0, 0.015, lambda rep: rep.concentric_mean_m_s),
)


def outward_deg(rep: StoredRep) -> float:
    """Return a rep's direction, positive outward for either leg; NaN if it is unknown."""
    if rep.direction_deg is None:
        return math.nan
    return -rep.direction_deg if rep.side == "left" else rep.direction_deg


# Compared in degrees, not in percent. Error: the target of docs/detection.md for all errors of the sensor together.
DIRECTION = Figure("direction_deg", "°", 0, "further out", "straighter", 3.5, 0.0, outward_deg)


def full_reps(stored: StoredSet) -> list[StoredRep]:
    """Return the full reps of a set, in order."""
    return [rep for rep in stored.reps if rep.kind == "full"]


def summarize(values: Iterable[float]) -> Summary | None:
    """Return the summary of `values`, or None if there are none."""
    known = list(values)
    if not known:
        return None
    return Summary(len(known), fmean(known), stdev(known) if len(known) > 1 else None, median(known))


def comparable_reps(stored: StoredSet) -> list[StoredRep]:
    """Return the comparable reps of a set, in order."""
    return [rep for rep in stored.reps if rep.comparable]


def loss(reps: Sequence[StoredRep], value: Callable[[StoredRep], float]) -> Loss | None:
    """Return the loss of a figure from the best of `reps` to the last; None for fewer than two, or if all are 0."""
    best = max(reps, key=value, default=None)
    if best is None or len(reps) < 2 or value(best) <= 0:
        return None
    return Loss((value(best) - value(reps[-1])) / value(best), best, reps[-1])


def velocity_loss(stored: StoredSet) -> Loss | None:
    """Return the loss of mean concentric velocity over the comparable reps of a set.

    Sánchez-Medina and González-Badillo, Med Sci Sports Exerc 43(9), 2011: from the fastest rep to the last one.
    """
    return loss(comparable_reps(stored), lambda rep: rep.concentric_mean_m_s)


def rom_loss(stored: StoredSet) -> Loss | None:
    """Return the loss of range over the comparable reps of a set, defined like velocity loss."""
    return loss(comparable_reps(stored), lambda rep: rep.rom_mm)


def tension_s(stored: StoredSet) -> float:
    """Return the time under tension of a set: its full and partial reps from start to end, without the pauses."""
    return sum(rep.end_s - rep.start_s for rep in stored.reps if rep.kind != "rejected")


def flag_counts(stored: StoredSet) -> dict[str, int]:
    """Return how many full and partial reps of a set have each flag, most frequent first."""
    return dict(Counter(flag for rep in stored.reps if rep.kind != "rejected" for flag in rep.flags).most_common())


def clearly_different(figure: Figure, first: Summary, second: Summary) -> bool:
    """Return whether two means differ by more than measurement error and by more than the scatter of reps explains.

    The scatter limit is twice the standard error of the difference. Without a true difference it is still exceeded
    about once in 20 comparisons of many reps, and once in 9 with three reps each (Student's t, 4 degrees of freedom).
    """
    standard_error = math.sqrt((first.sd or 0.0) ** 2 / first.n + (second.sd or 0.0) ** 2 / second.n)
    difference = abs(first.mean - second.mean)
    error = figure.error(max(abs(first.mean), abs(second.mean)))
    return difference > error and difference > 2 * standard_error
