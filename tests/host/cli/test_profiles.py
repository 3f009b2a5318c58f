"""`cablerep profiles`, and what --profile changes in a replay."""

import json
from pathlib import Path

import command_line
import pytest

from cablerep.cli import main as cli
from cablerep.cli.commands import profiles, replay
from cablerep.exercise import library as profile_library
from cablerep_sim import scenarios
from cablerep_sim.trace.writer import write_trace


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv(profile_library.FOLDER_VARIABLE, str(tmp_path / "own"))
    return tmp_path / "own"


def test_the_list_shows_all_profiles_and_errors(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(profiles, "profiles") == 0
    out, err = capsys.readouterr()
    assert all(one.id in out for one in profile_library.shipped())
    assert err == ""
    folder.mkdir()
    (folder / "bad.toml").write_text("number = 3")
    assert command_line.run(profiles, "profiles") == 1
    out, err = capsys.readouterr()
    assert "hip-abduction" in out
    assert err.startswith(f"cablerep: error: {folder / 'bad.toml'}: name is missing")


def test_show_prints_a_whole_profile(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(profiles, "profiles", "show", "glute-medius-kickback") == 0
    out = capsys.readouterr().out
    for part in (
        "tempo     3-0-1-2: lift in 1 s, hold for 2 s, lower in 3 s, no rest at the bottom; 6 s a rep",
        "hold      1.5 s or more; more than 20 s counts as standing",
        "lowering  2 to 6 s; over 320 mm that is 0.05 to 0.16 m/s",
        "range     learned from the first 3 reps, usually 320 mm; too far from 120 %, cut short below 80 %",
        "Stop before the back arches.",
        "hold_short      Hold longer at the top: count two.",
        "slam            Set the stack down gently.",
        "our judgement",
    ):
        assert part in out


def test_a_new_profile_can_be_checked_and_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(profiles, "profiles", "new", "my-own", "--from", "hip-abduction") == 0
    path = folder / "my-own.toml"
    assert capsys.readouterr().out == f"{path}\n"
    assert command_line.run(profiles, "profiles", "check", path) == 0
    assert capsys.readouterr().out == f"{path}: OK\n"
    path.write_text(path.read_text().replace("[rom]", "[rom]\ntarget_mm = 420\nlargest_mm = 500"))
    assert command_line.run(profiles, "profiles", "show", "my-own") == 0
    assert "range     420 mm; too far from 500 mm, cut short below 80 %" in capsys.readouterr().out
    path.write_text("hold_s = 70\n")
    assert command_line.run(profiles, "profiles", "check", path) == 1
    assert capsys.readouterr().err.count("cablerep: error: ") == 4


def test_the_schema_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.run(profiles, "profiles", "schema") == 0
    assert json.loads(capsys.readouterr().out)["title"] == "cablerep exercise profile"


def test_an_unknown_profile_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["profiles", "show", "nothing"]) == 1
    assert capsys.readouterr().err.startswith("cablerep: error: there is no profile 'nothing'; the profiles are ")


def test_replay_judges_by_the_profile(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A target of 2 m makes partial reps of kickbacks."""
    recording = scenarios.build("clean", 3, reps=3)
    write_trace(tmp_path / "x.csv", recording.meta, recording.t_us, recording.travel, recording.load)
    rom_mm = max(rep.rom_mm for rep in recording.truth.reps or ())
    folder.mkdir()
    text = f'number = 100\nname = "Long"\ntempo = "2-0-1-0"\n[rom]\ntarget_mm = {rom_mm / 0.4:.0f}\n'
    (folder / "long.toml").write_text(text)
    counts = []
    for given in ([], ["--profile", "long"]):
        assert command_line.run(replay, "replay", tmp_path / "x.csv", "--json", *given) == 0
        things = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        counts.append((things[-1]["reps"], things[-1]["partials"]))
    assert counts == [(3, 0), (0, 3)]


def test_replay_prints_the_flags_of_a_profile(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = scenarios.build("glute-kickback", 3, reps=3, hold_s=1)
    write_trace(tmp_path / "x.csv", recording.meta, recording.t_us, recording.travel, recording.load)
    assert command_line.run(replay, "replay", tmp_path / "x.csv", "--profile", "glute-medius-kickback") == 0
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("  form: "))
    assert "rep 1 short hold" in line
