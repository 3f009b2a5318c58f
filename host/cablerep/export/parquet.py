"""Parquet for analysis: a row per rep with its set's figures and its curve; units in column names and in metadata.

One table of reps rather than two tables: the repeated figures of a set compress to almost nothing.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from cablerep import __version__
from cablerep.device.fields import REP_FIELDS
from cablerep.errors import OutputError
from cablerep.history.logbook import Entry
from cablerep.history.training import rep_at
from cablerep.store.curve import Curve
from cablerep.store.database import StoredRep
from cablerep.units import unit_of

if TYPE_CHECKING:
    import pyarrow as pa

# A rep's columns; `set` stands among the set's columns, and `known_s` is when the board sent the message.
_REP_COLUMNS = tuple(field for field in REP_FIELDS if field.name not in ("set", "known_s"))


def encode(entries: Iterable[Entry], curve_of: Callable[[StoredRep], Curve | None]) -> bytes:
    """Return the file. Raises OutputError without pyarrow."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise OutputError(
            "Parquet needs pyarrow; install it from your clone of cablerep: pip install '.[export]'"
        ) from error
    rows = [_row(entry, rep, curve_of(rep)) for entry in entries for rep in entry.set.reps]
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, _schema(pa)), buffer, compression="zstd")
    return buffer.getvalue()


def _row(entry: Entry, rep: StoredRep, curve: Curve | None) -> dict[str, Any]:
    stored = entry.set
    return {
        "at": rep_at(stored, rep),
        "board": stored.board,
        "session": stored.session,
        "set": stored.set,
        "set_id": stored.id,
        "exercise": entry.exercise,
        "profile": stored.profile,
        "side": stored.side,
        "lifter": entry.lifter,
        "set_rom_mm": stored.rom_mm,
        "set_load_n": entry.load_n,
        "set_measured_n": stored.load_n,
        "set_type": stored.type,
        "set_rpe": stored.rpe,
        "set_missing_reps": stored.missing,
        "at_guessed": stored.at_guessed,
        **{field.name: getattr(rep, field.name) for field in _REP_COLUMNS},
        "curve_rate_hz": None if curve is None else curve.rate_hz,
        "curve_travel_mm": None if curve is None else curve.travel_mm,
        "curve_force_n": None if curve is None else curve.force_n,
    }


def _schema(pa: Any) -> pa.Schema:
    category = pa.dictionary(pa.int32(), pa.string())  # few values, many rows
    texts = pa.list_(pa.string())
    kinds: dict[object, Any] = {int: pa.int32(), float: pa.float64(), str: category, tuple[str, ...]: texts}
    types = {
        "at": pa.timestamp("ms", "UTC"),
        "board": category,
        "session": pa.int64(),
        "set": pa.int32(),
        "set_id": pa.string(),
        "exercise": category,
        "profile": pa.int16(),
        "side": category,
        "lifter": category,
        "set_rom_mm": pa.float64(),
        "set_load_n": pa.float64(),
        "set_measured_n": pa.float64(),
        "set_type": category,
        "set_rpe": pa.float64(),
        "set_missing_reps": pa.int32(),
        "at_guessed": pa.bool_(),
        **{field.name: kinds[field.kind] for field in _REP_COLUMNS},
        "curve_rate_hz": pa.int32(),
        **dict.fromkeys(("curve_travel_mm", "curve_force_n"), pa.list_(pa.float32())),
    }
    fields = [pa.field(name, kind, metadata=_metadata(name)) for name, kind in types.items()]
    return pa.schema(fields, metadata={"source": f"cablerep export, version {__version__}", "row": "one repetition"})


def _metadata(name: str) -> dict[str, str] | None:
    unit = unit_of(name)
    return {"unit": unit} if unit else None
