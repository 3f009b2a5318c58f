"""Readings to the force of each tick: straight lines, outliers, and for how long a reading stands."""

import pytest

from cablerep_fw.core.detect import decimator, detector, effort, force, form, motion
from cablerep_fw.core.detect.force import UNKNOWN, Force
from cablerep_fw.core.link import wire

N = 1000  # mN


def run(readings: dict[int, int], ticks: int, delay_ms: int = 0, cell_hz: int = 80) -> tuple[list[int], list[int]]:
    """Return the history after `ticks` ticks at 100 Hz, and the force that stood at each."""
    history = [0] * motion.SIZE
    cell = Force(history, 200, 2, delay_ms, cell_hz)
    standing = []
    for tick in range(ticks):
        if tick in readings:
            cell.take(tick, readings[tick] * N)
        if tick > cell.until:
            cell.newest = UNKNOWN
        history[tick] = cell.newest
        standing.append(history[tick])
    return history[:ticks], standing


def test_the_copied_constants_match() -> None:
    assert force.UNKNOWN == force._UNKNOWN == wire.NULL
    assert effort._NULL == form._UNKNOWN == detector._UNKNOWN == wire.NULL
    assert force._MASK == motion.SIZE - 1
    assert detector._FRESH == decimator._FRESH


def test_between_two_readings_force_is_a_straight_line() -> None:
    history, standing = run({0: 100, 10: 200, 20: 150}, 25)
    assert history[:21] == [100_000 + 10_000 * k for k in range(11)] + [200_000 - 5_000 * k for k in range(1, 11)]
    assert standing[10:20] == [200_000] * 10, "until the next one is there"


def test_a_late_reading_is_drawn_where_it_belongs() -> None:
    history, _ = run({5: 100, 15: 200, 25: 300}, 26, delay_ms=50)
    assert history[:21] == [100_000 + 10_000 * k for k in range(21)]


def test_a_reading_stands_for_half_a_second() -> None:
    history, _ = run({0: 100, 60: 200}, 70)
    assert history[50] == 100_000
    assert history[51:60] == [UNKNOWN] * 9
    assert history[60] == 200_000


def test_a_reading_of_a_slow_cell_stands_for_three_periods() -> None:
    history, _ = run({0: 100, 60: 200}, 230, cell_hz=2)
    assert history[30] == 150_000 and history[210] == 200_000
    assert history[211:] == [UNKNOWN] * 19


def test_before_the_first_reading_force_is_unknown() -> None:
    assert run({5: 100}, 6)[0] == [UNKNOWN] * 5 + [100_000]


@pytest.mark.parametrize("wrong", [{20: 7000}, {20: 7000, 21: 7000}, {20: -7000}, {20: 900, 21: -900}])
def test_one_or_two_outliers_leave_no_trace(wrong: dict[int, int]) -> None:
    readings = dict.fromkeys(range(40), 100)
    assert run(readings | wrong, 40)[0] == [100_000] * 40


@pytest.mark.parametrize("right", [{20: 290}, {20: 7000, 21: 7000, 22: 7000}, {20: 450, 21: 300}])
def test_what_is_near_one_side_or_lasts_is_no_outlier(right: dict[int, int]) -> None:
    """Below 200 N away; three in a row; 450 N is near the 300 N after it."""
    readings = dict.fromkeys(range(40), 100) | right
    history, _ = run(readings, 40)
    for tick, value in right.items():
        assert history[tick] == value * N


def test_a_slow_cell_has_single_outliers_only() -> None:
    readings = dict.fromkeys(range(0, 90, 10), 100)
    assert run(readings | {40: 7000}, 81)[0] == [100_000] * 81
    assert run(readings | {40: 7000, 50: 7000}, 81)[0][50] == 7_000_000


def test_a_pull_on_a_slack_cable_is_no_outlier() -> None:
    readings = {tick: 2 if tick < 20 else 400 + tick for tick in range(40)}
    assert run(readings, 40)[0][20:] == [(400 + tick) * N for tick in range(20, 40)]


def test_a_suspicious_reading_before_a_silence_is_believed_after_it() -> None:
    history, _ = run({0: 100, 10: 7000, 80: 7000}, 81)
    assert history[80] == 7_000_000
