"""The sets of a store as a lifter's logbook: each with its exercise, target, plate and day.

The only place that looks up profiles and plates, so that everything built on the history agrees on what a set was.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import groupby

from ..errors import HistoryError
from ..exercise import library as profile_library
from ..exercise.profile import Profile
from ..store.database import Store, StoredRep, StoredSet
from ..store.plates import plate_of
from .metrics import full_reps

MIN_KEPT_FRACTION = 0.8  # of a set's full reps must meet the target for a kept tempo: one miss in five is allowed
SAME_LOAD = 0.05  # relative difference: plates of a stack are further apart, friction varies less
_LISTED = 8  # sets named in an error message


@dataclass(frozen=True, slots=True)
class Target:
    """What a profile asks of each rep: minimum hold, and minimum and maximum eccentric seconds; 0: not judged.

    The eccentric seconds apply to a full range. `max_eccentric_m_s` is the mean speed that follows from the minimum, by
    which the board judges reps of any range.
    """

    hold_s: float
    eccentric_s: tuple[float, float]
    max_eccentric_m_s: float

    def min_eccentric_s(self, rep: StoredRep) -> float:
        """Return the shortest allowed eccentric over the distance that `rep` came back; 0: not judged."""
        return rep.eccentric_s * rep.eccentric_mean_m_s / self.max_eccentric_m_s if self.max_eccentric_m_s else 0.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A set with its context.

    `exercise` is the profile's display name, `exercise_id` its file name; both empty if no profile was chosen. `plate`
    is None if the stack was not learnt.
    """

    set: StoredSet
    exercise: str
    exercise_id: str
    target: Target | None
    plate: int | None

    @property
    def id(self) -> str:
        """The set's short id."""
        return self.set.id

    @property
    def side(self) -> str:
        """left, right, or empty."""
        return self.set.side

    @property
    def load_n(self) -> float | None:
        """The one load of the set, in newtons: that of its plate if its weight is known, else the measured one."""
        return self.set.load_n

    @property
    def day(self) -> date:
        """The local date on which the set began."""
        return self.set.at.astimezone().date()

    @property
    def full(self) -> list[StoredRep]:
        """The full reps, in order."""
        return full_reps(self.set)

    @property
    def title(self) -> str:
        """Exercise and side for display."""
        name = self.exercise or "no exercise named"
        return f"{name}, {self.side}" if self.side else name


