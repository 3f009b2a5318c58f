"""Scenarios of the equipment: a good set recorded with an encoder, a load cell or a machine that has something wrong.

Most are `clean` with faults of options.FAULTS, so any of those can also be asked for in another scenario.
"""

from __future__ import annotations

from . import habits as habit
from .script import STAND_S, Act, arrive, do_reps, visit, walk_in
from .stage import Stage

_MOVE_S = 1.0  # to set the pulley carriage to another hole
_REPS_BEFORE_FAULT = 2  # so that the set has reps with a known force, too


def _with_faults(stage: Stage, *faults: str) -> None:
    stage.faults.update(faults)
    visit(stage, habit.draw(stage))


def coarse_encoder(stage: Stage) -> None:
    """An encoder of 0.3 to 0.5 mm a count."""
    _with_faults(stage, "coarse")


def outliers(stage: Stage) -> None:
    """Lone wrong samples in both channels."""
    _with_faults(stage, "outliers")


def missed_samples(stage: Stage) -> None:
    """Samples that were not taken, alone and in rows of up to 0.1 s."""
    _with_faults(stage, "missed")


def no_load_cell(stage: Stage) -> None:
    """Travel alone."""
    _with_faults(stage, "no-load")


def encoder_reversed(stage: Stage) -> None:
    """An encoder that counts the other way; its um_per_count is negative."""
    _with_faults(stage, "encoder-reversed")


def load_reversed(stage: Stage) -> None:
    """A load cell that counts the other way; its mn_per_count is negative."""
    _with_faults(stage, "load-reversed")


def load_cell_faults(stage: Stage) -> None:
    """A load cell that falls silent for seconds, or is too small for the weight, or both."""
    first = "load-silent" if stage.chance(0.5) else "load-saturated"
    second = "load-silent" if stage.chance(0.3) else first
    _with_faults(stage, first, second)


def cell_backwards(stage: Stage) -> None:
    """A load cell wired backwards, which the calibration does not know: the load is below zero."""
    _with_faults(stage, "load-backwards")


def cell_tared_loaded(stage: Stage) -> None:
    """A load cell tared while the weight hung on it: the load is below zero at rest."""
    _with_faults(stage, "load-tared")


def cell_off(stage: Stage) -> None:
    """A wire of the load cell comes off in a hold: from then on there is no force."""
    visit(stage, habit.draw(stage, reps=(5, 9), hold_s=(0.8, 2.5)))
    plan = stage.athlete.plans[_REPS_BEFORE_FAULT]
    stage.cell["silent_s"] = ((sum((plan.out_s[1], plan.back_s[0])) / 2, stage.athlete.t_s),)


def cell_saturated(stage: Stage) -> None:
    """The converter of the load cell stands at its limit for two reps: no force there."""
    visit(stage, habit.draw(stage, reps=(5, 9)))
    first, last = stage.athlete.plans[1:3]
    stage.cell["saturated_s"] = ((first.out_s[0], last.back_s[1]),)


def cell_pairs(stage: Stage) -> None:
    """Pairs of equal outliers of 7000 N in some concentric phases: force and work as in the other reps."""
    visit(stage, habit.draw(stage, reps=(5, 9)))
    plans = stage.rng.permutation(len(stage.athlete.plans))[:3]
    stage.cell["pairs_s"] = tuple(
        stage.between(*stage.athlete.plans[int(number)].out_s) for number in sorted(int(n) for n in plans)
    )
    stage.cell.update(rate_hz=40.0, delay_s=0.0)  # two readings are 50 ms, below the 60 ms of an outlier


def slow_cell(stage: Stage) -> None:
    """A band, and a load cell of ten readings a second in the trace's header, each repeated in every row."""
    delay_s = round(stage.between(0.0, 0.1), 3)
    stage.machine = {
        "plate_kg": 0.0,
        "band_n_m": stage.between(200, 500),
        "friction_share": 0.0,
        "friction_n": stage.between(0.3, 1.5),
        "pulley_kg": 0.1,
    }
    stage.cell.update(rate_hz=10.0, delay_s=delay_s, repeats=True)
    visit(stage, habit.draw(stage, rom_mm=(250, 450), concentric_s=(0.8, 1.6), stance_mm=(150, 300)))


def slipping_wheel(stage: Stage) -> None:
    """A friction wheel that slips by about a millimetre in each rep, over several sets."""
    habits = habit.draw(stage, reps=(8, 12), hold_s=(0.0, 1.0), concentric_s=(0.5, 1.0), eccentric_s=(0.8, 1.5))
    slip_mm = float(stage.rng.choice([-1.0, 1.0])) * stage.between(0.5, 1.2)
    stage.shift(0.0)
    for number in range(int(stage.rng.integers(3, 6))):
        if number:
            stage.athlete.set_number += 1
        arrive(stage, habits)
        for _ in range(habits.reps):
            do_reps(stage, habits, 1)
            stage.slip(slip_mm)
        _back_to_stack(stage)
        stage.athlete.stand(stage.between(2, 20))


def carriage_moved(stage: Stage) -> None:
    """The pulley carriage is set to another height between sets: the stack's place changes."""
    habits = habit.draw(stage, reps=(4, 8))
    for number in range(int(stage.rng.integers(2, 4))):
        if number:
            stage.athlete.set_number += 1
            stage.athlete.stand(stage.between(3, 8))
            if number == 1 or stage.chance(0.5):
                distance_mm = float(stage.rng.choice([-1.0, 1.0])) * stage.between(150, 550)
                stage.shift(distance_mm, _MOVE_S)
                stage.athlete.stand(_MOVE_S)
            stage.athlete.stand(stage.between(14, 22))
        arrive(stage, habits)
        do_reps(stage, habits, habits.reps)
        _back_to_stack(stage)
    stage.athlete.stand(stage.between(1.5, 4.0))


def _back_to_stack(stage: Stage) -> None:
    stage.athlete.lean(stage.between(*STAND_S), stage.between(0.0, 3.0))
    stage.athlete.tremble(0.0)
    walk_in(stage)


SCRIPTS: tuple[Act, ...] = (
    coarse_encoder,
    outliers,
    missed_samples,
    no_load_cell,
    encoder_reversed,
    load_reversed,
    load_cell_faults,
    cell_backwards,
    cell_tared_loaded,
    cell_off,
    cell_saturated,
    cell_pairs,
    slow_cell,
    slipping_wheel,
    carriage_moved,
)
