"""Named scenarios: each is a seeded recording of an athlete on a machine, with its analytic truth.

`build` makes one; NAMES lists them.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..athlete.faults import FLAWS, RANDOM, loosened
from ..athlete.floor import FloorPlan
from ..athlete.movement import Array
from ..athlete.sway import Sway
from ..athlete.tremor import Tremor
from ..equipment.sensors import Counts
from ..errors import SourceError
from ..truth.file import Truth
from ..truth.force import measure_force
from ..truth.form import Cable, judge_form
from ..truth.movement import Ambiguous, judge
from . import calibration, equipment, exercises, floor, hardware, options, people, technique, visits
from .equipment import Equipment
from .script import Act
from .stage import Stage

# A scenario's name is its function's, with hyphens.
SCENARIOS: dict[str, Act] = {
    script.__name__.replace("_", "-"): script
    for script in technique.SCRIPTS + people.SCRIPTS + exercises.SCRIPTS + visits.SCRIPTS + hardware.SCRIPTS
}
NAMES: tuple[str, ...] = tuple(SCENARIOS)
# For practice; they do not score the detector.
PRACTICE: dict[str, Act] = {script.__name__.replace("_", "-"): script for script in calibration.SCRIPTS}
RATES_HZ = (10, 1000)
_ATTEMPTS = 100  # if none of these is unambiguous, the options ask for the impossible
_TREMOR_FORCE_SHARE = 0.5  # of a tremor's inertia reaches the cell: the cable's stretch takes up the rest
_NO_FORCE = {"no-load", "load-silent", "load-backwards", "load-tared"}  # or none that shows a fault of form
_WRONG_FORCE = {"load-saturated", "load-backwards", "load-tared"}


@dataclass(frozen=True)
class Recording:
    """A simulated trace: its rows and header as in a trace file, and its truth.

    `travel`, `load` and `angle` are counts; `load` and `angle` are NO_LOAD and NO_ANGLE where there is no new reading.
    `angle` is None without an angle sensor.
    """

    meta: dict[str, str]
    t_us: Counts
    travel: Counts
    load: Counts
    truth: Truth
    angle: Counts | None = None

    @property
    def rate_hz(self) -> int:
        return int(self.meta["rate_hz"])


def build(name: str, seed: int = 1, rate_hz: int = 200, **given: object) -> Recording:
    """Return the recording of scenario `name` for `seed`, taken at `rate_hz`, with options of options.NAMES.

    The same name, seed and options give the same movement at any rate, and the same bytes at the same rate.
    Raises SourceError, which lists the choices, for a wrong name, seed, rate or option.
    """
    name, act = _scenario(name)
    if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1] or rate_hz != int(rate_hz):
        raise SourceError(f"rate_hz is {rate_hz!r}; it must be a whole number from {RATES_HZ[0]} to {RATES_HZ[1]}")
    if seed < 0:
        raise SourceError(f"seed is {seed!r}; it must be a whole number from 0")
    asked = options.parse(given)
    key = zlib.crc32(name.encode())
    refusal = ""
    for attempt in range(_ATTEMPTS):
        dice = [np.random.default_rng([seed, key, attempt, use]) for use in range(6)]
        stage = Stage(dice[0], asked, dice[2], dice[3])
        act(stage)
        _check_flaws(name, stage)
        try:
            truth, sway, plan = judge_on_floor(stage, dice[3], dice[4])
        except Ambiguous as ambiguous:
            refusal = str(ambiguous)
            continue
        return _record(name, stage, sway, truth, dice[1], int(rate_hz), seed, plan, dice[5])
    wanted = ", ".join(f"{key}={value}" for key, value in given.items()) or "no options"
    raise SourceError(f"scenario {name} with {wanted} gives no clear movement: {refusal}; change or drop an option")


def judge_stage(stage: Stage, dice: np.random.Generator) -> tuple[Truth, Sway | None]:
    """Return the truth of what happened on `stage`, and the sway of the legs. Raises Ambiguous."""
    truth, sway, _ = judge_on_floor(stage, dice, np.random.default_rng(0))
    return truth, sway


def judge_on_floor(
    stage: Stage, dice: np.random.Generator, floor_dice: np.random.Generator
) -> tuple[Truth, Sway | None, FloorPlan | None]:
    """Return what `judge_stage` does, and the floor plan where there is an angle sensor. Raises Ambiguous."""
    sway = _sway(stage, dice)
    plan = floor.draw(stage, sway, floor_dice)
    return judge(stage.athlete.movement, stage.athlete.plans, stage.athlete.t_s, sway, plan), sway, plan


def _check_flaws(name: str, stage: Stage) -> None:
    """Raise SourceError if a fault is requested in a rep that the scenario does not have."""
    done = len(stage.athlete.plans)
    for flaw in stage.options.flaws:
        if flaw.rep is not None and flaw.rep > done:
            raise SourceError(f"there is no rep {flaw.rep} for {flaw.name}; {name} has {done} with these options")


def programme(count: int, names: Sequence[str] = (), first_seed: int = 1) -> list[tuple[str, int]]:
    """Return `count` pairs of scenario and seed that take turns through `names` (all by default).

    Raises SourceError for a name that does not exist.
    """
    chosen = [_scenario(name)[0] for name in names] or list(NAMES)
    return [(chosen[i % len(chosen)], first_seed + i // len(chosen)) for i in range(count)]


def faults() -> dict[str, str]:
    """Return each fault that can be requested, those of form first, and what it is."""
    return {**FLAWS, RANDOM: "one of these or none, drawn for each rep", **options.FAULTS}


def meaning(name: str) -> str:
    """Return what scenario `name` is, in one sentence. Raises SourceError for a name that does not exist."""
    return (_scenario(name)[1].__doc__ or "").partition("\n")[0]


def _scenario(name: str) -> tuple[str, Act]:
    spelt = name.replace("_", "-")
    act = SCENARIOS.get(spelt) or PRACTICE.get(spelt)
    if act is None:
        raise SourceError(f"there is no scenario {name!r}; the scenarios are {', '.join((*NAMES, *PRACTICE))}")
    return spelt, act


def _sway(stage: Stage, dice: np.random.Generator) -> Sway | None:
    """Draw the sway of the legs, or return None where they are still."""
    athlete = stage.athlete
    knots = list(athlete.sway_knots)
    if athlete.legs.asked.sway_whole:
        rms_mm = athlete.legs.sway_rms_mm()
        knots = [(0.0, rms_mm), (athlete.t_s, rms_mm)]
    return Sway.draw(dice, knots) if knots else None


def _record(
    name: str,
    stage: Stage,
    sway: Sway | None,
    truth: Truth,
    dice: np.random.Generator,
    rate_hz: int,
    seed: int,
    plan: FloorPlan | None,
    angle_dice: np.random.Generator,
) -> Recording:
    """Record what happened on `stage`, with equipment and noise drawn from `dice` and `angle_dice`."""
    athlete = stage.athlete
    movement = athlete.movement
    tremor = Tremor.draw(dice, athlete.tremor_knots)
    side = str(dice.choice(options.CHOICES["side"]))
    side = stage.options.choices.get("side", side)
    fixed = stage.machine if athlete.legs.still else {"plate_kg": athlete.legs.weight_kg, **stage.machine}
    faults = frozenset(stage.faults)
    gear = equipment.draw(dice, stage.options, faults, fixed, athlete.t_s, rate_hz, stage.cell, stage.offsets)

    def force_n(t_s: Array) -> Array:
        machine = gear.machine
        if stage.weights:
            at_s, weights_kg = np.transpose(stage.weights)
            machine = replace(machine, plate_kg=np.interp(t_s, at_s, weights_kg))
        travel, speed, acceleration = movement.position(t_s), movement.speed(t_s), movement.acceleration(t_s)
        if sway is not None:
            speed = speed + sway.speed(t_s, travel)
            acceleration = acceleration + sway.acceleration(t_s, travel)
            travel = travel + sway.displacement(t_s, travel)
        force = machine.force_n(
            travel + tremor.displacement(t_s), speed, acceleration + _TREMOR_FORCE_SHARE * tremor.acceleration(t_s)
        )
        return loosened(force, t_s, athlete.loose_s)

    t_s = gear.sampler.instants(athlete.t_s)
    load = gear.cell.read(force_n, t_s, dice)
    position = movement.position(t_s)
    if sway is not None:
        position = position + sway.displacement(t_s, position)
    travel = gear.encoder.read(position + tremor.displacement(t_s), t_s, dice)
    taken = gear.sampler.taken(t_s, dice)
    meta = {
        "rate_hz": str(rate_hz),
        "um_per_count": f"{gear.encoder.um_per_count:.10g}",
        "mn_per_count": f"{gear.cell.mn_per_count:.10g}",
        "load_zero": str(gear.cell.zero_counts),
        "device": "simulated",
        "exercise": stage.exercise,
        "side": side,
        "plate_kg": f"{gear.machine.plate_kg:g}",
        "source": f"cablerep simulate --scenario {name} --seed {seed}",
        "scenario": name,
    }
    meta |= _cell_header(stage, gear)
    if not stage.calibrated:
        for key in ("um_per_count", "mn_per_count", "load_zero"):
            meta[f"true_{key}"] = meta.pop(key)
    sound = not stage.faults & _NO_FORCE and not stage.cell.keys() & {"silent_s", "saturated_s"}
    if not stage.faults & _WRONG_FORCE:
        truth = measure_force(truth, Cable(movement, gear.machine, athlete.loose_s), gear.cell)
    cable = Cable(movement, gear.machine, athlete.loose_s, sound, not athlete.legs.still)
    angle = None
    if plan is not None:
        if side == "left" and not stage.walk:
            plan.mirrored = True
            truth = _mirrored(truth)
        cable = replace(cable, floor=plan, slack_rad=float(np.radians(floor.slack_deg(stage))))
        sensor, free_error_mm = floor.sensor(stage, angle_dice)
        angle = sensor.read(plan.bearing, t_s, rate_hz, angle_dice)[taken]
        meta |= {
            "angle_per_turn": str(sensor.per_turn),
            "angle_zero": str(sensor.zero_counts),
            "free_mm": f"{_free_mm(plan, gear) + free_error_mm:.6g}",
        }
        if stage.walk:  # a calibration
            meta |= {f"true_{key}": meta[key] for key in ("angle_per_turn", "angle_zero")}
            meta |= {"true_free_mm": f"{plan.manner.free_mm:g}", "free_mm": "0"}
            meta |= {"angle_per_turn": str(abs(sensor.per_turn)), "angle_zero": "0"}
    limits = {**stage.limits, **floor.limits(stage)}
    truth = judge_form(truth, cable, _set_numbers(stage, truth), limits)
    t_us = np.rint(t_s * 1e6).astype(np.int64)
    return Recording(meta, t_us[taken], travel[taken], load[taken], truth, angle)


def _free_mm(plan: FloorPlan, gear: Equipment) -> float:
    """Return the distance from the axis to the strap at the trace's own zero of travel."""
    return plan.manner.free_mm - gear.encoder.zero_counts * gear.encoder.um_per_count / 1000


