"""The sets of a store as a lifter's logbook: each with its exercise, target, plate, load and day.

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
from ..exercise.facts import Facts, facts_of
from ..exercise.profile import Profile
from ..store.database import Lifter, Store, StoredRep, StoredSet
from ..store.plates import Plate, plate_of
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
    is None if the stack was not learnt, `printed_n` if nobody gave what is printed on it.
    """

    set: StoredSet
    exercise: str
    exercise_id: str
    target: Target | None
    plate: int | None
    printed_n: float | None = None

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
        """The one load of the set, in newtons, None if unknown.

        A correction, else what is printed on its plate, else the force that was measured, else the weight typed. A
        force below zero, of a reversed cell, gives way to a typed weight.
        """
        one = self.set
        measured_n = None if one.load_n is not None and one.load_n < 0 and one.typed_n is not None else one.load_n
        known = (one.weight_n, self.printed_n, measured_n, one.typed_n)
        return next((load_n for load_n in known if load_n is not None), None)

    @property
    def lifter(self) -> str:
        """The lifter's name, empty for nobody."""
        return self.set.lifter_name

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
    lifter: Lifter | None = None,
    since: date | None = None,
    until: date | None = None,
) -> list[Entry]:
    """Return the sets of a store that match every filter, oldest first: the `last` of them without the `skip` latest.

    `exercise` matches part of a name; `until` is inclusive. Deleted sets are left out. Raises StoreError.
    """
    profiles = {profile.number: profile for profile in profile_library.known()[0]}
    numbers, digests = _exercises(exercise, profiles, store) if exercise and _plain(exercise) else (None, [])
    sets = store.sets(
        last,
        skip=skip,
        since=None if since is None else _midnight(since),
        until=None if until is None else _midnight(until + timedelta(days=1)),
        side=side,
        lifter=None if lifter is None else lifter.number,
        profiles=numbers,
        exercises=digests,
    )
    return with_context(store, sets, profiles)


def with_context(store: Store, sets: Iterable[StoredSet], profiles: Mapping[int, Profile] | None = None) -> list[Entry]:
    """Return stored sets with their context; `profiles` by number, all known ones if None."""
    if profiles is None:
        profiles = {profile.number: profile for profile in profile_library.known()[0]}
    plates = cache(store.plates)
    return [_entry(stored, profiles.get(stored.profile or 0), plates(stored.board)) for stored in sets]


def _entry(stored: StoredSet, profile: Profile | None, plates: Sequence[Plate]) -> Entry:
    number = plate_of(stored.load_n, plates)
    printed_n = next((plate.printed_n for plate in plates if plate.number == number), None)
    return entry(stored, profile, number, printed_n)


def _midnight(day: date) -> datetime:
    """Return the local beginning of a day."""
    return datetime.combine(day, time()).astimezone()


def _exercises(exercise: str, profiles: Mapping[int, Profile], store: Store) -> tuple[list[int], list[str]]:
    """Return the numbers of the profiles, and the digests of the facts, of which `exercise` is part of the name."""
    wanted = _plain(exercise)
    names = {number: (f"profile {number}",) for number in store.overview().profiles}
    named = {number: (profile.name, profile.id) for number, profile in profiles.items()}
    facts = {digest: (known.name, known.id) for digest, known in store.exercises().items()}
    numbers = [number for number, parts in {**names, **named}.items() if any(wanted in _plain(part) for part in parts)]
    return numbers, [digest for digest, parts in facts.items() if any(wanted in _plain(part) for part in parts)]


def entry(
    stored: StoredSet, profile: Profile | None = None, plate: int | None = None, printed_n: float | None = None
) -> Entry:
    """Return a set with its context: what was true when it ended, else `profile`, else the profile's number."""
    facts = stored.facts or (None if profile is None else facts_of(profile))
    if facts is not None:
        return Entry(stored, facts.name, facts.id, _target(facts), plate, printed_n)
    name = f"profile {stored.profile}" if stored.profile else ""
    return Entry(stored, name, name.replace(" ", "-"), None, plate, printed_n)


def _target(facts: Facts) -> Target | None:
    """Return what an exercise asks of a rep, or None if it asks for neither a hold nor a slow eccentric."""
    min_eccentric_s = facts.eccentric_s[0]
    if not facts.hold_s and not min_eccentric_s:
        return None
    return Target(facts.hold_s, facts.eccentric_s, facts.max_eccentric_m_s if min_eccentric_s else 0.0)


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


def by_lifter(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Return (lifter, sets) in alphabetical order, nobody's first: nobody is compared with anybody else."""
    found: dict[str, list[Entry]] = {}
    for member in entries:
        found.setdefault(member.lifter, []).append(member)
    return sorted(found.items())


def whose(lifter: str, text: str) -> str:
    """Return a heading with the lifter's name before it, if there is one."""
    return f"{lifter}: {text}" if lifter else text


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("-", " ").replace("_", " ").split())


def find(store: Store, name: str) -> Entry:
    """Return the set of a store that is called `name`, see `choose`. Raises HistoryError, StoreError."""
    wanted = name.strip().lower()
    back = _back(wanted)
    if back is not None:
        found = entries(store, 1, skip=back)
    else:
        found = with_context(store, store.sets_named(wanted) if wanted else [])
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
