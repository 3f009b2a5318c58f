"""`cablerep flash` from end to end: the real mpremote, the real session, a board on a pseudo-terminal."""

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
    assert "no cablerep runs there yet" in out
    assert "Raspberry Pi Pico with RP2040, MicroPython 1.26.1" in out
    assert "writing 3 files" in out
    assert "every file on the board has the right hash" in out
    assert out.splitlines()[-1].startswith("started: cablerep ")


def test_a_board_that_runs_the_application_gives_its_port_up_and_is_skipped_through(plugged, capsys):
    assert flash(plugged) == 0
    plugged.board.changes.clear()
    assert flash(plugged) == 0
    out = capsys.readouterr().out
    assert "repl" in plugged.commands
    assert "all 3 files are already equal" in out
    assert plugged.board.changes == []
    assert plugged.board.resets == 2


def test_a_dry_run_writes_nothing(plugged, capsys):
    assert flash(plugged, "--dry-run") == 0
    assert plugged.board.files == {}
    assert "would write 3 files" in capsys.readouterr().out


def test_unplugged_half_way_the_next_run_mends_it(capsys):
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


def test_reps_that_nobody_stored_are_not_thrown_away(plugged, capsys):
    assert flash(plugged) == 0
    plugged.kept = 3
    assert flash(plugged) == 1
    assert "holds 3 reps and sets that no host has stored" in capsys.readouterr().err
    assert flash(plugged, "--discard") == 0


def test_an_application_of_another_version_is_replaced(plugged, capsys):
    assert flash(plugged) == 0
    plugged.schema ^= 1
    assert flash(plugged) == 1, "our fake keeps its schema; the command must not call that a success"
    said = capsys.readouterr()
    assert "cablerep of another version runs there" in said.out
    assert "still runs cablerep with message table" in said.err


def test_an_application_that_is_still_the_old_one_is_no_success(plugged, capsys):
    plugged.version = "0.0.1"
    assert flash(plugged) == 1
    assert "still runs cablerep 0.0.1, not" in capsys.readouterr().err


def test_old_micropython_is_refused(plugged, capsys):
    plugged.board.version = (1, 24, 1)
    assert flash(plugged) == 1
    assert "has MicroPython 1.24.1, cablerep needs 1.26 or newer" in capsys.readouterr().err
    assert plugged.board.files == {}


def test_a_full_board_is_named_before_anything_is_written(plugged, capsys):
    plugged.board.blocks = 3
    assert flash(plugged) == 1
    assert "KiB free, the firmware needs" in capsys.readouterr().err
    assert plugged.board.changes == []


def test_an_application_that_crashes_is_quoted(plugged, capsys, monkeypatch):
    monkeypatch.setattr(handover, "START_S", 1.0)
    plugged.deaf = True
    assert flash(plugged) == 1
    assert "did not start" in capsys.readouterr().err


def test_no_port_and_a_busy_one_are_said(plugged, capsys):
    assert cli.main(["flash", "--port", "/dev/no-such-board"]) == 1
    assert "no such port" in capsys.readouterr().err
