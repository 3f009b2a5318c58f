"""What the screen is told besides the events of the board."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..device.events import Durable, Event
from ..store.records import Lifter
from .goal import Goal, LastTime

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
    """The load of the finished set as a plate of the stack, or ""; `printed_n` is the weight printed on it."""

    text: str
    printed_n: float | None = None


@dataclass(frozen=True, slots=True)
class LifterChosen:
    """The name of the lifter of the next sets, "" for nobody."""

    name: str


@dataclass(frozen=True, slots=True)
class LiftersKnown:
    """Everybody in the store, to choose from."""

    lifters: tuple[Lifter, ...]


@dataclass(frozen=True, slots=True)
class GoalChosen:
    """What is planned for the next set, None without a plan."""

    goal: Goal | None


@dataclass(frozen=True, slots=True)
class LastTimeFound:
    """The set of last time that matches the next one, None if there is none."""

    last_time: LastTime | None


@dataclass(frozen=True, slots=True)
class WeightTyped:
    """The weight that was typed for the next sets, in newtons, None for none."""

    weight_n: float | None


ScreenEvent = (
    Event
    | ExerciseChosen
    | RepsRecalled
    | Message
    | PlateFound
    | LifterChosen
    | LiftersKnown
    | GoalChosen
    | LastTimeFound
    | WeightTyped
)
