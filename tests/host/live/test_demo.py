"""The demonstration: the sides of its sets alternate, faults go to the board, and every address is one."""

from live_stage import FourFigures, Kickback

from cablerep.live import demo as demonstration
from cablerep_sim.board.address import parse


def test_one_set_without_a_side() -> None:
    plan = demonstration.plan()
    assert plan.ports == ("sim://glute-kickback?reps=8&hold_s=2&speed=4",)
    assert (plan.sides, plan.sets, plan.stream) == (("",), 1, True)


def test_the_sides_alternate() -> None:
    plan = demonstration.plan(3, "right", "outliers,missed")
    assert plan.sides == ("right", "left", "right")
    same = "sim://glute-kickback?reps=8&hold_s=2&plate_kg=12.5&side="
    assert plan.ports[1] == same + "left&faults=outliers,missed&seed=2&speed=4", "another set of the same weight"
    for port in plan.ports:
        assert port is not None
        assert parse(port).speed == 4


def test_a_fault_list_is_quoted_as_far_as_it_must_be() -> None:
    (port,) = demonstration.plan(faults="hold_short@3,a&b").ports
    assert port is not None
    assert "faults=hold_short@3,a%26b&" in port


def test_a_profile_sets_the_lifters_tempo() -> None:
    (port,) = demonstration.plan(profile=Kickback()).ports
    assert port is not None
    assert "&hold_s=2.4&concentric_s=1.25&eccentric_s=3.75&" in port
    (port,) = demonstration.plan(profile=Kickback(tempo=FourFigures(concentric_s=0.0))).ports
    assert port is not None
    assert "concentric_s" not in port, "as fast as control allows is as the scenario has it"
