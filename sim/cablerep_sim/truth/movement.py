"""The contract applied to an intended movement: instants, metrics and kind of each rep, without any detector.

The plan says when each rep's phases were meant to be; everything else is computed from the analytic speed. A movement
close to one of the contract's limits is refused, so that no truth depends on a hair.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise

import numpy as np

from ..athlete.floor import FloorPlan
from ..athlete.movement import Movement
from ..athlete.rep import RepPlan
from ..athlete.sway import Sway
from . import direction
from .file import Truth, TruthRep

# The contract's limits.
BOUNDARY_MM_S = 25.0
FULL_SHARE = 0.60
PARTIAL_SHARE = 0.20
SMALLEST_MM = 20.0
FALL_BACK_SHARE = 0.20
REST_S = 12.0
HOLD_MAX_S = 20.0
LONE_HOLD_S = 5.0
AWAY_MM = 80.0  # a set that began this far above the stack ends at the stack
AT_STACK_MM = 30.0
STACK_REST_S = 0.3

# How far a movement must stay from a limit for two careful readers of the contract to agree.
_MARGIN = 0.1  # of the limit
_DWELL_MARGIN_S = 0.15
_REST_MARGIN_S = 1.5
_HOLD_MARGIN_S = 1.5
_STACK_MARGIN_S = 0.15
_SWAY_MARGIN = 2.0  # of the sway's rms, for a limit in mm
_CLEAR_MM_S = 32.0  # peak speed of a run that cannot be mistaken for a rest
_SWAY_RAD_S = 8.0  # a sway's rms speed divided by its rms: most of its power is around 1.2 Hz
_STACK_DWELL_S = 0.25  # a rest on the way out that may be a start, in a movement that began at the stack
_RUN_MM = 2.5  # a shorter run is hardly one
_SLOWEST_PEAK_MM_S = 30.0  # slowest movement of the contract

# Step of the grid on which the speed is searched. A crossing interpolated on it is off by step²·jerk / 8·acceleration:
# 6 µs at 10 m/s³ and 0.2 m/s², where a truth may be off by 0.5 ms.
_STEP_S = 0.001


class Ambiguous(Exception):
    """Two careful readers of the contract could disagree about this movement; draw another one."""


@dataclass(frozen=True)
class Limits:
    """The contract's limits on which runs belong to which phase of a rep."""

    top_share: float = 0.10  # of the rise: how deep the top is ...
    top_mm: float = 20.0  # ... or this, if it is more ...
    top_most_share: float = 1 / 3  # ... but never more than this share of the rise
    release_share: float = 0.30  # of the rise, below the furthest point
    dwell_s: float = 1.0  # a longer rest separates two runs back, ends the rep, or may be a new start on the way out

    further_mm: float = 20.0  # what must follow a rest on the way out to make it a start
    start_mm: float = 40.0  # how close to the start the rep ends at once
    turn_s: float = 0.25  # a rest behind which a run outward ends the rep
    turn_share: float = 0.20  # of the fall: a run outward that long ends it too
    below_mm: float = 5.0  # a run that ends less than this below a rest does not go below it: a bounce, a sway
    small_mm: float = 0.0  # added to every distance

    def top_depth_mm(self, rise_mm: float) -> float:
        depth_mm = max(self.top_share * rise_mm, self.top_mm) + self.small_mm
        return min(depth_mm, self.top_most_share * rise_mm)


_EXACT = Limits()
# Each limit a little smaller and a little larger.
_VARIED = tuple(
    (limit.name, replace(_EXACT, **{limit.name: getattr(_EXACT, limit.name) * factor}))
    for limit in fields(Limits)
    for factor in (1 - _MARGIN, 1 + _MARGIN)
    if limit.name != "small_mm"
)


@dataclass(frozen=True)
class _Run:
    """A stretch faster than the boundary in one direction: `sign` 1 is outward. Instants in s, positions in mm."""

    sign: int
    begin_s: float
    end_s: float
    begin_mm: float
    end_mm: float
    peak_mm_s: float


@dataclass(frozen=True)
class _Phases:
    """Where the instants of a rep lie: indices into its runs."""

    top: int  # the concentric ends with this run
    release: int  # the eccentric begins with this one
    end: int  # and ends with this one


@dataclass(frozen=True)
class _Measured:
    """One rep's instants and distances, before its set decides what kind it is."""

    plan: RepPlan
    rep: TruthRep
    rise_mm: float
    fall_mm: float
    paused: bool  # for a second or more on the way out

    @property
    def smaller_mm(self) -> float:
        return min(self.rise_mm, self.fall_mm)


