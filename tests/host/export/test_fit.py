"""FIT: files written with fit-tool are read with fitdecode, which shares no code with it."""

import builtins
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import fitdecode
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cablerep import units
from cablerep.errors import OutputError
from cablerep.export import fit
from cablerep.export.workout import Workout, WorkoutSet

AT = datetime(2026, 3, 2, 12, 0, 0, 400_000, tzinfo=UTC)


def made(reps: int = 8, weight_kg: float | None = 18.56, name: str = "Kickback", gap_s: float = 90.0) -> Workout:
    sets, at = [], AT
    for index, side in enumerate(("left", "right", "left")):
        end = at + timedelta(seconds=50)
        sets.append(WorkoutSet(f"id{index}", f"{name} ({side})", 1, at, end, reps, weight_kg, ""))
        at = end + timedelta(seconds=gap_s)
    return Workout(name, AT, sets[-1].end, tuple(sets))


def messages(workout: Workout) -> Iterator[tuple[str, dict[str, Any]]]:
    reader = fitdecode.FitReader(io.BytesIO(fit.encode(workout)), check_crc=fitdecode.CrcCheck.RAISE)
    for frame in reader:
        if frame.frame_type == fitdecode.FIT_FRAME_DATA:
            yield frame.name, {field.name: field.value for field in frame.fields}


def sets(workout: Workout) -> list[dict[str, Any]]:
    return [values for name, values in messages(workout) if name == "set"]


def test_the_file_is_a_strength_activity() -> None:
    found = dict(messages(made()))
    assert found["file_id"]["type"] == "activity"
    session = found["session"]
    assert (session["sport"], session["sub_sport"]) == ("training", "strength_training")
    assert session["start_time"] == AT.replace(microsecond=0)
    assert session["total_elapsed_time"] == pytest.approx(3 * 50 + 2 * 90)
    assert found["activity"]["num_sessions"] == 1
    offset = AT.astimezone().utcoffset()
    assert offset is not None
    assert found["activity"]["local_timestamp"] - found["activity"]["timestamp"] == offset


def test_sets_have_reps_weight_and_times_with_rests_between() -> None:
    found = sets(made())
    assert [one["set_type"] for one in found] == ["active", "rest", "active", "rest", "active"]
    assert [one["message_index"] for one in found] == [0, 1, 2, 3, 4]
    active, rest = found[0], found[1]
    assert (active["repetitions"], active["duration"]) == (8, 50.0)
    assert active["weight"] == pytest.approx(18.56, abs=1 / 32), "FIT stores sixteenths of a kilogram"
    assert active["start_time"] == AT.replace(microsecond=0)
    assert rest["duration"] == 90.0
    assert "repetitions" not in rest


def test_exercise_names_are_found_by_index() -> None:
    found = list(messages(made()))
    titles = {values["exercise_name"]: values["wkt_step_name"] for name, values in found if name == "exercise_title"}
    assert titles == {0: "Kickback (left)", 1: "Kickback (right)"}
    assert [values["category_subtype"] for _, values in found if values.get("repetitions")] == [0, 1, 0]


def test_without_load_no_weight_and_without_pause_no_rest() -> None:
    found = sets(made(weight_kg=None, gap_s=0))
    assert [one["set_type"] for one in found] == ["active"] * 3
    assert not any(one.get("weight") for one in found)


@settings(max_examples=30, deadline=None)  # the first one imports the library
@given(
    st.integers(0, 500), st.floats(0.5, 400), st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1)
)
def test_any_figures_and_names_survive_a_round_trip(reps: int, weight_kg: float, name: str) -> None:
    workout = made(reps, weight_kg, name)
    found = list(messages(workout))
    active = next(values for what, values in found if what == "set")
    assert (active.get("repetitions") or 0, active["weight"]) == (reps, pytest.approx(weight_kg, abs=1 / 31))
    title = next(values["wkt_step_name"] for what, values in found if what == "exercise_title")
    assert title
    assert f"{name} (left)".startswith(title)


def test_a_weight_beyond_the_format_is_its_maximum() -> None:
    assert sets(made(weight_kg=9999.0))[0]["weight"] == pytest.approx(4095.8, abs=0.1)


def test_a_session_before_the_format_is_an_error() -> None:
    old = datetime(1980, 1, 1, tzinfo=UTC)
    with pytest.raises(OutputError, match=r"the session of 19(79|80)-.* is older than the FIT format"):
        fit.encode(Workout("Legs", old, old, ()))


def test_pounds_are_the_unit_that_a_watch_shows() -> None:
    units.choose_weight_unit("lb")
    try:
        active = sets(made())[0]
    finally:
        units.choose_weight_unit("kg")
    assert active["weight"] == pytest.approx(18.56, abs=1 / 32), "the value is always kilograms"
    assert active["weight_display_unit"] == "pound"


def test_two_sessions_differ_in_their_serial_number() -> None:
    one, other = made(), made()
    other = Workout(other.name, other.at, other.end, other.sets[1:])
    assert dict(messages(one))["file_id"]["serial_number"] != dict(messages(other))["file_id"]["serial_number"]


def test_a_missing_library_is_reported_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def lacking(name: str, *arguments: Any) -> Any:
        if name == "fit_tool":
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(OutputError, match=r"pip install '\.\[export\]'"):
        fit.encode(made())
