"""Unsteady legs: overshoot, swing, sinking and sway within the ranges measured on people, and none where asked."""

import numpy as np
import pytest

from cablerep_sim.athlete.athlete import Athlete
from cablerep_sim.athlete.legs import Legs, Unsteadiness
from cablerep_sim.athlete.movement import Lopsided, MinimumJerk
from cablerep_sim.athlete.rep import Rep
from cablerep_sim.athlete.sway import LARGEST_MM, Sway

REP = Rep(rom_mm=300.0, out_s=1.0, hold_s=3.0, back_s=2.0)


def legs(seed: int, **asked: object) -> Legs:
    return Legs(Unsteadiness(**asked), np.random.default_rng(seed))  # type: ignore[arg-type]


def held(rep: Rep) -> np.ndarray:
    """Travel relative to the furthest point, from the top to the release."""
    one = Athlete(np.random.default_rng(1), 300.0)
    one.do(rep)
    plan = one.plans[0]
    travel = one.movement.position(np.arange(plan.out_s[1], plan.back_s[0], 0.001))
    return travel - travel.max()


def test_still_legs_leave_a_rep_as_it_is() -> None:
    assert legs(1).still
    assert legs(1).unsteady(REP) is REP
    assert legs(1).sway_rms_mm() == 0


def test_real_legs_overshoot_swing_and_settle_by_a_quarter_of_the_rise_at_most() -> None:
    settled = []
    swung = 0
    for seed in range(200):
        rep = legs(seed, real=True).unsteady(REP)
        travel = held(rep)
        settled.append(-travel[-1] / REP.rom_mm)
        assert travel.min() > -0.26 * REP.rom_mm
        assert rep.overshoot is not None
        swung += rep.overshoot.swings > 0
    assert 0.02 < np.median(settled) < 0.10
    assert max(settled) > 0.10
    assert swung > 150


def test_the_swing_is_at_1_5_to_2_5_hz_and_rises_by_25_to_60_percent_of_the_fall() -> None:
    for seed in range(100):
        overshoot = legs(seed, real=True).unsteady(REP).overshoot
        assert overshoot is not None
        assert 1.5 <= 0.5 / overshoot.half_s <= 2.5
        assert 0.25 <= overshoot.rebound <= 0.60


def test_a_rep_ends_where_it_should_however_unsteady_it_was() -> None:
    for seed in range(50):
        one = Athlete(np.random.default_rng(seed), 300.0, legs=legs(seed, real=True))
        one.do(Rep(rom_mm=300.0, hold_s=0.1 * seed, short_mm=5.0))
        assert one.at_mm == pytest.approx(305.0)
        assert one.movement.position(np.array([one.t_s + 1]))[0] == pytest.approx(305.0)


def test_a_tired_leg_is_less_steady_and_a_loaded_one_more() -> None:
    def settled_mm(tired: float, weight_kg: float) -> float:
        total = 0.0
        for seed in range(200):
            one = legs(seed, real=True)
            one.weight_kg = weight_kg
            overshoot = one.unsteady(Rep(rom_mm=300.0, hold_s=4.0, tired=tired)).overshoot
            total += overshoot.fall_mm if overshoot else 0.0
        return total / 200

    assert settled_mm(1.0, 10.0) > 1.3 * settled_mm(0.0, 10.0)
    assert 0.4 * settled_mm(0.0, 5.0) < settled_mm(0.0, 60.0) < 0.8 * settled_mm(0.0, 5.0)
    assert legs(1, real=True).sway_rms_mm(1.0) > legs(1, real=True).sway_rms_mm(0.0) > 0


def test_lopsided_legs_lower_late() -> None:
    rep = legs(1, lopsided=True).unsteady(Rep(out_shape=MinimumJerk(), back_shape=MinimumJerk()))
    assert isinstance(rep.out_shape, Lopsided)
    assert rep.back_shape == Lopsided(2.3, 1.5)
    u = np.linspace(0, 1, 1001)
    assert u[np.argmax(rep.back_shape.speed(u))] == pytest.approx(0.6, abs=0.01)


def test_sway_has_the_rms_asked_for_and_half_of_its_power_below_1_hz() -> None:
    t_s = np.arange(0, 200, 0.02)
    low, rms = [], []
    for seed in range(20):
        sway = Sway.draw(np.random.default_rng(seed), [(0.0, 3.0), (200.0, 3.0)])
        moved = sway.displacement(t_s, np.full(len(t_s), 300.0))
        rms.append(moved.std())
        assert np.abs(moved).max() <= LARGEST_MM
        power = np.abs(np.fft.rfft(moved)) ** 2
        low.append(power[np.fft.rfftfreq(len(t_s), 0.02) < 1.0].sum() / power.sum())
    assert np.mean(rms) == pytest.approx(3.0, rel=0.02)
    assert np.mean(low) == pytest.approx(0.5, abs=0.03)


def test_sway_derivatives_match_and_a_seated_stack_does_not_sway() -> None:
    sway = Sway.draw(np.random.default_rng(1), [(0.0, 2.0), (20.0, 2.0)])
    t_s = np.arange(0, 20, 0.001)
    far = np.full(len(t_s), 300.0)
    moved = sway.displacement(t_s, far)
    assert np.gradient(moved, 0.001)[5:-5] == pytest.approx(sway.speed(t_s, far)[5:-5], abs=0.05)
    assert np.gradient(sway.speed(t_s, far), 0.001)[5:-5] == pytest.approx(sway.acceleration(t_s, far)[5:-5], abs=0.5)
    assert not sway.displacement(t_s, np.zeros(len(t_s))).any()


def test_sway_within_the_hold_begins_and_ends_with_it() -> None:
    one = Athlete(np.random.default_rng(1), 300.0, legs=legs(1, sway_mm=3.0))
    one.do(REP)
    plan = one.plans[0]
    t_s = np.arange(0, one.t_s, 0.001)
    outside = (t_s < plan.out_s[1]) | (t_s > plan.back_s[0])
    power = []
    for seed in range(50):
        sway = Sway.draw(np.random.default_rng(seed), one.sway_knots)
        moved = sway.displacement(t_s, one.movement.position(t_s))
        assert np.abs(moved[outside]).max() < 1e-6
        power.append(np.mean(moved[~outside] ** 2))
    assert np.mean(power) ** 0.5 == pytest.approx(3.0, rel=0.1)
