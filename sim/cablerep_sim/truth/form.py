"""The flags that a simulated rep deserves, computed from the exact movement and force, without any detector.

A rep close to a limit, or one whose fault the sensors cannot show, is unclear and not scored for that flag.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ..athlete.faults import loosened
from ..athlete.floor import FloorPlan
from ..athlete.movement import Array, Movement
from ..equipment.machine import Machine
from . import direction
from .file import Truth, TruthRep

_STEP_S = 0.001
_AFTER_S = 1.0  # a stack that lands later than this after its rep was walked back
# Each flag's limit from docs/detection.md, once for "surely" and once for "perhaps"; anything in between is unclear.
# How far below and above its limit a hold is unclear: a hold of still legs is promised to 0.04 s, one of real legs to
# 0.13 s, with no false hold_short where the true hold is 0.3 s above its limit.
_HOLD_S = (0.06, 0.06)
_UNSTEADY_HOLD_S = (0.15, 0.30)
_SPEED_SHARE = 0.04  # a mean speed to 1.5 %
_ROM_MM, _ROM_SHARE = 4.0, 0.02  # a range to 2 mm or 1 %, and so is the learnt one
_CHORD_SHARE = 0.06  # a chord to 3 %, which 20 mm of free length and 1 degree of bearing make of it
_BAND_DEG = 5.0  # beyond the band, off_line begins; it is due at twice that, and clear within the band
_DRIFT_MM = 3.0  # a drift to 3 mm, and what the follower arm's lag makes of it
_FLOAT = ((0.45, 0.28), (0.60, 0.12))  # share of the mean force, over this share of the concentric
_SLACK = ((4.0, 0.150), (8.0, 0.060))  # N, s
_TAUT_N, _TAUT_SHARE = 10.0, 0.15  # under tension again
_SLAM = ((350.0, 0.010), (200.0, 0.040))  # mm/s, stopped within this many s before and after
_STACK_MM = 25.0
_STOPPED_SHARE = 0.35  # rubber throws a stack back with a quarter of its speed

Limits = Mapping[str, int]  # settings of the wire by name


@dataclass(frozen=True)
class Cable:
    """What flags are judged by: the movement, the machine, when its cable hung loose, whether there is a load cell."""

    movement: Movement
    machine: Machine
    loose_s: Sequence[tuple[float, float]] = ()
    has_load: bool = True
    unsteady: bool = False  # the legs overshoot or sway, which blurs a hold's ends
    floor: FloorPlan | None = None  # with an angle sensor
    slack_rad: float = 0.0  # of its follower arm, to either side

    def force_n(self, t_s: Array) -> Array:
        """Return the force at the rising instants `t_s`, without tremor."""
        movement = self.movement
        force = self.machine.force_n(movement.position(t_s), movement.speed(t_s), movement.acceleration(t_s))
        return loosened(force, t_s, self.loose_s)


def judge_form(truth: Truth, cable: Cable, set_numbers: Sequence[int], limits: Limits) -> Truth:
    """Return `truth` with the flags of each rep by `limits`; `set_numbers` is the set of each rep."""
    reps = list(truth.reps or ())
    usual_mm = _usual_roms(reps, set_numbers, limits)
    judged = []
    starts_s = [*(rep.start_s for rep in reps[1:]), np.inf][: len(reps)]
    for rep, number, next_s in zip(reps, set_numbers, starts_s, strict=True):
        surely: set[str] = set()
        perhaps: set[str] = set()
        for name, (sure, possible) in {
            **_by_limits(rep, cable, usual_mm.get(number, 0.0), limits),
            **_on_floor(rep, cable, limits),
            **_by_watching(rep, cable, max(rep.end_s, min(next_s, rep.end_s + _AFTER_S))),
        }.items():
            if sure:
                surely.add(name)
            elif possible:
                perhaps.add(name)
        if not cable.has_load:
            perhaps |= {"swing", "slack"}
            surely -= perhaps
        judged.append(replace(rep, flags=tuple(sorted(surely)), unclear=tuple(sorted(perhaps))))
    return replace(truth, reps=tuple(judged), limits=dict(limits))


def _usual_roms(reps: Sequence[TruthRep], set_numbers: Sequence[int], limits: Limits) -> dict[int, float]:
    """Return the target, or the median of the first full reps, for each set."""
    if limits.get("target_rom"):
        return dict.fromkeys(set_numbers, limits["target_rom"] / 1000)
    usual: dict[int, float] = {}
    for number in set(set_numbers):
        full = [
            _range_mm(rep) for rep, own in zip(reps, set_numbers, strict=True) if own == number and rep.kind == "full"
        ]
        first = [rom_mm for rom_mm in full if rom_mm is not None][: limits.get("learn_reps", 3)]
        if first:
            usual[number] = float(np.median(first))
    return usual


def _range_mm(rep: TruthRep) -> float | None:
    """Return the range by which form is judged: the chord, where there is one."""
    return rep.rom_mm if rep.chord_mm is None else rep.chord_mm


def _on_floor(rep: TruthRep, cable: Cable, limits: Limits) -> dict[str, tuple[bool, bool]]:
    """Return (surely, perhaps) for the flags that need an angle sensor."""
    if rep.direction_deg is None or rep.drift_mm is None or cable.floor is None or not limits.get("profile"):
        return {}
    found = {}
    low, high = limits.get("direction_low", 0), limits.get("direction_high", 0)
    if low < high:
        outward = -rep.direction_deg if cable.floor.mirrored else rep.direction_deg
        outside = max(low - outward, outward - high)
        found["off_line"] = (outside >= 2 * _BAND_DEG, outside > 0)
    if limits.get("drift_max"):
        t_s = np.array([rep.top_s or 0.0])
        blur_mm = _DRIFT_MM + 2 * cable.slack_rad * float(cable.floor.polar(t_s)[0][0])
        over_mm = rep.drift_mm - limits["drift_max"]
        found["drift_in_hold"] = (over_mm > blur_mm, over_mm > -blur_mm)
    return found


def _by_limits(rep: TruthRep, cable: Cable, usual_mm: float, limits: Limits) -> dict[str, tuple[bool, bool]]:
    """Return (surely, perhaps) for the flags that compare a figure of the rep with the profile's."""
    if not limits.get("profile"):
        return {}
    rom_mm, speed = _range_mm(rep), rep.eccentric_mean_m_s
    assert rep.hold_s is not None and rep.release_s is not None and rom_mm is not None and speed is not None
    hold_off_s = _UNSTEADY_HOLD_S if cable.unsteady else _HOLD_S
    share = _ROM_SHARE
    if cable.floor is not None:
        speed = direction.measure(cable.floor, rep).fall_mm / 1000 / (rep.end_s - rep.release_s)
        share = _CHORD_SHARE
    off_mm = max(_ROM_MM, share * rom_mm)
    over = [high for high in (limits.get("rom_over", 0) / 1000, usual_mm * limits.get("over_part", 0) / 100) if high]
    under_mm = usual_mm * limits.get("under_part", 0) / 100
    target_s = limits.get("hold_target", 0) / 1000
    fastest = limits.get("eccentric_max", 0) / 1e6 or np.inf
    return {
        "hold_short": (rep.hold_s < target_s - hold_off_s[0], target_s > 0 and rep.hold_s < target_s + hold_off_s[1]),
        "eccentric_fast": (
            speed > fastest * (1 + _SPEED_SHARE),
            speed > fastest * (1 - _SPEED_SHARE),
        ),
        "range_over": (
            any(rom_mm > high + off_mm for high in over),
            any(rom_mm > high - off_mm for high in over),
        ),
        "range_under": (rom_mm < under_mm - off_mm, under_mm > 0 and rom_mm < under_mm + off_mm),
    }


