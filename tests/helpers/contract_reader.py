"""A second reading of the contract: reps found in a noise-free movement by its rules alone, without any plan of it.

It looks at the whole movement at once, so it is simple where the detector must be clever, and shares no code with the
simulator's judge. Positions in mm, speeds in mm/s, times in s; `travel` begins at the seated stack.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

STACK_MM = 80.0  # a set starts at least this far above the stack, or at the stack itself


@dataclass
class Way:
    """One phase of movement in one direction: `sign` 1 out, -1 in; indices into the samples."""

    sign: int
    first: int
    last: int


@dataclass
class Found:
    start_s: float
    top_s: float
    release_s: float
    end_s: float
    rise: float
    fall: float
    kind: str = ""


def ways(t: np.ndarray, x: np.ndarray, v: np.ndarray) -> list[Way]:
    """Stretches faster than 25 mm/s, joined over dwells below 1 s and fallings back below 20 %."""
    sign = np.where(v > 25, 1, np.where(v < -25, -1, 0))
    edges = np.flatnonzero(np.diff(sign)) + 1
    runs = [Way(int(sign[a]), a, b - 1) for a, b in pairwise([0, *edges, len(sign)]) if sign[a]]
    joined: list[Way] = []
    for i, run in enumerate(runs):
        before = joined[-1] if joined else None
        if before is not None and before.sign == run.sign and t[run.first] - t[before.last] < 1:
            before.last = run.last
            continue
        if before is not None and before.sign == 1 and run.sign == -1 and i + 1 < len(runs):
            # A falling back: it is one if the next run goes on outward within the second, beyond where it fell from.
            covered = x[before.first : run.first + 1].max() - x[before.first]
            after = runs[i + 1]
            lost = x[before.first : run.first + 1].max() - x[run.last]
            if after.sign == 1 and lost < 0.2 * covered and t[after.first] - t[before.last] < 1:
                continue
        if before is not None and before.sign == 1 and run.sign == -1 and i + 1 < len(runs):
            # Sinking a little at the beginning of a hold, with more than a dwell of it left.
            rise = x[before.last] - x[before.first]
            if (
                x[run.first] - x[run.last] < 0.08 * rise
                and runs[i + 1].sign == -1
                and t[runs[i + 1].first] - t[run.last] > 1
            ):
                continue
        joined.append(Way(run.sign, run.first, run.last))
    return joined


def movements(t: np.ndarray, x: np.ndarray, v: np.ndarray) -> list[Found]:
    """Every way out that a way back follows, standing no longer than 20 s between."""
    found = []
    for out, back in pairwise(ways(t, x, v)):
        if (out.sign, back.sign) != (1, -1) or t[back.first] - t[out.last] > 20:
            continue
        end = back.last
        if x[end] < 20 and x[out.first] > STACK_MM:
            end = back.first + int(np.argmax(x[back.first :] <= x[out.first]))
        top = x[out.first : end + 1].max()
        instants = (t[out.first], t[out.last], t[back.first], t[end])
        found.append(Found(*map(float, instants), top - x[out.first], top - x[end]))
    return found


def sets(t: np.ndarray, x: np.ndarray, found: list[Found]) -> list[list[Found]]:
    """Movements grouped by rests of 12 s and by returns to a stack that the set did not start from."""
    groups: list[list[Found]] = []
    counted_end = -np.inf
    for one in found:
        between = x[(t >= counted_end) & (t <= one.start_s)]
        from_stack = x[np.searchsorted(t, one.start_s)] < STACK_MM
        left = bool(groups) and between.min() < 20 and not from_stack
        if not groups or one.start_s - counted_end > 12 or left:
            groups.append([])
        groups[-1].append(one)
        counted_end = one.end_s
    return groups


def judge(group: list[Found]) -> list[Found]:
    """The full and partial reps of one set."""
    # What is below a fifth of the largest is no rep and must not stand for the reference either.
    most = max(min(one.rise, one.fall) for one in group)
    real = [one for one in group if min(one.rise, one.fall) >= max(0.2 * most, 20)]
    reference = np.median(sorted(one.rise for one in real)[-3:]) if real else 0
    for one in real:
        smaller = min(one.rise, one.fall)
        one.kind = "full" if smaller >= 0.6 * reference else "partial" if smaller >= 0.2 * reference else ""
    full = [one for one in real if one.kind == "full"]
    if len(full) == 1:
        lone = full[0]
        if lone.release_s - lone.top_s > 5 or abs(lone.rise - lone.fall) > 0.15 * lone.rise:
            return []
    return [one for one in real if one.kind]


def read(t: np.ndarray, x: np.ndarray, v: np.ndarray) -> tuple[list[Found], int]:
    """Reps in order and the number of sets."""
    judged = [reps for reps in map(judge, sets(t, x, movements(t, x, v))) if reps]
    return [rep for reps in judged for rep in reps], len(judged)
