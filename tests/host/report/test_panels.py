"""Geometry of balance and trend."""

from dataclasses import replace

import pytest
from logbook_pages import page

from cablerep.history.logbook import Entry
from cablerep.history.training import training_sessions
from cablerep.report import panels as report_panels
from cablerep.report import sheet as report_data
from cablerep.report.sheet import Balance, Sheet


def sheet(*sets: Entry) -> Sheet:
    found = training_sessions(sets)
    return report_data.sheets(found[-1], found[:-1], lambda _: None)[0]


def test_the_first_session_has_no_trend() -> None:
    assert report_panels.charts(sheet(page(2))) == []


def test_a_chart_has_a_line_per_side_and_this_sessions_values() -> None:
    sets = [
        page(2, day=day, minute=3 * (side == "right"), side=side, hold_s=2.0 + day / 10 + (side == "right"))
        for day in (0, 3, 5)
        for side in ("left", "right")
    ]
    hold = next(chart for chart in report_panels.charts(sheet(*sets)) if chart.trend.name == "Hold")
    assert (hold.latest, [one.side for one in hold.series]) == ("2.5 / 3.5", ["left", "right"])
    left, right = hold.series
    assert [dot.x for dot in left.dots] == [dot.x for dot in right.dots]
    assert [dot.y for dot in left.dots] == sorted((dot.y for dot in left.dots), reverse=True), "more is higher"
    assert hold.target_y == pytest.approx(left.dots[0].y), "the first was exactly as long as its target"
    assert hold.description == "Hold over 3 sessions, left: 2.0, 2.3, 2.5 s; right: 3.0, 3.3, 3.5 s"
    for dot in (*left.dots, *right.dots):
        assert 0 <= dot.x <= report_panels.CHART_WIDTH
        assert 0 <= dot.y <= report_panels.CHART_HEIGHT


def test_left_comes_first_whichever_side_was_trained_first() -> None:
    sets = [
        page(2, day=day, minute=3 * (side == "left"), side=side, hold_s=2.0 + (side == "right"))
        for day in (0, 3)
        for side in ("left", "right")
    ]
    hold = next(chart for chart in report_panels.charts(sheet(*sets)) if chart.trend.name == "Hold")
    assert (hold.latest, [line.side for line in hold.series]) == ("2.0 / 3.0", ["left", "right"])


def test_a_constant_figure_is_a_level_line() -> None:
    charts = report_panels.charts(sheet(page(2, target=None), page(2, day=1, target=None)))
    ys = {round(dot.y, 6) for chart in charts for one in chart.series for dot in one.dots}
    assert len(ys) == 1


@pytest.mark.parametrize(
    ("percent", "text", "uneven"),
    [(0.2, "even", False), (-7.0, "left +7 %", False), (12.0, "right +12 %", True), (None, "even", False)],
)
def test_a_beam_grows_towards_the_larger_side(percent: float | None, text: str, uneven: bool) -> None:
    made = replace(sheet(page(1)), balance=(Balance("Hold", "s", 1, 2.0, 2.0, percent),))
    (beam,) = report_panels.beams(made)
    middle = report_panels.BALANCE_WIDTH / 2
    assert (beam.text, beam.uneven) == (text, uneven)
    assert (beam.x >= middle) == ((percent or 0) > 0) or beam.width == 0
    assert beam.x >= 0
    assert beam.x + beam.width <= report_panels.BALANCE_WIDTH
