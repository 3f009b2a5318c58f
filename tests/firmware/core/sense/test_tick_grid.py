"""Ticks and their deadlines, across the wrap of the µs clock and within small ints."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.sense.tick_grid import TickGrid, ticks_between

WRAP = 2**30
INSTANT = st.integers(0, WRAP - 1)
PERIOD = st.integers(1000, 100_000)


@given(INSTANT, st.integers(-(2**29), 2**29 - 1))
def test_ticks_between_is_signed_across_the_wrap(then, step):
    assert ticks_between(then, (then + step) % WRAP) == step


@given(INSTANT, PERIOD, st.lists(st.integers(-400, 400), min_size=1, max_size=50))
def test_ticks_near_their_deadlines_are_samples(start, period, errors):
    grid = TickGrid(period)
    grid.begin(start)
    last = start
    for k, error in enumerate(errors, 1):
        now = (start + k * period + error) % WRAP
        assert grid.tick(now)
        assert grid.late_us == error
        assert grid.gap_us == ticks_between(last, now)
        last = now


@given(INSTANT, PERIOD, st.integers(0, 3_000_000))
def test_a_burst_after_a_stretch_marks_all_but_the_last_half_period(start, period, held):
    grid = TickGrid(period)
    grid.begin(start)
    now = (start + held) % WRAP
    kept = [k for k in range(1, held // period + 1) if grid.tick(now)]
    assert kept == [k for k in range(1, held // period + 1) if held - k * period <= period // 2]


@given(INSTANT, PERIOD, st.integers(0, 5_000_000))
def test_a_dead_timer_resumes_on_the_grid(start, period, silent):
    grid = TickGrid(period)
    grid.begin(start)
    now = (start + silent) % WRAP
    if not grid.dead(now):
        assert silent <= 5 * period
        return
    missed = grid.resume(now)
    wait = grid.wait_us(now)
    assert 0 <= wait <= period
    assert silent + wait == missed * period, "started on a deadline, and that one is counted as missed"
    assert grid.tick((now + wait + period) % WRAP)
    assert grid.late_us == 0
    assert grid.gap_us == period


@pytest.mark.parametrize("late, sample", [(500, True), (501, False)])
def test_half_a_period_late_is_the_latest(late, sample):
    grid = TickGrid(1000)
    grid.begin(0)
    assert grid.tick(1000 + late) is sample


@pytest.mark.parametrize("periods, dead", [(5, False), (6, True)])
def test_four_periods_without_a_tick_are_no_death(periods, dead):
    grid = TickGrid(1000)
    grid.begin(0)
    assert grid.dead(periods * 1000) is dead


def test_a_wait_that_is_over_is_none():
    grid = TickGrid(1000)
    grid.begin(0)
    assert grid.wait_us(700) == 0
