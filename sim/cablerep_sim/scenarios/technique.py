"""Scenarios of technique: how the reps themselves are done, well or badly.

Fractions and distances stay clear of the contract's limits; a scenario that comes too close to one is drawn again.
"""

from __future__ import annotations

from dataclasses import replace

from ..athlete.movement import HalfCosine, Plateau
from ..athlete.rep import Rep, Stick
from . import habits as habit
from .habits import Habits
from .script import Act, arrive, do_rep, do_reps, leave, visit
from .stage import Stage


def glute_kickback(stage: Stage) -> None:
    """A tidy set of eight, for a demonstration."""
    habits = habit.draw(
        stage,
        reps=(8, 8),
        rom_mm=(300, 300),
        concentric_s=(1.0, 1.0),
        hold_s=(1.5, 1.5),
        eccentric_s=(2.0, 2.0),
        bottom_s=(0.7, 0.7),
        stance_mm=(280, 280),
        tremor_mm=(0.3, 0.3),
        wander_mm=(4, 4),
        spread=(0.04, 0.04),
        fade=(0.15, 0.15),
        shape="jerk",
    )
    arrive(stage, habits)
    do_reps(stage, habits, habits.reps)
    leave(stage)


def clean(stage: Stage) -> None:
    """A set as a coach wants it."""
    visit(stage, habit.draw(stage))


def no_hold(stage: Stage) -> None:
    """Touch and go: the top is a turn, the bottom often one too."""
    shape = "swing" if stage.chance(0.3) else None
    bottom_s = (0.0, 0.0) if stage.chance(0.5) else (0.0, 0.8)
    visit(stage, habit.draw(stage, hold_s=(0.0, 0.0), bottom_s=bottom_s, shape=shape))


def long_hold(stage: Stage) -> None:
    """Holds of up to 18 s, trembling and sinking; 20 s would be standing."""
    habits = habit.draw(stage, reps=(3, 5), hold_s=(6.0, 18.0), tremor_mm=(0.6, 2.0), spread=(0.0, 0.02))
    rng = stage.rng

    def sink(_: int, rep: Rep) -> Rep:
        hold_s = min(rep.hold_s, 18.0)
        if rng.random() < 0.3:
            return replace(rep, hold_s=hold_s, sink_mm=0.0, lean_mm=rng.uniform(2, 10))
        return replace(rep, hold_s=hold_s, sink_mm=habit.sink_mm(rng.uniform(0.02, 0.15) * rep.rom_mm, hold_s))

    visit(stage, habits, sink)


def sticking_point(stage: Stage) -> None:
    """A dwell, a slowing down or a falling back in the concentric; sometimes a dwell in the eccentric."""
    habits = habit.draw(stage, rom_mm=(180, 450))
    rng = stage.rng

    def stick(_: int, rep: Rep) -> Rep:
        at = rng.uniform(0.3, 0.7)
        kind = rng.choice(["none", "dwell", "slow", "fall"], p=[0.2, 0.35, 0.25, 0.2])
        if kind == "dwell":
            rep = replace(rep, out_stick=Stick(at, rng.uniform(0.1, 0.7)))
        elif kind == "slow":
            rep = replace(rep, out_stick=Stick(at, -rng.uniform(0.15, 0.4) * rep.out_s))
        elif kind == "fall":
            rep = replace(rep, out_stick=Stick(at, rng.uniform(0.3, 0.65), rng.uniform(0.03, 0.15)))
        if rng.random() < 0.3:
            rep = replace(rep, back_stick=Stick(rng.uniform(0.3, 0.7), rng.uniform(0.1, 0.65)))
        return rep

    visit(stage, habits, stick)


def partials(stage: Stage) -> None:
    """Partial reps among full ones, returns that stop half-way, and twitches too small to count."""
    habits = habit.draw(stage, rom_mm=(180, 450), wander_mm=(0.0, 6.0), spread=(0.01, 0.04))
    halfway = stage.chance(0.25)
    arrive(stage, habits)
    for i in range(habits.reps):
        _perhaps_partial(stage, habits, halfway)
        tired = i / habits.reps
        do_rep(stage, habits, habits.rep(stage.rng, stage.athlete.at_mm, tired), tired)
    _perhaps_partial(stage, habits, halfway)
    leave(stage)


