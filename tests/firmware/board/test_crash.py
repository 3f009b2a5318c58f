"""An application that fails leaves a report and a light, and starts again; the report reaches the next host."""

from pathlib import Path

import pytest
from fake_chip import Reset
from fake_port import plug

from cablerep_fw import app, main


@pytest.fixture
def crash(chip, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def print_exception(error, out):
        out.write("Traceback (most recent call last):\n")
        out.write(f"{type(error).__name__}: {error}\n")

    module = chip.load("crash")
    module.port = plug(chip, "crash")
    module.sys.print_exception = print_exception
    return module


def fail(monkeypatch, error):
    def run():
        raise error

    monkeypatch.setattr(app, "run", run)
    with pytest.raises(Reset):
        main.main()


def test_a_failure_is_kept_shown_and_followed_by_a_restart(chip, crash, monkeypatch, capsys):
    chip.interrupt_char = -1
    fail(monkeypatch, MemoryError("memory allocation failed, allocating 24576 bytes"))
    assert crash.last() == "MemoryError: memory allocation failed, allocating 24576 bytes"
    assert "MemoryError" in capsys.readouterr().out, "for whoever is at the port"
    assert 5_000_000 < chip.now_us < 8_000_000, "the light is seen, before the watchdog barks"
    assert chip.levels["LED"] == 0


def test_the_watchdog_runs_before_the_application_is_loaded(chip, crash, monkeypatch):
    """A start that hangs ends in a reset, one that fails shows its light first."""

    def run():
        assert chip.wdt.fed > 0
        chip.wdt.fed = 0
        raise ValueError("bad")

    monkeypatch.setattr(app, "run", run)
    with pytest.raises(Reset):
        main.main()
    assert chip.wdt.fed == 1


@pytest.mark.parametrize(
    "typed, error", [(b"\r\x03", KeyboardInterrupt), (b"\x00\x05\x81\x03\x03\x03\x00", Reset)], ids=["person", "frame"]
)
def test_ctrl_c_during_the_light_stops_the_watchdog_and_a_frame_does_not(chip, crash, monkeypatch, typed, error):
    """The frames of a host that waits for the application may contain 0x03, and end with 0."""

    def run():
        raise ValueError("bad")

    crash.port.typed += typed
    monkeypatch.setattr(app, "run", run)
    chip.interrupt_char = -1
    with pytest.raises(error):
        main.main()
    stopped = chip.scratch.get(0x4005B000) == 1 << 30
    assert (stopped, chip.interrupt_char) == ((True, 3) if error is KeyboardInterrupt else (False, -1))


def test_the_same_failure_is_written_once(crash, monkeypatch):
    fail(monkeypatch, ValueError("bad"))
    before = Path(crash.PATH).stat().st_mtime_ns
    fail(monkeypatch, ValueError("bad"))
    assert Path(crash.PATH).stat().st_mtime_ns == before
    fail(monkeypatch, ValueError("worse"))
    assert crash.last() == "ValueError: worse"


def test_a_full_file_system_does_not_stop_the_restart(crash, monkeypatch):
    def full(path, mode="r"):
        raise OSError(28)

    monkeypatch.setattr(crash, "open", full, raising=False)
    fail(monkeypatch, ValueError("bad"))
    assert crash.last() == ""


def test_ctrl_c_is_no_failure(crash, monkeypatch):
    def run():
        raise KeyboardInterrupt

    monkeypatch.setattr(app, "run", run)
    with pytest.raises(KeyboardInterrupt):
        main.main()
    assert crash.last() == ""


def test_the_next_host_is_told_until_the_faults_are_cleared(chip, crash, monkeypatch):
    fail(monkeypatch, OSError("no PIO block has room"))
    plug(chip)
    chip.answer({2: 0, 6: None})
    chip.restart(cause=3)
    board = chip.load("rp2.station").Board()
    assert "the firmware failed and started again: OSError: no PIO block has room" in board.notes
    assert board.faults()
    board.clear_faults()
    chip.restart(cause=1)
    assert not any("failed" in note for note in chip.load("rp2.station").Board().notes)
