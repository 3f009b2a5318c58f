"""Load over time at a kept tempo: for each exercise and side the heaviest set of each day that was done as asked.

A heavier set that was let fall is no progress, so it does not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import linear_regression

from .logbook import Entry, days, groups, kept_tempo

LEAST_DAYS = 3  # for a trend: two days make a line of anything
LEAST_SPAN = 7  # days from the first to the last of them: a trend is told of in newtons a week


@dataclass(frozen=True, slots=True)
class Day:
    """One day of an exercise and side: its heaviest set that kept the tempo, and how many of its sets did.

    `best` is None where none did, or where no load is known. Where nothing is asked every set counts as kept.
    """

    day: date
    best: Entry | None
    kept: int
    sets: int

    @property
    def load_n(self) -> float | None:
        """Load of the best set."""
        return None if self.best is None else self.best.set.load_n


@dataclass(frozen=True, slots=True)
class Progress:
    """The days of one exercise and side, the earliest first; `asked` says whether there is a tempo to keep."""

    exercise: str
    side: str
    asked: bool
    days: tuple[Day, ...]

    @property
    def loads(self) -> list[tuple[date, float]]:
        """The days that have a load."""
        return [(one.day, one.load_n) for one in self.days if one.load_n is not None]

    @property
    def best(self) -> Day | None:
        """The day of the heaviest load, the first of equals."""
        return max((one for one in self.days if one.load_n is not None), key=lambda one: one.load_n or 0, default=None)

    @property
    def trend_n_per_week(self) -> float | None:
        """Slope of the line of least squares through the loads; None below LEAST_DAYS of them or LEAST_SPAN days."""
        loads = self.loads
        if len(loads) < LEAST_DAYS or (loads[-1][0] - loads[0][0]).days < LEAST_SPAN:
            return None
        first = loads[0][0]
        return 7 * linear_regression([(day - first).days for day, _ in loads], [load for _, load in loads]).slope


def progress(sets: Sequence[Entry]) -> list[Progress]:
    """Return the progress of each exercise and side that `sets` hold, in the order of their names."""
    return [
        Progress(exercise, side, any(one.target for one in group), tuple(_day(day, them) for day, them in days(group)))
        for exercise, side, group in groups(sets)
    ]


def _day(day: date, sets: Sequence[Entry]) -> Day:
    kept = [one for one in sets if kept_tempo(one) is not False]
    loaded = [one for one in kept if one.set.load_n is not None]
    return Day(day, max(loaded, key=lambda one: one.set.load_n or 0.0, default=None), len(kept), len(sets))
