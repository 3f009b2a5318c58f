"""Trace files of stored sets, in the contract's format, one a set: `cablerep replay` finds the reps in them again.

The store holds a curve for each rep and nothing between them: there the cable stands where the rep left it, and has no
load. Those rows are made up, and the head of the file says so. Raw samples exist only where `cablerep record` wrote
them.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cablerep import __version__
from cablerep.history.logbook import Entry
from cablerep.store.curve import Curve
from cablerep.store.database import StoredRep
from cablerep_fw.core.sense.ring import NO_LOAD

from .workout import GENERIC_NAME

UM_PER_COUNT = 100  # the store keeps tenths of a millimetre
MN_PER_COUNT = 100  # and tenths of a newton
_STILL_S = 2.0  # before the first rep and behind the last; the detector wants 1 s to see a start position
_MICROSECONDS = 1_000_000

Counts = NDArray[np.int64]


class Rows(NamedTuple):
    """What `cablerep_sim.trace.writer.write_trace` takes beside a path."""

    meta: dict[str, object]
    t_us: Counts
    travel: Counts
    load: Counts


def rows(one: Entry, curve_of: Callable[[StoredRep], Curve | None]) -> Rows | None:
    """Return the trace of a set, or None where not one of its reps has a curve.

    A rep without a curve is left out like a rest between two.
    """
    drawn = [(rep, curve) for rep in one.set.reps if (curve := curve_of(rep)) is not None]
    if not drawn:
        return None
    rate_hz = drawn[0][1].rate_hz
    travel, load = _counts(drawn, rate_hz)
    meta: dict[str, object] = {
        "rate_hz": rate_hz,
        "um_per_count": UM_PER_COUNT,
        "mn_per_count": MN_PER_COUNT,
        "load_zero": 0,
        "device": one.set.board,
        "exercise": one.exercise or GENERIC_NAME,
        **({"side": one.side} if one.side else {}),
        "source": f"cablerep export, version {__version__}, set {one.id} of {one.set.at.isoformat(timespec='seconds')}",
        "filled": "rows between reps are not measured: the cable stands where the rep left it",
    }
    return Rows(meta, np.arange(len(travel), dtype=np.int64) * _MICROSECONDS // rate_hz, travel, load)


def _counts(drawn: list[tuple[StoredRep, Curve]], rate_hz: int) -> tuple[Counts, Counts]:
    """Return travel and load counts of every period from _STILL_S before the first rep to _STILL_S after the last."""
    origin_s = drawn[0][0].start_s - _STILL_S
    length = round((drawn[-1][0].end_s - origin_s + _STILL_S) * rate_hz)
    travel = np.zeros(length, np.int64)
    load = np.full(length, NO_LOAD, np.int64)
    level = 0  # counts, where the rep before ended
    for rep, curve in drawn:
        first = round((rep.start_s - origin_s) * rate_hz)
        last = min(first + len(curve.travel_mm), length)
        kept = last - first
        travel[first:last] = level + np.rint(curve.travel_mm[:kept] * 1000 / UM_PER_COUNT).astype(np.int64)
        if curve.force_n is not None:
            known = np.isfinite(curve.force_n[:kept])
            counts = np.rint(np.nan_to_num(curve.force_n[:kept]) * 1000 / MN_PER_COUNT).astype(np.int64)
            load[first:last] = np.where(known, counts, NO_LOAD)
        level = int(travel[last - 1])
        travel[last:] = level
    return travel, load
