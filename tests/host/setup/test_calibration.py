"""Calibration: the true scale is recovered, and bad points are refused."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep.errors import CalibrationError
from cablerep.setup import calibration
from cablerep.setup.calibration import LOAD, TRAVEL, Point
from cablerep.store.plates import Plate
from cablerep.units import newtons

SCALES = st.floats(0.005, 1.0).flatmap(lambda size: st.sampled_from([size, -size]))  # mm a count


def points(known, per_count, zero=0.0, off=None, noise=0.0):
    """What a linear sensor counts at `known`, the points `off` (in the unit of known) the line."""
    off = off or [0.0] * len(known)
    return [Point(value, zero + (value + wrong) / per_count, noise) for value, wrong in zip(known, off, strict=True)]


def refused(measured, limits=TRAVEL) -> str:
    with pytest.raises(CalibrationError) as told:
        calibration.fit(measured, limits)
    assert "\n" not in str(told.value)
    return str(told.value)


@given(SCALES, st.integers(-10_000_000, 10_000_000), st.lists(st.integers(100, 400), min_size=2, max_size=7))
def test_fit_recovers_scale_and_zero(per_count: float, zero: int, steps_mm: list[int]) -> None:
    marks = [0, *accumulate(steps_mm)]
    found = calibration.fit(points(marks, per_count, zero), TRAVEL)
    assert found.per_count == pytest.approx(per_count, rel=1e-6)
    assert found.zero == pytest.approx(zero, abs=0.01)
    assert found.worst < 1e-3
    assert found.setting == pytest.approx(per_count * 1e9, rel=1e-6)


@given(SCALES, st.lists(st.floats(-1.85, 1.85), min_size=5, max_size=5))
def test_reading_errors_are_not_amplified(per_count: float, off: list[float]) -> None:
    """Five marks over a metre, each misread by up to 1.85 mm: the scale is off by less than half a percent."""
    found = calibration.fit(points([0, 250, 500, 750, 1000], per_count, 77, off), TRAVEL)
    assert found.per_count == pytest.approx(per_count, rel=0.005)
    assert found.worst <= 2 * 1.85


def test_load_cell_scale_and_zero() -> None:
    weights_n = [newtons(weight) for weight in (0, 5, 10, 20)]
    found = calibration.fit(points(weights_n, -2.034e-3, -181_562), LOAD)
    assert found.setting == -2_034_000, "1e-6 mN a count"
    assert round(found.zero) == -181_562


def test_residuals_match_a_hand_calculation() -> None:
    """By hand: the line through (0, 0), (500, 502) and (1000, 1000) passes 0.67 mm above both ends."""
    found = calibration.fit(points([0, 500, 1000], 1.0, off=[0, 2, 0]), TRAVEL)
    assert found.residuals == pytest.approx((2 / 3, -4 / 3, 2 / 3), abs=0.01)
    assert found.worst == pytest.approx(4 / 3, abs=0.01)


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        ([0, 1000], "2 points at 2 different values: 3 are needed"),
        ([500, 500, 1000], "3 points at 2 different values"),
        ([0, 50, 199], "the span is 199 mm: at least 200 mm are needed"),
        ([], "0 points"),
    ],
)
def test_too_few_or_too_close_points_are_refused(marks: list[int], told: str) -> None:
    assert told in refused(points(marks, 0.1))


def test_a_sensor_that_did_not_move_is_refused() -> None:
    assert "the sensor moved 0 counts over 1000 mm" in refused([Point(mark, 7.0) for mark in (0, 500, 1000)])
    assert "the sensor moved 99 counts" in refused(points([0, 500, 1000], 1000 / 99))
    assert "moved 981 counts over 98 N" in refused(points([0, 49, 98.1], 0.1), LOAD)


@pytest.mark.parametrize(
    ("span", "off", "refusal"),
    [(1000, 4.0, ""), (1000, 4.6, "more than 3.0 mm"), (240, 3.4, ""), (240, 3.7, "more than 2.4 mm")],
)
def test_a_point_off_the_line_is_refused(span: int, off: float, refusal: str) -> None:
    """A middle of three points that is off by x leaves residuals of x/3, 2x/3 and x/3."""
    measured = points([0, span / 2, span], 0.1, off=[0, off, 0])
    if not refusal:
        assert calibration.fit(measured, TRAVEL).worst == pytest.approx(2 / 3 * off, rel=0.02)
        return
    told = refused(measured)
    assert refusal in told
    assert f"the point at {span / 2:.0f} mm lies -" in told
    assert "slip" in told


def test_noise_is_refused_and_reported_in_its_unit() -> None:
    assert "the noise is 12.00 mm, more than 1 % of the span of 1000 mm" in refused(
        points([0, 500, 1000], 0.1, noise=120)
    )
    calibration.fit(points([0, 500, 1000], 0.1, noise=99), TRAVEL)


STACK = [Plate(number, 24.5 * number) for number in range(1, 8)]


def test_plates_may_come_in_any_order() -> None:
    assert calibration.stack(STACK[::-1], 0.1) == STACK
    assert calibration.stack([STACK[0], STACK[3]], 0.1) == [STACK[0], STACK[3]], "not all need be measured"


@pytest.mark.parametrize(
    ("plates", "noise_n", "told"),
    [
        (STACK[:1], 0.1, "at least two plates"),
        ([*STACK, STACK[0]], 0.1, "each measured once"),
        (
            [*STACK[:4], Plate(5, 98.5), *STACK[5:]],
            0.1,
            "from plate 4 to 5 the force grows by 0.5 N a plate, usually by 24.5",
        ),
        ([*STACK[:4], Plate(5, 140.0), *STACK[5:]], 0.1, "from plate 4 to 5"),
        ([Plate(1, 50.0), Plate(2, 25.0)], 0.1, "from plate 1 to 2 the force grows by -25.0 N"),
        (STACK, 7.0, "the noise is 7.0 N, too much to distinguish plates of 24.5 N"),
    ],
)
def test_indistinguishable_plates_are_refused(plates: list[Plate], noise_n: float, told: str) -> None:
    with pytest.raises(CalibrationError, match=told):
        calibration.stack(plates, noise_n)