def _perhaps_partial(stage: Stage, habits: Habits, halfway: bool) -> None:
    """Mostly nothing; else one or two partial reps, or a twitch."""
    athlete = stage.athlete
    rng = stage.rng
    kind = rng.random()
    if kind > 0.45:
        return
    rep = habits.rep(rng, athlete.at_mm)
    if kind > 0.35:
        twitch_mm = rng.uniform(0.05, 0.15) * habits.rom_mm
        athlete.move(twitch_mm, rng.uniform(0.3, 0.6))
        athlete.move(-twitch_mm, rng.uniform(0.3, 0.6))
        athlete.stand(habits.bottom(rng))
        return
    share = rng.uniform(0.26, 0.50)
    if halfway and kind < 0.15:
        # Back by a fraction only, and out again from there: two movements whose smaller sides are that fraction.
        upper_mm = (1 - share) * rep.rom_mm
        do_rep(stage, habits, replace(rep, short_mm=upper_mm), 0.5)
        short_mm = rep.short_mm - upper_mm
        do_rep(stage, habits, replace(rep, rom_mm=share * rep.rom_mm, sink_mm=0.0, short_mm=short_mm), 0.5)
        return
    hurry = share**0.5  # a shorter distance takes less time, though not in proportion
    part = replace(rep, rom_mm=share * rep.rom_mm, out_s=hurry * rep.out_s, back_s=hurry * rep.back_s, sink_mm=0.0)
    do_rep(stage, habits, part, 0.5)


def bounce(stage: Stage) -> None:
    """The weight is dropped in the eccentric and bounces at the bottom, by less than the smallest rep."""
    habits = habit.draw(stage, rom_mm=(180, 450), eccentric_s=(0.5, 1.2))
    rng = stage.rng
    athlete = stage.athlete
    arrive(stage, habits)
    for i in range(habits.reps):
        rep = habits.rep(rng, athlete.at_mm, i / habits.reps)
        athlete.do(replace(rep, back_shape=Plateau(rng.uniform(0.2, 0.5), rng.uniform(0.05, 0.15))))
        athlete.bounce(rng.uniform(0.02, 0.14) * habits.rom_mm, rng.uniform(0.15, 0.4), int(rng.integers(1, 4)))
        athlete.tremble(habits.tremor_mm)
        athlete.stand(habits.bottom(rng))
    leave(stage)
    athlete.bounce(rng.uniform(3, 20), rng.uniform(0.15, 0.3))
    athlete.stand(stage.between(1.0, 2.0))


def wandering_start(stage: Stage) -> None:
    """No rep starts where the last one did: the start position jumps about, or creeps in one direction."""
    habits = habit.draw(stage, rom_mm=(220, 450), stance_mm=(250, 500), wander_mm=(12.0, 25.0))
    creep_mm = float(stage.rng.choice([-12.0, 0.0, 0.0, 15.0])) * stage.between(0.5, 1.5)
    if creep_mm:
        habits = habits.but(wander_mm=habits.wander_mm / 3)
    arrive(stage, habits)
    for i in range(habits.reps):
        moved = habits.but(stance_mm=habits.stance_mm + creep_mm * (i + 1))
        do_rep(stage, moved, moved.rep(stage.rng, stage.athlete.at_mm), i / habits.reps)
    leave(stage)


def very_slow(stage: Stage) -> None:
    """Mean speeds of 32 to 60 mm/s: the whole movement is close to the speed that bounds a phase."""
    habits = habit.draw(stage, reps=(3, 5), rom_mm=(120, 300), tremor_mm=(0.02, 0.3), fade=(0.0, 0.0))
    out_s = stage.unless("concentric_s", habits.rom_mm / stage.between(32, 60))
    back_s = stage.unless("eccentric_s", habits.rom_mm / stage.between(32, 60))
    visit(stage, habits.but(concentric_s=out_s, eccentric_s=back_s, spread=0.01))


def very_fast(stage: Stage) -> None:
    """Peaks of 1 to 3 m/s over long ranges: rows and presses rather than kickbacks."""
    habits = habit.draw(
        stage,
        rom_mm=(350, 1200),
        hold_s=(0.0, 0.6),
        bottom_s=(0.0, 0.6),
        wander_mm=(0.0, 20.0),
        spread=(0.01, 0.03),
        fade=(0.0, 0.1),
        shape="jerk" if stage.chance(0.7) else "plateau",
    )
    # The peak speed is at most 2.1 times the mean for the shapes drawn, and chance adds 15 %. Nobody accelerates a
    # stack by more than 4 g, the peak of a one-metre stroke in half a second.
    shortest_s = (habits.rom_mm / 4000) ** 0.5
    out_s = max(2.3 * habits.rom_mm / stage.between(1000, 2900), shortest_s)
    back_s = max(2.3 * habits.rom_mm / stage.between(800, 2500), shortest_s)
    out_s = stage.unless("concentric_s", out_s)
    back_s = stage.unless("eccentric_s", back_s)
    visit(stage, habits.but(concentric_s=out_s, eccentric_s=back_s))