def judge(
    movement: Movement,
    plans: Sequence[RepPlan],
    duration_s: float,
    sway: Sway | None = None,
    floor: FloorPlan | None = None,
) -> Truth:
    """Return the analytic truth of `movement`, in the order of `plans`. Raises Ambiguous.

    Instants and speeds are those of the intended movement; `sway` counts in `rom_mm` and on the `floor` alone. With a
    floor plan, the kind of a rep is judged by its chord.
    """
    return _Judge(movement, duration_s, sway, floor).truth(plans)


class _Judge:
    def __init__(self, movement: Movement, duration_s: float, sway: Sway | None, floor: FloorPlan | None) -> None:
        self.floor = floor
        self.t_s = np.arange(0.0, duration_s + _STEP_S, _STEP_S)
        self.travel = movement.position(self.t_s)
        self.speed = movement.speed(self.t_s)
        self.seen = self.travel if sway is None else self.travel + sway.displacement(self.t_s, self.travel)
        self.margin_mm = _SWAY_MARGIN * sway.largest_rms_mm if sway else 0.0
        self.margin_mm_s = _SWAY_RAD_S * sway.largest_rms_mm if sway else 0.0
        self.runs = list(self._find_runs())

    def truth(self, plans: Sequence[RepPlan]) -> Truth:
        """Return what the contract says of the reps in `plans`. Raises Ambiguous."""
        ends_s = [*(plan.out_s[0] for plan in plans[1:]), float(self.t_s[-1])][: len(plans)]
        first_of = {plan.set_number: plan for plan in reversed(plans)}
        measured = [
            self._measure(plan, end_s, first_of[plan.set_number]) for plan, end_s in zip(plans, ends_s, strict=True)
        ]
        self._check_rests(measured)
        reps: list[TruthRep] = []
        sets = 0
        for number in sorted(first_of):
            members = [m for m in measured if m.plan.set_number == number]
            kinds = _kinds(members)
            sets += any(kinds)
            reps += [
                replace(member.rep, kind=kind)  # type: ignore[arg-type]
                for member, kind in zip(members, kinds, strict=True)
                if kind
            ]
        return Truth("analytic", len(reps), 0, sets, tuple(reps))

    # -- runs

    def _find_runs(self) -> Iterator[_Run]:
        """Yield every stretch faster than the boundary, its ends interpolated."""
        sign = (self.speed > BOUNDARY_MM_S).astype(np.int8) - (self.speed < -BOUNDARY_MM_S)
        edges = np.flatnonzero(np.diff(sign)) + 1
        for first, after in pairwise([0, *edges.tolist(), len(sign)]):
            if sign[first]:
                direction = int(sign[first])
                begin_s, end_s = self._crossing(first - 1, direction), self._crossing(after - 1, direction)
                peak_mm_s = float(np.abs(self.speed[first:after]).max())
                yield _Run(direction, begin_s, end_s, self._at(begin_s), self._at(end_s), peak_mm_s)

    def _crossing(self, i: int, sign: int) -> float:
        """Return when the speed in direction `sign` crosses the boundary between samples i and i + 1."""
        if i < 0 or i + 1 >= len(self.t_s):
            return float(self.t_s[min(max(i, 0), len(self.t_s) - 1)])
        before, after = sign * self.speed[i], sign * self.speed[i + 1]
        return float(self.t_s[i] + _STEP_S * (BOUNDARY_MM_S - before) / (after - before))

    def _at(self, instant_s: float) -> float:
        return float(np.interp(instant_s, self.t_s, self.travel))

    # -- one rep

    def _measure(self, plan: RepPlan, end_s: float, first: RepPlan) -> _Measured:
        """Find the four instants of one rep, of which nothing goes beyond `end_s`, and what follows from them."""
        runs = [run for run in self.runs if plan.out_s[0] <= run.begin_s < end_s]
        out = [run for run in runs if run.sign > 0 and run.begin_s < plan.out_s[1]]
        planned = slice(int(plan.out_s[0] / _STEP_S), int(plan.back_s[1] / _STEP_S) + 2)
        if not out or not any(run.sign < 0 for run in runs):
            raise Ambiguous("a phase is slower than the contract's slowest movement")
        runs = runs[runs.index(out[0]) :]
        start_s, start_mm = runs[0].begin_s, runs[0].begin_mm
        furthest_mm = float(self.travel[planned].max())
        newest_mm, paused = self._newest_start(runs, furthest_mm)
        phases = self._phases_of(runs, furthest_mm, start_mm, newest_mm)
        # The first possible start of a set's first rep may be the stack, from which the cable was taken up.
        if plan is first and _phases(runs, furthest_mm, 0.0, newest_mm, _EXACT) != phases:
            raise Ambiguous("the end of the first rep depends on where its movement began")
        end_s, end_mm = runs[phases.end].end_s, runs[phases.end].end_mm
        if plan.passes_on and self._began_mm(first) >= AWAY_MM:
            end_s, end_mm = self._passes(runs[phases.release], start_mm)
        elif end_mm < AT_STACK_MM < start_mm - AWAY_MM and self._began_mm(first) >= AWAY_MM:
            raise Ambiguous("a rep ends at the stack where the plan does not go on to it")
        top_s, release_s = runs[phases.top].end_s, runs[phases.release].begin_s
        if release_s - top_s > HOLD_MAX_S - _HOLD_MARGIN_S:
            raise Ambiguous("a hold is nearly long enough to be standing")
        nearest_mm = newest_mm if abs(end_mm - newest_mm) < abs(end_mm - start_mm) else start_mm
        if paused and nearest_mm != start_mm:
            raise Ambiguous("the way back ends at the pause on the way out")
        self._check_concentric(slice(int(start_s / _STEP_S) + 1, int(top_s / _STEP_S) + 1))
        whole = slice(int(start_s / _STEP_S) + 1, int(end_s / _STEP_S) + 1)
        concentric = self.speed[whole.start : int(top_s / _STEP_S) + 1]
        eccentric = -self.speed[int(release_s / _STEP_S) + 1 : whole.stop]
        if min(concentric.max(initial=0.0), eccentric.max(initial=0.0)) < _SLOWEST_PEAK_MM_S:
            raise Ambiguous("a phase is slower than the contract's slowest movement")
        seen_start_mm = float(np.interp(start_s, self.t_s, self.seen))
        near_mm = (1 - _MARGIN) * min(_EXACT.start_mm, _EXACT.release_share * (furthest_mm - start_mm))
        rep = TruthRep(
            kind="full",
            start_s=start_s,
            top_s=top_s,
            release_s=release_s,
            end_s=end_s,
            rom_mm=float(self.seen[whole].max()) - seen_start_mm,
            concentric_mean_m_s=(runs[phases.top].end_mm - start_mm) / (top_s - start_s) / 1000,
            concentric_peak_m_s=float(concentric.max()) / 1000,
            eccentric_mean_m_s=(runs[phases.release].begin_mm - end_mm) / (end_s - release_s) / 1000,
            eccentric_peak_m_s=float(eccentric.max()) / 1000,
            prompt=not (
                plan.passes_on
                or abs(end_mm - start_mm) > near_mm
                or self._is_in_question(runs[: phases.top + 1], start_mm < AT_STACK_MM)
            ),
        )
        if self.floor is None:
            return _Measured(plan, rep, furthest_mm - start_mm, furthest_mm - end_mm, paused)
        found = direction.measure(self.floor, rep)
        rep = replace(
            rep,
            chord_mm=found.chord_mm,
            direction_deg=found.direction_deg,
            bow_mm=found.bow_mm,
            drift_mm=found.drift_mm,
        )
        return _Measured(plan, rep, found.chord_mm, found.fall_mm, paused)

    def _began_mm(self, plan: RepPlan) -> float:
        return self._at(plan.out_s[0])

    def _newest_start(self, runs: Sequence[_Run], furthest_mm: float) -> tuple[float, bool]:
        """Return the position of the newest possible start, and whether the way out paused for a second there."""
        newest_mm = runs[0].begin_mm
        paused = False
        limits = _EXACT
        for before, after in pairwise(runs):
            if before.sign < 0 or after.sign < 0:
                if after.sign < 0:
                    break
                continue
            rest_s = after.begin_s - before.end_s
            below_mm = furthest_mm - before.end_mm
            if below_mm < (furthest_mm - runs[0].begin_mm) / 3:
                break  # a pulse at the top
            if abs(rest_s - limits.dwell_s) < _DWELL_MARGIN_S:
                raise Ambiguous("a dwell inside a phase is nearly long enough to end it")
            if rest_s >= limits.dwell_s and below_mm >= limits.further_mm:
                newest_mm = before.end_mm
                paused = True
        return newest_mm, paused

    def _is_in_question(self, out: Sequence[_Run], at_stack: bool) -> bool:
        """Return whether the movement has other possible starts: before the rep, or in the runs `out` to its top."""
        before = [run for run in self.runs if run.end_s <= out[0].begin_s and abs(run.end_mm - run.begin_mm) > _RUN_MM]
        if before and before[-1].sign > 0:
            return True  # the cable was taken up to where the rep began
        limit_s = (1 - _MARGIN) * (_STACK_DWELL_S if at_stack else _EXACT.dwell_s)
        return any(after.begin_s - run.end_s > limit_s for run, after in pairwise(out))

    def _phases_of(self, runs: Sequence[_Run], furthest_mm: float, start_mm: float, newest_mm: float) -> _Phases:
        """Return which runs bound the phases; refuse where a limit moved a little gives others."""
        found = _phases(runs, furthest_mm, start_mm, newest_mm, _EXACT)
        for name, varied in _VARIED:
            if _phases(runs, furthest_mm, start_mm, newest_mm, varied) != found:
                raise Ambiguous(f"a phase is close to the limit {name}")
        strong = [run for run in runs if run is runs[0] or run.peak_mm_s > _CLEAR_MM_S + self.margin_mm_s]
        try:
            without = _phases(strong, furthest_mm, start_mm, newest_mm, _EXACT)
        except Ambiguous:
            raise Ambiguous("a phase depends on a run that is hardly one") from None
        if any(strong[getattr(without, name)] is not runs[getattr(found, name)] for name in ("top", "release", "end")):
            raise Ambiguous("a phase depends on a run that is hardly one")
        for small_mm in (-self.margin_mm, self.margin_mm) if self.margin_mm else ():
            if _phases(runs, furthest_mm, start_mm, newest_mm, replace(_EXACT, small_mm=small_mm)) != found:
                raise Ambiguous("sway could move a phase across a limit")
        return found

    def _passes(self, release: _Run, start_mm: float) -> tuple[float, float]:
        """Return when the way back passes the start position, and where that is."""
        first = int(release.begin_s / _STEP_S) + 1
        below = np.flatnonzero(self.travel[first:] <= start_mm)
        if not len(below):
            raise Ambiguous("the way back never passes the start position")
        i = first + int(below[0])
        fraction = (self.travel[i - 1] - start_mm) / (self.travel[i - 1] - self.travel[i])
        end_s = float(self.t_s[i - 1] + _STEP_S * fraction)
        if -float(np.interp(end_s, self.t_s, self.speed)) < 2 * BOUNDARY_MM_S:
            raise Ambiguous("the way back nearly stops at the start position")
        return end_s, self._at(end_s)

    def _check_concentric(self, phase: slice) -> None:
        """Refuse a falling back on the way out that is nearly large enough to end it."""
        travel, slow = self.travel[phase], self.speed[phase] < BOUNDARY_MM_S
        edges = np.flatnonzero(np.diff(slow.astype(np.int8)))
        for begin, end in zip(edges[::2], edges[1::2], strict=False):
            covered_mm = travel[: begin + 1].max() - travel[0]
            lost_mm = covered_mm - (travel[begin : end + 1].min() - travel[0])
            if lost_mm > covered_mm * FALL_BACK_SHARE * (1 - _MARGIN):
                raise Ambiguous("a falling back inside a phase is nearly large enough to end it")

    # -- sets

    def _at_stack_s(self, begin_s: float, end_s: float) -> float:
        """Return how long the cable was at the stack between the two instants."""
        travel = self.travel[int(begin_s / _STEP_S) : int(end_s / _STEP_S)]
        return float(np.count_nonzero(travel < AT_STACK_MM)) * _STEP_S

    def _check_rests(self, measured: Sequence[_Measured]) -> None:
        """Refuse a rest that may or may not end the set, and a plan that numbers its sets differently."""
        first = measured[0] if measured else None
        for before, after in pairwise(measured):
            rest_s = after.rep.start_s - before.rep.end_s
            same = before.plan.set_number == after.plan.set_number
            if rest_s < 0:
                raise Ambiguous("two reps overlap")
            assert first is not None
            stack_s = self._at_stack_s(before.rep.end_s, after.rep.start_s)
            if self._began_mm(first.plan) < AWAY_MM:
                stack_s = 0.0  # such a set does not end at the stack
            if not same:
                first = after
                if stack_s > STACK_REST_S + _STACK_MARGIN_S:
                    continue
            if stack_s > STACK_REST_S - _STACK_MARGIN_S:
                raise Ambiguous("a rest at the stack may or may not end the set")
            if abs(rest_s - REST_S) < _REST_MARGIN_S:
                raise Ambiguous("a rest is nearly long enough to end the set")
            if (rest_s > REST_S) == same:
                raise Ambiguous("the plan numbers its sets differently from the rests")


