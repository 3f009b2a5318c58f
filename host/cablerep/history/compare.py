"""Which sets are held against which: left against right of one day, a day against the one before, one set against one.

Only sets of one exercise meet, so that a difference is the lifter's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .logbook import Entry, days, groups
from .symmetry import Difference, Group, Percent, change, differences, symmetry_index


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two groups of sets and how they differ. `kind` is "sides", "days" or "sets"; `side` is empty for sides."""

    kind: str
    exercise: str
    side: str
    one: Group
    other: Group
    differences: tuple[Difference, ...]


def of_sides(sets: Sequence[Entry]) -> list[Comparison]:
    """Compare left and right of each exercise on the latest day that has both."""
    found = []
    for exercise, _, group in groups(sets, by_side=False):
        for _, today in reversed(days(group)):
            left, right = ([one for one in today if one.side == side] for side in ("left", "right"))
            if left and right:
                found.append(
                    _compare("sides", exercise, "", Group("left", left), Group("right", right), symmetry_index)
                )
                break
    return found


def of_days(sets: Sequence[Entry]) -> list[Comparison]:
    """Compare the latest day of each exercise and side with the day before on which there was one."""
    found = []
    for exercise, side, group in groups(sets):
        by_day = days(group)
        if len(by_day) > 1:
            before, latest = (
                Group(name, them) for name, (_, them) in zip(("before", "latest"), by_day[-2:], strict=True)
            )
            found.append(_compare("days", exercise, side, before, latest, change))
    return found


def of_sets(one: Entry, other: Entry) -> Comparison:
    """Compare two sets, whatever they are of; left and right by the symmetry index."""
    sides = (one.side, other.side) == ("left", "right")
    pair = Group(one.id, [one]), Group(other.id, [other])
    return _compare("sets", one.exercise, "", *pair, symmetry_index if sides else change)


def _compare(kind: str, exercise: str, side: str, one: Group, other: Group, percent: Percent) -> Comparison:
    return Comparison(kind, exercise, side, one, other, tuple(differences(one, other, percent)))
