"""`cablerep export` end to end, with its error messages."""

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from command_line import run
from rep_curves import BEGAN, fill, fill_later

from cablerep.cli.commands import export as command
from cablerep.errors import CablerepError, HistoryError, OutputError
from cablerep.lab.evaluation import detect
from cablerep.store.database import Store
from cablerep_sim.trace.trace import open_trace


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with sets of three and of two reps, left and right; nothing in these tests changes it."""
    path = tmp_path_factory.mktemp("store") / "store.sqlite"
    fill(path, 3, 2)
    return path


def make(store: Path, format_: str, out: Path, *arguments: object) -> int:
    return run(command, "export", "--format", format_, "-o", out, "--store", store, *arguments)


@pytest.mark.parametrize("format_", ["strong", "hevy"])
def test_csv_has_one_line_per_set(
    store: Path, tmp_path: Path, format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sets.csv"
    assert make(store, format_, out) == 0
    assert capsys.readouterr() == (f"{out}\n", "2 sets, 5 reps\n")
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";" if format_ == "strong" else ","))
    sets = [row for row in rows if row.get("Set Order") != "Note"]
    assert [row["Reps" if format_ == "strong" else "reps"] for row in sets] == ["3", "2"]
    assert list(tmp_path.iterdir()) == [out]


def test_jsonl_and_parquet_have_one_row_per_rep(store: Path, tmp_path: Path) -> None:
    assert make(store, "jsonl", tmp_path / "reps.jsonl") == 0
    things = [json.loads(line) for line in (tmp_path / "reps.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [thing["event"] for thing in things] == ["rep"] * 3 + ["set"] + ["rep"] * 2 + ["set"]
    assert make(store, "parquet", tmp_path / "reps.parquet") == 0
    rows = pq.read_table(tmp_path / "reps.parquet").to_pylist()
    assert [row["hold_s"] for row in rows] == [thing["hold_s"] for thing in things if thing["event"] == "rep"]
    assert all(len(row["curve_travel_mm"]) > 50 for row in rows)


@pytest.mark.parametrize(
    ("options", "sides"),
    [
        ((), ["left", "right"]),
        (("--last", 1), ["right"]),
        (("--side", "left"), ["left"]),
        (("--since", "2026-03-01", "--until", "2026-03-03"), ["left", "right"]),
    ],
)
def test_export_filters_like_history(
    store: Path, tmp_path: Path, options: tuple[object, ...], sides: list[str]
) -> None:
    assert make(store, "jsonl", tmp_path / "reps.jsonl", *options) == 0
    things = map(json.loads, (tmp_path / "reps.jsonl").read_text(encoding="utf-8").splitlines())
    assert [thing["side"] for thing in things if thing["event"] == "set"] == sides


def test_exported_traces_can_be_replayed(store: Path, tmp_path: Path) -> None:
    assert make(store, "traces", tmp_path / "curves") == 0
    left, right = sorted((tmp_path / "curves").iterdir())
    assert "-left-" in left.name
    assert "-right-" in right.name
    assert [len(detect(open_trace(path)).settled()) for path in (left, right)] == [3, 2]
    with pytest.raises(OutputError, match="this file exists"):
        make(store, "traces", tmp_path / "curves")
    assert make(store, "traces", tmp_path / "curves", "--force") == 0


def test_fit_writes_a_file_per_session(store: Path, tmp_path: Path) -> None:
    assert make(store, "fit", tmp_path / "one.fit") == 0
    assert (tmp_path / "one.fit").read_bytes()[8:12] == b".FIT"
    path = tmp_path / "two.sqlite"
    fill(path, 2)
    fill_later(path, BEGAN.replace(day=4))
    with pytest.raises(OutputError, match=r"two\.fit: these are 2 sessions and a FIT file holds one; give a folder"):
        make(path, "fit", tmp_path / "two.fit")
    assert make(path, "fit", tmp_path / "activities") == 0
    assert len(list((tmp_path / "activities").glob("2026-03-0*.fit"))) == 2


def test_sets_without_curves_are_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "store.sqlite"
    fill(path, 2)
    fill_later(path, BEGAN.replace(day=4))
    assert make(path, "traces", tmp_path / "curves") == 0
    assert "1 set without a curve skipped" in capsys.readouterr().err
    with pytest.raises(OutputError, match="no rep of these sets has a curve"):
        make(path, "traces", tmp_path / "none", "--last", 1)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("format_", "name", "cure"),
    [
        ("strong", "foo.txt", "ends in .csv"),
        ("jsonl", "x.csv", "ends in .jsonl or .json"),
        ("parquet", "x", "ends in .parquet"),
        ("fit", "x.csv", "fit needs a folder or a file .fit"),
        ("traces", "x.csv", "traces needs a folder"),
    ],
)
def test_a_name_that_does_not_fit_the_format_is_refused(
    store: Path, tmp_path: Path, format_: str, name: str, cure: str
) -> None:
    with pytest.raises(OutputError, match=cure):
        make(store, format_, tmp_path / name)
    assert not (tmp_path / name).exists()


def test_impossible_exports_write_nothing(store: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine", encoding="utf-8")
    for format_, out, options, told in (
        ("strong", there, (), "this file exists"),
        ("fit", there, (), r"there\.csv: fit needs a folder or a file .fit"),
        ("hevy", tmp_path / "absent" / "x.csv", (), "there is no folder"),
        ("fit", tmp_path / "absent" / "x", (), "there is no folder"),
        ("jsonl", tmp_path / "x.jsonl", ("--since", "2026-03-09"), "no set .*matches; 'cablerep history --all'"),
        ("jsonl", tmp_path / "x.jsonl", ("--exercise", "curl"), "no set .*matches"),
    ):
        with pytest.raises(CablerepError, match=told):
            make(store, format_, out, *options)
    assert list(tmp_path.iterdir()) == [there]
    assert there.read_text(encoding="utf-8") == "mine"
    Store(tmp_path / "empty.sqlite").close()
    with pytest.raises(HistoryError, match="matches"):
        make(tmp_path / "empty.sqlite", "strong", tmp_path / "x.csv")
