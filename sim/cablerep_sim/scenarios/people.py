"""Scenarios of what people do that tidy sets leave out: squeezes, pauses, half reps, detours, very long sets.

Each stands for a kind of recording on which a detector is easily wrong; docs/simulation.md describes the kinds.
"""

from __future__ import annotations

from dataclasses import replace

from ..athlete.rep import Rep, Squeeze, Stick
from . import habits as habit
from .habits import Habits
from .script import STAND_S, Act, arrive, do_rep, do_reps, leave, visit
from .stage import Stage

_PAUSE_S = (1.3, 3.0)  # clear of the 1 s from which a pause may be a new start


def squeeze(stage: Stage) -> None:
    """A further push outward well after the hold has begun, soft or quick."""
    habits = habit.draw(stage, rom_mm=(200, 450), hold_s=(2.0, 5.0))
    rng = stage.rng

    def push(_: int, rep: Rep) -> Rep:
        duration_s = rng.uniform(0.2, 0.8)
        after_s = rng.uniform(0.4, 0.8) * (rep.hold_s - duration_s)
        distance_mm = min(rng.uniform(5.0, 15.0), 0.06 * rep.rom_mm)
        return replace(rep, sink_mm=0.0, squeeze=Squeeze(distance_mm, duration_s, after_s))

    visit(stage, habits, push)


def pause_midway(stage: Stage) -> None:
    """Pauses of more than a second part of the way out, from a stance."""
    _with_pauses(stage, habit.draw(stage, reps=(4, 10), rom_mm=(220, 500), bottom_s=(0.3, 1.0)))


def pause_from_stack(stage: Stage) -> None:
    """The same from the stack: the cable is not taken up, the rep pauses."""
    _with_pauses(stage, habit.draw(stage, reps=(4, 10), rom_mm=(220, 500), stance_mm=(0, 0), wander_mm=(0, 1.5)))


def _with_pauses(stage: Stage, habits: Habits) -> None:
    rng = stage.rng

    def pause(_: int, rep: Rep) -> Rep:
        at, gap_s = rng.uniform(0.25, 0.55), rng.uniform(*_PAUSE_S)
        return replace(rep, out_stick=Stick(at, gap_s)) if rng.random() < 0.4 else rep

    visit(stage, habits, pause)


def one_and_a_half(stage: Stage) -> None:
    """Out, half-way back, out again and all the way back: by the contract two partial reps each time."""
    habits = habit.draw(
        stage,
        reps=(4, 8),
        rom_mm=(250, 480),
        hold_s=(0.2, 1.5),
        bottom_s=(0.3, 0.9),
        wander_mm=(0, 4),
        spread=(0, 0.02),
    )
    halfway = stage.between(0.36, 0.46)
    arrive(stage, habits)
    for i in range(habits.reps):
        tired = i / max(habits.reps - 1, 1)
        whole = habits.rep(stage.rng, stage.athlete.at_mm, tired)
        upper_mm = (1 - halfway) * whole.rom_mm
        hurry = halfway**0.5  # a shorter distance takes less time, though not in proportion
        first = replace(whole, sink_mm=0.0, short_mm=upper_mm, back_s=hurry * whole.back_s)
        do_rep(stage, habits, first, tired)
        second = replace(
            whole,
            sink_mm=0.0,
            rom_mm=halfway * whole.rom_mm,
            out_s=hurry * whole.out_s,
            short_mm=whole.short_mm - upper_mm,
        )
        do_rep(stage, habits, second, tired)
    leave(stage)


def settle_out(stage: Stage) -> None:
    """Lowering that stops short, creeps out again and rests, before the leg goes all the way back."""
    habits = habit.draw(stage, reps=(3, 8), rom_mm=(250, 450), hold_s=(0.3, 2.0), bottom_s=(0.4, 1.0), wander_mm=(0, 6))
    athlete = stage.athlete
    rng = stage.rng
    arrive(stage, habits)
    for i in range(habits.reps):
        rep = habits.rep(rng, athlete.at_mm, i / habits.reps)
        if rng.random() < 0.5:
            do_rep(stage, habits, rep, i / habits.reps)
            continue
        end_mm = rep.short_mm
        stop_mm = rng.uniform(0.13, 0.24) * rep.rom_mm
        creep_mm = rng.uniform(0.06, 0.11) * rep.rom_mm
        athlete.do(replace(rep, short_mm=stop_mm, back_s=0.8 * rep.back_s))
        athlete.stand(rng.uniform(0.3, 0.6))
        athlete.move(creep_mm, rng.uniform(0.6, 1.0))
        athlete.stand(rng.uniform(0.5, 1.4))
        athlete.move(end_mm - stop_mm - creep_mm, rng.uniform(0.5, 0.8))
        athlete.stand(habits.bottom(rng))
    leave(stage)


