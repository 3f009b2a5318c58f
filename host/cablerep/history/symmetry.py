"""Left against right and today against last time: for each figure both means, how many reps they rest on, and a word.

The word is there only where a difference is more than the sensors and the scatter of the reps can make.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from .logbook import Entry
from .metrics import METRICS, Metric, Spread, clearly_apart, flag_counts, spread

LEAST_REPS = 3  # on either side for a word: two reps have hardly a spread

Percent = Callable[[float, float], float | None]  # of two means


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure of two groups. `per` says what its values are of: "rep" or "set"; `percent` is the groups' difference.

    `word` says what the second group is beside the first ("right longer"), "alike" where no difference is clear, "too
    few reps", or "" where none is judged.
    """

    key: str
    name: str
    unit: str
    digits: int
    per: str
    one: Spread | None
    other: Spread | None
    percent: float | None
    word: str


@dataclass(frozen=True, slots=True)
class Group:
    """Sets that stand together on one side of a comparison; `name` is the column's."""

    name: str
    sets: Sequence[Entry]

    def values(self, metric: Metric) -> list[float]:
        """Return the metric of each full rep."""
        return [metric.of(rep) for one in self.sets for rep in one.full]

    def loads(self) -> list[float]:
        """Return the load of each set that has one."""
        return [one.set.load_n for one in self.sets if one.set.load_n is not None]

    def flags(self) -> Counter[str]:
        """Return how many reps have each flag."""
        return sum((Counter(flag_counts(one.set)) for one in self.sets), Counter())

    @property
    def reps(self) -> int:
        """Full and partial reps, which are those that can have flags."""
        return sum(one.set.full + one.set.partials for one in self.sets)


def symmetry_index(left: float, right: float) -> float | None:
    """Return 100 (right − left) / ((right + left) / 2) in percent; None where both are 0.

    0 is symmetry, positive more on the right, ±200 one side alone where neither is negative. Robinson, Herzog and
    Nigg, J Manipulative Physiol Ther 10(4), 1987; of the formulae in use (Bishop et al., Strength Cond J 38(6), 2016)
    one that needs no side named the better or the stronger.
    """
    return None if left + right == 0 else 200 * (right - left) / (right + left)


def change(before: float, now: float) -> float | None:
    """Return 100 (now − before) / before in percent; None where it was 0."""
    return None if before == 0 else 100 * (now - before) / before


def differences(one: Group, other: Group, percent: Percent) -> list[Difference]:
    """Compare two groups figure by figure; `percent` is `symmetry_index` for sides and `change` for days.

    A figure that neither group has is left out. Reps and load are a set's figures and get no word: sets are too few.
    """
    groups = (one, other)
    found = [
        _difference("reps", "reps a set", "", 1, [[each.set.full for each in group.sets] for group in groups], percent),
        _difference("load_n", "load", "N", 0, [group.loads() for group in groups], percent),
    ]
    for metric in METRICS:
        told = _difference(
            metric.key, metric.name, metric.unit, metric.digits, [group.values(metric) for group in groups], percent
        )
        found.append(replace(told, per="rep", word=_word(metric, told, other.name)))
    return [told for told in found if told.one is not None or told.other is not None]


def _difference(
    key: str, name: str, unit: str, digits: int, values: Sequence[Sequence[float]], percent: Percent
) -> Difference:
    one, other = map(spread, values)
    share = None if one is None or other is None else percent(one.mean, other.mean)
    return Difference(key, name, unit, digits, "set", one, other, share, "")


def _word(metric: Metric, told: Difference, name: str) -> str:
    if told.one is None or told.other is None:
        return ""
    if min(told.one.n, told.other.n) < LEAST_REPS:
        return "too few reps"
    if not clearly_apart(metric, told.one, told.other):
        return "alike"
    return f"{name} {metric.more if told.other.mean > told.one.mean else metric.less}"
