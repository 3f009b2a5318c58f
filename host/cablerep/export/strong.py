"""CSV as the app Strong exports it and as Strong, Hevy and others import it: a line a set.

The columns are those of Strong's exports since 2019. The file does not say its unit: kilograms here.
"""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from .workout import Workout

COLUMNS = (
    *("Date", "Workout Name", "Duration", "Exercise Name", "Set Order", "Weight", "Reps", "Distance", "Seconds"),
    *("Notes", "Workout Notes", "RPE"),
)


def encode(workouts: Iterable[Workout]) -> bytes:
    """Return the file; times as the clock on the wall has them, since the app knows no others."""
    text = io.StringIO(newline="")
    text.write(f"{','.join(COLUMNS)}\n")
    # All text quoted: a lone carriage return is not by default, and would end the line for most readers.
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    for workout in workouts:
        began = _stamp(workout.at)
        lasted = _duration((workout.end - workout.at).total_seconds())
        for one in workout.sets:
            weight = 0 if one.weight_kg is None else round(one.weight_kg, 1)
            writer.writerow(
                (began, workout.name, lasted, one.exercise, one.order, weight, one.reps, 0, 0, one.note, "", "")
            )
    return text.getvalue().encode()


def _stamp(instant: datetime) -> str:
    return f"{instant.astimezone():%Y-%m-%d %H:%M:%S}"


def _duration(seconds: float) -> str:
    """Return a duration as the app writes it, such as 1h 5m; nothing is shorter than a minute there."""
    minutes = max(1, round(seconds / 60))
    return f"{minutes // 60}h {minutes % 60}m" if minutes >= 60 else f"{minutes}m"
