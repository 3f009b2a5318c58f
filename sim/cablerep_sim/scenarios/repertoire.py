"""The scenarios by name: each a script of what one athlete does on one visit to the machine.

A script moves and says what it means; what counts as a rep is judged afterwards from the movement alone.
"""

from __future__ import annotations

from collections.abc import Callable

from . import habits as habit
from .habits import Habits
from .stage import Stage

Act = Callable[[Stage], None]

SCENARIOS: dict[str, Act] = {}


def scenario(act: Act) -> Act:
    """Enter a script under its function's name, with hyphens."""
    SCENARIOS[act.__name__.replace("_", "-")] = act
    return act


def arrive(stage: Stage, habits: Habits) -> None:
    """Idle at the stack, step back to the stance and stand there for more than a second."""
    athlete = stage.athlete
    athlete.stand(stage.between(0.8, 2.5))
    if habits.stance_mm:
        steps = int(stage.rng.integers(1, 4))
        athlete.walk_to(habits.stance_mm, steps, stage.between(0.6, 1.1), stage.between(0.15, 0.6))
        athlete.stand(stage.between(1.4, 3.0))
    athlete.tremble(habits.tremor_mm * 0.3)


def reps(stage: Stage, habits: Habits, count: int | None = None) -> None:
    """Do `count` reps (those of the habits by default), each followed by the pause at the bottom."""
    athlete = stage.athlete
    total = habits.reps if count is None else count
    for i in range(total):
        tired = i / max(total - 1, 1)
        athlete.do(habits.rep(stage.rng, athlete.at_mm, tired))
        athlete.tremble(habits.tremor_mm * (0.3 + 0.7 * tired))
        athlete.stand(habits.bottom(stage.rng))


def leave(stage: Stage, habits: Habits) -> None:
    """Stand for more than a second, walk in to the stack and stay a while."""
    athlete = stage.athlete
    athlete.stand(stage.between(1.3, 2.5))
    athlete.tremble(0.0)
    if athlete.at_mm > 0:
        athlete.walk_to(0.0, int(stage.rng.integers(1, 4)), stage.between(0.5, 1.0), stage.between(0.15, 0.6))
    athlete.stand(stage.between(1.5, 4.0))


@scenario
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
        shape="jerk",
    )
    arrive(stage, habits)
    reps(stage, habits)
    leave(stage, habits)


@scenario
def clean(stage: Stage) -> None:
    """A set as a coach wants it."""
    habits = habit.draw(stage)
    arrive(stage, habits)
    reps(stage, habits)
    leave(stage, habits)
