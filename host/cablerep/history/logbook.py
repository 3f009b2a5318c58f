"""The sets of a store as a lifter's logbook has them: with the exercise, what it asks for, the plate and the day.

The one place that asks profiles and plates, so that whatever reads the history agrees on what a set was.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from ..errors import HistoryError
from ..exercise import library as profile_library
from ..exercise.profile import Profile
from ..store.database import Store, StoredRep, StoredSet
from ..store.plates import plate_of
from .metrics import full_reps

# Part of a set's full reps that must meet the target for it to have kept its tempo: one slip in five is no other set.
KEPT_SHARE = 0.8
SAME_LOAD = 0.05  # loads as near as this are of one plate: plates of a stack are further apart, friction is not
_LISTED = 8  # sets that an error names


@dataclass(frozen=True, slots=True)
class Target:
    """What a profile asks of each rep: shortest hold, shortest and longest way back; 0 where it is not judged.

    The seconds of the way back are those of a full range; `fastest_m_s` is the mean speed that the shortest of them
    makes of it, by which the board judges reps of any range.
    """

    hold_s: float
    eccentric_s: tuple[float, float]
    fastest_m_s: float

    def shortest_back_s(self, rep: StoredRep) -> float:
        """Return the shortest way back for the way that a rep went; 0 where it is not judged."""
        return rep.eccentric_s * rep.eccentric_mean_m_s / self.fastest_m_s if self.fastest_m_s else 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A set, and what is known of it beside its figures.

    `exercise` is its profile's name for people and `exercise_id` for typing, both empty where none was chosen; `plate`
    is None where no plates were learnt.
    """

    set: StoredSet
    exercise: str
    exercise_id: str
    target: Target | None
    plate: int | None

    @property
    def id(self) -> str:
        """The set's short name."""
        return self.set.id

    @property
    def side(self) -> str:
        """left, right, or nothing."""
        return self.set.side

    @property
    def day(self) -> date:
        """The day on which the set began, as the calendar on the wall has it."""
        return self.set.at.astimezone().date()

    @property
    def full(self) -> list[StoredRep]:
        """The full reps, in their order."""
        return full_reps(self.set)

    @property
    def title(self) -> str:
        """Exercise and side as people say it."""
        name = self.exercise or "no exercise named"
        return f"{name}, {self.side}" if self.side else name


def entries(store: Store, last: int | None = None) -> list[Entry]:
    """Return the sets of a store, the latest (of `last`) at the end. Raises StoreError."""
    sets = store.sets(last)
    profiles = {profile.number: profile for profile in profile_library.known()[0]}
    plates = {board: store.plates(board) for board in {one.board for one in sets}}
    return [entry(one, profiles.get(one.profile or 0), plate_of(one.load_n, plates[one.board])) for one in sets]


def entry(one: StoredSet, profile: Profile | None = None, plate: int | None = None) -> Entry:
    """Return a set with what is known of it; one whose profile is not known is called by its number."""
    if profile is not None:
        return Entry(one, profile.name, profile.id, _target(profile), plate)
    name = f"profile {one.profile}" if one.profile else ""
    return Entry(one, name, name.replace(" ", "-"), None, plate)


def _target(profile: Profile) -> Target | None:
    """Return what a profile asks, or None where it asks nothing of the tempo."""
    shortest_s = profile.eccentric_range_s[0]
    if not profile.min_hold_s and not shortest_s:
        return None
    fastest_m_s = profile.eccentric_band_m_s()[1] if shortest_s else 0.0
    return Target(profile.min_hold_s, profile.eccentric_range_s, fastest_m_s)


def meets(rep: StoredRep, target: Target) -> bool:
    """Say whether a rep was held and let back as slowly as asked; a slower way back than asked is no fault."""
    flagged = {"hold_short", "eccentric_fast"} & set(rep.flags)
    slow = not target.fastest_m_s or rep.eccentric_mean_m_s <= target.fastest_m_s
    return slow and not flagged and rep.hold_s >= target.hold_s


def kept_tempo(one: Entry) -> bool | None:
    """Say whether a set kept its tempo: KEPT_SHARE of its full reps meet the target. None where nothing is asked."""
    reps = one.full
    target = one.target
    if target is None or not reps:
        return None
    return sum(meets(rep, target) for rep in reps) >= KEPT_SHARE * len(reps)


def days(sets: Iterable[Entry]) -> list[tuple[date, list[Entry]]]:
    """Return the sets by day, the earliest first."""
    in_order = sorted(sets, key=lambda one: one.set.at)
    return [(day, list(group)) for day, group in groupby(in_order, key=lambda one: one.day)]


def groups(sets: Iterable[Entry], *, by_side: bool = True) -> list[tuple[str, str, list[Entry]]]:
    """Return (exercise, side, sets) in the order of their names, without the sets that have no full rep.

    Not `by_side`, the side is empty and both are together.
    """
    found: dict[tuple[str, str], list[Entry]] = {}
    for one in sets:
        if one.full:
            found.setdefault((one.exercise, one.side if by_side else ""), []).append(one)
    return [(*names, group) for names, group in sorted(found.items())]


def select(
    sets: Iterable[Entry],
    *,
    exercise: str | None = None,
    side: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[Entry]:
    """Return the sets that fit all that is given: `exercise` a part of its name, `until` the last day."""
    wanted = "" if exercise is None else _plain(exercise)
    return [
        one
        for one in sets
        if (not wanted or wanted in _plain(one.exercise) or wanted in _plain(one.exercise_id))
        and (side is None or one.side == side)
        and (since is None or one.day >= since)
        and (until is None or one.day <= until)
    ]


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())


def choose(sets: Sequence[Entry], name: str) -> Entry:
    """Return the set called `name`: its id or the beginning of it, `last`, or `last-1` for the one before.

    Raises HistoryError, which lists the latest sets.
    """
    asked = name.strip().lower()
    if not sets:
        raise HistoryError("there are no sets in the store yet; 'cablerep monitor' stores what a board reports")
    place = re.fullmatch("last(?:-([0-9]{1,9}))?", asked)
    if place:
        back = int(place[1] or 0)
        if back >= len(sets):
            raise HistoryError(f"{name}: there are {len(sets)} sets, from last to last-{len(sets) - 1}")
        return sets[-1 - back]
    found = [one for one in sets if asked and one.id.startswith(asked)]
    if len(found) == 1:
        return found[0]
    wrong = f"{name!r} means {len(found)} sets" if found else f"there is no set {name!r}"
    shown = (found or list(sets))[-_LISTED:]
    which = "they are" if found else "the latest are"
    raise HistoryError(f"{wrong}; {which} {', '.join(map(_named, reversed(shown)))}")


def _named(one: Entry) -> str:
    return f"{one.id} ({one.set.at.astimezone():%Y-%m-%d %H:%M}{f', {one.side}' if one.side else ''})"
