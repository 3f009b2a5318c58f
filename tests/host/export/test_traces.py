"""Trace files of stored curves: the detector finds the same reps in them again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from logbook_pages import page, rep
from rep_curves import drawn, fill

from cablerep.export import traces
from cablerep.history import logbook
from cablerep.lab.evaluation import detect
from cablerep.store.curve import Curve
from cablerep.store.database import Store
from cablerep_fw.core.sense.ring import NO_LOAD
from cablerep_sim.trace.trace import open_trace
from cablerep_sim.trace.writer import write_trace

# A curve has 50 points a second and starts with the rep; a boundary may move by a few of its periods.
NEAR_S = 0.12


def test_replay_finds_the_reps_of_a_set_again(tmp_path: Path) -> None:
    fill(tmp_path / "store.sqlite", 5)
    with Store(tmp_path / "store.sqlite") as store:
        (one,) = logbook.entries(store)
        rows = traces.rows(one, store.curve)
    assert rows is not None
    write_trace(tmp_path / "set.csv.gz", **rows._asdict())
    found = detect(open_trace(tmp_path / "set.csv.gz")).settled()
    assert [each.kind for each in found] == ["full"] * 5
    for there, here in zip(one.set.reps, found, strict=True):
        assert here.hold_s == pytest.approx(there.hold_s, abs=NEAR_S)
        assert here.eccentric_s == pytest.approx(there.eccentric_s, abs=NEAR_S)
        assert here.rom_mm == pytest.approx(there.rom_mm, abs=0.02 * there.rom_mm)
        assert here.force_mean_n == pytest.approx(there.force_mean_n, rel=0.03)


def test_rows_hold_the_curves_at_their_times() -> None:
    one = page(2, side="left")
    rows = traces.rows(one, drawn)
    assert rows is not None
    assert rows.meta["side"] == "left"
    assert rows.meta["filled"]
    assert "incomplete" not in rows.meta and "estimated" not in str(rows.meta["source"])
    lacking = replace(one, set=replace(one.set, reps_reported=3, partials_reported=0, at_guessed=True))
    marked = traces.rows(lacking, drawn)
    assert marked is not None
    assert (marked.meta["incomplete"], str(marked.meta["source"])[-17:]) == ("1 of 3 reps missing", " (date estimated)")
    assert (np.diff(rows.t_us) == 20_000).all()
    first, second = (curve.travel_mm for curve in map(drawn, one.set.reps))
    begin = 2 * 50  # two seconds of standing still
    assert not rows.travel[:begin].any()
    assert rows.travel[begin : begin + len(first)] == pytest.approx(first * 10, abs=0.5)
    rest = rows.travel[begin + len(first) : begin + 500]
    assert (rest == rest[0]).all()
    assert rows.travel[begin + 500 : begin + 500 + len(second)] == pytest.approx(rest[0] + second * 10, abs=1)
    assert (rows.load[begin + len(first) : begin + 500] == NO_LOAD).all(), "filled rows have no load"


def test_reps_without_a_curve_are_filled_in_and_sets_without_any_skipped() -> None:
    one = page(3)
    rows = traces.rows(one, lambda each: None if each.seq == 2 else drawn(each, None))
    assert rows is not None
    assert (rows.load == NO_LOAD).all()
    middle = slice(100 + 500, 100 + 1000)
    assert len(set(rows.travel[middle].tolist())) == 1
    assert traces.rows(one, lambda _: None) is None
    assert traces.rows(page([]), drawn) is None


def test_a_rep_starts_where_the_previous_one_ended() -> None:
    def drifting(one: Any) -> Curve:
        curve = drawn(one)
        return Curve(curve.rate_hz, curve.travel_mm + np.linspace(0, 30, len(curve.travel_mm)), None)

    rows = traces.rows(page(2), drifting)
    assert rows is not None
    assert rows.travel[100 + 500] == pytest.approx(300, abs=30), "30 mm in counts of 0.1 mm"
    assert rows.travel[-1] == pytest.approx(600, abs=60)


def test_an_unknown_force_is_an_empty_load() -> None:
    curve = drawn(rep(1))
    assert curve.force_n is not None
    curve.force_n[3] = np.nan
    rows = traces.rows(page(1), lambda _: curve)
    assert rows is not None
    assert rows.load[103] == NO_LOAD
    assert rows.load[104] == round(curve.force_n[4] * 10)
