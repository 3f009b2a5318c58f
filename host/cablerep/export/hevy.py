"""CSV in the format of the Hevy app's export: a row per set, the unit of weight in the column's name.

Hevy numbers the sets of an exercise from 0, writes times to the minute with English month names, and repeats the note
of an exercise on each of its rows.
"""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, timedelta

from cablerep.units import LB, pounds, weight_unit

from .workout import Workout, WorkoutSet, guarded, local

# Not strftime's %b, which follows the user's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

_TYPES = {"": "normal", "warm-up": "warmup", "drop": "dropset"}


def columns() -> tuple[str, ...]:
    """Return the header; pounds and miles if pounds are the chosen unit, else kilograms and kilometres."""
    weight, distance = ("weight_lbs", "distance_miles") if weight_unit() is LB else ("weight_kg", "distance_km")
    return (
        *("title", "start_time", "end_time", "description", "exercise_title", "superset_id", "exercise_notes"),
        *("set_index", "set_type", weight, "reps", distance, "duration_seconds", "rpe"),
    )


def encode(workouts: Iterable[Workout]) -> bytes:
    """Return the file. Sets are grouped by exercise, because importers begin a new exercise where its name changes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)  # like the app
    writer.writerow(columns())
    for workout in workouts:
        begin = local(workout.at)
        end = begin + timedelta(seconds=workout.duration_s)  # not local(workout.end): a reader takes the difference
        session = (guarded(workout.name), _stamp(begin), _stamp(end), "")
        for exercise, sets in workout.by_exercise.items():
            notes = guarded(_notes(sets))
            for lifted in sets:
                position = (guarded(exercise), "", notes, lifted.order - 1, _TYPES[lifted.type])
                rpe = "" if lifted.rpe is None else lifted.rpe
                writer.writerow((*session, *position, _weight(lifted), lifted.reps, "", 0, rpe))
    return text.getvalue().encode()


def _notes(sets: list[WorkoutSet]) -> str:
    """Return the notes of an exercise's sets on one line, numbered if there are several sets."""
    if len(sets) == 1:
        return sets[0].note
    return " | ".join(f"set {lifted.order}: {lifted.note}" for lifted in sets if lifted.note)


def _weight(lifted: WorkoutSet) -> float | str:
    if lifted.weight_kg is None:
        return ""
    return round(pounds(lifted.weight_kg) if weight_unit() is LB else lifted.weight_kg, 1)


def _stamp(time: datetime) -> str:
    return f"{time.day} {_MONTHS[time.month - 1]} {time:%Y, %H:%M}"
