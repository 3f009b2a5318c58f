"""What the store returns, as frozen records: sets with their reps as amended, notes, calibrations, losses."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import NoneType
from typing import Any

from ..device.events import Rep
from ..exercise.facts import Facts
from .derive import set_id

# Types of a row's values, by a letter for each; see `checked`.
_TYPES: dict[str, tuple[type, ...]] = {"i": (int,), "f": (float, int), "s": (str,), "b": (bytes,)}
_TYPES |= {letter.upper(): (*types, NoneType) for letter, types in _TYPES.items()}
_YEARS = range(1900, 2200)  # a computer without a clock starts in 1970


@dataclass(frozen=True, slots=True)
class StoredRep(Rep):
    """A rep of `board` as it stands after its amendments; `was` is the kind that was first reported."""

    board: str
    was: str


@dataclass(frozen=True, slots=True)
class Note:
    """A person's note on a set; `at` is UTC."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A set with its reps. `at` is when it began, in UTC; `at_guessed` if the board's start was not observed.

    `over` is False while its SET message has not arrived: then `profile`, `rom_mm`, `load_n` and the reported counts
    are None. `profile` is the number of the exercise profile, 0 for none; `facts` are what it asked when the set ended,
    None if that is not known. `full` and `partials` count `reps`; `reps_reported` and `partials_reported` are the
    board's own counts.

    As corrected by people: `lifter` is a number, 0 for nobody, and `lifter_name` the name, "" for nobody. `load_n` was
    measured; `weight_n` is a correction of the load, `typed_n` the weight that was typed before the set. `rpe` is the
    rate of perceived exertion, `type` one of set_types.TYPES. `edited`: somebody has corrected something.
    """

    board: str
    session: int
    set: int
    at: datetime
    side: str
    over: bool
    full: int
    partials: int
    rom_mm: float | None
    load_n: float | None
    reps: tuple[StoredRep, ...]
    profile: int | None = None
    notes: tuple[Note, ...] = ()
    at_guessed: bool = False
    reps_reported: int | None = None
    partials_reported: int | None = None
    lifter: int = 0
    lifter_name: str = ""
    facts: Facts | None = None
    weight_n: float | None = None
    typed_n: float | None = None
    rpe: float | None = None
    type: str = ""
    deleted: bool = False
    edited: bool = False

    @property
    def id(self) -> str:
        """A short name for people to type, the same in every store that has this set."""
        return set_id(self.board, self.session, self.set)

    @property
    def missing(self) -> int:
        """How many of its full and partial reps never arrived; 0 while the board has not reported a count."""
        if self.reps_reported is None or self.partials_reported is None:
            return 0
        return max(0, self.reps_reported + self.partials_reported - self.full - self.partials)


@dataclass(frozen=True, slots=True)
class Lifter:
    """A person; `number` is theirs on boards, 1 to 255, `sets` how many sets are theirs.

    `free_mm` is the cable's free length with their strap, the board's setting of that name; None if it is not known.
    """

    number: int
    name: str
    sets: int = 0
    free_mm: int | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """A correction of a set by a person, at `at` in UTC: what `field` was and what it became.

    `field` is one of derive.EDITABLE, or "note". An exercise is given by its name.
    """

    board: str
    session: int
    set: int
    at: datetime
    field: str
    was: Any
    became: Any

    @property
    def id(self) -> str:
        """The set's short id."""
        return set_id(self.board, self.session, self.set)


@dataclass(frozen=True, slots=True)
class Overview:
    """How many sets the store has, when the first and the last began, and their exercises.

    `profiles` are the numbers of profiles of which the store has no facts, `exercises` the names of the others.
    """

    sets: int
    first: datetime | None
    last: datetime | None
    profiles: tuple[int, ...]
    exercises: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LostMessages:
    """Messages of a board's session that were numbered and never arrived; `at` is when the session began, in UTC.

    `ranges` are the first and last number of each gap, `count` is how many they are.
    """

    board: str
    session: int
    at: datetime
    ranges: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        """How many messages are missing."""
        return sum(last - first + 1 for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was set at `at` in UTC: settings by name, or forces in N by plate for the kind stack.

    `residual` is the largest distance of a point from the line, in mm or N; None if an earlier one was restored.
    """

    board: str
    at: datetime
    kind: str  # travel, load, swivel or stack
    was: Mapping[str, float]
    became: Mapping[str, float]
    residual: float | None


def checked(row: tuple[Any, ...], types: str) -> tuple[Any, ...]:
    """Return a row of the store, after checking that its values have the types that its letters stand for.

    i integer, f number, s text, b bytes; a capital allows NULL too. SQLite stores any type in any column, and files
    get damaged. Raises ValueError.
    """
    for value, letter in zip(row, types, strict=True):
        if type(value) not in _TYPES[letter] or (type(value) is float and not math.isfinite(value)):
            raise ValueError(f"a value is {str(value)[:40]!r}")
    return row


def instant(text: str) -> datetime:
    """Return a stored date. Raises ValueError."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or found.year not in _YEARS:
        raise ValueError(f"a date is {text[:40]!r}")
    return found


def figures(found: object) -> dict[str, float]:
    """Return the numbers by name that a calibration has stored as JSON. Raises ValueError."""
    if not isinstance(found, dict) or not all(type(value) in _TYPES["f"] for value in found.values()):
        raise ValueError("a calibration has no figures")
    return found
