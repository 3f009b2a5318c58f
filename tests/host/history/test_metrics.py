"""Summaries, losses and flag counts of a set: properties, and examples worked out by hand."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logbook_pages import page, rep

from cablerep.history import metrics
from cablerep.history.metrics import FIGURES, clearly_different, loss, summarize
from cablerep.store.database import StoredRep

VALUES = st.lists(st.floats(0, 1e4).map(lambda value: round(value, 4)), max_size=30)
ROM, HOLD, LOWER, LIFT_TIME, LIFT = FIGURES


def reps_of(values: list[float]) -> list[StoredRep]:
    return [rep(number, rom_mm=value) for number, value in enumerate(values, 1)]


def rom(each: StoredRep) -> float:
    return each.rom_mm


@given(VALUES)
def test_loss_lies_between_zero_and_one(values: list[float]) -> None:
    lost = loss(reps_of(values), rom)
    if len(values) < 2 or max(values) == 0:
        assert lost is None
    else:
        assert lost is not None
        assert 0 <= lost.fraction <= 1
        assert (lost.fraction == 0) == (values[-1] == max(values)), "0 only if the last rep is the best"
        assert (lost.best.rom_mm, lost.last.rom_mm) == (max(values), values[-1])


@given(VALUES, st.floats(0.01, 100))
def test_loss_does_not_depend_on_the_unit(values: list[float], factor: float) -> None:
    first, scaled = loss(reps_of(values), rom), loss(reps_of([factor * value for value in values]), rom)
    assert (first is None) == (scaled is None)
    if first is not None and scaled is not None:
        assert scaled.fraction == pytest.approx(first.fraction, abs=1e-9)


def test_losses_run_from_the_best_full_rep_to_the_last() -> None:
    reps = [
        rep(1, concentric_mean_m_s=0.40, rom_mm=290.0),
        rep(2, concentric_mean_m_s=0.50, rom_mm=320.0),
        rep(3, concentric_mean_m_s=0.10, rom_mm=100.0, kind="partial", rep=None),
        rep(4, concentric_mean_m_s=0.35, rom_mm=240.0),
        rep(5, concentric_mean_m_s=0.90, rom_mm=900.0, kind="rejected", rep=None),
    ]
    one = page(reps).set
    speed, lost_rom = metrics.velocity_loss(one), metrics.rom_loss(one)
    assert speed is not None
    assert lost_rom is not None
    assert (speed.fraction, lost_rom.fraction) == (pytest.approx(0.30), pytest.approx(0.25))
    assert (speed.best.rep, speed.last.rep) == (2, 4), "the other reps are not full"
    assert [each.seq for each in metrics.full_reps(one)] == [1, 2, 4]
    assert metrics.velocity_loss(page(1).set) is None
    assert metrics.velocity_loss(page(0).set) is None


@pytest.mark.parametrize("reason", [{"flags": ("swing",)}, {"flags": ("range_over", "slam")}, {"paused": True}])
def test_thrown_overlong_and_paused_reps_are_left_out_of_losses(reason: dict[str, object]) -> None:
    fast = {"concentric_mean_m_s": 1.2, "rom_mm": 500.0, **reason}
    stored = page([rep(1), rep(2, **fast), rep(3, concentric_mean_m_s=0.27), rep(4, **fast)]).set
    speed = metrics.velocity_loss(stored)
    assert speed is not None
    assert speed.fraction == pytest.approx(0.1)
    assert (speed.best.rep, speed.last.rep) == (1, 3)
    assert [each.rep for each in metrics.comparable_reps(stored)] == [1, 3]
    assert metrics.velocity_loss(page([rep(1), rep(2, **fast)]).set) is None


def test_time_under_tension_counts_reps_without_the_pauses_between() -> None:
    reps = [rep(1), rep(2, kind="partial", rep=None), rep(3, kind="rejected", rep=None)]
    assert metrics.tension_s(page(reps).set) == pytest.approx(2 * 6.5)


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30))
def test_summary_matches_the_textbook_formulae(values: list[float]) -> None:
    summary = summarize(values)
    assert summary is not None
    assert (summary.n, summary.median) == (len(values), statistics.median(values))
    assert summary.mean == pytest.approx(sum(values) / len(values))
    assert summary.sd == pytest.approx(
        math.sqrt(sum((value - summary.mean) ** 2 for value in values) / (len(values) - 1)), abs=1e-6
    )


def test_summary_of_one_value_or_none() -> None:
    assert summarize([]) is None
    one = summarize([2.5])
    assert one is not None
    assert (one.n, one.mean, one.sd, one.median) == (1, 2.5, None, 2.5)


def test_flags_are_counted_over_full_and_partial_reps() -> None:
    reps = [
        rep(1, flags=("swing",)),
        rep(2, flags=("hold_short", "swing")),
        rep(3, kind="partial", rep=None, flags=("range_under",)),
        rep(4, kind="rejected", rep=None, flags=("slam",)),
    ]
    counts = metrics.flag_counts(page(reps).set)
    assert counts == {"swing": 2, "hold_short": 1, "range_under": 1}
    assert next(iter(counts)) == "swing", "the most frequent first"


def test_measurement_errors_match_detection_md() -> None:
    """docs/detection.md: hold within 11 ms; range within 0.2 of (2 mm or 1 %), whichever is larger."""
    assert HOLD.error(60.0) == HOLD.error(0.1) == 0.011
    assert ROM.error(100.0) == pytest.approx(0.2 * 2)
    assert ROM.error(1000.0) == pytest.approx(0.2 * 10)
    assert LIFT.error(0.5) == pytest.approx(0.0075)


@given(st.lists(st.floats(0.1, 5), min_size=3, max_size=9), st.lists(st.floats(0.1, 5), min_size=3, max_size=9))
def test_clearly_different_is_symmetric(one: list[float], other: list[float]) -> None:
    first, second = summarize(one), summarize(other)
    assert first is not None
    assert second is not None
    assert clearly_different(HOLD, first, second) == clearly_different(HOLD, second, first)
    assert not clearly_different(HOLD, first, first)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ([2.0, 2.0, 2.0], [2.01, 2.01, 2.01], False),  # within the 11 ms of the hold
        ([2.0, 2.0, 2.0], [2.02, 2.02, 2.02], True),
        ([1.9, 2.0, 2.1], [2.0, 2.1, 2.2], False),  # 0.1 apart; twice the standard error is 2 sqrt(2 0.01 / 3) = 0.163
        ([1.9, 2.0, 2.1], [2.07, 2.17, 2.27], True),  # 0.17 apart
    ],
)
def test_clearly_different_needs_more_than_error_and_scatter(one: list[float], other: list[float], apart: bool) -> None:
    first, second = summarize(one), summarize(other)
    assert first is not None
    assert second is not None
    assert clearly_different(HOLD, first, second) == apart