def short_rom(stage: Stage) -> None:
    """Ranges of 80 to 150 mm, which most counters drop."""
    habits = habit.draw(stage, rom_mm=(80, 150), concentric_s=(0.4, 1.2), wander_mm=(0.0, 5.0))
    back_s = stage.unless("eccentric_s", min(habits.eccentric_s, habits.rom_mm / 40))
    visit(stage, habits.but(eccentric_s=back_s))


def tiny_rom(stage: Stage) -> None:
    """Ranges of 30 to 80 mm; 20 mm would be no rep."""
    habits = habit.draw(
        stage,
        rom_mm=(30, 80),
        concentric_s=(0.3, 0.9),
        tremor_mm=(0.02, 0.4),
        wander_mm=(0.0, 2.0),
        spread=(0.01, 0.04),
        fade=(0.0, 0.1),
    )
    out_s = stage.unless("concentric_s", min(habits.concentric_s, habits.rom_mm / 45))
    back_s = stage.unless("eccentric_s", min(habits.eccentric_s, habits.rom_mm / 40))
    visit(stage, habits.but(concentric_s=out_s, eccentric_s=back_s))


def fatigue(stage: Stage) -> None:
    """To failure: slower and shorter from rep to rep, trembling more, and the last one or two do not get there."""
    habits = habit.draw(stage, rom_mm=(200, 450), tremor_mm=(1.0, 2.0), hold_s=(0.0, 2.0), fade=(0.4, 1.0))
    failures = int(stage.rng.integers(1, 3))
    shrink = stage.between(0.05, 0.22)
    rng = stage.rng

    def tire(i: int, rep: Rep) -> Rep:
        if i >= habits.reps:
            share = rng.uniform(0.27, 0.48)
            return replace(rep, rom_mm=share * habits.rom_mm, out_s=0.8 * rep.out_s, back_s=0.6 * rep.back_s)
        tired = i / habits.reps
        if tired > 0.6 and rng.random() < 0.5:
            rep = replace(rep, out_stick=Stick(rng.uniform(0.4, 0.7), rng.uniform(0.1, 0.5)))
        return replace(rep, rom_mm=rep.rom_mm * (1 - shrink * tired))

    arrive(stage, habits)
    do_reps(stage, habits, habits.reps + failures, tire)
    leave(stage)


def swing(stage: Stage) -> None:
    """Reps thrown with momentum: pendulum turns, a body that swings on at the bottom, overshoot at the top."""
    pendulum = stage.chance(0.6)
    habits = habit.draw(
        stage,
        rom_mm=(220, 450),
        concentric_s=(0.5, 1.2),
        hold_s=(0.0, 0.0) if pendulum else (0.5, 3.5),
        eccentric_s=(0.6, 1.8),
        bottom_s=(0.0, 0.0),
        shape="swing" if pendulum else None,
    )
    athlete = stage.athlete
    rng = stage.rng
    arrive(stage, habits)
    for i in range(habits.reps):
        rep = habits.rep(rng, athlete.at_mm, i / habits.reps)
        if not pendulum:
            settle_mm = rng.uniform(0, 0.05) * rep.rom_mm if rep.hold_s > 1.9 else 0.0
            rep = replace(rep, lean_mm=rng.uniform(1, 5), settle_mm=settle_mm, sink_mm=0.0)
        athlete.do(rep)
        athlete.tremble(habits.tremor_mm)
        if i == habits.reps - 1 or rng.random() < 0.3:
            athlete.bounce(rng.uniform(0.05, 0.14) * habits.rom_mm, rng.uniform(0.6, 1.2), 3, 0.5, HalfCosine())
    leave(stage)


def lone_rep(stage: Stage) -> None:
    """One rep from a stance and back to it: a trial of the weight."""
    habits = habit.draw(stage, reps=(1, 1), hold_s=(0.0, 3.5), wander_mm=(0.0, 2.0))
    arrive(stage, habits)
    do_reps(stage, habits, habits.reps)
    leave(stage)


SCRIPTS: tuple[Act, ...] = (
    glute_kickback,
    clean,
    no_hold,
    long_hold,
    sticking_point,
    partials,
    bounce,
    wandering_start,
    very_slow,
    very_fast,
    short_rom,
    tiny_rom,
    fatigue,
    swing,
    lone_rep,
)
