"""The drawing of a set: one scale for all sets, phase positions, bars and their targets."""

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from logbook_pages import page, rep
from rep_curves import drawn

from cablerep.history.logbook import Entry
from cablerep.history.training import training_sessions
from cablerep.report import sheet as report_data
from cablerep.report import strip as report_strip
from cablerep.report.strip import Column, Row


def rows(*sets: Entry, curve_of: Any = drawn) -> list[list[Row]]:
    (session,) = training_sessions(sets)
    (sheet,) = report_data.sheets(session, [], curve_of)
    scale = report_strip.scales(sheet)
    height = report_strip.panels_height(sheet, scale)
    return [report_strip.rows(one, sheet, scale, height) for one in sheet.sets]


def columns(*sets: Entry, curve_of: Any = drawn) -> list[Column]:
    return [column for drawn_set in rows(*sets, curve_of=curve_of) for row in drawn_set for column in row.columns]


def xs(path: str) -> list[float]:
    return [float(x) for x in re.findall(r"[ML](-?[\d.]+) ", path)]


def test_phase_widths_are_proportional_to_their_durations() -> None:
    (column,) = columns(page([rep(1, top_s=11.0, release_s=13.0, end_s=14.0)]))
    lift, hold, lower = (max(xs(path)) - min(xs(path)) for _, path in column.phases)
    assert [name for name, _ in column.phases] == ["lift", "hold", "lower"]
    assert hold / lift == pytest.approx(2, rel=0.02)
    assert lower / lift == pytest.approx(1, rel=0.03)
    assert min(xs(column.phases[0][1])) == pytest.approx(column.x, abs=1)


def test_all_sets_of_a_sheet_have_one_scale() -> None:
    small = page([rep(1, rom_mm=100.0)], minute=3)
    first, second = columns(page([rep(1, rom_mm=300.0)]), small)
    heights = [
        max(ys) - min(ys) for ys in (np.array(re.findall(r" ([\d.]+)", c.outline), float) for c in (first, second))
    ]
    assert heights[0] / heights[1] == pytest.approx(3, rel=0.02)


def test_a_bar_is_compared_with_its_target() -> None:
    slow, fast = {"eccentric_s": 3.0, "eccentric_mean_m_s": 0.1}, {"eccentric_s": 2.9, "eccentric_mean_m_s": 0.11}
    one = page([rep(1, hold_s=1.96, **slow), rep(2, hold_s=2.0, **fast)])
    first, second = columns(one)
    assert [(bar.name, bar.text, bar.missed) for bar in first.bars] == [("hold", "1.9", True), ("lower", "3.0", False)]
    assert [(bar.text, bar.missed) for bar in second.bars] == [("2.0", False), ("2.9", True)]
    hold, lower = second.bars
    assert hold.targets_x == pytest.approx([hold.x + hold.width]), "a bar as long as its target ends at the line"
    assert [x > lower.x + lower.width for x in lower.targets_x] == [True], "the longest, 6 s, is beyond all bars"
    third = columns(page([rep(1, eccentric_s=7.0, eccentric_mean_m_s=0.05)]))[0].bars[1]
    assert [x < third.x + third.width for x in third.targets_x] == [True, True]
    bare = replace(one, target=None)
    assert all(bar.targets_x == () and not bar.missed for column in columns(bare) for bar in column.bars)


def test_one_long_rep_does_not_flatten_the_others() -> None:
    long = rep(9, release_s=141.0, end_s=144.0, hold_s=50.0)
    drawing = columns(page([*(rep(n) for n in range(1, 6)), long]))
    usual = max(xs(drawing[0].outline)) - drawing[0].x
    assert usual > 0.45 * drawing[0].width
    assert (drawing[0].squeezed, drawing[-1].squeezed, drawing[-1].bars[0].cut) == (False, True, True)
    assert max(xs(drawing[-1].outline)) <= drawing[-1].x + drawing[-1].width + 1


def test_without_a_curve_lines_join_the_four_instants() -> None:
    (column,) = columns(page(1), curve_of=lambda _: None)
    assert column.outline.count("L") == 3
    assert column.force == ""
    assert "curve not recorded" in column.title


def test_without_force_there_is_no_force_panel() -> None:
    (with_force,), (without,) = rows(page(1))[0], rows(page(1), curve_of=lambda one: drawn(one, None))[0]
    assert (with_force.force_y is not None, without.force_y) == (True, None)
    assert without.travel_y[1] > with_force.travel_y[1]


def test_a_force_with_gaps_is_drawn_where_it_is_known() -> None:
    def holed(one: Any) -> Any:
        curve = drawn(one)
        curve.force_n[:50] = np.nan
        return curve

    (column,) = columns(page(1), curve_of=holed)
    assert "nan" not in column.force
    assert min(xs(column.force)) > column.x + 10


def test_one_jerk_does_not_flatten_the_force_of_others() -> None:
    def jerked(one: Any) -> Any:
        curve = drawn(one)
        if one.seq == 3:
            curve.force_n[10] = 2000.0
        return curve

    (row,) = rows(page(6), curve_of=jerked)[0]
    assert row.force_y is not None
    ys = [[float(y) for y in re.findall(r" ([\d.]+)", column.force)] for column in row.columns]
    assert min(ys[2]) == pytest.approx(row.force_y[0], abs=0.1), "cut at the edge of the panel"
    assert max(ys[0]) - min(ys[0]) > 0.1 * (row.force_y[1] - row.force_y[0])


def test_remarks_are_limited_and_the_title_has_all() -> None:
    flags = ("hold_short", "eccentric_fast", "swing", "slack", "slam")
    (column,) = columns(page([rep(1, flags=flags)]))
    assert column.remarks == ("short hold", "too fast", "+ 3 more")
    assert column.title.endswith("short hold, too fast, swing, slack, slam")


def test_a_long_set_takes_several_rows() -> None:
    (drawn_set,) = rows(page(40))
    assert [len(row.columns) for row in drawn_set] == [12, 12, 12, 4]
    assert [c.rep.label for row in drawn_set for c in row.columns] == [str(n) for n in range(1, 41)]


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 14), st.floats(0.0, 30.0), st.floats(0.05, 12.0)), min_size=1, max_size=6),
    st.booleans(),
)
def test_nothing_is_drawn_outside_its_column(sets: list[tuple[int, float, float]], curves: bool) -> None:
    made = []
    for index, (count, hold_s, lower_s) in enumerate(sets):
        ends = {"top_s": 11.0, "release_s": 11.0 + hold_s, "end_s": 11.0 + hold_s + lower_s}
        reps = [rep(n, start_s=10.0, hold_s=hold_s, eccentric_s=lower_s, **ends) for n in range(1, count + 1)]
        made.append(page(reps, minute=index))
    for column in columns(*made, curve_of=drawn if curves else lambda _: None):
        paths = [column.outline, column.force, *(path for _, path in column.phases)]
        edges = column.x - 1, column.x + column.width + 1
        paths += [column.hatch, *(bar.hatch for bar in column.bars)]
        assert all(edges[0] <= x <= edges[1] for path in paths for x in xs(path))
        assert all(bar.x + bar.width <= edges[1] for bar in column.bars)
        assert edges[1] <= report_strip.WIDTH + 1
