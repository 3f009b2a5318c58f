"""The CSV files of Strong and Hevy: their columns, units, notes and times, and text that cannot become a formula."""

import csv
import io
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep import units
from cablerep.export import hevy, strong
from cablerep.export.workout import Workout, WorkoutSet

# Headers of files written by the apps themselves in 2026.
STRONG = (  # every field quoted
    "Workout #;Date;Workout Name;Duration (sec);Exercise Name;Set Order;Weight (kg);Reps;RPE;Distance (meters);Seconds;"
    "Notes;Workout Notes"
)
HEVY = (  # quoted
    "title,start_time,end_time,description,exercise_title,superset_id,exercise_notes,set_index,set_type,weight_kg,"
    "reps,distance_km,duration_seconds,rpe"
)
AT = datetime(2026, 3, 2, 7, 5, 9).astimezone()  # local time


@pytest.fixture(autouse=True)
def kilograms_again() -> Iterator[None]:
    yield
    units.choose_weight_unit("kg")


def made(name: str = "Legs", note: str = "", weight_kg: float | None = 18.559, minutes: float = 65) -> Workout:
    end = AT + timedelta(minutes=minutes)
    sides = [("left", 1), ("right", 1), ("left", 2)]
    sets = tuple(
        WorkoutSet(
            "abc123", f"{name} ({side})", order, AT.astimezone(UTC), end, 8, weight_kg, note and f"{note}{order}"
        )
        for side, order in sides
    )
    return Workout(name, AT.astimezone(UTC), end.astimezone(UTC), sets)


def rows(data: bytes) -> list[dict[str, str]]:
    text = data.decode()
    delimiter = ";" if text.startswith('"Workout #"') else ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_strong_columns_and_values() -> None:
    data = strong.encode([made(note="hold 2.0 s; set ")])
    assert data.decode().splitlines()[0] == ";".join(f'"{column}"' for column in STRONG.split(";"))
    found = rows(data)
    values = ["1", "2026-03-02 07:05:09", "Legs", "3900", "Legs (left)", "1", "18.6", "8", "", "", "", "", ""]
    assert found[0] == dict(zip(STRONG.split(";"), values, strict=True))
    assert [(row["Exercise Name"], row["Set Order"], row["Reps"], row["Notes"]) for row in found[1:]] == [
        ("Legs (left)", "Note", "", "hold 2.0 s; set 1"),
        ("Legs (left)", "2", "8", ""),
        ("Legs (left)", "Note", "", "hold 2.0 s; set 2"),
        ("Legs (right)", "1", "8", ""),
        ("Legs (right)", "Note", "", "hold 2.0 s; set 1"),
    ]


def test_strong_numbers_its_workouts() -> None:
    assert [row["Workout #"] for row in rows(strong.encode([made(), made()]))] == ["1"] * 3 + ["2"] * 3


def test_hevy_columns_and_values() -> None:
    data = hevy.encode([made(note="hold 2.0 s; ")])
    assert data.decode().splitlines()[0] == ",".join(f'"{column}"' for column in HEVY.split(","))
    first, second, right = rows(data)
    assert (first["start_time"], first["end_time"]) == ("2 Mar 2026, 07:05", "2 Mar 2026, 08:10")
    assert [(row["exercise_title"], row["set_index"], row["set_type"]) for row in (first, second, right)] == [
        ("Legs (left)", "0", "normal"),
        ("Legs (left)", "1", "normal"),
        ("Legs (right)", "0", "normal"),
    ]
    assert (first["weight_kg"], first["reps"], first["duration_seconds"]) == ("18.6", "8", "0")
    assert first["exercise_notes"] == second["exercise_notes"] == "set 1: hold 2.0 s; 1 | set 2: hold 2.0 s; 2"
    assert right["exercise_notes"] == "hold 2.0 s; 1"
    assert (first["superset_id"], first["distance_km"], first["rpe"]) == ("", "", "")


def test_pounds_are_stated_in_the_header() -> None:
    units.choose_weight_unit("lb")
    assert {row["Weight (lb)"] for row in rows(strong.encode([made()]))} == {"40.9"}
    first = rows(hevy.encode([made()]))[0]
    assert (first["weight_lbs"], first["distance_miles"]) == ("40.9", "")


def test_an_unknown_load_is_no_weight() -> None:
    assert rows(strong.encode([made(weight_kg=None)]))[0]["Weight (kg)"] == ""
    assert rows(hevy.encode([made(weight_kg=None)]))[0]["weight_kg"] == ""


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the local time zone cannot be changed here")
@pytest.mark.parametrize("begin", [datetime(2026, 3, 29, 0, 50, tzinfo=UTC), datetime(2026, 10, 25, 0, 50, tzinfo=UTC)])
def test_durations_are_exact_when_the_clocks_change(monkeypatch: pytest.MonkeyPatch, begin: datetime) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        end = begin + timedelta(minutes=20)  # the clocks change at 01:00 UTC
        workout = Workout("Legs", begin, end, (WorkoutSet("abc123", "Legs", 1, begin, end, 8, None, ""),))
        row = rows(hevy.encode([workout]))[0]
        assert rows(strong.encode([workout]))[0]["Duration (sec)"] == "1200"
    finally:
        monkeypatch.undo()
        time.tzset()
    begun, ended = (datetime.strptime(row[name], "%d %b %Y, %H:%M") for name in ("start_time", "end_time"))
    assert ended - begun == timedelta(minutes=20)


APPS = pytest.mark.parametrize(
    ("app", "name_column", "note_column"),
    [(strong, "Workout Name", "Notes"), (hevy, "title", "exercise_notes")],
    ids=["strong", "hevy"],
)


def unguarded(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:2] and text[1] in "=+-@\t\r" else text


@APPS
@given(
    name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
    note=st.text(st.sampled_from("a,;\"'\n\r\t –é💪=+-@"), min_size=1, max_size=20),
)
def test_text_survives_a_round_trip(app: ModuleType, name_column: str, note_column: str, name: str, note: str) -> None:
    workout = Workout(name, AT, AT, (WorkoutSet("abc123", name, 1, AT, AT, 8, None, note),))
    found = rows(app.encode([workout]))
    assert {unguarded(row[name_column]) for row in found} == {unguarded(name)}
    assert unguarded(found[-1][note_column]) == unguarded(note)


@APPS
@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(app: ModuleType, name_column: str, note_column: str, formula: str) -> None:
    workout = Workout(formula, AT, AT, (WorkoutSet("abc123", formula, 1, AT, AT, 8, None, formula),))
    cells = [cell for row in rows(app.encode([workout])) for cell in row.values()]
    assert f"'{formula}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
