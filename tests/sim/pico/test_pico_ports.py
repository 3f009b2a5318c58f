"""`cablerep pico` and the commands that open its port, each in its own process, as a user runs them."""

import json
import signal
import sys
import time
from pathlib import Path

import pytest
from processes import Cablerep, run

pytestmark = [
    pytest.mark.pico,
    pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows"),
]
PATIENCE_S = 30.0


@pytest.fixture
def port(chip_files, tmp_path):
    return tmp_path / "port"


def gone(process_id):
    """Say whether a process has ended, by the kernel's list."""
    state = Path(f"/proc/{process_id}/stat")
    return not state.exists() or state.read_text().split()[2] == "Z"


def children(process_id):
    return [int(child) for child in Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()]


def wait_until(what, patience_s=PATIENCE_S):
    end = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_flash_installs_the_firmware_and_monitor_stores_a_set(port, tmp_path):
    flash = tmp_path / "flash.bin"
    with Cablerep(
        "pico", "--blank", "--pty", "--link", port, "--speed", 0, "--flash-image", flash, patience_s=600
    ) as pico:
        assert pico.line() == str(port)
        status, said, err = run("flash", "--port", port, patience_s=500)
        assert (status, err) == (0, "")
        assert "every file on the board has the right hash" in said
        assert said.splitlines()[-1].startswith("started: cablerep ")
        status, said, _ = run("flash", "--port", port, patience_s=200)
        assert "files are already equal" in said
        assert pico.end(signal.SIGINT)[0] == 0
    assert not port.is_symlink()
    store = tmp_path / "reps.sqlite"
    with Cablerep(
        *("pico", "--pty", "--link", port, "--speed", 0, "--flash-image", flash, "--trace", "glute-kickback?reps=2"),
        patience_s=300,
    ) as pico:
        pico.line()
        with Cablerep("monitor", "--port", port, "--store", store, "--json", "--sets", 1, patience_s=300) as monitor:
            kinds = [thing["event"] for thing in map(json.loads, monitor.end()[1].splitlines())]
        assert kinds.count("rep") == 2
        assert kinds.count("set") == 1
        pico.end(signal.SIGINT)


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_process_is_left_behind_however_it_ends(port, by):
    with Cablerep("pico", "--pty", "--link", port, "--blank") as pico:
        pico.line()
        (node,) = children(pico.process.pid)
        pico.process.send_signal(by)
        pico.process.wait(PATIENCE_S)
        wait_until(lambda: gone(node))
        assert port.is_symlink() == (by == signal.SIGKILL)


def test_events_are_reported_on_standard_error(chip_files):
    with Cablerep("pico", "--tcp", "127.0.0.1:0", "--blank") as pico:
        assert pico.line().startswith("socket://127.0.0.1:")
        status, out, err = pico.end(signal.SIGINT)
    assert (status, out) == (0, "")
    assert "the chip starts (power on)" in err
