"""A report's figures: sheets by exercise, medians, balance, trend."""

from dataclasses import replace

import pytest
from logbook_pages import ASKED, page, rep
from rep_curves import drawn

from cablerep.exercise import library as profile_library
from cablerep.exercise.profile import SENTENCES
from cablerep.history.logbook import Entry
from cablerep.history.training import training_sessions
from cablerep.report import sheet as report_data
from cablerep.report.sheet import Sheet


def sheets(*sets: Entry) -> list[Sheet]:
    """Return the sheets of the last session in `sets`."""
    found = training_sessions(sets)
    return report_data.sheets(found[-1], found[:-1], drawn)


def test_each_exercise_has_a_sheet_in_order_of_first_set() -> None:
    sets = [page(2, minute=minute, exercise=name) for minute, name in ((0, "Kickback"), (3, ""), (6, "Kickback"))]
    first, second = sheets(*sets)
    assert (first.title, [one.entry for one in first.sets]) == ("Kickback", [sets[0], sets[2]])
    assert [one.number for one in first.sets] == [1, 2]
    assert (second.title, second.at) == ("Cable exercise", sets[1].set.at)


def test_totals_add_up_the_sets() -> None:
    reps = [rep(1), rep(2, flags=("hold_short", "swing")), rep(3, kind="partial", rep=None, flags=("swing",))]
    reps.append(rep(4, kind="partial", rep=None))
    (sheet,) = sheets(page(reps, side="left"), page(2, minute=3, side="right"))
    assert (sheet.full, sheet.partials, sheet.clean) == (4, 2, 3)
    assert sheet.tension_s == pytest.approx(6 * 6.5)
    assert (sheet.boards, sheet.target) == (("desk",), ASKED)
    assert [(one.label, one.reps) for one in sheet.advice] == [("swing", 2), ("short hold", 1)]
    assert sheet.sets[0].reps[1].remarks == ("short hold", "swing")
    assert [one.label for one in sheet.sets[0].reps] == ["1", "2", "partial", "partial"]
    assert sheet.sets[0].reps[0].curve is not None


def test_advice_comes_from_the_profile() -> None:
    profile = profile_library.load("glute-medius-kickback")
    one = page([rep(1, flags=("hold_short", "slack", "left_late"))])
    found = training_sessions([replace(one, set=replace(one.set, profile=profile.number))])
    sentences = [
        [advice.sentence for advice in report_data.sheets(found[0], [], drawn, {number: profile}.get)[0].advice]
        for number in (profile.number, 77)
    ]
    assert sentences == [
        [profile.sentence("hold_short"), SENTENCES["slack"], ""],
        [SENTENCES["hold_short"], SENTENCES["slack"], ""],
    ]
    assert profile.sentence("hold_short") != SENTENCES["hold_short"]


@pytest.mark.parametrize(
    ("load_n", "plate", "text"),
    [(98.0665, None, "10.0 kg"), (98.0665, 3, "10.0 kg, plate 3"), (None, None, "")],
)
def test_the_load_text_has_units(load_n: float | None, plate: int | None, text: str) -> None:
    assert report_data.load_text(page(1, load_n=load_n, plate=plate)) == text


def test_a_sets_figures_are_medians_and_losses_of_full_reps() -> None:
    reps = [rep(n, hold_s=hold, concentric_mean_m_s=v) for n, hold, v in ((1, 1.0, 0.4), (2, 2.0, 0.3), (3, 9.0, 0.2))]
    reps.append(rep(4, kind="partial", rep=None, hold_s=0.1, concentric_mean_m_s=0.1))
    (sheet,) = sheets(page(reps))
    (one,) = sheet.sets
    assert (one.hold_s, one.velocity_m_s) == (2.0, 0.3)
    assert one.velocity_loss is not None
    assert one.rom_loss is not None
    assert (one.velocity_loss.fraction, one.rom_loss.fraction) == (pytest.approx(0.5), 0)


def test_the_balance_needs_both_sides() -> None:
    left, right = page(3, side="left", hold_s=2.0), page(3, minute=3, side="right", hold_s=3.0, force_mean_n=None)
    (sheet,) = sheets(left, replace(right, set=replace(right.set, load_n=None)))
    rows = {row.name: row for row in sheet.balance}
    assert "Load" not in rows, "only one side has it"
    assert (rows["Hold"].left, rows["Hold"].right, rows["Hold"].percent) == (2.0, 3.0, pytest.approx(40.0))
    assert sheets(left)[0].balance == ()


def test_the_trend_has_the_last_sessions_of_the_same_exercise() -> None:
    past = [page(2, day=day, side="left", hold_s=1.0 + day / 10) for day in range(12)]
    other = page(2, day=11, minute=5, exercise="Abduction", hold_s=9.0)
    (sheet,) = sheets(*past, other, page(2, day=13, side="right", hold_s=4.0))
    hold = next(trend for trend in sheet.trends if trend.name == "Hold")
    assert len(sheet.sessions) == report_data.TREND_SESSIONS
    assert [round(point.value, 1) for point in hold.points] == [1.5, 1.6, 1.7, 1.8, 1.9, 2.0, 2.1, 4.0]
    assert [point.side for point in hold.points] == ["left"] * 7 + ["right"]
    assert hold.target == 2.0


def test_a_target_of_zero_is_none() -> None:
    one = replace(page(2), target=replace(ASKED, hold_s=0.0, eccentric_s=(0.0, 6.0)))
    (sheet,) = sheets(one)
    assert {trend.name: trend.target for trend in sheet.trends if trend.name in ("Hold", "Lower")} == {
        "Hold": None,
        "Lower": None,
    }
