"""Parquet for analysis: a row for each rep, with its set's figures and its curve; units in the names and in metadata.

A table of reps and not of sets, because a set's figures repeat well (they compress to nothing) and a rep's do not.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from cablerep import __version__
from cablerep.device.fields import REP_FIELDS
from cablerep.errors import OutputError
from cablerep.history.logbook import Entry
from cablerep.history.visits import rep_at
from cablerep.store.curve import Curve
from cablerep.store.database import StoredRep
from cablerep.units import unit_of

if TYPE_CHECKING:
    import pyarrow as pa

# A rep's columns; `set` is the set's, and `known_s` says when the board sent the message.
_REP_COLUMNS = tuple(field for field in REP_FIELDS if field.name not in ("set", "known_s"))


def encode(entries: Iterable[Entry], curve_of: Callable[[StoredRep], Curve | None]) -> bytes:
    """Return the file. Raises OutputError without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise OutputError("Parquet needs pyarrow; install it with: pip install 'cablerep[export]'") from error
    rows = [_row(one, rep, curve_of(rep)) for one in entries for rep in one.set.reps]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, _schema(pa)), buffer, compression="zstd")
    return buffer.getvalue()


def _row(entry: Entry, rep: StoredRep, curve: Curve | None) -> dict[str, Any]:
    one = entry.set
    return {
        "at": rep_at(one, rep),
        "board": one.board,
        "session": one.session,
        "set": one.set,
        "set_id": one.id,
        "exercise": entry.exercise,
        "profile": one.profile,
        "side": one.side,
        "set_rom_mm": one.rom_mm,
        "set_load_n": one.load_n,
        **{field.name: getattr(rep, field.name) for field in _REP_COLUMNS},
        "curve_rate_hz": None if curve is None else curve.rate_hz,
        "curve_travel_mm": None if curve is None else curve.travel_mm,
        "curve_force_n": None if curve is None else curve.force_n,
    }


def _schema(pa: Any) -> pa.Schema:
    word = pa.dictionary(pa.int32(), pa.string())  # few values, many rows
    kinds: dict[object, Any] = {int: pa.int32(), float: pa.float64(), str: word, tuple[str, ...]: pa.list_(pa.string())}
    types = {
        "at": pa.timestamp("ms", "UTC"),
        "board": word,
        "session": pa.int64(),
        "set": pa.int32(),
        "set_id": pa.string(),
        "exercise": word,
        "profile": pa.int16(),
        "side": word,
        "set_rom_mm": pa.float64(),
        "set_load_n": pa.float64(),
        **{field.name: kinds[field.kind] for field in _REP_COLUMNS},
        "curve_rate_hz": pa.int32(),
        **dict.fromkeys(("curve_travel_mm", "curve_force_n"), pa.list_(pa.float32())),
    }
    fields = [pa.field(name, kind, metadata=_metadata(name)) for name, kind in types.items()]
    return pa.schema(fields, metadata={"source": f"cablerep export, version {__version__}", "row": "one repetition"})


def _metadata(name: str) -> dict[str, str] | None:
    unit = unit_of(name)
    return {"unit": unit} if unit else None
