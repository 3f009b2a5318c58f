"""The emulator with a stand-in for the harness: it starts, takes commands, reports events, and always ends."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("littlefs", reason="the file system needs littlefs-python")

from cablerep_sim.errors import PicoError
from cablerep_sim.pico import emulator as module
from cablerep_sim.pico.emulator import Chip


def alive(process):
    return process.poll() is None


def test_the_emulators_files_are_removed_after_the_start(start, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    config = start(pace=3).wait_for("config", 10)
    assert config["files"] == [5, 4, None]
    assert config["config"]["pace"] == 3
    assert config["config"]["cell"] == "hx711"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["harness"]


def test_commands_arrive_and_events_come_in_order(start):
    chip = start()
    chip.send("press", after_us=5)
    chip.send("release")
    assert chip.wait_for("heard", 10) == {"event": "heard", "do": "press", "after_us": 5, "us": 1e6}
    assert chip.wait_for("heard", 10)["do"] == "release"
    assert chip.now_us == 1e6


def test_an_event_skipped_while_waiting_is_returned_later(start):
    chip = start()
    assert chip.ask("press", "heard", 10)["do"] == "press"
    assert chip.next(0)["event"] == "config"
    assert chip.next(0) is None


def test_a_missing_event_is_named(start):
    with pytest.raises(PicoError, match="sent no event 'begin' within 0 s"):
        start().wait_for("begin", 0.05)


def test_an_error_event_is_an_error_with_its_cure(start):
    with pytest.raises(PicoError, match="the emulator: the boot ROM is no boot ROM 'x'; give another"):
        start(fatal="x")


def test_a_harness_that_fails_at_its_start_is_quoted(start):
    with pytest.raises(PicoError, match="ended with status 3: TypeError: it broke"):
        start(crash=True)


def test_after_a_failure_every_call_reports_it(start):
    chip = start()
    chip.send("crash")
    for _ in range(2):
        with pytest.raises(PicoError, match="ended with status 4"):
            chip.wait_for("begin", 10)
    with pytest.raises(PicoError, match="ended with status 4"):
        for _ in range(100):
            chip.send("press")
    chip.close()


def test_lines_that_are_not_events_are_ignored(start):
    chip = start()
    chip.send("noise")
    assert chip.wait_for("heard", 10)["do"] == "noise"


def test_a_harness_of_another_version_is_refused(start):
    with pytest.raises(PicoError, match="has protocol version 2, this program 1"):
        start(protocol=2)


def test_the_flash_is_saved_to_the_path_given(start, tmp_path):
    start().save_flash(tmp_path / "flash.bin")
    assert (tmp_path / "flash.bin").read_bytes() == b"saved"


def test_closing_kills_a_harness_that_does_not_react(start, monkeypatch):
    monkeypatch.setattr(module, "_END_S", 0.2)
    chip = start(deaf=True)
    chip.close()
    assert not alive(chip._process)
    chip.close()


def test_no_orphan_survives_a_kill(harness, node):
    """kill -9 of this program: the harness sees the end of its standard input."""
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom cablerep_sim.pico.emulator import Chip, Emulator\n"
        f"one = Emulator(Chip(b'', b''), harness=Path({str(harness)!r}), node={node!r})\n"
        "print(one._process.pid, flush=True)\ntime.sleep(60)\n"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    child = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate()
    end = time.monotonic() + 10
    while Path(f"/proc/{child}/stat").exists() and Path(f"/proc/{child}/stat").read_text().split()[2] != "Z":
        assert time.monotonic() < end, "the harness outlived its parent"


def test_the_configuration_is_json(tmp_path):
    path = module._write_config(tmp_path, Chip(b"f", b"b", None, {"start": {"after": "host", "offset_us": 3}}))
    config = json.loads(path.read_text())
    assert config["start"] == {"after": "host", "offset_us": 3}
    assert config["rows"] is None
