"""A visit in the terms of training apps: workouts with exercises, and sets with a weight in kilograms.

Apps know a weight and a count. What they have no column for (hold, tempo, form) goes into the set's note, in words.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cablerep.history import metrics as set_metrics
from cablerep.history.logbook import Entry
from cablerep.history.visits import Visit, set_end
from cablerep.text import form_words
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
    """A visit as an app lists it; times are UTC."""

    name: str
    at: datetime
    end: datetime
    sets: tuple[WorkoutSet, ...]


def workout(visit: Visit) -> Workout:
    """Return `visit` as a workout, each side an exercise of its own, as an app's charts of progress want it."""
    names = dict.fromkeys(one.exercise or GENERIC_NAME for one in visit.entries)
    return Workout(", ".join(names), visit.at, visit.end, tuple(_sets(visit)))


def _sets(visit: Visit) -> Iterator[WorkoutSet]:
    orders: Counter[str] = Counter()
    for one in visit.entries:
        name = side_title(one)
        orders[name] += 1
        load_n = one.set.load_n
        weight_kg = None if load_n is None else kilograms(load_n)
        yield WorkoutSet(
            *(one.id, name, orders[name], one.set.at, set_end(one.set), one.set.full, weight_kg, note(one))
        )


def side_title(one: Entry) -> str:
    """Return the exercise's name, or a general one, with the side: an app has no other place for it."""
    name = one.exercise or GENERIC_NAME
    return f"{name} ({one.side})" if one.side else name


def note(one: Entry) -> str:
    """Return in one line what an app has no column for: partial reps, tempo, form, and the person's own notes."""
    parts = [f"{one.set.partials} partial"] if one.set.partials else []
    hold, back = (set_metrics.spread(getattr(rep, name) for rep in one.full) for name in ("hold_s", "eccentric_s"))
    if hold is not None and back is not None:
        parts.append(f"hold {hold.median:.1f} s, way back {back.median:.1f} s")
    if one.set.rom_mm is not None:
        parts.append(f"range {one.set.rom_mm:.0f} mm")
    parts += [f"{form_words.short(flag)} {count}×" for flag, count in set_metrics.flag_counts(one.set).items()]
    return "; ".join([*parts, *(" ".join(said.text.split()) for said in one.set.notes)])