def _by_watching(rep: TruthRep, cable: Cable, until_s: float) -> dict[str, tuple[bool, bool]]:
    """Return (surely, perhaps) for the flags that show within a fraction of a second; a landing counts `until_s`."""
    assert rep.top_s is not None and rep.release_s is not None
    t_s = np.arange(rep.start_s, until_s, _STEP_S)
    force = cable.force_n(t_s)
    speed = cable.movement.speed(t_s)
    travel = cable.movement.position(t_s)
    out = slice(0, int((rep.top_s - rep.start_s) / _STEP_S) + 1)
    whole = slice(0, int((rep.end_s - rep.start_s) / _STEP_S) + 1)
    back = slice(int((rep.release_s - rep.start_s) / _STEP_S), len(t_s))
    return {
        "swing": _both(_floats(force[out], speed[out], share) >= over for share, over in _FLOAT),
        "slack": _both(_loose(force[whole], limit_n) >= limit_s for limit_n, limit_s in _SLACK),
        "slam": _both(_lands(travel[back], speed[back], within_s) >= limit for limit, within_s in _SLAM),
    }


def _both(results: Iterable[object]) -> tuple[bool, bool]:
    surely, perhaps = map(bool, results)
    return surely, perhaps


def _longest(low: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return where the longest stretch of True begins and ends."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], low.astype(np.int8), [0]))))
    if not len(edges):
        return 0, 0
    begins, ends = edges[::2], edges[1::2]
    i = int(np.argmax(ends - begins))
    return int(begins[i]), int(ends[i])


def _floats(force: Array, speed: Array, share: float) -> float:
    """Return the share of the concentric, after its fastest point, in which force stays below `share` of its mean."""
    peak = int(np.argmax(speed))
    begin, end = _longest(force[peak:] < share * force.mean())
    return float(speed[peak + begin : peak + end].sum() / max(speed.sum(), 1.0))


def _loose(force: Array, limit_n: float) -> float:
    """Return for how many s tension was lost within the rep, between two stretches with tension."""
    taut = np.flatnonzero((force > _TAUT_N) & (force > _TAUT_SHARE * force.max(initial=0.0)))
    if not len(taut):
        return 0.0
    begin, end = _longest(force[taut[0] : taut[-1]] < limit_n)
    return (end - begin) * _STEP_S


def _lands(travel: Array, speed: Array, within_s: float) -> float:
    """Return the largest speed in mm/s at which the stack landed: gone within twice `within_s`."""
    gap = int(2 * within_s / _STEP_S)
    if len(speed) <= gap:
        return 0.0
    before = -speed[:-gap]
    stopped = (np.abs(speed[gap:]) <= _STOPPED_SHARE * before) & (travel[gap:] <= _STACK_MM)
    return float(before[stopped].max(initial=0.0))
