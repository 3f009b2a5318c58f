"""What the screen is told besides the events of the board."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..device.events import Durable, Event

if TYPE_CHECKING:  # Profile needs pydantic, which does not run everywhere this module does
    from ..exercise.profile import Profile


@dataclass(frozen=True, slots=True)
class ExerciseChosen:
    """The profile and the side of the next sets."""

    profile: "Profile | None"
    side: str


@dataclass(frozen=True, slots=True)
class RepsRecalled:
    """Stored reps and sets from before: of the board's session, and of a set that its restart has interrupted."""

    events: tuple[Durable, ...]


@dataclass(frozen=True, slots=True)
class Message:
    """A message from this program to the person at the screen."""

    text: str


@dataclass(frozen=True, slots=True)
class PlateFound:
    """The load of the finished set as a plate of the stack, or ""."""

    text: str


ScreenEvent = Event | ExerciseChosen | RepsRecalled | Message | PlateFound
