"""The history as text: lines that fit, and columns only where there is something to show."""

import re
from dataclasses import replace

import pytest
from drawing import drawn
from logbook_pages import FIRST, page, rep

from cablerep.history import compare as comparisons
from cablerep.history.logbook import Entry
from cablerep.history.progress import progress
from cablerep.store.database import LostMessages
from cablerep.text import compare as comparison_tables
from cablerep.text import history as history_tables
from cablerep.text import progress as progress_tables

FLAGGED = [rep(1, flags=("swing", "hold_short")), rep(2, flags=("swing",)), rep(3, kind="partial", rep=None)]


def columns_of(line: str) -> list[str]:
    return line.split()


def test_a_day_of_sets() -> None:
    bare = page(6, exercise="", load_n=None, target=None)
    lines = drawn(history_tables.set_table([bare]))
    assert columns_of(lines[0]) == ["set", "at", "reps", "hold", "lower", "range"], "empty columns are left out"
    at = f"{bare.set.at.astimezone():%H:%M}"
    assert columns_of(lines[3]) == [bare.id, at, "6", "2.20", "3.30", "300"]
    assert history_tables.day_heading(bare.day, [bare, bare]) == "Mon 2026-03-02  2 sets, 12 reps"


def test_a_day_of_sets_with_every_column() -> None:
    sets = [page(FLAGGED, side="left", plate=7), page(9, minute=5, side="right", load_n=1500.0)]
    lines = drawn(history_tables.set_table(sets))
    assert columns_of(lines[0]) == [
        *("set", "at", "exercise", "side", "reps", "load", "plate", "hold", "lower", "range"),
    ]
    text = " ".join(lines)
    for part in ("Kickback", "left", "2+1", "15.3", " 7 ", "153.0"):
        assert part in text, part
    assert history_tables.flag_lines(sets) == [f"{sets[0].id}  swing 2, short hold 1 of 3 reps"]
    assert drawn(history_tables.set_table(sets[1:], sets))[0] == lines[0], "all days of a list have the same columns"


def test_the_widest_set_fits_eighty_columns() -> None:
    wide = page(
        [
            rep(n, hold_s=60.25, eccentric_s=30.5, rom_mm=2000.0, flags=("eccentric_fast", "range_over"))
            for n in range(9)
        ],
        side="right",
        exercise="Glute medius kickback, band, on all fours",
        plate=20,
        load_n=1500.0,
    )
    for table in (history_tables.set_table([wide]), history_tables.rep_table(wide)):
        lines = drawn(table)
        assert max(map(len, lines)) <= 80
        assert "…" not in "".join(lines), "nothing is cut off"
    assert "60.25  30.50   2000" in drawn(history_tables.set_table([wide]))[3]


def test_a_set_without_a_reported_end_has_dots() -> None:
    from dataclasses import replace

    one = page(4)
    open_one = replace(one, set=replace(one.set, over=False, rom_mm=None))
    row = columns_of(drawn(history_tables.set_table([open_one]))[3])
    assert row[3:5] == ["4", "…"]
    assert row[-1] == "–"
    assert "its end was never reported" in history_tables.set_line(open_one)


def test_reps_with_their_distance_from_the_target() -> None:
    short = rep(2, eccentric_s=2.0, eccentric_mean_m_s=0.125, flags=("swing",))  # 250 mm: the target is 2.5 s
    lines = drawn(history_tables.rep_table(page([rep(1, hold_s=1.65, eccentric_mean_m_s=0.09), short])))
    assert columns_of(lines[0]) == [
        *("rep", "lift", "hold", "target", "lower", "target", "range", "load", "flags"),
    ]
    assert columns_of(lines[3])[2:6] == ["1.65", "-0.35", "3.30", "+0.33"]
    assert columns_of(lines[4])[2:6] == ["2.20", "+0.20", "2.00", "-0.50"]
    assert columns_of(lines[4])[-1] == "swing"
    bare = drawn(history_tables.rep_table(page([rep(1, force_mean_n=None)], target=None)))
    assert columns_of(bare[0]) == ["rep", "lift", "hold", "lower", "range"]


def test_the_summary_of_a_set() -> None:
    reps = [
        rep(1, hold_s=2.0, concentric_mean_m_s=0.40, rom_mm=300.0),
        rep(2, hold_s=2.4, concentric_mean_m_s=0.50, rom_mm=320.0, flags=("swing",)),
        rep(3, hold_s=1.9, concentric_mean_m_s=0.30, rom_mm=240.0),
    ]
    figures = dict(history_tables.set_figures(page(reps)))
    assert figures == {
        "hold": "2.10 ± 0.26 s, median 2.00, 3 full reps; target 2 s or more",
        "lower": "3.30 ± 0.00 s, median 3.30, 3 full reps; target 3 to 6 s",
        "tempo": "kept in 2 of 3 full reps",
        "velocity loss": "25 %: from rep 1 to rep 3",
        "range loss": "20 %: from 300 mm in rep 1 to 240 mm in rep 3",
        "under tension": "20 s",
        "flags": "swing 1",
    }
    none = dict(history_tables.set_figures(page(0, target=None)))
    assert none == {
        "hold": "no full rep",
        "lower": "no full rep",
        "velocity loss": "needs two comparable reps",
        "range loss": "needs two comparable reps",
        "under tension": "0 s",
    }


