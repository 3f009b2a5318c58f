"""`cablerep flash` end to end: the real mpremote and session, a board on a pseudo-terminal."""

import pytest
from fake_pty_board import PtyBoard
from fake_repl import FakeBoard

pytest.importorskip("mpremote", reason="mpremote is not installed")

from cablerep.cli import main as cli
from cablerep.setup import firmware_image, handover
from cablerep.setup.firmware_image import BoardFile

FILES = [
    BoardFile("cablerep_fw/__init__.py", b"version"),
    BoardFile("cablerep_fw/core/engine.py", bytes(range(256)) * 6),
    BoardFile("main.py", b"print('main')\n"),
]


@pytest.fixture(autouse=True)
def small_and_quick(monkeypatch):
    """Three files in place of some forty, and no patience with a REPL that has nothing to say."""
    monkeypatch.setattr(handover, "ANSWER_S", 0.2)
    monkeypatch.setattr(firmware_image, "build", lambda port, compiler, architecture: list(FILES))


@pytest.fixture
def plugged():
    with PtyBoard(FakeBoard()) as plugged:
        yield plugged


def flash(plugged, *more):
    return cli.main(["flash", "--port", plugged.device, "--source", *more])


def contents():
    return {file.path: file.data for file in FILES}


def test_an_empty_board_is_flashed_and_started(plugged, capsys):
    assert flash(plugged) == 0
    out = capsys.readouterr().out
    assert plugged.board.files == contents()
    assert "cablerep is not running there" in out
    assert "Raspberry Pi Pico with RP2040, MicroPython 1.26.1" in out
    assert "writing 3 files" in out
    assert "every file on the board has the right hash" in out
    assert out.splitlines()[-1].startswith("started: cablerep ")


def test_a_running_application_is_stopped_and_equal_files_are_skipped(plugged, capsys):
    assert flash(plugged) == 0
    plugged.board.changes.clear()
    assert flash(plugged) == 0
    out = capsys.readouterr().out
    assert "repl" in plugged.commands
    assert "all 3 files are up to date" in out
    assert plugged.board.changes == []
    assert plugged.board.resets == 2


def test_a_dry_run_writes_nothing(plugged, capsys):
    assert flash(plugged, "--dry-run") == 0
    assert plugged.board.files == {}
    assert plugged.board.resets == 0
    assert "would write 3 files" in capsys.readouterr().out


def test_a_dry_run_does_not_stop_a_running_application(plugged, capsys):
    assert flash(plugged) == 0
    plugged.kept = 3
    before = (plugged.board.resets, list(plugged.board.changes))
    assert flash(plugged, "--dry-run") == 0
    assert "would stop it, compare its files with version" in capsys.readouterr().out
    assert (plugged.board.resets, plugged.board.changes) == before
    assert "repl" not in plugged.commands


def test_the_next_run_completes_an_interrupted_one(capsys):
    board = FakeBoard()
    board.cut_after = 7
    with PtyBoard(board) as plugged:
        assert flash(plugged) == 1
        assert "the board disconnected" in capsys.readouterr().err
    assert "main.py" not in board.files
    board.cut_after = None
    with PtyBoard(board) as plugged:
        assert flash(plugged) == 0
    assert board.files == contents()


def test_unstored_reps_are_not_discarded(plugged, capsys):
    assert flash(plugged) == 0
    plugged.kept = 3
    assert flash(plugged) == 1
    assert "holds 3 reps and sets that are not stored yet" in capsys.readouterr().err
    assert flash(plugged, "--discard") == 0


def test_another_version_needs_discard(plugged, capsys):
    assert flash(plugged) == 0
    plugged.schema ^= 1
    resets = plugged.board.resets
    assert flash(plugged) == 1
    output = capsys.readouterr()
    assert "another version of cablerep is running there" in output.out
    assert "may hold reps that are not stored yet, in a format that this version cannot read" in output.err
    assert plugged.board.resets == resets and "repl" not in plugged.commands
    assert flash(plugged, "--discard") == 1, "the fake board keeps its schema, which must not count as a success"
    assert "still runs cablerep with message table" in capsys.readouterr().err


def test_an_unchanged_application_is_a_failure(plugged, capsys):
    plugged.version = "0.0.1"
    assert flash(plugged) == 1
    assert "still runs cablerep 0.0.1, not" in capsys.readouterr().err


def test_old_micropython_is_refused(plugged, capsys):
    plugged.board.version = (1, 24, 1)
    assert flash(plugged) == 1
    assert "has MicroPython 1.24.1, cablerep needs 1.26 or newer" in capsys.readouterr().err
    assert plugged.board.files == {}


def test_a_full_board_is_reported_before_writing(plugged, capsys):
    plugged.board.blocks = 3
    assert flash(plugged) == 1
    assert "KiB free, the firmware needs" in capsys.readouterr().err
    assert plugged.board.changes == []


def test_a_crashing_application_is_reported(plugged, capsys, monkeypatch):
    monkeypatch.setattr(handover, "START_S", 1.0)
    plugged.deaf = True
    assert flash(plugged) == 1
    assert "did not start" in capsys.readouterr().err


def test_a_missing_port_is_reported(plugged, capsys):
    assert cli.main(["flash", "--port", "/dev/no-such-board"]) == 1
    assert "no such port" in capsys.readouterr().err