def _mirrored(truth: Truth) -> Truth:
    """Return `truth` for the left leg."""
    reps = []
    for rep in truth.reps or ():
        assert rep.direction_deg is not None and rep.bow_mm is not None
        reps.append(replace(rep, direction_deg=-rep.direction_deg, bow_mm=-rep.bow_mm))
    return replace(truth, reps=tuple(reps))


def _cell_header(stage: Stage, gear: Equipment) -> dict[str, str]:
    """Return the header keys of the load cell that are not those of a good one."""
    cell, header = gear.cell, {}
    if "rate_hz" in stage.cell:
        header = {"cell_hz": f"{cell.rate_hz:g}", "cell_delay_ms": f"{1000 * cell.delay_s:.6g}"}
    if "load-backwards" in stage.faults:
        header["mn_per_count"] = f"{-cell.mn_per_count:.10g}"
    if "load-tared" in stage.faults:
        header["load_zero"] = str(cell.zero_counts + round(1000 * gear.machine.weight_n / cell.mn_per_count))
    return header


def _set_numbers(stage: Stage, truth: Truth) -> list[int]:
    """Return the set number of each rep in `truth`, as the script numbered them."""
    plans = stage.athlete.plans
    starts = (rep.start_s for rep in truth.reps or ())
    return [next(plan.set_number for plan in plans if plan.out_s[0] <= start_s <= plan.out_s[1]) for start_s in starts]
