"""A board's end of a pseudo-terminal: whether a host is connected, and how much fits."""

import os
import select
import sys
import time

import pytest

from cablerep_sim.board import pty_link
from cablerep_sim.board.pty_link import PtyLink
from cablerep_sim.errors import SourceError

posix = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")


@pytest.fixture
def link():
    made = PtyLink()
    yield made
    made.close()


@posix
def test_a_host_connects_leaves_and_connects_again(link: PtyLink) -> None:
    assert not link.present()
    for _ in range(2):
        port = os.open(link.name, os.O_RDWR | os.O_NOCTTY)
        assert link.present()
        assert link.receive() == b""
        os.write(port, b"\x03\x04\r\n\0")
        link.wait(60, False)
        assert link.receive() == b"\x03\x04\r\n\0", "control characters and newlines as they are"
        assert link.send(memoryview(b"\r\n\x11\x13\0")) == 5
        assert os.read(port, 100) == b"\r\n\x11\x13\0"
        os.close(port)
        assert not link.present()
        assert link.receive() == b""


@posix
def test_a_host_that_does_not_read_leaves_no_room(link: PtyLink) -> None:
    port = os.open(link.name, os.O_RDWR | os.O_NOCTTY)
    sent = 0
    while taken := link.send(memoryview(bytes(1000))):
        sent += taken
    assert 1000 < sent < 100_000
    link.wait(0.001, True)  # in vain
    got = 0
    while got < sent:
        got += len(os.read(port, 4096))
    begun = time.monotonic()
    link.wait(60, True)
    assert time.monotonic() - begun < 20
    assert link.send(memoryview(b"x")) == 1
    assert os.read(port, 1) == b"x"
    os.close(port)


@posix
def test_waiting_ends_with_a_byte(link: PtyLink) -> None:
    port = os.open(link.name, os.O_RDWR | os.O_NOCTTY)
    os.write(port, b"x")
    link.wait(60, False)
    assert link.receive() == b"x"
    os.close(port)


@posix
def test_without_a_host_waiting_takes_the_full_time(link: PtyLink, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    link.wait(0.05, False)
    assert slept == [0.05], "and no processor"


@posix
def test_a_hang_up_waits_until_everything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    link = PtyLink()
    port = os.open(link.name, os.O_RDWR | os.O_NOCTTY)
    link.send(memoryview(b"the end"))
    sleep = time.sleep
    looks = 0

    def look(seconds: float) -> None:
        nonlocal looks
        looks += 1
        sleep(seconds)
        if looks == 20:
            assert os.read(port, 100) == b"the end"

    monkeypatch.setattr("time.sleep", look)
    link.close()
    assert looks > 20
    os.close(port)


@posix
def test_a_hang_up_does_not_wait_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    link = PtyLink()
    port = os.open(link.name, os.O_RDWR | os.O_NOCTTY)
    link.send(memoryview(b"the end"))
    assert select.select([port], [], [], 5)[0], "the kernel has carried it over; here no time passes in which it could"
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    link.close()
    assert now[0] == pytest.approx(1, abs=0.02)
    os.close(port)


def test_a_system_without_pseudo_terminals_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pty_link, "tty", None)
    with pytest.raises(SourceError, match="TCP port"):
        PtyLink()
