"""`cablerep simulate`: reproducible files that replay, and errors before anything is written."""

import os
from pathlib import Path

import pytest
from command_line import run

from cablerep.cli.commands import simulate
from cablerep_sim import scenarios
from cablerep_sim.errors import CablerepError
from cablerep_sim.trace.trace import open_trace
from cablerep_sim.truth import file as truth


def test_each_trace_has_a_truth_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "new" / "folder"
    arguments = ("--out", out, "--sets", 5, "--scenario", "clean", "lone_rep", "--rate", 100, "--seed", 4, "--jobs", 1)
    assert run(simulate, "simulate", *arguments) == 0
    names = ["clean-0004", "clean-0005", "clean-0006", "lone-rep-0004", "lone-rep-0005"]
    assert sorted(p.name for p in out.iterdir()) == [n + s for n in names for s in (".csv.gz", ".truth.json")]
    assert capsys.readouterr().out == f"5 recordings at 100 Hz in {out}\n"
    trace = open_trace(out / "clean-0004.csv.gz")
    recording = scenarios.build("clean", 4, 100)
    assert trace.rate_hz == 100
    assert trace.meta == recording.meta
    assert trace.rows == len(recording.t_us)
    written = truth.load(out / "clean-0004.truth.json")
    assert written.reps is not None and recording.truth.reps is not None
    assert (written.sets, written.reps_total) == (recording.truth.sets, recording.truth.reps_total)
    assert written.reps[0].start_s == pytest.approx(recording.truth.reps[0].start_s, abs=1e-4)


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        run(simulate, "simulate", "--out", tmp_path / folder, "--sets", 2, "--csv", "--jobs", 1)
    for path in (tmp_path / "a").iterdir():
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()
    assert {path.suffix for path in (tmp_path / "a").iterdir()} == {".csv", ".json"}


def test_the_list_names_every_scenario(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(simulate, "simulate", "--list") == 0
    named, faults = capsys.readouterr().out.split("\n\n")
    lines = named.splitlines()
    assert [line.split()[0] for line in lines] == list(scenarios.NAMES)
    assert all(len(line.split()) > 2 and line.endswith(".") for line in lines)
    assert [line.split()[0] for line in faults.splitlines()[1:]] == list(scenarios.options.FAULT_NAMES)


def test_options_are_the_same_as_in_an_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (
        "--sets",
        1,
        "--scenario",
        "clean",
        "--with",
        "reps=4",
        "hold_s=2",
        "faults=hold_short@2,no-load",
        "--jobs",
        1,
    )
    assert run(simulate, "simulate", "--out", tmp_path, *arguments) == 0
    written = truth.load(tmp_path / "clean-0001.truth.json")
    assert written.reps is not None and len(written.reps) == 4
    assert [rep.flags for rep in written.reps] == [(), ("hold_short",), (), ()]
    assert written.limits["profile"] == 1 and written.limits["hold_target"] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give --out DIR"),
        (("--out", "x", "--scenario", "kickback"), "there is no scenario 'kickback'"),
        (("--out", "x", "--rate", "5"), "rate_hz is 5"),
        (("--out", "x", "--seed", "-1"), "seed is -1"),
        (("--out", "x", "--with", "faults=rust"), "there is no fault 'rust'"),
        (("--out", "x", "--with", "faults=swing@99"), "there is no rep 99 for swing; glute-kickback has 8"),
        (("--out", "x", "--with", "reps"), "--with reps: reps has no value; write KEY=VALUE"),
        (("--out", "x", "--with", "reps=2", "reps=3"), "reps is given twice"),
        (("--out", "x", "--with", "rate_hz=100"), "there is no option 'rate_hz'"),
    ],
)
def test_bad_options_write_nothing(
    arguments: tuple[str, ...], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CablerepError, match=words):
        run(simulate, "simulate", *arguments)
    assert not list(tmp_path.iterdir())


def test_existing_files_are_kept_without_force(tmp_path: Path) -> None:
    arguments = ("simulate", "--out", tmp_path, "--sets", 1, "--scenario", "clean", "--jobs", 1)
    truth = tmp_path / "clean-0001.truth.json"
    truth.write_text("mine")
    with pytest.raises(CablerepError, match=r"clean-0001\.truth\.json: this file exists.*--force"):
        run(simulate, *arguments)
    assert [path.name for path in tmp_path.iterdir()] == [truth.name] and truth.read_text() == "mine"
    assert run(simulate, *arguments, "--force") == 0
    assert truth.read_text() != "mine"


@pytest.mark.skipif(os.name != "posix", reason="symbolic links")
def test_nothing_is_written_through_a_planted_link(tmp_path: Path) -> None:
    out, victim = tmp_path / "out", tmp_path / "victim"
    out.mkdir()
    arguments = ("simulate", "--out", out, "--sets", 1, "--scenario", "clean", "--jobs", 1)
    for name in ("clean-0001.truth.json", "clean-0001.csv.gz", "clean-0001.csv.gz.part", "clean-0001.truth.json.part"):
        (out / name).symlink_to(victim)
    with pytest.raises(CablerepError, match="this file exists"):
        run(simulate, *arguments)
    assert run(simulate, *arguments, "--force") == 0
    assert not victim.exists()
    assert not any(path.is_symlink() for path in out.iterdir())


def test_an_impossible_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CablerepError, match=r"file.*cannot be created"):
        run(simulate, "simulate", "--out", tmp_path / "file" / "x")


def test_zero_sets_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(simulate, "simulate", "--sets", 0)
    assert ended.value.code == 2
    assert "'0' is not a whole number of 1 or more" in capsys.readouterr().err
