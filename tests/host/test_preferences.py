"""Preferences: chosen once, kept in a file, overridden by the environment, and mended if broken."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cablerep import preferences, units
from cablerep.errors import PreferenceError
from cablerep.preferences import Preferences


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Give the user a configuration folder of their own, and kilograms again afterwards."""
    file = tmp_path / "config" / "preferences.toml"
    monkeypatch.setattr(preferences, "path", lambda: file)
    monkeypatch.delenv(preferences.UNITS_VARIABLE, raising=False)
    yield file
    units.choose_weight_unit("kg")


def test_kilograms_are_the_default() -> None:
    assert preferences.load() == Preferences("kg")


@pytest.mark.parametrize("unit", list(units.WEIGHT_UNITS))
def test_a_choice_is_kept(unit: str) -> None:
    preferences.save(Preferences(unit))
    assert preferences.load() == Preferences(unit)
    preferences.apply()
    assert units.weight_unit().symbol == unit


def test_the_environment_overrides_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    preferences.save(Preferences("lb"))
    monkeypatch.setenv(preferences.UNITS_VARIABLE, "N")
    assert preferences.load() == Preferences("N")
    monkeypatch.setenv(preferences.UNITS_VARIABLE, "stone")
    with pytest.raises(PreferenceError, match="CABLEREP_UNITS: units is 'stone'; it must be one of kg, lb, N"):
        preferences.load()


@pytest.mark.parametrize(("text", "message"), [("units = ", "not TOML"), ('units = "oz"', "must be one of kg, lb, N")])
def test_a_broken_file_is_an_error_that_names_it(folder: Path, text: str, message: str) -> None:
    folder.parent.mkdir()
    folder.write_text(text, encoding="utf-8")
    with pytest.raises(PreferenceError, match=rf"preferences\.toml: .*{message}"):
        preferences.load()


@pytest.mark.skipif(sys.platform != "linux", reason="the configuration folder is named by XDG_CONFIG_HOME")
def test_the_command_chooses_for_the_commands_after_it(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path)}

    def run(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "cablerep", *arguments], env=environment, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr

    assert run("units") == (0, "kg\n")
    assert run("units", "lb") == (0, "weights are now shown in lb\n")
    assert run("units") == (0, "lb\n")
    (tmp_path / "cablerep" / "preferences.toml").write_text("units = 5", encoding="utf-8")
    status, text = run("profiles")
    assert (status, "units is 5; it must be one of" in text) == (1, True)
    assert run("units", "kg")[0] == 0, "a broken file is replaced"


def test_loads_in_each_unit() -> None:
    texts = []
    for unit in units.WEIGHT_UNITS:
        units.choose_weight_unit(unit)
        texts.append((units.weight_text(98.0665), units.shows_si()))
    assert texts == [("10.0 kg", False), ("22.0 lb", False), ("98 N", True)]
