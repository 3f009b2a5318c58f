"""The athlete: every verb ends where it should, and the plan records what was meant."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cablerep_sim.athlete.athlete import Athlete
from cablerep_sim.athlete.rep import Rep, Stick

STEP_S = 0.001


def athlete(at_mm: float = 300.0) -> Athlete:
    return Athlete(np.random.default_rng(3), at_mm)


def travel_and_speed(one: Athlete) -> tuple[np.ndarray, np.ndarray]:
    t_s = np.arange(0, one.t_s + 1, STEP_S)
    return one.movement.position(t_s), one.movement.speed(t_s)


FALLING_BACK = st.builds(Stick, st.floats(0.3, 0.7), st.floats(0.2, 0.6), st.floats(0.02, 0.15))
REPS = st.builds(
    Rep,
    rom_mm=st.floats(30, 500),
    out_s=st.floats(0.3, 3),
    hold_s=st.floats(0.5, 5),
    back_s=st.floats(0.5, 3),
    sink_mm=st.floats(0, 4),
    short_mm=st.floats(-20, 20),
    settle_mm=st.just(0.0) | st.floats(0, 10),
    out_stick=st.none() | st.builds(Stick, st.floats(0.3, 0.7), st.floats(-0.1, 0.6)) | FALLING_BACK,
    back_stick=st.none() | st.builds(Stick, st.floats(0.3, 0.7), st.floats(0.0, 0.6)),
)


@given(REPS)
@settings(max_examples=50, deadline=None)
def test_a_rep_rises_by_its_range_and_comes_to_rest_where_it_should(rep: Rep) -> None:
    one = athlete()
    one.stand(1.0)
    one.do(rep)
    travel, speed = travel_and_speed(one)
    assert travel.max() == pytest.approx(300 + rep.rom_mm, abs=0.01)
    assert one.at_mm == pytest.approx(300 + rep.short_mm)
    assert travel[-1] == pytest.approx(one.at_mm)
    assert speed[-1] == 0
    (plan,) = one.plans
    assert plan.out_s[0] == 1.0 and plan.back_s[1] == one.t_s
    assert plan.back_s[0] - plan.out_s[1] == pytest.approx(rep.hold_s)
    hold = speed[int(plan.out_s[1] / STEP_S) + 1 : int(plan.back_s[0] / STEP_S)]
    # Settling is over after 0.4 s; what follows is a hold that only sinks.
    assert np.abs(hold[400 if rep.settle_mm else 0 :]).max() < 22


def test_sticking_points_dwell_slow_down_or_fall_back() -> None:
    def middle(stick: Stick) -> float:
        one = athlete()
        one.do(Rep(300.0, 1.0, out_stick=stick))
        speed = travel_and_speed(one)[1]
        return float(speed[300 : int(one.plans[0].out_s[1] / STEP_S) - 300].min())

    assert middle(Stick(0.5, 0.4)) == 0
    assert 25 < middle(Stick(0.5, -0.3)) < 450
    assert middle(Stick(0.5, 0.4, 0.1)) < -25


def test_the_last_rep_may_go_straight_on_to_the_stack() -> None:
    one = athlete()
    one.do_and_walk_in(Rep(300.0), back_s=2.5)
    travel, speed = travel_and_speed(one)
    assert (one.at_mm, travel[-1]) == (0, pytest.approx(0, abs=1e-9))
    assert one.plans[0].passes_on
    back = speed[int(one.plans[0].back_s[0] / STEP_S) + 50 : int(one.plans[0].back_s[1] / STEP_S) - 50]
    assert back.max() < 0


def test_leaning_is_slow_and_takes_the_time_given() -> None:
    one = athlete()
    one.lean(10.0, 12.0)
    travel, speed = travel_and_speed(one)
    assert one.t_s == 10
    assert travel.max() == pytest.approx(312, abs=0.01)
    assert 5 < np.abs(speed).max() < 16
    seated = athlete(0.0)
    seated.lean(10.0, 7.0)
    assert travel_and_speed(seated)[0].max() == 0


def test_walking_arrives_in_steps() -> None:
    one = athlete(0.0)
    one.walk_to(400.0, 3, 0.7, 0.4)
    travel, speed = travel_and_speed(one)
    assert travel[-1] == pytest.approx(400)
    assert speed.min() >= 0
    still = (speed < 1e-6) & (travel > 1) & (travel < 399)
    assert np.count_nonzero(np.diff(still.astype(int)) == 1) == 2


def test_bounces_shrink_and_come_back_to_the_ground() -> None:
    one = athlete()
    one.bounce(40.0, 0.4, 2, 0.25)
    travel = travel_and_speed(one)[0]
    assert travel.min() >= 300 - 1e-6
    assert travel[:400].max() == pytest.approx(340, abs=0.1)
    assert travel[400:].max() == pytest.approx(310, abs=0.1)
    assert travel[-1] == pytest.approx(300)
