"""What comes out of the store, as frozen records: sets with their reps as amended, notes, calibrations.

Names and units are the contract's; those who read a store need nothing else of it.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..device.events import Rep

_ID_LENGTH = 6  # characters of a set's id: of 5000 sets two share one with a chance of 1 in 90
_ID_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: none that is read for another, and no word such as last


@dataclass(frozen=True, slots=True)
class StoredRep(Rep):
    """A rep of `board` as it stands after its amendments; `was` is the kind that was first reported."""

    board: str
    was: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a person said of a set, and when, in UTC."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A set with its reps; `over` is False where the board never told of its end. `at` is when it began, in UTC.

    `profile` is the number of the exercise profile as the board has it, 0 for none; None where there is no end.
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

    @property
    def id(self) -> str:
        """A short name for people to type, the same in every store that has this set."""
        digest = hashlib.blake2s(f"{self.board}/{self.session}/{self.set}".encode(), digest_size=8).digest()
        number = int.from_bytes(digest)
        return "".join(_ID_DIGITS[number >> 5 * place & 31] for place in range(_ID_LENGTH))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was set at `at` in UTC: settings by name, or forces in N by plate for the kind stack.

    `residual` is the largest distance of a point from the line, in mm or N; None where an earlier one was brought back.
    """

    board: str
    at: datetime
    kind: str  # travel, load or stack
    was: Mapping[str, float]
    became: Mapping[str, float]
    residual: float | None
