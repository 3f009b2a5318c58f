"""The demo's sets: alternating sides, faults and tempo in the board's address."""

from live_stage import FourFigures, Kickback

from cablerep.monitor import demo as demonstration
from cablerep_sim.board.address import parse


def test_one_set_has_no_side() -> None:
    plan = demonstration.plan()
    assert plan.ports == ("sim://glute-kickback?reps=8&hold_s=2&speed=4",)
    assert (plan.sides, plan.sets, plan.stream) == (("",), 1, True)


def test_sides_alternate() -> None:
    plan = demonstration.plan(3, "right", "outliers,missed")
    assert plan.sides == ("right", "left", "right")
    same = "sim://glute-kickback?reps=8&hold_s=2&plate_kg=12.5&side="
    assert plan.ports[1] == same + "left&faults=outliers,missed&load_hz=80&seed=2&speed=4", (
        "another set of the same weight"
    )
    for port in plan.ports:
        assert port is not None
        assert parse(port).speed == 4


def test_fault_lists_are_quoted_in_the_address() -> None:
    (port,) = demonstration.plan(faults="hold_short@3,a&b").ports
    assert port is not None
    assert "faults=hold_short@3,a%26b&" in port


def test_the_profile_sets_the_athletes_tempo() -> None:
    (port,) = demonstration.plan(profile=Kickback()).ports
    assert port is not None
    assert "&hold_s=2.4&concentric_s=1.25&eccentric_s=3.75&" in port
    (port,) = demonstration.plan(profile=Kickback(tempo=FourFigures(concentric_s=0.0))).ports
    assert port is not None
    assert "concentric_s" not in port, "as fast as control allows is as the scenario has it"