def entries(
    store: Store,
    last: int | None = None,
    *,
    skip: int = 0,
    exercise: str | None = None,
    side: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[Entry]:
    """Return the sets of a store that match every filter, oldest first: the `last` of them without the `skip` latest.

    `exercise` matches part of a name; `until` is inclusive. Raises StoreError.
    """
    profiles = {profile.number: profile for profile in profile_library.known()[0]}
    sets = store.sets(
        last,
        skip=skip,
        since=None if since is None else _midnight(since),
        until=None if until is None else _midnight(until + timedelta(days=1)),
        side=side,
        profiles=_numbers(exercise, profiles, store) if exercise and _plain(exercise) else None,
    )
    return _with_context(store, sets, profiles)


def _with_context(store: Store, sets: Iterable[StoredSet], profiles: Mapping[int, Profile]) -> list[Entry]:
    plates = cache(store.plates)
    return [
        entry(stored, profiles.get(stored.profile or 0), plate_of(stored.load_n, plates(stored.board)))
        for stored in sets
    ]


def _midnight(day: date) -> datetime:
    """Return the local beginning of a day."""
    return datetime.combine(day, time()).astimezone()


def _numbers(exercise: str, profiles: Mapping[int, Profile], store: Store) -> list[int]:
    """Return the numbers of the profiles of which `exercise` is part of the name, unknown ones included."""
    wanted = _plain(exercise)
    names = {number: f"profile {number}" for number in store.overview().profiles}
    names |= {number: f"{profile.name} / {profile.id}" for number, profile in profiles.items()}
    return [number for number, name in names.items() if any(wanted in _plain(part) for part in name.split("/"))]


def entry(stored: StoredSet, profile: Profile | None = None, plate: int | None = None) -> Entry:
    """Return a set with its context; an unknown profile is named by its number."""
    if profile is not None:
        return Entry(stored, profile.name, profile.id, _target(profile), plate)
    name = f"profile {stored.profile}" if stored.profile else ""
    return Entry(stored, name, name.replace(" ", "-"), None, plate)


def _target(profile: Profile) -> Target | None:
    """Return what a profile asks of a rep, or None if it asks for neither a hold nor a slow eccentric."""
    min_eccentric_s = profile.eccentric_range_s[0]
    if not profile.min_hold_s and not min_eccentric_s:
        return None
    max_eccentric_m_s = profile.eccentric_band_m_s()[1] if min_eccentric_s else 0.0
    return Target(profile.min_hold_s, profile.eccentric_range_s, max_eccentric_m_s)


def meets(rep: StoredRep, target: Target) -> bool:
    """Return whether a rep was held long enough and lowered slowly enough; lowering even more slowly is fine."""
    flagged = {"hold_short", "eccentric_fast"} & set(rep.flags)
    slow = not target.max_eccentric_m_s or rep.eccentric_mean_m_s <= target.max_eccentric_m_s
    return slow and not flagged and rep.hold_s >= target.hold_s


def kept_tempo(entry: Entry) -> bool | None:
    """Return whether MIN_KEPT_FRACTION of a set's full reps meet the target; None without a target or full reps."""
    reps = entry.full
    target = entry.target
    if target is None or not reps:
        return None
    return sum(meets(rep, target) for rep in reps) >= MIN_KEPT_FRACTION * len(reps)


def days(entries: Iterable[Entry]) -> list[tuple[date, list[Entry]]]:
    """Return the sets by day, earliest first."""
    in_order = sorted(entries, key=lambda entry: entry.set.at)
    return [(day, list(group)) for day, group in groupby(in_order, key=lambda entry: entry.day)]


def groups(entries: Iterable[Entry], *, by_side: bool = True) -> list[tuple[str, str, list[Entry]]]:
    """Return (exercise, side, sets) in alphabetical order, without sets that have no full rep.

    Unless `by_side`, sides are combined and the side is empty.
    """
    found: dict[tuple[str, str], list[Entry]] = {}
    for member in entries:
        if member.full:
            found.setdefault((member.exercise, member.side if by_side else ""), []).append(member)
    return [(*names, group) for names, group in sorted(found.items())]


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())


def find(store: Store, name: str) -> Entry:
    """Return the set of a store that is called `name`, see `choose`. Raises HistoryError, StoreError."""
    wanted = name.strip().lower()
    back = _back(wanted)
    if back is not None:
        found = entries(store, 1, skip=back)
    else:
        profiles = {profile.number: profile for profile in profile_library.known()[0]}
        found = _with_context(store, store.sets_named(wanted) if wanted else [], profiles)
    if len(found) == 1:
        return found[0]
    raise _not_found(name, back, store.overview().sets, found, entries(store, _LISTED))


def choose(entries: Sequence[Entry], name: str) -> Entry:
    """Return the set with the id `name`, or the only one that begins so; `last`, or `last-1` for the one before.

    Raises HistoryError, which lists the latest sets.
    """
    wanted = name.strip().lower()
    back = _back(wanted)
    if back is not None:
        found = [entries[-1 - back]] if back < len(entries) else []
    else:
        found = [entry for entry in entries if wanted and entry.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    raise _not_found(name, back, len(entries), found, entries[-_LISTED:])


def _back(wanted: str) -> int | None:
    """Return how many sets before the last one `last` or `last-N` is; None for an id."""
    recent = re.fullmatch("last(?:-([0-9]{1,9}))?", wanted)
    return int(recent[1] or 0) if recent else None


def _not_found(
    name: str, back: int | None, count: int, found: Sequence[Entry], latest: Sequence[Entry]
) -> HistoryError:
    if not count:
        return HistoryError("there are no sets in the store yet; 'cablerep monitor' stores what a board reports")
    if back is not None:
        return HistoryError(f"{name}: there are {count} sets, from last to last-{count - 1}")
    problem = f"{name!r} matches {len(found)} sets" if found else f"there is no set {name!r}"
    which = "they are" if found else "the latest are"
    return HistoryError(f"{problem}; {which} {', '.join(map(_named, reversed((found or latest)[-_LISTED:])))}")


def _named(entry: Entry) -> str:
    return f"{entry.id} ({entry.set.at.astimezone():%Y-%m-%d %H:%M}{f', {entry.side}' if entry.side else ''})"