def _phases(runs: Sequence[_Run], furthest_mm: float, start_mm: float, newest_mm: float, limits: Limits) -> _Phases:
    """Apply the contract to the runs of one rep, of which the first begins the concentric. Raises Ambiguous."""
    rise_mm = furthest_mm - newest_mm
    depth_mm = limits.top_depth_mm(rise_mm)
    top = next((i for i, run in enumerate(runs) if run.sign > 0 and run.end_mm >= furthest_mm - depth_mm), None)
    if top is None:
        raise Ambiguous("no run outward comes to rest at the top")
    deep_mm = furthest_mm - max(limits.release_share * rise_mm + limits.small_mm, depth_mm)
    release = next((i for i in range(top + 1, len(runs)) if runs[i].sign < 0 and runs[i].end_mm <= deep_mm), None)
    if release is None:
        raise Ambiguous("no run back leads away from the top")
    end = _last_run(runs, release, furthest_mm, (start_mm, newest_mm), limits)
    # An earlier run back is part of the eccentric if it left the top and was as long as the top is deep.
    while release - 1 > top:
        earlier, run = runs[release - 1], runs[release]
        if (
            earlier.sign > 0
            or earlier.end_mm > furthest_mm - depth_mm
            or earlier.begin_mm - earlier.end_mm < depth_mm
            or run.begin_s - earlier.end_s >= limits.dwell_s
        ):
            break
        release -= 1
    return _Phases(top, release, end)


