"""The floor plan of one recording: how its athlete kicks, and the angle sensor that sees it.

Drawn from a generator of its own, so that an angle sensor changes nothing else.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cablerep_fw.reference.angle_sensors import ANGLE_SENSORS

from ..athlete.floor import FloorPlan, Manner
from ..athlete.sway import Sway
from ..equipment.sensors import AngleSensor
from .stage import Stage

# By exercise: the direction that its athletes aim at, and the band that a coach asks for, in degrees.
_KICKBACK = ((32.0, 43.0), (30, 45))
_STRAIGHT = ((-6.0, 6.0), (-10, 10))
_BY_EXERCISE = {"straight-kickback": _STRAIGHT, "hip-abduction": _STRAIGHT}
_DRIFT_MAX_MM = 15
# A good sensor on a light arm with a ball bearing, and a length measured with a tape.
_NOISE_DEG, _LAG_DEG, _BEND_DEG, _FREE_ERROR_MM = 0.05, 0.3, 1.0, 20.0


def draw(stage: Stage, sway: Sway | None, dice: np.random.Generator) -> FloorPlan | None:
    """Return the floor plan of what happened on `stage`, None without an angle sensor."""
    if not stage.angle:
        return None
    aims, _ = _BY_EXERCISE.get(stage.exercise, _KICKBACK)

    def number(name: str, low: float, high: float) -> float:
        drawn = float(dice.uniform(low, high))
        return stage.options.numbers.get(name, drawn)

    manner = Manner(
        free_mm=number("free_mm", 700, 1100),
        bearing_deg=number("bearing_deg", -12, 12),
        direction_deg=number("direction_deg", *aims),
        spread_deg=float(dice.uniform(0.5, 1.5)),
        turn_deg=float(dice.uniform(0, 4)),
        wander_mm=float(dice.uniform(3, 25)),
        bow_mm=number("bow_mm", 0, 20),
        drift_mm=number("drift_mm", 0, 6),
        height_mm=float(dice.uniform(0, 60)),
        rise_mm=number("rise_mm", 0, 100),
    )
    if stage.free_mm is not None:
        manner = replace(manner, free_mm=stage.free_mm)
    return FloorPlan(stage.athlete.movement, stage.athlete.plans, manner, dice, sway, stage.walk)


def limits(stage: Stage) -> dict[str, int]:
    """Return what a coach asks of the direction, as settings of the wire; nothing where form is not judged."""
    if not stage.limits or not stage.angle:
        return {}
    _, (low, high) = _BY_EXERCISE.get(stage.exercise, _KICKBACK)
    return {"direction_low": low, "direction_high": high, "drift_max": _DRIFT_MAX_MM}


def sensor(stage: Stage, dice: np.random.Generator) -> tuple[AngleSensor, float]:
    """Draw the angle sensor, and by how much the header's free length is too long, in mm."""
    given = stage.options.numbers
    _, per_turn = ANGLE_SENSORS[stage.angle]
    reversed_ = bool(dice.random() < 0.5)
    zero = int(dice.integers(0, per_turn))
    phases = (float(dice.uniform(0, 2 * np.pi)), float(dice.uniform(0, 2 * np.pi)))
    free_error_mm = float(dice.uniform(-_FREE_ERROR_MM, _FREE_ERROR_MM))
    made = AngleSensor(
        per_turn=-per_turn if reversed_ else per_turn,
        zero_counts=zero,
        noise_deg=given.get("angle_noise_deg", _NOISE_DEG),
        lag_deg=given.get("arm_lag_deg", _LAG_DEG),
        play_deg=given.get("arm_play_deg", 0.0),
        bend_deg=given.get("angle_bend_deg", _BEND_DEG),
        bend_phases=phases,
        zero_deg=given.get("angle_zero_deg", 0.0),
    )
    return made, given.get("free_error_mm", free_error_mm)


def slack_deg(stage: Stage) -> float:
    """Return how far the follower arm may stand from the cable, to either side."""
    given = stage.options.numbers
    return given.get("arm_lag_deg", _LAG_DEG) + given.get("arm_play_deg", 0.0) / 2
