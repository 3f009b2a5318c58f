"""The floor plan: places that fit the cable's length, in the kick's direction; bows, drifts and left legs."""

import numpy as np
import pytest

from cablerep_sim.athlete.floor import OFF_LINE_DEG, FloorPlan, Manner
from cablerep_sim.athlete.movement import MinimumJerk, Movement, Submovement
from cablerep_sim.athlete.rep import RepPlan

T_S = np.arange(0, 8, 0.01)
MANNER = Manner(free_mm=900.0, bearing_deg=5.0, direction_deg=37.0)


def kicks(manner: Manner = MANNER, flaws: frozenset[str] = frozenset()) -> FloorPlan:
    """Step back by 250 mm, kick 300 mm at 2 s, hold from 3 s to 5 s, return until 6.5 s."""
    strokes = [(0.5, 1.0, 250.0), (2.0, 1.0, 300.0), (5.0, 1.5, -300.0)]
    movement = Movement(0.0, [Submovement(*stroke, MinimumJerk()) for stroke in strokes])
    plan = RepPlan(1, (2.0, 3.0), (5.0, 6.5), flaws=flaws)
    return FloorPlan(movement, [plan], manner, np.random.default_rng(1))


def places(floor: FloorPlan, t_s: np.ndarray) -> np.ndarray:
    rho, bearing = floor.polar(t_s)
    return np.stack((rho * np.cos(bearing), rho * np.sin(bearing)))


def across_mm(floor: FloorPlan, t_s: np.ndarray, direction_deg: float) -> np.ndarray:
    """How far the places lie beside the line in `direction_deg` through the kick's start."""
    angle = np.radians(direction_deg)
    offsets = places(floor, t_s) - places(floor, np.array([2.0]))
    return np.array([-np.sin(angle), np.cos(angle)]) @ offsets


@pytest.mark.parametrize("manner", [MANNER, Manner(bow_mm=30, drift_mm=40, bearing_deg=-20, direction_deg=60)])
def test_the_strap_is_as_far_away_as_the_cable_is_long(manner: Manner) -> None:
    floor = kicks(manner)
    lengths = manner.free_mm + floor._movement.position(T_S)
    assert floor.polar(T_S)[0] == pytest.approx(lengths, abs=0.01)


def test_a_strap_that_rises_is_nearer_on_the_floor() -> None:
    floor = kicks(Manner(free_mm=900.0, height_mm=30, rise_mm=120))
    assert floor.polar(np.array([4.0]))[0][0] == pytest.approx(np.hypot(1450, 0) * np.cos(np.arcsin(150 / 1450)))


def test_a_plain_kick_is_a_straight_line_in_its_direction() -> None:
    floor = kicks()
    assert across_mm(floor, T_S[200:650], 37.0) == pytest.approx(0, abs=1e-6)


def test_the_bearing_never_jumps() -> None:
    floor = kicks(Manner(bow_mm=30, drift_mm=40, wander_mm=30))
    assert np.abs(np.diff(floor.bearing(T_S))).max() < 0.02


def test_bow_and_drift_are_those_of_the_manner_at_most() -> None:
    floor = kicks(Manner(bow_mm=30, drift_mm=40))
    way_out, hold = T_S[200:301], T_S[300:501]
    assert 1 < np.abs(across_mm(floor, way_out, 37.0)).max() <= 30
    assert 1 < np.ptp(across_mm(floor, hold, 37.0)) <= 40


def test_faults_on_purpose_are_large() -> None:
    off = kicks(flaws=frozenset({"off_line"}))
    assert across_mm(off, T_S[200:301], 37.0 - OFF_LINE_DEG) == pytest.approx(0, abs=1e-6)
    drifts = kicks(flaws=frozenset({"drift_in_hold"}))
    assert 45 <= np.ptp(across_mm(drifts, T_S[300:501], 37.0)) <= 60


def test_a_left_leg_is_the_mirror_image() -> None:
    right, left = kicks(), kicks()
    left.mirrored = True
    assert left.bearing(T_S) == pytest.approx(-right.bearing(T_S))
