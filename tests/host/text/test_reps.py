"""Reps and sets as text: digits, labels, and lines that fit."""

from dataclasses import replace

import pytest
from drawing import drawn
from stored_reps import REP

from cablerep import units
from cablerep.device.events import Rejected
from cablerep.text import reps as tables


def test_a_rep_as_a_line() -> None:
    assert tables.rep_line(REP) == ("rep 1    lift  0.75 s  hold  2.00 s  lower  1.25 s  range  512 mm  20.5 kg")
    partial = replace(REP, kind="partial", rep=None, force_mean_n=None)
    assert tables.rep_line(partial).startswith("partial  lift  0.75 s")
    assert "force" not in tables.rep_line(partial)


def test_reps_as_a_table() -> None:
    weak = replace(REP, kind="partial", rep=None, force_mean_n=None, power_mean_w=None)
    lines = drawn(tables.rep_table([REP, weak]))
    assert lines[0].split() == ["rep", "lift", "hold", "lower", "range", "pull"]
    assert lines[1].split() == ["s", "s", "s", "mm", "kg"]
    assert lines[3].split() == ["1", "0.75", "2.00", "1.25", "512", "20.5"]
    assert lines[4].split() == ["partial", "0.75", "2.00", "1.25", "512", "–"]
    assert max(map(len, lines)) <= 76, "the screen has no more"
    assert len({len(line) for line in lines[3:]}) == 1, "the columns line up"


def test_flags_appear_as_labels() -> None:
    flawed = replace(REP, flags=("hold_short", "eccentric_fast"))
    assert tables.rep_line(flawed).endswith("20.5 kg  ! short hold, too fast")
    again = replace(flawed, rep=None, kind="partial", flags=("swing",))
    assert tables.form_lines([REP, flawed, again]) == ["form: rep 1 short hold, too fast; rep – swing"]
    assert tables.form_lines([REP]) == []


def test_the_widest_values_stay_in_their_columns() -> None:
    wide = replace(
        REP, rep=99, concentric_s=60.5, hold_s=60.25, rom_mm=2000.0, force_mean_n=1500.0, power_mean_w=4500.0
    )
    rows = drawn(tables.rep_table([wide]), width=76)
    assert rows[3].split() == ["99", "60.50", "60.25", "1.25", "2000", "153.0"]


@pytest.mark.parametrize(
    ("full", "partials", "words"),
    [(0, 0, "0 reps"), (1, 0, "1 rep"), (8, 0, "8 reps"), (8, 2, "8 reps + 2 partial")],
)
def test_rep_counts_as_text(full: int, partials: int, words: str) -> None:
    assert tables.counted(full, partials) == words


def test_a_set_as_a_line() -> None:
    assert tables.set_line(2, 8, 1, 512.4, 182.6, "left") == "set 2 (left): 8 reps + 1 partial, range 512 mm, 18.6 kg"
    assert tables.set_line(1, 3, 0, None, None, "") == "set 1: 3 reps"


def test_rejected_movements_are_listed_then_summed() -> None:
    few = [Rejected("walk_in", 1.0, 2.5, 3.0, 102.4)]
    assert tables.rejected_lines(few) == ["not counted: 1.00–2.50 s, 102 mm, walking in"]
    many = few * 5 + [Rejected("outlier", 1.0, 1.0, 1.1, 30.0)] * 300 + few
    lines = tables.rejected_lines(many)
    assert len(lines) == 9
    assert lines[-1] == "also not counted: 297 sensor outlier, 1 walking in"


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (59.6, "1:00"), (61.0, "1:01"), (3600.0, "60:00")])
def test_durations(seconds: float, text: str) -> None:
    assert tables.clock(seconds) == text


def test_newtons_bring_speeds_and_power_with_them() -> None:
    units.choose_weight_unit("N")
    try:
        lines = drawn(tables.rep_table([REP]))
        line = tables.rep_line(REP)
    finally:
        units.choose_weight_unit("kg")
    assert lines[0].split() == ["rep", "lift", "hold", "lower", "range", "lift", "peak", "lower", "force", "power"]
    assert lines[1].split() == ["s", "s", "s", "mm", "m/s", "m/s", "m/s", "N", "W"]
    assert lines[3].split() == ["1", "0.75", "2.00", "1.25", "512", "0.68", "1.02", "0.41", "201", "137"]
    assert line.endswith("range  512 mm  lift 0.68 m/s  lower 0.41 m/s  201 N")


def test_pounds_change_the_number_and_the_heading() -> None:
    units.choose_weight_unit("lb")
    try:
        lines = drawn(tables.rep_table([REP]))
    finally:
        units.choose_weight_unit("kg")
    assert (lines[1].split()[-1], lines[3].split()[-1]) == ("lb", "45.2")


def test_the_direction_has_a_column_only_where_one_is_known() -> None:
    lines = drawn(tables.rep_table([REP, replace(REP, rep=2, direction_deg=37.6)]))
    assert lines[0].split()[-1] == "direction" and lines[1].split()[-1] == "°"
    assert [line.split()[-1] for line in lines[3:]] == ["–", "38"]
    assert tables.rep_line(replace(REP, direction_deg=37.6)).endswith("20.5 kg  38° right")