def bad_knee(stage: Stage) -> None:
    """Out and back in two or three steps, creeping the last few millimetres to the top."""
    habits = habit.draw(stage, reps=(4, 9), rom_mm=(220, 450), hold_s=(1.0, 3.0), bottom_s=(0.4, 1.2))
    rng = stage.rng

    def step(_: int, rep: Rep) -> Rep:
        creep_s = rng.uniform(0.5, 0.8) * rep.hold_s
        creep_mm = min(rng.uniform(6, 12) * creep_s, 0.05 * rep.rom_mm)
        return replace(
            rep,
            out_stick=Stick(rng.uniform(0.3, 0.6), rng.uniform(0.1, 0.4)),
            back_stick=Stick(rng.uniform(0.35, 0.6), rng.uniform(0.1, 0.4)),
            sink_mm=0.0,
            squeeze=Squeeze(creep_mm, creep_s, 0.1 * rep.hold_s),
        )

    visit(stage, habits, step)


def shaking(stage: Stage) -> None:
    """The handle shaken quickly by a few centimetres before the set, between reps and after it."""
    habits = habit.draw(stage, reps=(4, 9), rom_mm=(250, 450), bottom_s=(0.4, 1.0), wander_mm=(0, 6))
    arrive(stage, habits)
    _shake(stage, habits)
    for i in range(habits.reps):
        do_reps(stage, habits, 1)
        if stage.chance(0.4) or i == habits.reps - 1:
            stage.athlete.stand(stage.between(*STAND_S))
            _shake(stage, habits)
    leave(stage)


def _shake(stage: Stage, habits: Habits) -> None:
    """Shake out and back within 0.25 s each time, by less than a partial rep."""
    athlete = stage.athlete
    for _ in range(int(stage.rng.integers(1, 6))):
        distance_mm = stage.between(0.04, 0.14) * habits.rom_mm
        stroke_s = stage.between(0.05, 0.12)
        athlete.move(distance_mm, stroke_s)
        athlete.move(-distance_mm, stroke_s)
        athlete.stand(stage.between(0.0, 0.2))
    athlete.stand(stage.between(*STAND_S))


def two_long_holds(stage: Stage) -> None:
    """Two reps from the stack, each held for longer than a lone one may be."""
    habits = habit.draw(
        stage,
        reps=(2, 3),
        rom_mm=(220, 450),
        hold_s=(6.0, 10.0),
        stance_mm=(0, 0),
        bottom_s=(1.0, 4.0),
        wander_mm=(0, 1.5),
        spread=(0.0, 0.03),
    )
    visit(stage, habits)


def many_reps(stage: Stage) -> None:
    """More than a hundred quick reps in one set, some of them short."""
    habits = habit.draw(
        stage,
        reps=(101, 130),
        rom_mm=(220, 350),
        concentric_s=(0.35, 0.5),
        hold_s=(0.0, 0.2),
        eccentric_s=(0.4, 0.6),
        bottom_s=(0.05, 0.2),
        wander_mm=(0, 4),
        spread=(0.01, 0.03),
        fade=(0.1, 0.3),
        shape="jerk",
    )
    rng = stage.rng

    def shorten(_: int, rep: Rep) -> Rep:
        share = rng.uniform(0.35, 0.5)
        if rng.random() > 0.08:
            return rep
        hurry = share**0.5
        return replace(rep, rom_mm=share * rep.rom_mm, out_s=hurry * rep.out_s, back_s=hurry * rep.back_s, sink_mm=0.0)

    arrive(stage, habits)
    do_reps(stage, habits, habits.reps, shorten)
    leave(stage)


SCRIPTS: tuple[Act, ...] = (
    squeeze,
    pause_midway,
    pause_from_stack,
    one_and_a_half,
    settle_out,
    bad_knee,
    shaking,
    two_long_holds,
    many_reps,
)
