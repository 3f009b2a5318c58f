"""The raw REPL through the real mpremote, on a pseudo-terminal."""

import pytest
from fake_pty_board import PtyBoard
from fake_repl import FakeBoard

pytest.importorskip("mpremote", reason="mpremote is not installed")

from cablerep.errors import FlashError
from cablerep.setup.raw_repl import BoardGoneError, RawRepl, ReplError


@pytest.fixture
def plugged():
    with PtyBoard(FakeBoard()) as plugged:
        yield plugged


def test_runs_code_and_returns_what_it_prints(plugged, capsys):
    with RawRepl(plugged.device) as repl:
        assert repl.run("print(6 * 7)") == "42\n"
    assert capsys.readouterr().out == "", "what mpremote prints stays off the screen"


def test_an_exception_on_the_board_is_told_by_its_last_line(plugged):
    with RawRepl(plugged.device) as repl, pytest.raises(ReplError, match="the board reports: ValueError: no") as caught:
        repl.run("raise ValueError('no')")
    assert not caught.value.disk_full


def test_writes_a_file_of_any_bytes_and_tells_how_far_it_is(plugged):
    data = bytes(range(256)) * 5
    told = []
    with RawRepl(plugged.device) as repl:
        repl.write("any.bin", data, told.append)
    assert plugged.board.files["any.bin"] == data
    assert told == [1024, 256]


def test_a_full_file_system_is_known_as_one(plugged):
    plugged.board.blocks = 0
    with RawRepl(plugged.device) as repl, pytest.raises(ReplError) as caught:
        repl.write("any.bin", b"x", lambda count: None)
    assert caught.value.disk_full


@pytest.mark.parametrize(
    "last, full", [("OSError: 28", True), ("OSError: [Errno 28] ENOSPC", True), ("OSError: 2", False)]
)
def test_both_ways_of_a_board_to_say_full_are_known(last, full):
    assert ReplError(f"Traceback (most recent call last):\r\n{last}\r\n").disk_full is full


def test_a_board_without_micropython_is_said_and_mpremote_is_kept_quiet(plugged, capsys, monkeypatch):
    from mpremote.transport import TransportError
    from mpremote.transport_serial import SerialTransport

    def refuse(self):
        print(b"noise")
        raise TransportError("could not enter raw repl")

    monkeypatch.setattr(SerialTransport, "enter_raw_repl", refuse)
    with pytest.raises(FlashError, match="MicroPython does not respond; hold the board's button"):
        RawRepl(plugged.device)
    assert capsys.readouterr().out == ""


def test_reset_leaves_the_port(plugged):
    with RawRepl(plugged.device) as repl:
        repl.reset()
    with RawRepl(plugged.device) as repl:
        assert repl.run("print(1)") == "1\n"
    assert plugged.board.resets == 1


def test_a_board_that_goes_away_is_said_with_the_cure(plugged):
    with RawRepl(plugged.device) as repl:
        plugged.board.cut_after = 0
        with pytest.raises(BoardGoneError, match="run the same command again"):
            repl.write("any.bin", b"x", lambda count: None)


def test_a_port_that_is_not_there_is_said():
    with pytest.raises(FlashError, match="cannot be opened"):
        RawRepl("/dev/no-such-board")
