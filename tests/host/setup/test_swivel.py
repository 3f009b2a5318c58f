"""The calibration of the angle sensor: what it finds of a walk that is known, and what it refuses."""

from dataclasses import replace
from math import atan2, degrees, hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep.errors import CalibrationError
from cablerep.setup.swivel import Sample, Swivel, Walk, fit

TURN = 16384


def bearing_counts(bearing_deg: float, zero: int, sign: int) -> int:
    return round(zero + sign * bearing_deg * TURN / 360) % TURN


def walk(
    zero: int = 100,
    sign: int = 1,
    free_mm: float = 600,
    far_mm: float = 900,
    aside_mm: float = 500,
    lag_deg: float = 0.0,
    offset_mm: float = 0.0,
) -> Walk:
    """Walk along a line that passes the swivel's axis at `offset_mm`; the arm lags behind the cable by `lag_deg`."""

    def along(lag: float) -> list[Sample]:
        return [
            (float(travel), bearing_counts(degrees(atan2(offset_mm, free_mm + travel)) + lag, zero, sign))
            for travel in range(0, round(far_mm), 2)
        ]

    distance_mm = free_mm + far_mm
    bearing_deg = degrees(atan2(aside_mm, distance_mm))
    return Walk(
        out=along(-lag_deg),
        back=along(lag_deg)[::-1],
        far=(far_mm, bearing_counts(0, zero, sign)),
        right=(hypot(distance_mm, aside_mm) - free_mm, bearing_counts(bearing_deg - lag_deg, zero, sign)),
    )


@given(
    st.integers(0, TURN - 1), st.sampled_from((1, -1)), st.floats(200, 1500), st.floats(600, 1200), st.floats(0, 0.45)
)
def test_a_known_walk_gives_its_swivel(zero: int, sign: int, free_mm: float, far_mm: float, lag_deg: float) -> None:
    aside_mm = 600.0
    found = fit(walk(zero, sign, free_mm, far_mm, aside_mm, lag_deg), TURN, aside_mm, None)
    assert found.per_turn == sign * TURN
    assert abs((found.zero - zero + TURN // 2) % TURN - TURN // 2) <= 1
    assert found.play_deg == pytest.approx(2 * lag_deg, abs=0.05)
    # The lag itself, on the bearing of the mark on the right: r / sin(bearing) / cos(bearing) for each radian.
    allowed_mm = 5 + (free_mm + far_mm) ** 2 / aside_mm * (1 + (aside_mm / (free_mm + far_mm)) ** 2) * lag_deg / 57
    assert found.free_mm == pytest.approx(free_mm, abs=allowed_mm)


def test_a_free_length_by_tape_is_taken_as_it_is() -> None:
    assert fit(walk(free_mm=640), TURN, None, 655.0).free_mm == 655


def test_its_settings_have_the_boards_names_and_units() -> None:
    found = Swivel(-TURN, 4711, 612.4, 0.3, 0.42)
    assert found.settings == {
        "angle_per_turn": -TURN,
        "angle_zero": 4711,
        "angle_play": 42,
        "free_mm": 612,
        "free_from": 0,
    }


@pytest.mark.parametrize(
    ("given_walk", "reason"),
    [
        (walk(far_mm=400), "the line was 400 mm long"),
        (walk(lag_deg=0.6), "friction or play: .* differs by 1.2°"),
        (walk(offset_mm=120), "the bearing changed by .* along the line"),
        (walk(aside_mm=50), "bearing changed by 1.9° only"),
        (replace(walk(), right=(900.0, walk().right[1])), "bearing and travel disagree: .* measured 0 mm"),
        (replace(walk(), back=()), "too few readings"),
    ],
)
def test_a_bad_walk_is_refused_with_its_cure(given_walk: Walk, reason: str) -> None:
    with pytest.raises(CalibrationError, match=reason):
        fit(given_walk, TURN, 500.0, None)
