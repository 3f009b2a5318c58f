"""The work of each simulated rep from the exact force, and which reps have too few readings for a figure of force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..equipment.sensors import LoadCell
from .file import Truth, TruthRep
from .form import Cable

_STEP_S = 0.001
# The contract's limit is a tenth of the concentric; in between no truth is given.
_UNKNOWN_SHARE = 0.2
_KNOWN_SHARE = 0.02
_STANDS_S = 0.5  # what a reading stands for, or three periods of a slower cell (contract)


def measure_force(truth: Truth, cable: Cable, cell: LoadCell) -> Truth:
    """Return `truth` with the work of each rep in J, and whether its force is unknown."""
    stands_s = max(_STANDS_S, 3 / cell.rate_hz)
    silent_s = [(begin_s + stands_s, end_s + cell.delay_s) for begin_s, end_s in cell.silent_s]
    gaps_s = [*silent_s, *cell.saturated_s]
    # Readings just before a silence stand for some time; their work is not exact.
    blurred_s = [*cell.silent_s, *cell.saturated_s]
    return replace(truth, reps=tuple(_measure(rep, cable, cell, gaps_s, blurred_s) for rep in truth.reps or ()))


def _measure(
    rep: TruthRep,
    cable: Cable,
    cell: LoadCell,
    gaps_s: Sequence[tuple[float, float]],
    blurred_s: Sequence[tuple[float, float]],
) -> TruthRep:
    assert rep.top_s is not None
    if cell.absent:
        return replace(rep, work_unknown=True)
    concentric_s = (rep.start_s, rep.top_s)
    lost = _share(concentric_s, gaps_s)
    if lost >= _UNKNOWN_SHARE:
        return replace(rep, work_unknown=True)
    if lost > _KNOWN_SHARE or _share(concentric_s, blurred_s):
        return rep
    t_s = np.arange(rep.start_s, rep.top_s, _STEP_S)
    power = cable.force_n(t_s) * cable.movement.speed(t_s)
    return replace(rep, work_j=float(power.sum()) * _STEP_S / 1000, work_unknown=False)


def _share(span_s: tuple[float, float], gaps_s: Sequence[tuple[float, float]]) -> float:
    """Return the share of `span_s` that the gaps cover."""
    begin_s, end_s = span_s
    covered_s = sum(max(0.0, min(end_s, to_s) - max(begin_s, from_s)) for from_s, to_s in gaps_s)
    return covered_s / (end_s - begin_s)
