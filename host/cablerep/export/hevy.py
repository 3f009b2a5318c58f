"""CSV in the format of the Hevy app's export: a row per set, weights in kilograms.

Hevy numbers the sets of an exercise from 0 and writes times to the minute, with English month names.
"""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from .workout import Workout

COLUMNS = (
    *("title", "start_time", "end_time", "description", "exercise_title", "superset_id", "exercise_notes"),
    *("set_index", "set_type", "weight_kg", "reps", "distance_km", "duration_seconds", "rpe"),
)
# Not strftime's %b, which follows the user's locale.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def encode(workouts: Iterable[Workout]) -> bytes:
    """Return the file; times are local, because the format has no time zone."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)  # like the app
    writer.writerow(COLUMNS)
    for workout in workouts:
        frame = (workout.name, _stamp(workout.at), _stamp(workout.end), "")
        for lifted in workout.sets:
            weight = "" if lifted.weight_kg is None else round(lifted.weight_kg, 1)
            exercise = (lifted.exercise, "", lifted.note, lifted.order - 1, "normal")
            writer.writerow((*frame, *exercise, weight, lifted.reps, "", "", ""))
    return text.getvalue().encode()


def _stamp(instant: datetime) -> str:
    local = instant.astimezone()
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%Y, %H:%M}"
