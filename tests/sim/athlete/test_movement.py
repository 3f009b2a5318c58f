"""Movement: shapes run from rest to rest, their derivatives match, and any set of instants gives the same."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_sim.athlete.movement import (
    Drop,
    HalfCosine,
    MinimumJerk,
    Movement,
    Plateau,
    Shape,
    Submovement,
    Trapezoid,
)

RAMPS = st.floats(0.05, 0.5)
SHAPES = st.one_of(
    st.floats(-0.8, 0.8).map(MinimumJerk),
    st.builds(Plateau, RAMPS, RAMPS),
    st.builds(Trapezoid, RAMPS, RAMPS),
    st.just(HalfCosine()),
)
PARTS = st.lists(
    st.builds(Submovement, st.floats(0, 5), st.floats(0.1, 3), st.floats(-500, 500), SHAPES), min_size=0, max_size=6
)
U = np.linspace(0, 1, 2001)


@given(SHAPES)
def test_a_shape_goes_from_rest_to_rest_without_turning_back(shape: Shape) -> None:
    assert shape.position(U)[[0, -1]] == pytest.approx([0, 1], abs=1e-12)
    assert shape.speed(U)[[0, -1]] == pytest.approx([0, 0], abs=1e-12)
    assert shape.speed(U).min() > -1e-9


@given(SHAPES)
def test_speed_and_acceleration_are_the_derivatives(shape: Shape) -> None:
    middle = (U[1:] + U[:-1]) / 2
    step = U[1] - U[0]
    assert np.diff(shape.position(U)) / step == pytest.approx(shape.speed(middle), abs=0.02)
    # A trapezoid's acceleration jumps at two places, so that a few differences straddle a jump.
    off = np.abs(np.diff(shape.speed(U)) / step - shape.acceleration(middle))
    assert np.sort(off)[-3] < 0.2


@given(PARTS, st.integers(2, 10))
def test_a_movement_does_not_depend_on_the_instants_asked_for(parts: list[Submovement], every: int) -> None:
    movement = Movement(120.0, parts)
    t_s = np.arange(0, 9, 0.01)
    for quantity in (movement.position, movement.speed, movement.acceleration):
        assert quantity(t_s[::every]) == pytest.approx(quantity(t_s)[::every], abs=1e-7)


@given(PARTS)
def test_a_movement_ends_at_the_sum_of_its_parts(parts: list[Submovement]) -> None:
    movement = Movement(-30.0, parts)
    assert movement.position(np.array([-1.0, 9.0])) == pytest.approx([-30, -30 + sum(p.distance_mm for p in parts)])
    assert movement.speed(np.array([-1.0, 9.0])) == pytest.approx([0, 0])


def test_minimum_jerk_is_half_way_at_half_time_and_fastest_there() -> None:
    movement = Movement(0.0, [Submovement(1.0, 2.0, 300.0, MinimumJerk())])
    assert movement.position(np.array([2.0])) == pytest.approx([150])
    assert movement.speed(np.array([2.0])) == pytest.approx([1.875 * 300 / 2])
    early = Movement(0.0, [Submovement(1.0, 2.0, 300.0, MinimumJerk(0.5))])
    assert early.position(np.array([2.0]))[0] > 180


@given(st.floats(0.1, 1))
def test_a_drop_lands_at_its_highest_speed(rise: float) -> None:
    drop = Drop(rise)
    assert drop.position(U)[[0, -1]] == pytest.approx([0, 1], abs=1e-12)
    assert (drop.speed(U)[0], drop.speed(U)[-1]) == (0, pytest.approx(drop.top))
    middle = (U[1:] + U[:-1]) / 2
    assert np.diff(drop.position(U)) / (U[1] - U[0]) == pytest.approx(drop.speed(middle), abs=0.02)
    off = np.abs(np.diff(drop.speed(U)) / (U[1] - U[0]) - drop.acceleration(middle))
    assert np.sort(off)[-2] < 0.2, "but for the one jump, where it falls no faster"