def _last_run(
    runs: Sequence[_Run], release: int, furthest_mm: float, starts_mm: tuple[float, float], limits: Limits
) -> int:
    """Return the index of the run whose end is the rep's."""
    start_mm = starts_mm[0]
    rise_mm = furthest_mm - start_mm
    for i in range(release, len(runs)):
        run = runs[i]
        if run.sign > 0:
            continue
        off_mm = abs(run.end_mm - start_mm)
        if off_mm <= min(limits.start_mm + limits.small_mm, limits.release_share * rise_mm):
            return i
        if not any(
            later.sign < 0
            and later.begin_s - run.end_s < limits.dwell_s
            and later.end_mm < run.end_mm - limits.below_mm
            for later in runs[i + 1 :]
        ):
            return i
        after = runs[i + 1]
        if after.sign > 0 and (
            after.begin_s - run.end_s >= limits.turn_s
            or after.end_mm - after.begin_mm >= limits.turn_share * (furthest_mm - run.end_mm)
        ):
            return i
    raise Ambiguous("the way back does not end")


def _kinds(members: Sequence[_Measured]) -> list[str]:
    """Return "full", "partial" or "" (no rep) for each rep of one set. Raises Ambiguous near a limit."""
    by_rise = reference_mm([m.rise_mm for m in members])
    by_smaller = reference_mm([m.smaller_mm for m in members])
    halves = all(m.smaller_mm < FULL_SHARE * m.rise_mm or m.fall_mm > m.rise_mm / FULL_SHARE for m in members)
    kinds = []
    for member in members:
        kind = _kind(member.smaller_mm, by_rise)
        if not halves and kind != _kind(member.smaller_mm, by_smaller):
            raise Ambiguous("the kind depends on how the reference is taken")
        kinds.append(kind)
    if sum(map(bool, kinds)) == 1:
        lone = next(m for m, kind in zip(members, kinds, strict=True) if kind)
        assert lone.rep.hold_s is not None
        if lone.plan.passes_on:
            return [""] * len(members)  # somebody took up the cable and walked back
        drift = abs(lone.rise_mm - lone.fall_mm) / lone.rise_mm
        if lone.rep.hold_s > LONE_HOLD_S - 1 or drift > 0.05 or lone.paused:
            raise Ambiguous("a lone rep is nearly somebody standing")
    return kinds


def reference_mm(roms_mm: Sequence[float]) -> float:
    """Return the reference ROM of a set without a target: the median of its three largest."""
    return float(np.median(sorted(roms_mm)[-3:]))


def _kind(smaller_mm: float, reference: float) -> str:
    for limit in (FULL_SHARE * reference, PARTIAL_SHARE * reference, SMALLEST_MM):
        if abs(smaller_mm - limit) < _MARGIN * limit:
            raise Ambiguous("a range is close to a limit between kinds")
    if smaller_mm < max(PARTIAL_SHARE * reference, SMALLEST_MM):
        return ""
    return "full" if smaller_mm > FULL_SHARE * reference else "partial"
