"""CSV in the current format of the Strong app's export, which Hevy and others import: a row per set.

Every field is quoted, semicolons separate them, and the header states the unit of weight. Earlier versions of the app
wrote commas and no unit; importers recognize both by the header.
"""

import csv
import io
from collections.abc import Iterable

from cablerep.units import LB, pounds, weight_unit

from .workout import Workout, WorkoutSet, guarded, local

_MARKS = {"warm-up": "W", "drop": "D"}  # stand for the number of such a set


def columns() -> tuple[str, ...]:
    """Return the header; pounds if they are the chosen unit, else kilograms."""
    unit = "lb" if weight_unit() is LB else "kg"
    return (
        *("Workout #", "Date", "Workout Name", "Duration (sec)", "Exercise Name", "Set Order", f"Weight ({unit})"),
        *("Reps", "RPE", "Distance (meters)", "Seconds", "Notes", "Workout Notes"),
    )


def encode(workouts: Iterable[Workout]) -> bytes:
    """Return the file. A set's note is a row of its own after the set, with "Note" in place of the set's number."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(columns())
    for number, workout in enumerate(workouts, 1):
        session = (number, f"{local(workout.at):%Y-%m-%d %H:%M:%S}", guarded(workout.name), workout.duration_s)
        for exercise, sets in workout.by_exercise.items():
            for lifted in sets:
                figures = (_weight(lifted), lifted.reps, "" if lifted.rpe is None else lifted.rpe, "", "")
                order = _MARKS.get(lifted.type, lifted.order)
                writer.writerow((*session, guarded(exercise), order, *figures, "", ""))
                if lifted.note:
                    writer.writerow((*session, guarded(exercise), "Note", *[""] * 5, guarded(lifted.note), ""))
    return text.getvalue().encode()


def _weight(lifted: WorkoutSet) -> float | str:
    if lifted.weight_kg is None:
        return ""
    return round(pounds(lifted.weight_kg) if weight_unit() is LB else lifted.weight_kg, 1)
