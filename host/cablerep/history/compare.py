"""Comparisons: left with right on one day, a day with the one before, or two sets; only sets of one exercise.

For each figure both means, how many values they rest on, the difference, and a verdict where the difference is larger
than measurement error and the scatter of the reps explain.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .. import words
from .logbook import Entry, by_lifter, days, groups
from .metrics import DIRECTION, FIGURES, Figure, Summary, clearly_different, flag_counts, summarize

MIN_REPS = 3  # of each group for a verdict: the scatter of two reps says little

Percent = Callable[[float, float], float | None]  # difference of two means


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two groups. `per` is what a value belongs to, "rep" or "set"; `percent` is the groups' difference.

    `verdict` describes the second group ("right longer"); "similar" without a clear difference, "too few reps", or ""
    for a figure that is not judged.
    """

    key: str
    name: str
    unit: str
    digits: int
    per: str
    first: Summary | None
    second: Summary | None
    percent: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Group:
    """The sets on one side of a comparison; `name` heads their column."""

    name: str
    entries: Sequence[Entry]

    def values(self, figure: Figure) -> list[float]:
        """Return the figure of each full rep that has it."""
        values = [figure.value(rep) for entry in self.entries for rep in entry.full]
        return [value for value in values if not math.isnan(value)]

    def loads(self) -> list[float]:
        """Return the load of each set that has one, in newtons."""
        return [entry.load_n for entry in self.entries if entry.load_n is not None]

    def flags(self) -> Counter[str]:
        """Return how many reps have each flag."""
        return sum((Counter(flag_counts(entry.set)) for entry in self.entries), Counter())

    @property
    def lifter(self) -> str:
        """The lifter of the sets, empty for nobody."""
        return self.entries[0].lifter

    @property
    def reps(self) -> int:
        """Full and partial reps: those that can have flags."""
        return sum(entry.set.full + entry.set.partials for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two groups of sets and their differences. `kind` is "sides", "days" or "sets"; `side` is empty for sides."""

    kind: str
    exercise: str
    side: str
    first: Group
    second: Group
    differences: tuple[Difference, ...]


def of_sides(entries: Sequence[Entry]) -> list[Comparison]:
    """Compare left with right of each lifter and exercise on the latest day that has both."""
    found = []
    for exercise, _, group in _each(entries, by_side=False):
        for _, today in reversed(days(group)):
            left, right = ([entry for entry in today if entry.side == side] for side in ("left", "right"))
            if left and right:
                pair = Group("left", left), Group("right", right)
                found.append(_compare("sides", exercise, "", *pair, symmetry_index))
                break
    return found


def of_days(entries: Sequence[Entry]) -> list[Comparison]:
    """Compare the latest day of each lifter, exercise and side with the previous day of the same."""
    found = []
    for exercise, side, group in _each(entries):
        by_day = days(group)
        if len(by_day) > 1:
            before, latest = Group("before", by_day[-2][1]), Group("latest", by_day[-1][1])
            found.append(_compare("days", exercise, side, before, latest, change))
    return found


def _each(entries: Sequence[Entry], *, by_side: bool = True) -> list[tuple[str, str, list[Entry]]]:
    return [group for _, members in by_lifter(entries) for group in groups(members, by_side=by_side)]


def of_sets(first: Entry, second: Entry) -> Comparison:
    """Compare any two sets; left with right by the symmetry index."""
    sides = (first.side, second.side) == ("left", "right")
    pair = Group(first.id, [first]), Group(second.id, [second])
    return _compare("sets", first.exercise, "", *pair, symmetry_index if sides else change)


def _compare(kind: str, exercise: str, side: str, first: Group, second: Group, percent: Percent) -> Comparison:
    return Comparison(kind, exercise, side, first, second, tuple(differences(first, second, percent)))


def symmetry_index(left: float, right: float) -> float | None:
    """Return 100 (right − left) / ((right + left) / 2) in percent; None if both are 0.

    0 means symmetry, positive more on the right, ±200 one side only (of non-negative values). Robinson, Herzog and
    Nigg, J Manipulative Physiol Ther 10(4), 1987. Of the formulae in use (Bishop et al., Strength Cond J 38(6), 2016)
    one that does not require naming a better or stronger side.
    """
    return None if left + right == 0 else 200 * (right - left) / (right + left)


def change(before: float, now: float) -> float | None:
    """Return 100 (now − before) / before in percent; None if `before` is 0."""
    return None if before == 0 else 100 * (now - before) / before


def differences(first: Group, second: Group, percent: Percent) -> list[Difference]:
    """Compare two groups figure by figure; `percent` is `symmetry_index` for sides and `change` for days.

    A figure that neither group has is left out. Reps and load belong to sets and get no verdict: sets are too few.
    """
    pair = (first, second)
    counts = [[entry.set.full for entry in group.entries] for group in pair]
    found = [
        _difference("reps", "reps per set", "", 1, counts, percent),
        _difference("load_n", words.figure("load_n"), "N", 0, [group.loads() for group in pair], percent),
    ]
    for figure in (*FIGURES, DIRECTION):
        values = [group.values(figure) for group in pair]
        percent_of = _not_judged if figure is DIRECTION else percent
        difference = _difference(figure.key, figure.name, figure.unit, figure.digits, values, percent_of)
        found.append(replace(difference, per="rep", verdict=_verdict(figure, difference, second.name)))
    return [difference for difference in found if difference.first is not None or difference.second is not None]


def _not_judged(first: float, second: float) -> float | None:
    """Return None: a percentage of a direction says nothing."""
    return None


def _difference(
    key: str, name: str, unit: str, digits: int, values: Sequence[Sequence[float]], percent: Percent
) -> Difference:
    first, second = map(summarize, values)
    difference = None if first is None or second is None else percent(first.mean, second.mean)
    return Difference(key, name, unit, digits, "set", first, second, difference, "")


def _verdict(figure: Figure, difference: Difference, name: str) -> str:
    first, second = difference.first, difference.second
    if first is None or second is None:
        return ""
    if min(first.n, second.n) < MIN_REPS:
        return "too few reps"
    if not clearly_different(figure, first, second):
        return "similar"
    return f"{name} {figure.more if second.mean > first.mean else figure.less}"
