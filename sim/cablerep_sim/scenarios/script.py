"""The pieces of every script: arriving, doing a set of reps, leaving.

A script moves the athlete and records its plan; what counts as a rep is judged afterwards, from the movement alone.
"""

from __future__ import annotations

from collections.abc import Callable

from ..athlete.rep import Rep
from .habits import Habits
from .stage import Stage

Act = Callable[[Stage], None]
Change = Callable[[int, Rep], Rep]

# Standing for more than 1 s makes a new start position; the pauses between steps stay well below that.
STAND_S = (1.4, 3.0)
_STEP_PAUSE_S = (0.15, 0.6)
_REST_S = 12.0


def arrive(stage: Stage, habits: Habits) -> None:
    """Idle at the stack, step back to the stance and stand there for more than a second."""
    athlete = stage.athlete
    athlete.stand(stage.between(0.8, 2.5))
    if habits.stance_mm:
        steps = int(stage.rng.integers(1, 4))
        athlete.walk_to(habits.stance_mm, steps, stage.between(0.6, 1.1), stage.between(*_STEP_PAUSE_S))
        athlete.lean(stage.between(*STAND_S), stage.between(0.0, 3.0))
    athlete.tremble(habits.tremor_mm * 0.3)


def do_rep(stage: Stage, habits: Habits, rep: Rep, tired: float) -> None:
    """Do one rep and pause at the bottom."""
    stage.athlete.do(rep)
    stage.athlete.tremble(habits.tremor_mm * (0.3 + 0.7 * tired))
    stage.athlete.stand(habits.bottom(stage.rng))


def do_reps(stage: Stage, habits: Habits, count: int, change: Change | None = None) -> None:
    """Do `count` reps, each modified by `change` and followed by the pause at the bottom."""
    for i in range(count):
        tired = i / max(count - 1, 1)
        rep = habits.rep(stage.rng, stage.athlete.at_mm, tired)
        do_rep(stage, habits, rep if change is None else change(i, rep), tired)


def work(stage: Stage, habits: Habits, change: Change | None = None) -> None:
    """Do a whole set and end it as people do.

    Most stand, then walk in. Some go straight on from the last rep to the stack. A few stay where they are. Nobody
    stops at the start position for less than a second, because two ends of that rep would fit the contract.
    """
    ending = stage.between(0, 1)
    athlete = stage.athlete
    straight_on = ending < 0.25 and habits.stance_mm > 0
    do_reps(stage, habits, habits.reps - straight_on, change)
    if straight_on:
        last = habits.rep(stage.rng, athlete.at_mm, 1.0)
        if change is not None:
            last = change(habits.reps - 1, last)
        # All the way in at walking speed, faster than the eccentric alone.
        back_s = last.back_s * (1 + habits.stance_mm / last.rom_mm) * stage.between(0.5, 0.9)
        athlete.do_and_walk_in(last, max(back_s, 0.6))
        athlete.tremble(0.0)
        athlete.stand(stage.between(1.5, 4.0))
    elif ending < 0.9:
        leave(stage)
    else:
        athlete.lean(stage.between(1.5, 4.0) if stage.chance(0.5) else _REST_S + stage.between(2, 5), 2.0)


def leave(stage: Stage) -> None:
    """Stand for more than a second, walk in to the stack and stay a while."""
    athlete = stage.athlete
    athlete.lean(stage.between(*STAND_S), stage.between(0.0, 3.0))
    athlete.tremble(0.0)
    walk_in(stage)
    athlete.stand(stage.between(1.5, 4.0))


def walk_in(stage: Stage) -> None:
    """Walk in to the stack, in up to three steps."""
    if stage.athlete.at_mm > 0:
        steps = int(stage.rng.integers(1, 4))
        stage.athlete.walk_to(0.0, steps, stage.between(0.5, 1.0), stage.between(*_STEP_PAUSE_S))


def visit(stage: Stage, habits: Habits, change: Change | None = None) -> None:
    """Arrive, do one set and end it: the script of most scenarios."""
    arrive(stage, habits)
    work(stage, habits, change)
