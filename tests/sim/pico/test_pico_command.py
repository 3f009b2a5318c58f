"""`cablerep pico` as a command: conflicting options, missing pieces, and the parts that need no chip."""

import argparse
import sys

import pytest

pytest.importorskip("littlefs", reason="the file system needs littlefs-python")

import chip_image
from chip_image import written

from cablerep.cli import main as cli
from cablerep.cli.commands import pico
from cablerep_sim.pico import installation
from cablerep_sim.pico.port_server import Cue


@pytest.fixture
def files(tmp_path, monkeypatch):
    """The options that name a MicroPython image and a boot ROM, as far as they look like that."""
    monkeypatch.delenv(pico.IMAGE_VARIABLE, raising=False)
    monkeypatch.delenv(pico.BOOTROM_VARIABLE, raising=False)
    image = written(tmp_path, "bin", chip_image.image(), name="micropython")
    rom = written(tmp_path, "bin", chip_image.bootrom(), 0, name="bootrom")
    return ["--micropython", str(image), "--bootrom", str(rom)]


def refused(capsys, *arguments):
    """Return the one line with which the command line is refused."""
    assert cli.main(["pico", *arguments]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = [line for line in said.err.splitlines() if not line.startswith("cablerep: note: ")]
    return line.removeprefix("cablerep: error: ")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--link", "x"], "--link needs --pty"),
        (["--blank"], "--blank starts no firmware; give --pty or --tcp"),
        (["--json", "--pty"], "--json cannot be used with --pty or --tcp"),
        (["--bench", "--at", "1:press"], "--bench cannot be used with --at or --flash-image"),
        (["--bench", "--flash-image", "x"], "--bench cannot be used with --at or --flash-image"),
    ],
)
def test_options_that_conflict_are_refused(capsys, files, arguments, said):
    assert refused(capsys, *files, *arguments).startswith(said)


def test_both_files_are_required(capsys, files, monkeypatch):
    assert refused(capsys).startswith("give MicroPython for the Pico with --micropython or in CABLEREP_PICO_IMAGE")
    assert refused(capsys, *files[:2]).startswith(
        "give the RP2040's boot ROM with --bootrom or in CABLEREP_PICO_BOOTROM"
    )
    monkeypatch.setenv(pico.IMAGE_VARIABLE, files[3])
    monkeypatch.setenv(pico.BOOTROM_VARIABLE, files[1])
    assert "does not begin with a boot stage" in refused(capsys), "the variables name the files"


@pytest.mark.parametrize(
    "words", ["1", "x:press", "-1:press", "1:jump", "nan:press", "1e9:press", ":press", "inf:press", "1:"]
)
def test_a_malformed_cue_is_refused(words):
    with pytest.raises(argparse.ArgumentTypeError, match=r"SECONDS:ACTION, such as 12\.5:unplug"):
        pico._cue(words)


def test_a_cue_is_a_time_and_a_command_of_the_harness():
    assert pico._cue("12.5:unplug") == Cue(12.5, "unplug")


def test_a_missing_node_is_reported_before_anything_is_written(capsys, files, monkeypatch):
    monkeypatch.setattr(installation.shutil, "which", lambda name: None)
    assert "Node.js, which is not installed" in refused(capsys, *files, "--source")


def test_missing_libraries_are_named(capsys, files, monkeypatch):
    monkeypatch.setitem(sys.modules, "littlefs", None)
    assert refused(capsys, *files).endswith("pip install '.[pico]'")


def test_a_missing_trace_is_named(capsys, files):
    assert "no.csv" in refused(capsys, *files, "--trace", "no.csv")
    assert "there is no scenario 'none'" in refused(capsys, *files, "--trace", "none")


def test_a_file_that_is_not_a_saved_flash_is_refused(capsys, files, tmp_path):
    (tmp_path / "flash").write_bytes(b"x")
    assert "saved flash has 1 bytes" in refused(capsys, *files, "--flash-image", str(tmp_path / "flash"))


def test_each_important_event_of_the_harness_has_a_message():
    words = {
        "boot": {"reset": "power_on"},
        "usb": {"connected": False},
        "begin": {},
        "over": {},
        "flash": {"programmed": 512, "busy_us": 45000},
        "power": {"on": False},
        "led": {"on": True},
    }
    said = [pico._text({"event": name, "us": 1.5e6, **more}) for name, more in words.items()]
    assert said == [
        "1.500 s: the chip starts (power on)",
        "1.500 s: USB disconnected",
        "1.500 s: the trace begins",
        "1.500 s: the trace is over",
        "",
        "1.500 s: power off",
        "",
    ]
