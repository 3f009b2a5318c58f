"""A board's end of a TCP port: one host at a time, and how much fits."""

import socket
import time

import pytest

from cablerep_sim.board.tcp_link import TcpLink
from cablerep_sim.errors import SourceError

_PATIENCE_S = 30.0


@pytest.fixture
def link():
    made = TcpLink("127.0.0.1", 0)
    yield made
    made.close()


def host_of(link: TcpLink) -> socket.socket:
    """Connect and send a byte; return once the board has seen it."""
    host = socket.create_connection(("127.0.0.1", link.port), timeout=_PATIENCE_S)
    link.wait(_PATIENCE_S, False)
    link.present()
    host.sendall(b"\0")
    link.wait(_PATIENCE_S, False)
    return host


def received(link: TcpLink) -> bytes:
    link.wait(_PATIENCE_S, False)
    return link.receive()


def test_the_name_is_a_pyserial_address(link: TcpLink) -> None:
    assert link.name.startswith("socket://127.0.0.1:")


def test_a_host_connects_leaves_and_connects_again(link: TcpLink) -> None:
    assert not link.present()
    assert link.send(memoryview(b"x")) == 0
    assert link.receive() == b""
    for _ in range(2):
        with host_of(link) as host:
            assert link.present()
            assert link.receive() == b"\0"
            host.sendall(b"abc")
            assert received(link) == b"abc"
            assert link.send(memoryview(b"def\0")) == 4
            assert host.recv(100) == b"def\0"
        assert received(link) == b""
        assert not link.present()


def test_a_second_host_is_told_that_the_board_is_busy(link: TcpLink) -> None:
    with host_of(link) as host:
        assert link.present()
        assert link.receive() == b"\0"
        with host_of(link) as second:
            assert link.present()
            assert second.recv(100).startswith(b"\0busy: ")
        host.sendall(b"still here")
        assert received(link) == b"still here"


def test_a_host_that_does_not_read_leaves_no_room(link: TcpLink) -> None:
    with host_of(link) as host:
        assert link.present()
        sent = 0
        while taken := link.send(memoryview(bytes(1 << 20))):
            sent += taken
        link.wait(0.001, True)  # in vain
        got = 0
        while got < sent:
            got += len(host.recv(1 << 16))
        begun = time.monotonic()
        link.wait(_PATIENCE_S, True)
        assert time.monotonic() - begun < 20
        assert link.send(memoryview(b"x")) == 1
        assert host.recv(1) == b"x"


def test_a_host_that_breaks_off_is_no_error(link: TcpLink) -> None:
    host = host_of(link)
    assert link.present()
    host.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # close with a reset
    assert link.receive() == b"\0"
    host.close()
    link.wait(_PATIENCE_S, False)
    assert link.send(memoryview(b"x")) == 0
    assert not link.present()


def test_a_port_in_use_is_reported(link: TcpLink) -> None:
    with pytest.raises(SourceError, match=r"cannot listen on 127\.0\.0\.1:\d+"):
        TcpLink("127.0.0.1", link.port)
