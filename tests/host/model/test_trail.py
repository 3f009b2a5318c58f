"""The recent samples and the speed computed from them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep.model.trail import LENGTH_S, MAX_POINTS, WINDOW_S, Point, Trail


def trail(*points: tuple[float, float]) -> Trail:
    made = Trail()
    for at_s, travel_mm in points:
        made.add(Point(at_s, travel_mm, None))
    return made


@given(st.floats(-3, 3), st.floats(-1e4, 1e4), st.integers(50, 1000))
def test_speed_of_a_straight_line_is_exact(speed_m_s: float, start_mm: float, rate_hz: int) -> None:
    made = trail(*((k / rate_hz, start_mm + 1000 * speed_m_s * k / rate_hz) for k in range(rate_hz // 2)))
    assert made.speed_m_s() == pytest.approx(speed_m_s, abs=1e-6)


def test_the_speed_is_half_a_window_late() -> None:
    """Under constant acceleration the slope is the speed in the middle of the window."""
    made = trail(*((k / 200, 1000 * (k / 200) ** 2 / 2) for k in range(200)))
    assert made.speed_m_s() == pytest.approx(199 / 200 - WINDOW_S / 2, abs=0.005)


@pytest.mark.parametrize(("tremor_hz", "share"), [(6, 0.14), (8, 0.08), (10, 0.08), (12, 0.05)])
def test_tremor_is_attenuated(tremor_hz: int, share: float) -> None:
    """At every place of the tremor no more of its speed is left than the module says."""
    worst = 0.0
    for place in range(24):
        shift = math.tau * place / 24
        made = trail(*((k / 1000, math.sin(math.tau * tremor_hz * k / 1000 + shift)) for k in range(300)))
        worst = max(worst, abs(made.speed_m_s() or 0.0))
    assert worst * 1000 <= (share + 0.01) * math.tau * tremor_hz


def test_too_few_samples_give_no_speed() -> None:
    assert Trail().speed_m_s() is None
    assert trail((0.0, 1.0), (0.1, 2.0), (0.2, 3.0)).speed_m_s() is None


def test_old_points_are_dropped() -> None:
    made = trail(*((k / 1000, 0.0) for k in range(5000)))
    kept = list(made.since(0.0))
    assert len(kept) <= MAX_POINTS
    assert kept[0].at_s == pytest.approx(4.999 - LENGTH_S, abs=0.01)
    made.clear()
    assert list(made.since(0.0)) == []


def test_a_clock_that_jumps_back_clears_the_trail() -> None:
    made = trail((5.0, 1.0), (5.1, 2.0), (0.0, 7.0), (0.1, 8.0))
    assert [point.travel_mm for point in made.since(0.0)] == [7.0, 8.0]
    assert [point.travel_mm for point in made.since(0.05)] == [8.0]
