"""A second reading of the contract: finds the reps of a noise-free movement by its words alone, without any plan.

It sees the whole movement at once, so it can be simple where the detector must be clever. It shares no code with the
simulator's own truth. Positions in mm, speeds in mm/s, times in s; `travel` begins at the seated stack.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

AWAY_MM = 80.0  # a set that starts this far above the stack ends at the stack
STACK_MM = 30.0
NOISE_MM = 5.0  # a run that ends less than this below a rest does not go below it


@dataclass
class Run:
    """A stretch faster than 25 mm/s; `sign` 1 is outward."""

    sign: int
    t0: float
    t1: float
    x0: float
    x1: float


@dataclass
class Found:
    start_s: float
    top_s: float
    release_s: float
    end_s: float
    rise: float
    fall: float
    paused: bool
    passes_on: bool = False
    kind: str = ""


def find_runs(t: np.ndarray, x: np.ndarray, v: np.ndarray) -> list[Run]:
    sign = np.where(v > 25, 1, np.where(v < -25, -1, 0))
    edges = [0, *(np.flatnonzero(np.diff(sign)) + 1), len(sign)]
    return [
        Run(int(sign[a]), float(t[a]), float(t[b - 1]), float(x[a]), float(x[b - 1]))
        for a, b in pairwise(edges)
        if sign[a]
    ]


def depth(rise: float) -> float:
    """How deep the top is."""
    return min(max(rise / 10, 20), rise / 3)


def movement(runs: list[Run], reference: float, follows: bool) -> tuple[Found, float, int] | None:
    """The movement that begins with the first run, its bottom, and the number of runs it takes.

    `reference` is the largest rise of the set so far. With `follows` the cable may go straight on to the stack.
    """
    starts = [(0, runs[0].x0)]
    rests: list[tuple[int, float]] = []
    furthest = release = 0.0
    for release, run in enumerate(runs):
        furthest = max(furthest, run.x1)
        further = [rest for rest in rests if run.x1 - rest[1] >= 20 and furthest - rest[1] >= reference / 3]
        if further:
            starts.append(further[-1])
            rests.clear()
        rise = furthest - starts[-1][1]
        if run.sign < 0 and furthest - run.x1 >= max(0.3 * rise, depth(rise)) > 0:
            break
        if run.sign > 0 and release + 1 < len(runs) and runs[release + 1].t0 - run.t1 >= 1:
            rests.append((release + 1, run.x1))
    else:
        return None
    end = end_of(runs, release, furthest, starts[0][1], rise)
    bottom, end_s = runs[end].x1, runs[end].t1
    while (
        release > 1
        and runs[release - 1].sign < 0
        and runs[release].t0 - runs[release - 1].t1 < 1
        and runs[release - 1].x1 < furthest - depth(rise)
        and runs[release - 1].x0 - runs[release - 1].x1 >= depth(rise)
    ):
        release -= 1
    top = next(run for run in runs[starts[-1][0] :] if run.sign > 0 and run.x1 >= furthest - depth(rise))
    chosen = min(starts, key=lambda start: abs(start[1] - bottom))
    if follows and bottom < STACK_MM:
        chosen = starts[-1]
    # Bounces and dips at that position come before the way out.
    outward = [run for run in runs[chosen[0] :] if run.sign > 0 and run.t0 < top.t1]
    start = [run for run in outward if run.x0 < chosen[1] + NOISE_MM or run is outward[0]][-1]
    paused = chosen != starts[-1]
    found = Found(start.t0, top.t1, runs[release].t0, end_s, furthest - start.x0, furthest - bottom, paused)
    return found, bottom, end + 1


def end_of(runs: list[Run], release: int, furthest: float, start: float, rise: float) -> int:
    for i in range(release, len(runs)):
        run = runs[i]
        if run.sign > 0:
            continue
        if abs(run.x1 - start) <= min(40, 0.3 * (furthest - start)):
            return i
        later = runs[i + 1 :]
        if not any(r.sign < 0 and r.t0 - run.t1 < 1 and r.x1 < run.x1 - NOISE_MM for r in later):
            return i
        if later[0].sign > 0 and (
            later[0].t0 - run.t1 >= 0.25 or later[0].x1 - later[0].x0 >= 0.2 * (furthest - run.x1)
        ):
            return i
    return len(runs) - 1


def movements(t: np.ndarray, x: np.ndarray, v: np.ndarray) -> list[Found]:
    """Every movement out and back, from the first to the last."""
    runs = find_runs(t, x, v)
    found: list[Found] = []
    i = 0
    away = False
    while i < len(runs):
        reference = max((rep.rise for rep in found), default=0.0)
        taken = movement(runs[i:], reference, away) if runs[i].sign > 0 else None
        if taken is None:
            i += 1
            continue
        rep, bottom, count = taken
        start_mm = float(np.interp(rep.start_s, t, x))
        between = x[(t >= found[-1].end_s) & (t <= rep.start_s)] if found else x[:1]
        if not found or rep.start_s - found[-1].end_s > 12 or (between.min() < STACK_MM and start_mm >= AWAY_MM):
            away = start_mm >= AWAY_MM
        if bottom < STACK_MM and start_mm > AWAY_MM and away:
            # Straight on past the start to the stack.
            a = int(np.searchsorted(t, rep.release_s))
            rep.end_s = float(t[a + int(np.argmax(x[a:] <= start_mm))])
            rep.fall = rep.rise
            rep.passes_on = True
        if rep.release_s - rep.top_s <= 20:
            found.append(rep)
        i += count
    return found


def sets(t: np.ndarray, x: np.ndarray, found: list[Found]) -> list[list[Found]]:
    """Movements grouped by rests of 12 s and by returns to a stack that the set did not start from."""
    groups: list[list[Found]] = []
    counted_end = -np.inf
    for rep in found:
        between = x[(t >= counted_end) & (t <= rep.start_s)]
        from_stack = x[np.searchsorted(t, rep.start_s)] < AWAY_MM
        left = bool(groups) and between.min() < STACK_MM and not from_stack
        if not groups or rep.start_s - counted_end > 12 or left:
            groups.append([])
        groups[-1].append(rep)
        counted_end = rep.end_s
    return groups


def judge(group: list[Found]) -> list[Found]:
    """The full and partial reps of one set."""
    # Out and back within 0.3 s is bouncing or shaking.
    moved = [rep for rep in group if min(rep.rise, rep.fall) >= 0.3 * rep.rise and rep.end_s - rep.start_s > 0.3]
    reference = np.median(sorted(rep.rise for rep in moved)[-3:]) if moved else 0
    for rep in moved:
        smaller = min(rep.rise, rep.fall)
        if smaller >= max(0.2 * reference, 20):
            rep.kind = "full" if smaller >= 0.6 * reference else "partial"
    counted = [rep for rep in moved if rep.kind]
    if len(counted) == 1:
        lone = counted[0]
        if (
            lone.paused
            or lone.passes_on
            or lone.release_s - lone.top_s > 5
            or abs(lone.rise - lone.fall) > max(0.15 * lone.rise, 30)
        ):
            return []
    return counted


def read(t: np.ndarray, x: np.ndarray, v: np.ndarray) -> tuple[list[Found], int]:
    """Reps in order and the number of sets."""
    judged = [reps for reps in map(judge, sets(t, x, movements(t, x, v))) if reps]
    return [rep for reps in judged for rep in reps], len(judged)
