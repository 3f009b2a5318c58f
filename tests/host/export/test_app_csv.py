"""The CSV files of Strong and Hevy: their columns, and any text survives a round trip."""

import csv
import io
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep.export import hevy, strong
from cablerep.export.workout import Workout, WorkoutSet

# Headers of files written by the apps themselves.
STRONG = "Date,Workout Name,Duration,Exercise Name,Set Order,Weight,Reps,Distance,Seconds,Notes,Workout Notes,RPE"
HEVY = (  # quoted
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,"
    "reps,distance_km,duration_seconds,rpe"
)
AT = datetime(2026, 3, 2, 7, 5, 9).astimezone()  # local time


def made(name: str = "Legs", note: str = "", weight_kg: float | None = 18.559, minutes: float = 65) -> Workout:
    end = AT + timedelta(minutes=minutes)
    sets = tuple(
        WorkoutSet("abc123", f"{name} (left)", order, AT.astimezone(UTC), end, 8, weight_kg, note) for order in (1, 2)
    )
    return Workout(name, AT.astimezone(UTC), end.astimezone(UTC), sets)


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_strong_columns_and_values() -> None:
    data = strong.encode([made(note="hold 2.0 s")])
    assert data.decode().splitlines()[0] == STRONG
    first, second = rows(data)
    assert first == dict(
        zip(
            STRONG.split(","),
            *[
                [
                    "2026-03-02 07:05:09",
                    "Legs",
                    "1h 5m",
                    "Legs (left)",
                    "1",
                    "18.6",
                    "8",
                    "0",
                    "0",
                    "hold 2.0 s",
                    "",
                    "",
                ]
            ],
            strict=True,
        )
    )
    assert second["Set Order"] == "2"


def test_hevy_columns_and_values() -> None:
    data = hevy.encode([made(note="hold 2.0 s")])
    assert data.decode().splitlines()[0] == ",".join(f'"{column}"' for column in HEVY.split(","))
    first, second = rows(data)
    assert (first["start_time"], first["end_time"]) == ("2 Mar 2026, 07:05", "2 Mar 2026, 08:10")
    assert (first["set_index"], second["set_index"], first["set_type"]) == ("0", "1", "normal")
    assert (first["weight_kg"], first["reps"], first["exercise_notes"]) == ("18.6", "8", "hold 2.0 s")
    assert (first["superset_id"], first["distance_km"], first["duration_seconds"], first["rpe"]) == ("", "", "", "")


def test_an_unknown_load_is_no_weight() -> None:
    assert rows(strong.encode([made(weight_kg=None)]))[0]["Weight"] == "0", "Strong has no empty weights"
    assert rows(hevy.encode([made(weight_kg=None)]))[0]["weight_kg"] == ""


@pytest.mark.parametrize(("minutes", "text"), [(0.2, "1m"), (59.4, "59m"), (59.6, "1h 0m"), (125, "2h 5m")])
def test_strong_writes_durations_in_hours_and_minutes(minutes: float, text: str) -> None:
    assert rows(strong.encode([made(minutes=minutes)]))[0]["Duration"] == text


@pytest.mark.parametrize(
    ("app", "name_column", "note_column"),
    [(strong, "Workout Name", "Notes"), (hevy, "title", "exercise_notes")],
    ids=["strong", "hevy"],
)
@given(
    name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    note=st.text(st.sampled_from("a,;\"'\n\r\t –é💪="), max_size=20),
)
def test_text_survives_a_round_trip(app: ModuleType, name_column: str, note_column: str, name: str, note: str) -> None:
    found = rows(app.encode([made(name, note)]))
    assert [(row[name_column], row[note_column]) for row in found] == [(name, note)] * 2
