"""CSV in the format of the Strong app's export, which Strong, Hevy and others import: a row per set.

The columns are those of Strong's exports since 2019. The file does not state its unit; cablerep writes kilograms.
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
    """Return the file; times are local, because the format has no time zone."""
    text = io.StringIO(newline="")
    text.write(f"{','.join(COLUMNS)}\n")
    # Quote all text: by default a lone carriage return is not quoted, and most readers would end the row there.
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    for workout in workouts:
        began = _stamp(workout.at)
        duration = _duration((workout.end - workout.at).total_seconds())
        for lifted in workout.sets:
            weight = 0 if lifted.weight_kg is None else round(lifted.weight_kg, 1)
            exercise = (lifted.exercise, lifted.order, weight, lifted.reps, 0, 0, lifted.note)
            writer.writerow((began, workout.name, duration, *exercise, "", ""))
    return text.getvalue().encode()


def _stamp(instant: datetime) -> str:
    return f"{instant.astimezone():%Y-%m-%d %H:%M:%S}"


def _duration(seconds: float) -> str:
    """Return a duration as the app writes it, such as 1h 5m; its minimum is one minute."""
    minutes = max(1, round(seconds / 60))
    return f"{minutes // 60}h {minutes % 60}m" if minutes >= 60 else f"{minutes}m"
