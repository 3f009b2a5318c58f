"""Scenarios of other hip exercises, with their ranges, tempos and forces.

A leg from hip to ankle is 0.49 of the body's height (Winter 2009, "Biomechanics and Motor Control of Human Movement",
figure 4.1): 0.79 to 0.88 m for 1.60 to 1.80 m. Times the angle in radians that is the way of a cuff at the ankle.
"""

from __future__ import annotations

from . import habits as habit
from .script import Act, visit
from .stage import Stage


def straight_kickback(stage: Stage) -> None:
    """The straight leg back, 20 to 32 degrees: further than across, heavier, and slow on the way in."""
    stage.exercise = "straight-kickback"
    stage.machine = {"plate_kg": stage.unless("plate_kg", 2.5 * int(stage.rng.integers(3, 9)))}
    stage.athlete.off_line_share = 0.93
    visit(
        stage,
        habit.draw(
            stage,
            reps=(8, 12),
            rom_mm=(280, 480),
            concentric_s=(0.8, 1.6),
            hold_s=(0.8, 2.5),
            eccentric_s=(2.0, 4.0),
            stance_mm=(200, 400),
        ),
    )


def hip_abduction(stage: Stage) -> None:
    """The straight leg out to the side, 18 to 30 degrees: shorter, lighter, and hard to hold."""
    stage.exercise = "hip-abduction"
    stage.machine = {"plate_kg": stage.unless("plate_kg", 2.5 * int(stage.rng.integers(1, 5)))}
    stage.athlete.off_line_share = 0.93
    visit(
        stage,
        habit.draw(
            stage,
            reps=(10, 15),
            rom_mm=(240, 450),
            concentric_s=(0.8, 1.5),
            hold_s=(0.5, 2.0),
            eccentric_s=(1.5, 3.5),
            stance_mm=(150, 350),
        ),
    )


def band_standing(stage: Stage) -> None:
    """A loop about both ankles, standing: no stack at all, force that grows with travel, 14 to 26 degrees."""
    stage.exercise = "glute-medius-kickback-band"
    _band(stage, 150, 350)
    visit(
        stage,
        habit.draw(
            stage,
            reps=(10, 15),
            rom_mm=(200, 380),
            concentric_s=(0.6, 1.4),
            hold_s=(0.5, 2.5),
            eccentric_s=(1.5, 3.5),
            stance_mm=(150, 260),
        ),
    )


def band_all_fours(stage: Stage) -> None:
    """A long band from the hands to the foot, on hands and knees: from the bent knee to the straight leg."""
    stage.exercise = "glute-medius-kickback-band-all-fours"
    _band(stage, 80, 220)
    visit(
        stage,
        habit.draw(
            stage,
            reps=(8, 15),
            rom_mm=(300, 550),
            concentric_s=(0.8, 1.8),
            hold_s=(0.5, 2.5),
            eccentric_s=(1.5, 4.0),
            stance_mm=(180, 350),
        ),
    )


def _band(stage: Stage, softest_n_m: float, stiffest_n_m: float) -> None:
    """Replace the stack by a band: 15 to 90 N at the start, as loops sold as light to heavy."""
    stage.machine = {
        "plate_kg": 0.0,
        "band_n_m": stage.between(softest_n_m, stiffest_n_m),
        "friction_share": 0.0,
        "friction_n": stage.between(0.3, 1.5),
        "pulley_kg": 0.1,
    }


SCRIPTS: tuple[Act, ...] = (straight_kickback, hip_abduction, band_standing, band_all_fours)
