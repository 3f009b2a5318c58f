"""Machine: the cable's force at rest, in motion, slack, and with a band."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_sim.equipment.machine import Machine

PLAIN = Machine(plate_kg=10.0, ratio=1.0, friction_share=0.0, friction_n=0.0, stiffness_n_mm=20.0, pulley_kg=0.0)


def force(machine: Machine, travel_mm: float, speed_mm_s: float = 0.0, acceleration_mm_s2: float = 0.0) -> float:
    return float(machine.force_n(*(np.array([value]) for value in (travel_mm, speed_mm_s, acceleration_mm_s2)))[0])


def test_a_lifted_stack_at_rest_weighs_what_it_weighs() -> None:
    assert force(PLAIN, 300.0) == pytest.approx(98.0665)
    assert force(Machine(10.0, 0.5, 0.0, 0.0, 20.0, 0.0), 300.0) == pytest.approx(98.0665 / 2)


def test_accelerating_it_takes_mass_times_acceleration() -> None:
    assert force(PLAIN, 300.0, 0.0, 2000.0) == pytest.approx(98.0665 + 20)
    # Through a 2:1 pulley the stack has a quarter of its mass at the cable.
    assert force(Machine(10.0, 0.5, 0.0, 0.0, 20.0, 0.0), 300.0, 0.0, 2000.0) == pytest.approx(98.0665 / 2 + 5)


def test_friction_resists_in_both_directions() -> None:
    rough = Machine(10.0, 1.0, 0.05, 3.0, 20.0, 0.0)
    assert force(rough, 300.0, 200.0) == pytest.approx(98.0665 * 1.05 + 3, abs=0.01)
    assert force(rough, 300.0, -200.0) == pytest.approx(98.0665 * 0.95 - 3, abs=0.01)


def test_a_seated_stack_holds_the_cable_like_a_spring_and_a_slack_cable_carries_nothing() -> None:
    assert force(PLAIN, 2.0) == pytest.approx(40)
    assert force(PLAIN, 0.0) == 0
    assert force(PLAIN, -30.0) == 0
    # A stack that falls faster than its weight makes it leaves the cable slack.
    assert force(PLAIN, 300.0, 0.0, -20000.0) == 0


def test_a_band_adds_force_with_travel() -> None:
    band = Machine(10.0, 1.0, 0.0, 0.0, 20.0, 0.0, band_n_m=400.0)
    assert force(band, 500.0) - force(band, 250.0) == pytest.approx(100)


@given(st.floats(-100, 2000), st.floats(-3000, 3000), st.floats(-50000, 50000))
def test_a_cable_never_pushes(travel_mm: float, speed_mm_s: float, acceleration_mm_s2: float) -> None:
    assert force(Machine(), travel_mm, speed_mm_s, acceleration_mm_s2) >= 0
