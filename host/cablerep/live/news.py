"""What the screen is told of beside what comes from the board."""

from dataclasses import dataclass

from ..device.events import Event, Rep
from ..exercise.profile import Profile


@dataclass(frozen=True, slots=True)
class Coached:
    """The profile and the side of the sets to come."""

    profile: Profile | None
    side: str


@dataclass(frozen=True, slots=True)
class Recalled:
    """Reps of the board's present session that were stored before this program began."""

    reps: tuple[Rep, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A word from this program to the person at the screen."""

    text: str


@dataclass(frozen=True, slots=True)
class Plated:
    """The load of the set that is over, as a plate of the stack."""

    text: str


Shown = Event | Coached | Recalled | Told | Plated
