"""Scenarios of what happens around the reps: rests, several sets, walking about, standing idle, another machine.

A movement here that is not a rep stays clear of being one by the contract, not merely by looking different.
"""

from __future__ import annotations

from dataclasses import replace

from ..athlete.rep import Stick
from . import habits as habit
from .habits import Habits
from .options import FAULTS
from .script import STAND_S, Act, arrive, do_reps, leave, visit, walk_in, work
from .stage import Stage

# Standing about for less than 5 s may be a lone rep's hold; this is clear of it.
_IDLE_S = (6.5, 40.0)
# How often each thing happens in a mixed set.
_MIX = {
    "plain": 0.35,
    "stick": 0.15,
    "hold": 0.10,
    "partial": 0.12,
    "bounce": 0.10,
    "weight": 0.06,  # shifted from one foot to the other and back
    "rest": 0.07,
    "dip": 0.05,  # a swing inward before the way out
}


def long_rests(stage: Stage) -> None:
    """Rests of 3 to 10 s inside the set; sometimes one of more than 13.5 s, which ends it where another begins."""
    habits = habit.draw(stage, reps=(5, 10), bottom_s=(0.2, 0.8))
    athlete = stage.athlete
    arrive(stage, habits)
    groups = int(stage.rng.integers(2, 5))
    for group in range(groups):
        if group and stage.chance(0.25):
            athlete.lean(stage.between(14.0, 22.0), stage.between(1, 6))
            athlete.set_number += 1
        elif group:
            athlete.lean(stage.between(3.0, 9.0), stage.between(1, 6))
        do_reps(stage, habits, max(2, habits.reps // groups))
    leave(stage)


def several_sets(stage: Stage) -> None:
    """Two to four sets with the cable returned to the stack between them."""
    habits = habit.draw(stage, reps=(3, 7))
    for _ in range(int(stage.rng.integers(2, 5))):
        again = habits.but(stance_mm=habits.stance_mm * stage.between(0.85, 1.15))
        arrive(stage, again)
        if stage.chance(0.3):
            work(stage, again)
            walk_in(stage)
        else:
            do_reps(stage, again, again.reps)
            leave(stage)
        stage.athlete.stand(stage.between(1, 4) if stage.chance(0.5) else stage.between(14, 25))
        stage.athlete.set_number += 1


def idle_stand(stage: Stage) -> None:
    """Pull the cable out, stand idle, walk back: no rep. Sometimes a set follows."""
    habits = habit.draw(stage, stance_mm=(150, 600))
    athlete = stage.athlete
    for visits in range(int(stage.rng.integers(1, 3))):
        # Two of these within the rest of a set could be taken for two reps with long holds.
        athlete.stand(stage.between(14.0, 20.0) if visits else stage.between(1.0, 3.0))
        steps = int(stage.rng.integers(1, 4))
        athlete.walk_to(habits.stance_mm * stage.between(0.7, 1.3), steps, stage.between(0.5, 1.1), 0.4)
        athlete.lean(stage.between(*_IDLE_S), stage.between(1, 7))
        walk_in(stage)
        athlete.stand(stage.between(1.5, 4.0))
    if stage.chance(0.4):
        visit(stage, habits)


def walking_about(stage: Stage) -> None:
    """Walk about under tension between the reps, in one direction at a time; sometimes without any rep."""
    habits = habit.draw(stage, rom_mm=(200, 450), stance_mm=(300, 600), bottom_s=(0.0, 0.8))
    athlete = stage.athlete
    places = [habits.stance_mm * stage.between(0.8, 1.2) + stage.between(100, 250) * i for i in range(3)]
    arrive(stage, habits.but(stance_mm=places[0]))
    if stage.chance(0.25):
        for place_mm in places[1:]:
            athlete.walk_to(place_mm, int(stage.rng.integers(1, 3)), stage.between(0.7, 1.2), 0.4)
            athlete.lean(stage.between(*_IDLE_S) / 2, stage.between(1, 7))
        athlete.stand(_IDLE_S[0])
    else:
        stage.rng.shuffle(places)
        for place_mm in places:
            _walk_and_work(stage, habits.but(stance_mm=place_mm), max(2, habits.reps // 3))
    leave(stage)


def _walk_and_work(stage: Stage, habits: Habits, count: int) -> None:
    """Stand, walk to the stance of `habits`, stand again, and do some reps there."""
    athlete = stage.athlete
    athlete.lean(stage.between(*STAND_S), 2.0)
    athlete.walk_to(habits.stance_mm, int(stage.rng.integers(1, 3)), stage.between(0.7, 1.2), 0.4)
    athlete.lean(stage.between(*STAND_S), 2.0)
    do_reps(stage, habits, count)


def walkabout(stage: Stage) -> None:
    """Take up the cable and walk about under tension, further out each time, then walk back: no rep."""
    athlete = stage.athlete
    athlete.stand(stage.between(0.8, 2.5))
    for _ in range(int(stage.rng.integers(2, 5))):
        athlete.walk_to(athlete.at_mm + stage.between(70, 250), 1, stage.between(0.7, 2.0), 0.3)
        athlete.lean(stage.between(1.5, 5.0), stage.between(0, 6))
    walk_in(stage)
    athlete.stand(stage.between(4.0, 16.0))


def lone_step(stage: Stage) -> None:
    """Take up the cable, step out once, and walk back: no rep."""
    athlete = stage.athlete
    athlete.stand(stage.between(0.8, 2.5))
    athlete.walk_to(stage.between(200, 450), 1, stage.between(0.7, 1.2), 0.3)
    athlete.lean(stage.between(1.6, 5.0), stage.between(0, 4))
    athlete.walk_to(athlete.at_mm + stage.between(80, 200), 1, stage.between(0.5, 1.0), 0.3)
    athlete.lean(stage.between(1.6, 5.0), stage.between(0, 4))
    walk_in(stage)
    athlete.stand(stage.between(4.0, 16.0))


def quick_change(stage: Stage) -> None:
    """One leg, and the other leg about four seconds later: two sets."""
    habits = habit.draw(stage, reps=(4, 9), bottom_s=(0.2, 0.9))
    for leg in range(2):
        if leg:
            stage.athlete.set_number += 1
        arrive(stage, habits.but(stance_mm=habits.stance_mm * stage.between(0.9, 1.1)))
        do_reps(stage, habits, habits.reps)
        stage.athlete.lean(stage.between(*STAND_S), stage.between(0.0, 3.0))
        walk_in(stage)
        stage.athlete.stand(stage.between(0.6, 1.6))
    stage.athlete.stand(stage.between(1.5, 4.0))


def stance_shifts(stage: Stage) -> None:
    """A shift of the stance by up to 120 mm between some reps, or the weight from one foot to the other and back."""
    habits = habit.draw(stage, rom_mm=(200, 450), stance_mm=(250, 500), bottom_s=(0.0, 0.8))
    athlete = stage.athlete
    rng = stage.rng
    arrive(stage, habits)
    for i in range(habits.reps):
        do_reps(stage, habits, 1)
        if i == habits.reps - 1 or rng.random() > 0.4:
            continue
        athlete.stand(stage.between(*STAND_S))
        if rng.random() < 0.6:
            shift_mm = float(rng.choice([-1, 1])) * rng.uniform(25, 120)
            habits = habits.but(stance_mm=max(habits.stance_mm + shift_mm, 150.0))
            athlete.move(habits.stance_mm - athlete.at_mm, stage.between(0.4, 1.0))
        else:
            shift_weight(stage, habits)
        athlete.stand(stage.between(*STAND_S))
    leave(stage)


def shift_weight(stage: Stage, habits: Habits) -> None:
    """Lean back and return, by less than a partial rep."""
    weight_mm = stage.between(0.04, 0.15) * habits.rom_mm
    stage.athlete.move(weight_mm, stage.between(0.4, 0.9))
    stage.athlete.stand(stage.between(0.0, 0.5))
    stage.athlete.move(-weight_mm, stage.between(0.4, 0.9))


def no_stance(stage: Stage) -> None:
    """Reps that start at the seated stack and set it down each time."""
    habits = habit.draw(stage, stance_mm=(0, 0), wander_mm=(0.0, 1.5), bottom_s=(0.1, 1.5), hold_s=(0.0, 3.5))
    visit(stage, habits)


def elastic_band(stage: Stage) -> None:
    """A band beside a light stack; often pulled out from slack into the first rep, with valleys far above rest."""
    stage.machine = {"band_n_m": stage.between(150, 600)}
    if stage.chance(0.5):
        visit(stage, habit.draw(stage, rom_mm=(200, 600)))
        return
    habits = habit.draw(
        stage,
        reps=(4, 10),
        rom_mm=(400, 1300),
        concentric_s=(0.8, 2.5),
        hold_s=(0.0, 0.3),
        eccentric_s=(0.8, 2.5),
        bottom_s=(0.0, 0.2),
        wander_mm=(5.0, 25.0),
        stance_mm=(0, 0),
    )
    # Clear of the stack, so that the last eccentric visibly passes the start position.
    valleys = habits.but(stance_mm=max(habits.rom_mm * stage.between(0.15, 0.4), 150.0))
    athlete = stage.athlete
    athlete.stand(stage.between(1.0, 2.5))
    first = valleys.rep(stage.rng, 0.0)
    athlete.do(replace(first, rom_mm=first.rom_mm + valleys.stance_mm, out_s=1.3 * first.out_s))
    athlete.tremble(habits.tremor_mm)
    do_reps(stage, valleys, habits.reps - 2)
    last = valleys.rep(stage.rng, athlete.at_mm)
    athlete.do_and_walk_in(last, last.back_s * 1.3)
    athlete.tremble(0.0)
    athlete.stand(stage.between(1.5, 4.0))


def mixed(stage: Stage) -> None:
    """Everything that goes wrong on an ordinary evening, in one set."""
    habits = habit.draw(stage, rom_mm=(180, 450), wander_mm=(2.0, 12.0), bottom_s=(0.0, 1.0), fade=(0.1, 0.4))
    athlete = stage.athlete
    rng = stage.rng
    chosen = rng.choice(list(FAULTS), size=int(rng.integers(0, 3)), replace=False)
    stage.faults.update(str(fault) for fault in chosen)
    arrive(stage, habits)
    for i in range(habits.reps):
        tired = i / habits.reps
        kind = rng.choice(list(_MIX), p=list(_MIX.values()))
        if kind == "dip":
            athlete.stand(stage.between(*STAND_S))
            athlete.move(-stage.between(8, 30), stage.between(0.3, 0.6))
        rep = habits.rep(rng, athlete.at_mm, tired)
        if kind == "stick":
            rep = replace(rep, out_stick=Stick(rng.uniform(0.3, 0.7), rng.uniform(-0.2, 0.6)))
        elif kind == "hold":
            hold_s = rng.uniform(3, 8)
            rep = replace(rep, hold_s=hold_s, sink_mm=habit.sink_mm(rng.uniform(0, 0.1) * rep.rom_mm, hold_s))
        elif kind == "partial":
            rep = replace(rep, rom_mm=rng.uniform(0.27, 0.5) * habits.rom_mm, sink_mm=0.0, back_s=0.7 * rep.back_s)
        athlete.do(rep)
        athlete.tremble(habits.tremor_mm * (0.3 + 0.7 * tired))
        if kind == "bounce":
            athlete.bounce(rng.uniform(0.02, 0.1) * habits.rom_mm, rng.uniform(0.2, 0.4))
        elif kind == "weight":
            athlete.stand(stage.between(*STAND_S))
            shift_weight(stage, habits)
            athlete.stand(stage.between(*STAND_S))
        elif kind == "rest":
            athlete.lean(stage.between(3.0, 9.0), stage.between(1, 6))
        athlete.stand(habits.bottom(rng))
    leave(stage)


SCRIPTS: tuple[Act, ...] = (
    long_rests,
    several_sets,
    idle_stand,
    walking_about,
    walkabout,
    lone_step,
    quick_change,
    stance_shifts,
    no_stance,
    elastic_band,
    mixed,
)
