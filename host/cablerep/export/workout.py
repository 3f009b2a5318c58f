"""Training sessions as workouts, the model of training apps: exercises, and sets with a weight in kilograms.

Apps know a weight and a rep count. Hold, tempo and form, for which they have no column, go into the set's note.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cablerep import words
from cablerep.history.logbook import Entry
from cablerep.history.metrics import flag_counts, summarize
from cablerep.history.training import TrainingSession, set_end
from cablerep.text.reps import missing_reps
from cablerep.units import kilograms

GENERIC_NAME = "Cable exercise"  # of a set without a profile


@dataclass(frozen=True, slots=True)
class WorkoutSet:
    """A set as an app lists it; `order` counts the sets of its exercise in the workout from 1, times are UTC."""

    id: str
    exercise: str
    order: int
    at: datetime
    end: datetime
    reps: int
    weight_kg: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Workout:
    """A training session as an app lists it; times are UTC."""

    name: str
    at: datetime
    end: datetime
    sets: tuple[WorkoutSet, ...]


def workout(session: TrainingSession) -> Workout:
    """Return a session as a workout; each side is a separate exercise, so that an app charts it separately."""
    names = dict.fromkeys(entry.exercise or GENERIC_NAME for entry in session.entries)
    return Workout(", ".join(names), session.at, session.end, tuple(_sets(session)))


def _sets(session: TrainingSession) -> Iterator[WorkoutSet]:
    orders: Counter[str] = Counter()
    for entry in session.entries:
        name = side_title(entry)
        orders[name] += 1
        load_n = entry.set.load_n
        yield WorkoutSet(
            id=entry.id,
            exercise=name,
            order=orders[name],
            at=entry.set.at,
            end=set_end(entry.set),
            reps=entry.set.full,
            weight_kg=None if load_n is None else kilograms(load_n),
            note=note(entry),
        )


def side_title(entry: Entry) -> str:
    """Return the exercise's name followed by the side, for which apps have no column of its own."""
    name = entry.exercise or GENERIC_NAME
    return f"{name} ({entry.side})" if entry.side else name


def note(entry: Entry) -> str:
    """Return on one line what apps have no column for: partial reps, tempo, form, and the lifter's notes."""
    parts = [f"{entry.set.partials} partial"] if entry.set.partials else []
    parts += [missing_reps(entry.set)] if entry.set.missing else []
    hold, lower = (summarize(getattr(rep, name) for rep in entry.full) for name in ("hold_s", "eccentric_s"))
    if hold is not None and lower is not None:
        parts += [f"hold {hold.median:.1f} s", f"lower {lower.median:.1f} s"]
    if entry.set.rom_mm is not None:
        parts.append(f"range {entry.set.rom_mm:.0f} mm")
    parts += [f"{words.flag(flag)} {count}×" for flag, count in flag_counts(entry.set).items()]
    return "; ".join([*parts, *(" ".join(written.text.split()) for written in entry.set.notes)])
