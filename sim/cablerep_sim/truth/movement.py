"""What the contract says of an intended movement: instants, metrics and kind of each rep, without any detector.

The plan of the movement tells which stretch is the way out and which the way back; everything else is computed from
the analytic speed. A movement that stands near a limit of the contract is refused, so no truth depends on a hair.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..athlete.movement import Array, Movement
from ..athlete.rep import RepPlan
from .file import Truth, TruthRep

# The contract's limits.
BOUNDARY_MM_S = 25.0
FULL_SHARE = 0.60
PARTIAL_SHARE = 0.20
LEAST_MM = 20.0
DWELL_S = 1.0
FALL_BACK_SHARE = 0.20
REST_S = 12.0
HOLD_MAX_S = 20.0
LONE_HOLD_S = 5.0

# How far from a limit a movement must stay for two honest readers of the contract to agree.
_SHARE_MARGIN = 0.1  # of the limit
_DWELL_MARGIN_S = 0.15
_REST_MARGIN_S = 1.5
_HOLD_MARGIN_S = 1.5
_STILL_MM_S = 22.0  # fastest sinking or swaying in a hold
_SETTLE_S = 0.6  # momentum is spent this long after the top; the hold that follows is longer than a dwell
_SETTLE_SHARE = 0.08  # of the rise: sinking a little
_LEAST_PEAK_MM_S = 30.0  # slowest movement of the contract

# Step of the grid on which the speed is searched. A crossing interpolated on it is off by step²·jerk / 8·acceleration:
# 6 µs at 10 m/s³ and 0.2 m/s², against the 0.5 ms that a truth may be off.
_STEP_S = 0.001


class Ambiguous(Exception):
    """Two honest readers of the contract could disagree about this movement; another one must be drawn."""


@dataclass(frozen=True)
class _Measured:
    """One rep's instants and distances, before its set decides what it is."""

    plan: RepPlan
    rep: TruthRep
    rise_mm: float
    fall_mm: float

    @property
    def smaller_mm(self) -> float:
        return min(self.rise_mm, self.fall_mm)


def judge(movement: Movement, plans: Sequence[RepPlan], duration_s: float) -> Truth:
    """Return the analytic truth of `movement`, in the order of `plans`. Raises Ambiguous."""
    t_s = np.arange(0.0, duration_s + _STEP_S, _STEP_S)
    travel = movement.position(t_s)
    speed = movement.speed(t_s)
    measured = [_measure(plan, t_s, travel, speed) for plan in plans]
    _check_rests(measured)
    reps: list[TruthRep] = []
    sets = 0
    for number in sorted({plan.set_number for plan in plans}):
        members = [m for m in measured if m.plan.set_number == number]
        kinds = _kinds(members)
        sets += any(kinds)
        for member, kind in zip(members, kinds, strict=True):
            if kind:
                reps.append(TruthRep(**{**vars(member.rep), "kind": kind}))
    return Truth("analytic", len(reps), 0, sets, tuple(reps))


def _measure(plan: RepPlan, t_s: Array, travel: Array, speed: Array) -> _Measured:
    """Find the four instants of one rep and what follows from them."""
    start_s, top_s = _edges(t_s, speed, plan.out_s, BOUNDARY_MM_S)
    release_s, end_s = _edges(t_s, -speed, plan.back_s, BOUNDARY_MM_S)
    start_mm = _at(start_s, t_s, travel)
    if plan.passes_on:
        first = int(release_s / _STEP_S) + 1
        below = np.flatnonzero(travel[first:] <= start_mm)
        if not len(below):
            raise Ambiguous("the way back never passes the start position")
        i = first + int(below[0])
        end_s = float(t_s[i - 1] + _STEP_S * (travel[i - 1] - start_mm) / (travel[i - 1] - travel[i]))
        if -_at(end_s, t_s, speed) < 2 * BOUNDARY_MM_S:
            raise Ambiguous("the way back nearly stops at the start position")
    end_mm = _at(end_s, t_s, travel)
    out = slice(int(start_s / _STEP_S) + 1, int(top_s / _STEP_S) + 1)
    back = slice(int(release_s / _STEP_S) + 1, int(end_s / _STEP_S) + 1)
    top_mm = float(travel[out.start : back.stop].max())
    _check_phase(travel[out], speed[out])
    _check_phase(-travel[back], -speed[back])
    _check_hold(travel[out.stop : back.start], speed[out.stop : back.start], top_mm - start_mm)
    concentric_s = top_s - start_s
    eccentric_s = end_s - release_s
    rep = TruthRep(
        kind="full",
        start_s=start_s,
        top_s=top_s,
        release_s=release_s,
        end_s=end_s,
        rom_mm=top_mm - start_mm,
        concentric_mean_m_s=(_at(top_s, t_s, travel) - start_mm) / concentric_s / 1000,
        concentric_peak_m_s=float(speed[out].max()) / 1000,
        eccentric_mean_m_s=(_at(release_s, t_s, travel) - end_mm) / eccentric_s / 1000,
        eccentric_peak_m_s=float(-speed[back].min()) / 1000,
    )
    return _Measured(plan, rep, top_mm - start_mm, top_mm - end_mm)


