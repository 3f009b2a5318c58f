"""Deliberate faults of form: one for each flag, each in its own rep, and physically what its name says."""

import numpy as np
import pytest

from cablerep_fw.core.link import wire
from cablerep_sim.athlete.athlete import Athlete
from cablerep_sim.athlete.faults import FLAWS, ON_FLOOR, Flaw, Flaws, loosened
from cablerep_sim.athlete.rep import Rep, Stick
from cablerep_sim.equipment.machine import G_MM_S2, Machine

REP = Rep(rom_mm=300, out_s=1.0, hold_s=1.5, back_s=2.0, sink_mm=5.0, back_stick=Stick())
STEP_S = 0.001


def athlete(*names: str, at_mm: float = 280.0) -> Athlete:
    rng = np.random.default_rng
    one = Athlete(rng(3), at_mm, Flaws([Flaw(name) for name in names], rng(4)))
    one.stand(1.0)
    return one


def motion(one: Athlete) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    t_s = np.arange(0, one.t_s, STEP_S)
    movement = one.movement
    return t_s, movement.position(t_s), movement.speed(t_s), movement.acceleration(t_s)


def test_there_is_one_fault_for_each_flag() -> None:
    assert tuple(FLAWS) == wire.FLAGS


def test_a_fault_is_done_in_the_rep_it_names() -> None:
    flaws = Flaws([Flaw("swing", 2), Flaw("slam", 2), Flaw("hold_short")])
    assert [flaws.of(number) for number in (1, 2)] == [{"hold_short"}, {"hold_short", "swing", "slam"}]
    assert Flaws().of(1) == set()


@pytest.mark.parametrize(("on_floor", "missing"), [(True, set()), (False, set(ON_FLOOR))])
def test_random_faults_are_at_most_one_per_rep_and_all_occur(on_floor: bool, missing: set[str]) -> None:
    flaws = Flaws([Flaw("random")], np.random.default_rng(1), on_floor=on_floor)
    drawn = [flaws.of(number) for number in range(2000)]
    assert max(map(len, drawn)) == 1
    assert set().union(*drawn) == set(FLAWS) - missing
    assert 0.3 < np.mean([bool(names & set(FLAWS) - set(ON_FLOOR)) for names in drawn]) < 0.4


@pytest.mark.parametrize(
    ("name", "field", "factor"),
    [("hold_short", "hold_s", 0.1), ("eccentric_fast", "back_s", 0.3), ("range_over", "rom_mm", 1.3),
     ("range_under", "rom_mm", 0.72)],
)  # fmt: skip
def test_a_fault_changes_one_thing_about_a_rep(name: str, field: str, factor: float) -> None:
    spoilt = Flaws().spoil(REP, frozenset([name]))
    assert getattr(spoilt, field) == pytest.approx(factor * getattr(REP, field))
    others = {"hold_s", "back_s", "rom_mm", "out_s"} - {field}
    assert all(getattr(spoilt, other) == getattr(REP, other) for other in others)
    assert Flaws().spoil(REP, frozenset()) == REP


def test_a_fast_eccentric_is_never_slower_than_before() -> None:
    fast = Rep(rom_mm=1000, back_s=0.5)
    assert Flaws().spoil(fast, frozenset(["eccentric_fast"])).back_s == 0.5


def test_a_thrown_load_floats() -> None:
    """Braked harder than gravity can, over most of the concentric, and below 3 m/s."""
    one = athlete("swing")
    one.do(REP)
    _, travel, speed, acceleration = motion(one)
    floating = (speed > 0) & (acceleration < -G_MM_S2)
    assert speed[floating].sum() > 0.6 * speed[speed > 0].sum()
    assert speed.max() < 3000
    machine = Machine(plate_kg=10, friction_share=0, friction_n=0, pulley_kg=0)
    assert machine.force_n(travel, speed, acceleration)[floating].max() == 0


def test_slack_begins_and_ends_within_the_eccentric() -> None:
    one = athlete("slack")
    one.do(REP)
    ((begin_s, end_s),) = one.loose_s
    (plan,) = one.plans
    assert plan.back_s[0] < begin_s < end_s < plan.back_s[1] - 0.2
    assert 0.2 <= end_s - begin_s <= 0.45
    t_s = np.arange(0, one.t_s, STEP_S)
    force = loosened(np.full(len(t_s), 100.0), t_s, one.loose_s)
    assert (force == 0).sum() == pytest.approx((end_s - begin_s) / STEP_S, abs=1)
    assert set(force) == {0.0, 100.0}


@pytest.mark.parametrize(("at_mm", "passes_on"), [(280.0, True), (0.0, False)])
def test_a_stack_let_go_lands_hard_and_bounces(at_mm: float, passes_on: bool) -> None:
    one = athlete("slam", at_mm=at_mm)
    one.do(REP)
    _, travel, speed, _ = motion(one)
    (plan,) = one.plans
    landed = int(plan.back_s[1] / STEP_S)
    assert plan.passes_on == passes_on
    assert travel[landed + 1] == pytest.approx(0, abs=1)
    assert 490 < -speed[landed - 2] < 1210
    assert abs(speed[landed + 4]) < 0.3 * -speed[landed - 2], "a rebound of a quarter of its speed"
    assert 0 < travel[landed:].max() < 15


def test_an_athlete_who_let_go_steps_back_before_the_next_rep() -> None:
    one = athlete()
    one.flaws = Flaws([Flaw("slam", 1)])
    one.do(REP)
    assert (one.at_mm, one.set_number) == (pytest.approx(0), 2)
    one.do(Rep(rom_mm=300, short_mm=280 + 4))  # 4 mm above where it began
    assert one.at_mm == pytest.approx(284)
    assert motion(one)[1].max() == pytest.approx(580, abs=0.1)


def test_an_athlete_who_let_go_last_does_not_step_back() -> None:
    one = athlete("slam")
    one.do(REP)
    before_s = one.t_s
    one.walk_to(0, 1, 0.5, 0.3)
    one.lean(2.0, 5.0)
    one.bounce(5, 0.2)
    assert motion(one)[1][int(before_s / STEP_S) :].max() < 6
