"""Spread, losses and flags of a set: properties, and vectors worked out by hand."""

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logbook_pages import page, rep

from cablerep.history import metrics as set_metrics
from cablerep.history.metrics import METRICS, clearly_apart, loss, spread

VALUES = st.lists(st.floats(0, 1e4).map(lambda value: round(value, 4)), max_size=30)
ROM, HOLD, BACK, OUT = METRICS


@given(VALUES)
def test_a_loss_lies_between_nothing_and_all(values: list[float]) -> None:
    share = loss(values)
    if len(values) < 2 or max(values) == 0:
        assert share is None
    else:
        assert share is not None
        assert 0 <= share <= 1
        assert (share == 0) == (values[-1] == max(values)), "only where the last is the best there is none"


@given(VALUES, st.floats(0.01, 100))
def test_a_loss_has_no_unit(values: list[float], factor: float) -> None:
    first, scaled = loss(values), loss([factor * value for value in values])
    assert (first is None) == (scaled is None)
    if first is not None and scaled is not None:
        assert scaled == pytest.approx(first, abs=1e-9)


def test_losses_of_a_set() -> None:
    reps = [
        rep(1, concentric_mean_m_s=0.40, rom_mm=290.0),
        rep(2, concentric_mean_m_s=0.50, rom_mm=320.0),
        rep(3, concentric_mean_m_s=0.10, rom_mm=100.0, kind="partial", rep=None),
        rep(4, concentric_mean_m_s=0.35, rom_mm=240.0),
        rep(5, concentric_mean_m_s=0.90, rom_mm=900.0, kind="rejected", rep=None),
    ]
    one = page(reps).set
    assert set_metrics.velocity_loss(one) == pytest.approx(0.30), "from rep 2 to rep 4; the others are not full"
    assert set_metrics.rom_loss(one) == pytest.approx(0.25)
    assert [each.seq for each in set_metrics.full_reps(one)] == [1, 2, 4]
    assert set_metrics.velocity_loss(page(1).set) is None
    assert set_metrics.velocity_loss(page(0).set) is None


@given(st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30))
def test_a_spread_is_that_of_the_statistics_books(values: list[float]) -> None:
    told = spread(values)
    assert told is not None
    assert (told.n, told.median) == (len(values), statistics.median(values))
    assert told.mean == pytest.approx(sum(values) / len(values))
    assert told.sd == pytest.approx(
        math.sqrt(sum((value - told.mean) ** 2 for value in values) / (len(values) - 1)), abs=1e-6
    )


def test_a_spread_of_little() -> None:
    assert spread([]) is None
    one = spread([2.5])
    assert one is not None
    assert (one.n, one.mean, one.sd, one.median) == (1, 2.5, None, 2.5)


def test_flags_are_counted_over_reps_that_count() -> None:
    reps = [
        rep(1, flags=("swing",)),
        rep(2, flags=("hold_short", "swing")),
        rep(3, kind="partial", rep=None, flags=("range_under",)),
        rep(4, kind="rejected", rep=None, flags=("slam",)),
    ]
    counts = set_metrics.flag_counts(page(reps).set)
    assert counts == {"swing": 2, "hold_short": 1, "range_under": 1}
    assert next(iter(counts)) == "swing", "the most frequent first"


def test_errors_are_those_of_the_page() -> None:
    """docs/detection.md: hold within 11 ms; range within 0.2 of (2 mm or 1 %), whichever is larger."""
    assert HOLD.error(60.0) == HOLD.error(0.1) == 0.011
    assert ROM.error(100.0) == pytest.approx(0.2 * 2)
    assert ROM.error(1000.0) == pytest.approx(0.2 * 10)
    assert OUT.error(0.5) == pytest.approx(0.0075)


@given(st.lists(st.floats(0.1, 5), min_size=3, max_size=9), st.lists(st.floats(0.1, 5), min_size=3, max_size=9))
def test_clearly_apart_is_the_same_both_ways(one: list[float], other: list[float]) -> None:
    first, second = spread(one), spread(other)
    assert first is not None
    assert second is not None
    assert clearly_apart(HOLD, first, second) == clearly_apart(HOLD, second, first)
    assert not clearly_apart(HOLD, first, first)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ([2.0, 2.0, 2.0], [2.01, 2.01, 2.01], False),  # within the 11 ms of the hold
        ([2.0, 2.0, 2.0], [2.02, 2.02, 2.02], True),
        ([1.9, 2.0, 2.1], [2.0, 2.1, 2.2], False),  # 0.1 apart; twice the standard error is 2 sqrt(2 0.01 / 3) = 0.163
        ([1.9, 2.0, 2.1], [2.07, 2.17, 2.27], True),  # 0.17 apart
    ],
)
def test_clearly_apart_is_more_than_error_and_scatter(one: list[float], other: list[float], apart: bool) -> None:
    first, second = spread(one), spread(other)
    assert first is not None
    assert second is not None
    assert clearly_apart(HOLD, first, second) == apart
