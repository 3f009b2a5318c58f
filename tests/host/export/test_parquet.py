"""Parquet: a row per rep, typed, with units in names and metadata."""

import builtins
import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from logbook_pages import FIRST, page, rep
from rep_curves import drawn

from cablerep.errors import OutputError
from cablerep.export import parquet


def test_values_survive_a_round_trip() -> None:
    one = page([rep(1, flags=("swing", "slam")), rep(2, force_mean_n=None, rep=None, kind="partial")], side="right")
    curves = {1: drawn(one.set.reps[0]), 2: drawn(one.set.reps[1], None)}
    table = pq.read_table(io.BytesIO(parquet.encode([one], lambda each: curves[each.seq])))
    first, second = table.to_pylist()
    assert (first["at"], first["set_id"], first["exercise"]) == (FIRST, one.id, "Kickback")
    assert (first["hold_s"], first["flags"], first["set_load_n"]) == (2.2, ["swing", "slam"], 150.0)
    assert (second["rep"], second["kind"], second["force_mean_n"]) == (None, "partial", None)
    assert (first["set_missing_reps"], first["at_guessed"]) == (0, False)
    assert first["curve_travel_mm"] == pytest.approx(curves[1].travel_mm.tolist())
    assert first["curve_force_n"] == pytest.approx(curves[1].force_n.tolist())
    assert (second["curve_rate_hz"], second["curve_force_n"]) == (50, None)


def test_columns_are_typed_and_have_units() -> None:
    schema = pq.read_schema(io.BytesIO(parquet.encode([], lambda _: None)))
    units = {field.name: (field.metadata or {}).get(b"unit") for field in schema}
    assert (units["hold_s"], units["rom_mm"], units["concentric_mean_m_s"]) == (b"s", b"mm", b"m/s")
    assert (units["force_mean_n"], units["work_j"], units["power_mean_w"]) == (b"N", b"J", b"W")
    assert (units["curve_force_n"], units["curve_rate_hz"], units["kind"], units["session"]) == (
        b"N",
        b"Hz",
        None,
        None,
    )
    assert schema.field("at").type == pa.timestamp("ms", "UTC")
    assert not any(pa.types.is_null(field.type) for field in schema), "an empty table is typed too"


def test_a_rep_without_a_curve_has_a_row() -> None:
    (row,) = pq.read_table(io.BytesIO(parquet.encode([page(1)], lambda _: None))).to_pylist()
    assert (row["curve_travel_mm"], row["curve_rate_hz"]) == (None, None)


def test_a_missing_library_is_reported_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def lacking(name: str, *arguments: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(OutputError, match=r"pip install '\.\[export\]'"):
        parquet.encode([page(1)], lambda _: None)
