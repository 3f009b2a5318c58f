"""The contract's figures of a kick on the floor plan, computed from the athlete's exact places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..athlete.floor import FloorPlan
from ..athlete.movement import Array
from .file import TruthRep

_STEP_S = 0.001
_BOX = 101  # steps: places are means of 0.1 s
_SHORT_HOLD_S = 0.2  # after a shorter hold the furthest place stands for its mean


@dataclass(frozen=True)
class Chord:
    """The straight line from a kick's start to its hold: lengths in mm, the direction in degrees."""

    chord_mm: float
    direction_deg: float
    bow_mm: float
    drift_mm: float
    fall_mm: float  # from its far end to the place where the rep ends


def measure(floor: FloorPlan, rep: TruthRep) -> Chord:
    """Return the figures of `rep`, whose four instants are known."""
    assert rep.top_s is not None and rep.release_s is not None
    margin = _BOX // 2
    count = int(np.ceil((rep.end_s - rep.start_s) / _STEP_S)) + 1
    t_s: Array = rep.start_s + _STEP_S * np.arange(-margin, count + margin, dtype=np.float64)
    rho, bearing = (_mean(values) for values in floor.polar(t_s))
    places = np.stack((rho * np.cos(bearing), rho * np.sin(bearing)))
    top, release = (round((instant - rep.start_s) / _STEP_S) for instant in (rep.top_s, rep.release_s))
    end = min(round((rep.end_s - rep.start_s) / _STEP_S), places.shape[1] - 1)
    start = places[:, 0]
    if rep.release_s - rep.top_s < _SHORT_HOLD_S:
        far = places[:, int(np.argmax(rho[: release + 1]))]
    else:
        far = places[:, top : release + 1].mean(axis=1)
    chord = far - start
    length = float(np.hypot(*chord))
    normal = np.array([-chord[1], chord[0]]) / max(length, 1e-9)
    beside = normal @ (places - start[:, None])
    way_out, hold = beside[: top + 1], beside[top : release + 1]
    return Chord(
        length,
        float(np.degrees(np.arctan2(chord[1], chord[0]))),
        float(way_out[np.argmax(np.abs(way_out))]),
        float(hold.max() - hold.min()),
        float(np.hypot(*(places[:, end] - far))),
    )


def _mean(values: Array) -> Array:
    """Return the mean over 0.1 s."""
    result: Array = np.convolve(values, np.full(_BOX, 1 / _BOX), mode="valid")
    return result
