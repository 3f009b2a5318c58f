"""CSV as the app Hevy exports it: a line a set, weights in kilograms.

Hevy numbers the sets of an exercise from 0 and writes its times by the minute with English month names.
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
# Not strftime's %b: that speaks the user's language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def encode(workouts: Iterable[Workout]) -> bytes:
    """Return the file; times as the clock on the wall has them, since the app knows no others."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)  # as the app does
    writer.writerow(COLUMNS)
    for workout in workouts:
        frame = (workout.name, _stamp(workout.at), _stamp(workout.end), "")
        for one in workout.sets:
            weight = "" if one.weight_kg is None else round(one.weight_kg, 1)
            writer.writerow((*frame, one.exercise, "", one.note, one.order - 1, "normal", weight, one.reps, "", "", ""))
    return text.getvalue().encode()


def _stamp(instant: datetime) -> str:
    local = instant.astimezone()
    return f"{local.day} {_MONTHS[local.month - 1]} {local:%Y, %H:%M}"
