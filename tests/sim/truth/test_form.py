"""Flags that a movement deserves, on hand-made movements whose faults have known sizes."""

from dataclasses import replace

import pytest

from cablerep_sim.athlete.movement import Drop, MinimumJerk, Movement, Shape, Submovement, Trapezoid
from cablerep_sim.equipment.machine import Machine
from cablerep_sim.truth.file import Truth, TruthRep
from cablerep_sim.truth.form import Cable, judge_form

MACHINE = Machine(plate_kg=10, friction_share=0.0, friction_n=0.0, pulley_kg=0.0)
LIMITS = {"profile": 1, "hold_target": 1000, "eccentric_max": 200_000, "over_part": 120, "under_part": 80}
REP = TruthRep("full", 1.0, 5.0, 2.0, 3.0, 300.0, eccentric_mean_m_s=0.15)


def judged(*reps: TruthRep, cable: Cable | None = None, limits: dict[str, int] | None = None) -> list[TruthRep]:
    still = Cable(Movement(300.0), MACHINE)
    truth = Truth("analytic", len(reps), reps=reps)
    told = judge_form(truth, cable or still, [1] * len(reps), LIMITS if limits is None else limits)
    return list(told.reps or ())


@pytest.mark.parametrize(
    ("change", "flags", "unclear"),
    [
        ({}, (), ()),
        ({"release_s": 2.9}, ("hold_short",), ()),
        ({"release_s": 3.03}, (), ("hold_short",)),
        ({"eccentric_mean_m_s": 0.25}, ("eccentric_fast",), ()),
        ({"eccentric_mean_m_s": 0.199}, (), ("eccentric_fast",)),
        ({"rom_mm": 380.0}, ("range_over",), ()),
        ({"rom_mm": 363.0}, (), ("range_over",)),
        ({"rom_mm": 225.0}, ("range_under",), ()),
        ({"rom_mm": 238.0}, (), ("range_under",)),
    ],
)
def test_near_a_limit_flags_are_unclear(
    change: dict[str, float], flags: tuple[str, ...], unclear: tuple[str, ...]
) -> None:
    plain = replace(REP, release_s=3.2)
    last = judged(plain, plain, plain, replace(plain, **change))[-1]  # type: ignore[arg-type]
    assert (last.flags, last.unclear) == (flags, unclear)
    assert judged(plain, plain, plain, replace(plain, **change), limits={})[-1].flags == ()  # type: ignore[arg-type]


def test_the_next_rep_lands_for_itself() -> None:
    """Quick reps follow within the second in which a landing counts."""
    first, second = (Submovement(1 + at_s, 0.4, 300.0, MinimumJerk()) for at_s in (0.0, 1.4))
    drop = Drop()
    movement = Movement(
        0.0, [first, Submovement(1.6, 0.6, -300.0, MinimumJerk()), second, Submovement(3.0, 0.4, -300.0, drop)]
    )
    reps = [replace(REP, start_s=s, top_s=s + 0.4, release_s=s + 0.6, end_s=e) for s, e in ((1.0, 2.2), (2.4, 3.4))]
    flags = [rep.flags for rep in judged(*reps, cable=Cable(movement, MACHINE), limits={})]
    assert "slam" not in flags[0] and "slam" in flags[1]


def test_a_target_and_an_absolute_limit_need_no_learning() -> None:
    (rep,) = judged(replace(REP, release_s=3.2), limits={**LIMITS, "target_rom": 200_000})
    assert rep.flags == ("range_over",)
    (rep,) = judged(replace(REP, release_s=3.2), limits={**LIMITS, "rom_over": 280_000})
    assert rep.flags == ("range_over",)


def moved(*strokes: tuple[float, float, Shape], hold_s: float = 1.0, **more: object) -> TruthRep:
    """A rep of strokes (mm, s, shape), out and back, from 300 mm or from the stack."""
    (out_mm, out_s, out), (back_mm, back_s, back) = strokes
    start_mm = 300.0 if back_mm + out_mm == 0 and not isinstance(back, Drop) else 0.0
    release_s = 1 + out_s + hold_s
    movement = Movement(start_mm, [Submovement(1.0, out_s, out_mm, out), Submovement(release_s, back_s, back_mm, back)])
    rep = replace(REP, top_s=1 + out_s, release_s=release_s, end_s=release_s + back_s)
    return judged(rep, cable=Cable(movement, MACHINE, **more), limits={})[0]  # type: ignore[arg-type]


CALM = (-300.0, 2.0, MinimumJerk())


def test_a_calm_rep_has_no_flag() -> None:
    rep = moved((300.0, 1.0, MinimumJerk()), CALM)
    assert (rep.flags, rep.unclear) == ((), ())


@pytest.mark.parametrize(
    ("out_s", "flags", "unclear"), [(0.27, ("swing",), ()), (0.6, (), ())], ids=["12.7 m/s2", "2.6 m/s2"]
)
def test_a_throw_swings_the_load(out_s: float, flags: tuple[str, ...], unclear: tuple[str, ...]) -> None:
    rep = moved((300.0, out_s, Trapezoid(0.35, 0.65)), CALM)
    assert set(rep.flags or ()) - {"slack"} == set(flags)
    assert "swing" not in rep.unclear


def test_a_leg_that_stops_dead_is_at_most_unclear() -> None:
    assert "swing" not in (moved((400.0, 0.6, Trapezoid(0.2, 0.1)), (-400.0, 2.0, MinimumJerk())).flags or ())


@pytest.mark.parametrize(
    ("loose_s", "flags", "unclear"), [(0.25, ("slack",), ()), (0.1, (), ("slack",)), (0.04, (), ())]
)
def test_a_loose_cable_is_slack_for_a_while(loose_s: float, flags: tuple[str, ...], unclear: tuple[str, ...]) -> None:
    rep = moved((300.0, 1.0, MinimumJerk()), CALM, loose_s=[(3.5, 3.5 + loose_s)])
    assert (rep.flags, rep.unclear) == (flags, unclear)


def test_a_stack_at_rest_before_and_after_a_rep_is_not_slack() -> None:
    rep = moved((300.0, 1.0, MinimumJerk()), (-300.0, 2.0, Trapezoid(0.2, 0.3)), loose_s=[(0.0, 1.2), (4.8, 9.0)])
    assert rep.flags == ()


def test_without_a_cell_flags_of_force_are_unclear() -> None:
    rep = moved((300.0, 0.27, Trapezoid(0.35, 0.65)), CALM, loose_s=[(3.0, 3.4)], has_load=False)
    assert (rep.flags, rep.unclear) == ((), ("slack", "swing"))


@pytest.mark.parametrize(
    ("landing_mm_s", "flags", "unclear"), [(600, ("slam",), ()), (280, (), ("slam",)), (150, (), ())]
)
def test_a_hard_landing_is_a_slam(landing_mm_s: float, flags: tuple[str, ...], unclear: tuple[str, ...]) -> None:
    back_s = Drop().top * 300 / landing_mm_s
    rep = moved((300.0, 1.0, MinimumJerk()), (-300.0, back_s, Drop()))
    assert (rep.flags, rep.unclear) == (flags, unclear)


def test_the_order_of_flags_does_not_depend_on_chance() -> None:
    rep = moved((300.0, 0.27, Trapezoid(0.35, 0.65)), CALM, loose_s=[(3.0, 3.4)])
    assert rep.flags == tuple(sorted(rep.flags or ())) == ("slack", "swing")
