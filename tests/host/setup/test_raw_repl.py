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


def test_a_board_exception_is_reported_by_its_last_line(plugged):
    with RawRepl(plugged.device) as repl, pytest.raises(ReplError, match="the board reports: ValueError: no") as caught:
        repl.run("raise ValueError('no')")
    assert not caught.value.disk_full


def test_writing_any_bytes_reports_progress(plugged):
    data = bytes(range(256)) * 5
    told = []
    with RawRepl(plugged.device) as repl:
        repl.write("any.bin", data, told.append)
    assert plugged.board.files["any.bin"] == data
    assert told == [1024, 256]


def test_a_full_file_system_is_recognised(plugged):
    plugged.board.blocks = 0
    with RawRepl(plugged.device) as repl, pytest.raises(ReplError) as caught:
        repl.write("any.bin", b"x", lambda count: None)
    assert caught.value.disk_full


@pytest.mark.parametrize(
    "last, full", [("OSError: 28", True), ("OSError: [Errno 28] ENOSPC", True), ("OSError: 2", False)]
)
def test_both_error_texts_for_a_full_disk_are_recognised(last, full):
    assert ReplError(f"Traceback (most recent call last):\r\n{last}\r\n").disk_full is full


def test_a_board_without_micropython_is_reported_quietly(plugged, capsys, monkeypatch):
    from mpremote.transport import TransportError
    from mpremote.transport_serial import SerialTransport

    def refuse(self, soft_reset):
        print(b"noise")
        raise TransportError("could not enter raw repl")

    monkeypatch.setattr(SerialTransport, "enter_raw_repl", refuse)
    with pytest.raises(FlashError, match="MicroPython does not respond; hold the board's button"):
        RawRepl(plugged.device)
    assert capsys.readouterr().out == ""


def test_reset_closes_the_port(plugged):
    with RawRepl(plugged.device) as repl:
        repl.reset()
    with RawRepl(plugged.device) as repl:
        assert repl.run("print(1)") == "1\n"
    assert plugged.board.resets == 1


def test_a_disconnected_board_is_reported(plugged):
    with RawRepl(plugged.device) as repl:
        plugged.board.cut_after = 0
        with pytest.raises(BoardGoneError, match="run the same command again"):
            repl.write("any.bin", b"x", lambda count: None)


def test_a_missing_port_is_reported():
    with pytest.raises(FlashError, match="cannot be opened"):
        RawRepl("/dev/no-such-board")