def sides() -> list[Entry]:
    return [page(FLAGGED, side="left"), page(9, minute=5, side="right", hold_s=2.6, load_n=300.0)]


def test_a_comparison_as_text() -> None:
    (one,) = comparisons.of_sides(sides())
    assert comparison_tables.comparison_heading(one) == ("Kickback, 2026-03-02: left (1 set) vs right (1 set)")
    rows = {line[:12].strip(): line[12:].split() for line in drawn(comparison_tables.comparison_table(one))}
    assert rows["reps per set"] == ["2.0", "1", "9.0", "1", "+127.3"]
    assert rows["load (kg)"] == ["15.3", "1", "30.6", "1", "+66.7"]
    assert rows["hold (s)"] == ["2.20", "±", "0.00", "2", "2.60", "±", "0.00", "9", "+16.7", "too", "few", "reps"]
    assert rows["swing"] == ["2", "3", "0", "9"]
    assert "The loads differ" in comparison_tables.comparison_note(one)


def test_comparisons_of_days_and_of_sets_as_text() -> None:
    (days,) = comparisons.of_days([page(day=0, side="left"), page(day=7, side="left", hold_s=2.8)])
    assert comparison_tables.comparison_heading(days) == ("Kickback, left: 2026-03-09 (1 set) vs 2026-03-02 (1 set)")
    lines = drawn(comparison_tables.comparison_table(days))
    assert "change" in lines[0]
    assert any("latest longer" in line for line in lines)
    assert comparison_tables.comparison_note(days) == ""
    left, right = sides()
    two = comparisons.of_sets(left, right)
    assert left.id in drawn(comparison_tables.comparison_table(two))[0]
    assert right.id in comparison_tables.comparison_heading(two)
    assert max(len(line) for line in lines) <= 80


def test_progress_as_text() -> None:
    (one,) = progress(
        [page(day=day, load_n=150.0 + 3 * day, plate=day) for day in (0, 4, 9)] + [page(day=2, hold_s=0.1)]
    )
    assert progress_tables.progress_heading(one) == "Kickback: heaviest set of each day that kept its tempo"
    lines = drawn(progress_tables.progress_table(one))
    assert columns_of(lines[0]) == ["day", "load", "plate", "reps", "missed", "hold", "lower", "kept", "set"]
    assert columns_of(lines[3])[:7] == ["2026-03-02", "15.3", "0", "6", "0", "2.20", "3.30"]
    assert columns_of(lines[4])[:9] == ["2026-03-04", "(15.3)", "–", "6", "6", "0.10", "3.30", "0", "of"]
    assert progress_tables.progress_line(one) == (
        "▁▄█  15.3 to 18.0 kg, heaviest on 2026-03-11; +2.1 kg a week over 3 days; in brackets: tempo not kept"
    )
    assert progress_tables.tension_line(one) == (
        "under tension by week: 1:57 from 03-02, 0:39 from 03-09 (minutes, Monday)"
    )
    (short,) = progress([page(target=None)])
    assert progress_tables.progress_heading(short) == "Kickback: heaviest set of each day"
    assert (
        progress_tables.progress_line(short)
        == "▅  15.3 to 15.3 kg, heaviest on 2026-03-02; a trend needs three days over a week"
    )
    (bare,) = progress([page(load_n=None)])
    assert progress_tables.progress_line(bare) == "no trend: the load of these sets is not known"
    (missed,) = progress([page(load_n=150.0, hold_s=0.1)])
    assert progress_tables.progress_line(missed) == "no set kept its tempo yet"


@pytest.mark.parametrize(
    ("values", "line"), [([], ""), ([5.0], "▅"), ([1.0, 1.0], "▅▅"), ([0.0, 7.0], "▁█"), ([3.0, 1.0, 2.0], "█▁▅")]
)
def test_sparklines(values: list[float], line: str) -> None:
    assert re.fullmatch("[▁▂▃▄▅▆▇█]*", line)
    assert progress_tables.sparkline(values) == line


def test_missing_reps_and_guessed_dates_are_marked() -> None:
    whole = page(3)
    assert history_tables.rep_count(whole) == "3"
    stored = replace(whole.set, reps_reported=11, partials_reported=2, at_guessed=True)
    part = replace(whole, set=stored)
    assert history_tables.rep_count(part) == "3 of 13"
    assert history_tables.set_line(part).endswith("(10 of 13 reps missing)")
    assert history_tables.start_time(part) == f"~{history_tables.start_time(whole)}"
    assert " ~" in history_tables.set_heading(part)


def test_lost_messages_are_named() -> None:
    loss = LostMessages("desk", 7, FIRST, ((4, 4), (7, 9)))
    (line,) = history_tables.loss_lines([loss])
    assert line.startswith("4 messages of board desk never arrived, from its session of 2026-03-0")
    assert line.endswith(": number 4, numbers 7 to 9")


def test_messages_that_are_set_aside_are_counted() -> None:
    assert history_tables.oddity_lines(0, 0) == []
    assert history_tables.oddity_lines(1, 2) == [
        "1 message came again with other content; the first counts, see table conflict",
        "2 messages could not be decoded; see table malformed",
    ]
