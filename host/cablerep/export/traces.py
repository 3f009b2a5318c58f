"""Stored sets as trace files in the contract's format, one per set; `cablerep replay` finds their reps again.

The store has a curve for each rep and nothing in between. Between reps the exported cable stays where the rep ended,
without a load; the file's header says that those rows are filled in. Raw samples exist only in recordings of
`cablerep record`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cablerep import __version__
from cablerep.history.logbook import Entry
from cablerep.store.curve import Curve
from cablerep.store.database import StoredRep
from cablerep.text.reps import missing_reps
from cablerep_fw.core.sense.ring import NO_LOAD

from .workout import GENERIC_NAME

UM_PER_COUNT = 100  # the store has tenths of a millimetre
MN_PER_COUNT = 100  # and tenths of a newton
_STILL_S = 2.0  # before the first rep and after the last; the detector needs 1 s to find a start position
_MICROSECONDS = 1_000_000

Counts = NDArray[np.int64]


class Rows(NamedTuple):
    """The arguments of `cablerep_sim.trace.writer.write_trace` other than the path."""

    meta: dict[str, object]
    t_us: Counts
    travel: Counts
    load: Counts


def rows(entry: Entry, curve_of: Callable[[StoredRep], Curve | None]) -> Rows | None:
    """Return the trace of a set, or None if none of its reps has a curve.

    A rep without a curve is filled in like a rest.
    """
    recorded = [(rep, curve) for rep in entry.set.reps if (curve := curve_of(rep)) is not None]
    if not recorded:
        return None
    rate_hz = recorded[0][1].rate_hz
    travel, load = _counts(recorded, rate_hz)
    at = entry.set.at.isoformat(timespec="seconds")
    estimated = " (date estimated)" if entry.set.at_guessed else ""
    meta: dict[str, object] = {
        "rate_hz": rate_hz,
        "um_per_count": UM_PER_COUNT,
        "mn_per_count": MN_PER_COUNT,
        "load_zero": 0,
        "device": entry.set.board,
        "exercise": entry.exercise or GENERIC_NAME,
        **({"side": entry.side} if entry.side else {}),
        "source": f"cablerep export, version {__version__}, set {entry.id} of {at}{estimated}",
        **({"incomplete": missing_reps(entry.set)} if entry.set.missing else {}),
        "filled": "rows between reps are not measured: the cable stays where the rep ended",
    }
    return Rows(meta, np.arange(len(travel), dtype=np.int64) * _MICROSECONDS // rate_hz, travel, load)


def _counts(recorded: list[tuple[StoredRep, Curve]], rate_hz: int) -> tuple[Counts, Counts]:
    """Return travel and load counts of every period from _STILL_S before the first rep to _STILL_S after the last."""
    origin_s = recorded[0][0].start_s - _STILL_S
    length = round((recorded[-1][0].end_s - origin_s + _STILL_S) * rate_hz)
    travel = np.zeros(length, np.int64)
    load = np.full(length, NO_LOAD, np.int64)
    level = 0  # counts, where the previous rep ended
    for rep, curve in recorded:
        first = round((rep.start_s - origin_s) * rate_hz)
        last = min(first + len(curve.travel_mm), length)
        length_used = last - first
        travel[first:last] = level + np.rint(curve.travel_mm[:length_used] * 1000 / UM_PER_COUNT).astype(np.int64)
        if curve.force_n is not None:
            known = np.isfinite(curve.force_n[:length_used])
            counts = np.rint(np.nan_to_num(curve.force_n[:length_used]) * 1000 / MN_PER_COUNT).astype(np.int64)
            load[first:last] = np.where(known, counts, NO_LOAD)
        level = int(travel[last - 1])
        travel[last:] = level
    return travel, load
