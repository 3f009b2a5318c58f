"""Truth files: what is written is what is read, and every error names file, key, value and cure."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cablerep_fw.core.link import wire
from cablerep_sim.truth.file import Truth, TruthError, TruthHold, TruthRep, load, parse, path_beside, save, to_dict

REP = {"kind": "full", "start_s": 1.0, "top_s": 2.0, "release_s": 3.0, "end_s": 4.0, "rom_mm": 300.0}
INSTANTS = st.lists(st.floats(0, 1000).map(lambda t: round(t, 4)), min_size=4, max_size=4).map(sorted)
FLAGS = st.lists(st.sampled_from(wire.FLAGS), unique=True).map(tuple)
SPEEDS = st.none() | st.floats(0.03, 3).map(lambda v: float(f"{v:.6g}"))


@st.composite
def reps(draw: st.DrawFn) -> TruthRep:
    start_s, top_s, release_s, end_s = draw(INSTANTS)
    form = {} if draw(st.booleans()) else {"flags": draw(FLAGS), "unclear": draw(FLAGS)}
    kind = draw(st.sampled_from(["full", "partial"]))
    return TruthRep(kind, start_s, end_s, top_s, release_s, 250.0, draw(SPEEDS), **form)


@settings(deadline=None)  # the first example imports pydantic
@given(st.lists(reps(), max_size=5), st.none() | st.integers(0, 9), st.integers(0, 3))
def test_what_is_written_is_what_is_read(members: list[TruthRep], sets: int | None, tolerance: int) -> None:
    truth = Truth("analytic", len(members), tolerance, sets, tuple(members), limits={"profile": 1, "rest": 8000})
    assert parse(json.dumps(to_dict(truth)), "x") == truth


def test_a_saved_truth_loads_again(tmp_path: Path) -> None:
    truth = Truth("by_eye", 11, 1, notes="a picture")
    path = path_beside(tmp_path / "set.csv.gz")
    assert path == path_beside(tmp_path / "set.csv") == tmp_path / "set.truth.json"
    save(truth, path)
    assert load(path) == truth
    assert json.loads(path.read_text()) == {"truth": "by_eye", "reps_total": 11, "tolerance": 1, "notes": "a picture"}


def test_only_truth_and_either_reps_or_reps_total_are_required() -> None:
    assert parse('{"truth": "label", "reps_total": 3}', "x") == Truth("label", 3)
    short = {"kind": "partial", "start_s": 5, "end_s": 6}
    truth = parse(json.dumps({"truth": "analytic", "reps": [REP, short], "load_n": 98.1}), "x")
    assert (truth.reps_total, truth.count("full"), truth.count("partial")) == (2, 1, 1)
    assert truth.reps is not None and [rep.hold_s for rep in truth.reps] == [1.0, None]
    assert Truth("label", 3).count("full") is None


@pytest.mark.parametrize(
    "command", ["from cablerep_sim import scenarios; scenarios.build('clean')", "import cablerep_sim.truth.file"]
)
def test_pydantic_is_imported_only_to_read_a_file(command: str) -> None:
    done = subprocess.run([sys.executable, "-c", f"{command}; import sys; assert 'pydantic' not in sys.modules"])
    assert done.returncode == 0


HOLDS = {"truth": "by_eye", "reps_total": 30, "holds": [{"top_s": 1.5, "release_s": 4.0, "hold_s": 2.5}]}


def test_holds_seen_by_eye_are_read_and_written() -> None:
    truth = parse(json.dumps({**HOLDS, "holds_tolerance_s": 0.15}), "x")
    assert truth.holds == (TruthHold(1.5, 4.0, 2.5),)
    assert truth.holds_tolerance_s == 0.15
    assert parse(json.dumps(to_dict(truth)), "x") == truth


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "holds [], not an object"),
        ({}, "truth is missing"),
        ({"truth": "guess", "reps_total": 1}, "truth is 'guess'; it must be one of 'analytic', 'label' or 'by_eye'"),
        ({"truth": "label"}, "neither reps nor reps_total"),
        ({"truth": "label", "reps_total": -1}, "reps_total is -1"),
        ({"truth": "label", "reps_total": True}, "reps_total is True"),
        ({"truth": "label", "reps_total": 1, "tolerance": "x" * 99}, "tolerance is 'xxx"),
        ({"truth": "label", "reps": {}}, "reps is {}; it must be a list"),
        ({"truth": "label", "reps": [REP], "reps_total": 2}, "reps_total is 2, but reps lists 1"),
        ({"truth": "label", "reps": [3]}, "reps[0] is 3"),
        (
            {"truth": "label", "reps": [REP, {**REP, "kind": "rejected"}]},
            "reps[1].kind is 'rejected'; it must be one of",
        ),
        ({"truth": "label", "reps": [{**REP, "end_s": None}]}, "reps[0].end_s is None; it must be a number"),
        ({"truth": "label", "reps": [{**REP, "rom_mm": "wide"}]}, "rom_mm is 'wide'"),
        ({"truth": "label", "reps": [{**REP, "rom_mm": float("nan")}]}, "rom_mm is nan"),
        ({"truth": "label", "reps": [{**REP, "top_s": 3.5}]}, "are not in order"),
        ({"truth": "label", "reps": [{**REP, "flags": "swing"}]}, "reps[0].flags is 'swing'; it must be a list"),
        (
            {"truth": "label", "reps": [{**REP, "unclear": ["sag"]}]},
            "reps[0]: the flags ['sag'] are not all among hold_short,",
        ),
        ({"truth": "label", "reps": [REP], "limits": [1]}, "limits is [1]; it must be an object"),
        (
            {"truth": "label", "reps": [REP], "limits": {"hold": 1}},
            "limits: there is no limit 'hold'; the limits are",
        ),
    ],
)
def test_an_error_names_key_value_and_cure(data: object, message: str) -> None:
    with pytest.raises(TruthError, match=re.escape(message)) as caught:
        parse(json.dumps(data), "set.truth.json")
    assert str(caught.value).startswith("set.truth.json")
    assert len(str(caught.value)) < 240, "a line, and the names of all limits"


def test_an_unreadable_or_unwritable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(TruthError, match=r"gone\.truth\.json: cannot be read"):
        load(tmp_path / "gone.truth.json")
    for content in (b"{", b"\xff\xfe", b""):
        (tmp_path / "bad.truth.json").write_bytes(content)
        with pytest.raises(TruthError, match=r"bad\.truth\.json: is not JSON"):
            load(tmp_path / "bad.truth.json")
    with pytest.raises(TruthError, match="cannot be written"):
        save(Truth("label", 1), tmp_path / "no folder" / "x.truth.json")
