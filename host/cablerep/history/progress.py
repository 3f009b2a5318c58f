"""Load over time at a kept tempo: for each exercise and side the heaviest set of each day that met its tempo.

A heavier set whose tempo was not kept, or whose reps were thrown, is no progress and no record.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import linear_regression

from .logbook import MIN_KEPT_FRACTION, Entry, by_lifter, days, groups, meets
from .metrics import tension_s

MIN_DAYS = 3  # for a trend: two days always lie on a line
MIN_SPAN_DAYS = 7  # between the first and the last of them: a trend is given in newtons a week


@dataclass(frozen=True, slots=True)
class Day:
    """One day of an exercise and side: its heaviest set that kept the tempo, and how many of its sets did.

    `best` is None if none did; then `missed` is the day's heaviest set, which is shown but counts for nothing. Without
    a target a set only needs reps that are no throws. A set without a known load is only taken if no set has one.
    """

    day: date
    best: Entry | None
    missed: Entry | None
    kept: int
    sets: int

    @property
    def load_n(self) -> float | None:
        """Load of the best set."""
        return None if self.best is None else self.best.load_n


@dataclass(frozen=True, slots=True)
class Week:
    """The time under tension of all sets of a week, which begins on `monday`."""

    monday: date
    tension_s: float


@dataclass(frozen=True, slots=True)
class Progress:
    """The days and weeks of one lifter, exercise and side, earliest first.

    `has_target`: whether a profile sets a tempo. Warm-up sets make no record.
    """

    lifter: str
    exercise: str
    side: str
    has_target: bool
    days: tuple[Day, ...]
    weeks: tuple[Week, ...]

    @property
    def loads(self) -> list[tuple[date, float]]:
        """The days with a known load, and that load in newtons."""
        return [(day.day, day.load_n) for day in self.days if day.load_n is not None]

    @property
    def best(self) -> Day | None:
        """The day of the heaviest load, the first of equals."""
        return max((day for day in self.days if day.load_n is not None), key=lambda day: day.load_n or 0, default=None)

    @property
    def trend_n_per_week(self) -> float | None:
        """Slope of the least-squares line through the loads; None below MIN_DAYS or MIN_SPAN_DAYS."""
        loads = self.loads
        if len(loads) < MIN_DAYS or (loads[-1][0] - loads[0][0]).days < MIN_SPAN_DAYS:
            return None
        first = loads[0][0]
        return 7 * linear_regression([(day - first).days for day, _ in loads], [load for _, load in loads]).slope


def progress(entries: Sequence[Entry]) -> list[Progress]:
    """Return the progress of each lifter, exercise and side in `entries`, in alphabetical order."""
    return [
        Progress(
            lifter,
            exercise,
            side,
            any(entry.target for entry in group),
            tuple(_day(day, members) for day, members in days(group)),
            tuple(_weeks(group)),
        )
        for lifter, members in by_lifter(entries)
        for exercise, side, group in groups(members)
    ]


def keeps(entry: Entry) -> bool:
    """Return whether enough of a set's full reps met the target for it to count."""
    reps = len(entry.full)
    return entry.set.type != "warm-up" and reps - missed_reps(entry) >= MIN_KEPT_FRACTION * reps


def missed_reps(entry: Entry) -> int:
    """Return how many full reps of a set missed its target, or are left out of records: see `Rep.comparable`."""
    target = entry.target
    return sum(not rep.comparable or (target is not None and not meets(rep, target)) for rep in entry.full)


def _day(day: date, entries: Sequence[Entry]) -> Day:
    kept = [entry for entry in entries if keeps(entry)]
    return Day(day, _heaviest(kept), None if kept else _heaviest(entries), len(kept), len(entries))


def _weeks(entries: Sequence[Entry]) -> Iterator[Week]:
    """Yield the weeks from the first to the last set, those without training included."""
    tension: defaultdict[date, float] = defaultdict(float)
    for entry in entries:
        tension[entry.day - timedelta(days=entry.day.weekday())] += tension_s(entry.set)
    monday, last = min(tension), max(tension)
    while monday <= last:
        yield Week(monday, tension[monday])
        monday += timedelta(days=7)


def _heaviest(entries: Sequence[Entry]) -> Entry | None:
    loaded = [entry for entry in entries if entry.load_n is not None] or entries
    return max(loaded, key=lambda entry: entry.load_n or 0.0, default=None)