def _edges(t_s: Array, speed: Array, window_s: tuple[float, float], level: float) -> tuple[float, float]:
    """Return when `speed` first rises above `level` and last falls below it within the window."""
    first = max(int(np.floor(window_s[0] / _STEP_S)), 0)
    last = min(int(np.ceil(window_s[1] / _STEP_S)), len(t_s) - 1)
    above = np.flatnonzero(speed[first : last + 1] > level)
    if not len(above) or speed[first : last + 1].max() < _LEAST_PEAK_MM_S:
        raise Ambiguous("a phase is slower than the contract's slowest movement")
    i = first + int(above[0])
    j = first + int(above[-1])
    if i == 0 or j == len(t_s) - 1 or speed[i - 1] > level or speed[j + 1] > level:
        raise Ambiguous("a phase is cut off")
    return (
        float(t_s[i] - _STEP_S * (speed[i] - level) / (speed[i] - speed[i - 1])),
        float(t_s[j] + _STEP_S * (speed[j] - level) / (speed[j] - speed[j + 1])),
    )


def _at(instant_s: float, t_s: Array, values: Array) -> float:
    return float(np.interp(instant_s, t_s, values))


def _check_phase(way: Array, speed: Array) -> None:
    """Refuse a dwell or a falling back near the limits at which it would end the phase. `way` grows."""
    slow = speed < BOUNDARY_MM_S
    edges = np.flatnonzero(np.diff(slow.astype(np.int8)))
    for begin, end in zip(edges[::2], edges[1::2], strict=False):
        if (end - begin) * _STEP_S > DWELL_S - _DWELL_MARGIN_S:
            raise Ambiguous("a dwell inside a phase is nearly long enough to end it")
        covered = way[: begin + 1].max() - way[0]
        if covered - (way[begin : end + 1].min() - way[0]) > covered * FALL_BACK_SHARE * (1 - _SHARE_MARGIN):
            raise Ambiguous("a falling back inside a phase is nearly large enough to end it")


def _check_hold(travel: Array, speed: Array, rise_mm: float) -> None:
    """Refuse a hold near its longest, or one that moves: but for settling a little just after the top."""
    if len(speed) * _STEP_S > HOLD_MAX_S - _HOLD_MARGIN_S:
        raise Ambiguous("a hold is nearly long enough to be standing")
    slow = np.flatnonzero(np.abs(speed) < _STILL_MM_S)
    if not len(slow):
        return
    # The hold's ends are the boundaries themselves, at 25 mm/s.
    fast = slow[0] + np.flatnonzero(np.abs(speed[slow[0] : slow[-1] + 1]) > _STILL_MM_S)
    if not len(fast):
        return
    settles = fast[-1] * _STEP_S < _SETTLE_S and travel[0] - travel[fast[-1]] < _SETTLE_SHARE * rise_mm
    if not settles or (len(speed) - fast[-1]) * _STEP_S < DWELL_S + _DWELL_MARGIN_S:
        raise Ambiguous("the hold moves too fast to be one")


def _check_rests(measured: Sequence[_Measured]) -> None:
    """Refuse a rest that may or may not end the set, and a plan that numbers its sets otherwise than the rests do."""
    for before, after in pairwise(measured):
        rest_s = after.rep.start_s - before.rep.end_s
        if rest_s < 0:
            raise Ambiguous("two reps overlap")
        if abs(rest_s - REST_S) < _REST_MARGIN_S:
            raise Ambiguous("a rest is nearly long enough to end the set")
        if rest_s > REST_S and before.plan.set_number == after.plan.set_number:
            raise Ambiguous("a rest ends the set where the plan goes on with it")


def _kinds(members: Sequence[_Measured]) -> list[str]:
    """Return "full", "partial" or "" (no rep) for each rep of one set. Raises Ambiguous near a limit."""
    by_rise = reference_mm([m.rise_mm for m in members])
    by_smaller = reference_mm([m.smaller_mm for m in members])
    kinds = []
    for member in members:
        kind = _kind(member.smaller_mm, by_rise)
        if kind != _kind(member.smaller_mm, by_smaller):
            raise Ambiguous("the kind depends on how the reference is taken")
        kinds.append(kind)
    if kinds.count("full") == 1:
        lone = members[kinds.index("full")]
        assert lone.rep.hold_s is not None
        drift = abs(lone.rise_mm - lone.fall_mm) / lone.rise_mm
        if lone.rep.hold_s > LONE_HOLD_S - 1 or drift > 0.05:
            raise Ambiguous("a lone rep is nearly somebody standing")
    return kinds


def reference_mm(roms_mm: Sequence[float]) -> float:
    """Return the reference ROM of a set without a target: the median of its three largest."""
    return float(np.median(sorted(roms_mm)[-3:]))


def _kind(smaller_mm: float, reference: float) -> str:
    for limit in (FULL_SHARE * reference, PARTIAL_SHARE * reference, LEAST_MM):
        if abs(smaller_mm - limit) < _SHARE_MARGIN * limit:
            raise Ambiguous("a range is close to a limit between kinds")
    if smaller_mm < max(PARTIAL_SHARE * reference, LEAST_MM):
        return ""
    return "full" if smaller_mm > FULL_SHARE * reference else "partial"
