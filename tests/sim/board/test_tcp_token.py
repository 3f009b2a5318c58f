"""The TCP port: tokens, strangers who idle, and browsers."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
import serial

from cablerep.device.port import Port
from cablerep.errors import PortError
from cablerep_sim.board.tcp_link import BUSY, DENIED, OK, TcpLink
from cablerep_sim.errors import SourceError

TOKEN = "sesame1234"


def served(link: TcpLink) -> Iterator[TcpLink]:
    """Run a link as a board's loop does: it sends back what it receives."""
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            link.wait(0.01, False)
            if link.present():
                link.send(memoryview(link.receive()))

    thread = threading.Thread(target=run)
    thread.start()
    yield link
    done.set()
    thread.join()
    link.close()


@pytest.fixture
def open_link() -> Iterator[TcpLink]:
    yield from served(TcpLink("127.0.0.1", 0))


@pytest.fixture
def guarded() -> Iterator[TcpLink]:
    yield from served(TcpLink("127.0.0.1", 0, TOKEN))


def connected(link: TcpLink) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", link.port), timeout=5)
    connection.settimeout(5)
    return connection


def all_of(connection: socket.socket) -> bytes:
    """Return what the board sends before it hangs up."""
    received = b""
    try:
        while data := connection.recv(100):
            received += data
    except ConnectionError:
        pass
    return received


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_beyond_loopback_there_is_always_a_token() -> None:
    link = TcpLink("0.0.0.0", 0)
    assert link.name == f"cablerep://0.0.0.0:{link.port}?token={link.token}"
    assert len(link.token) == 32
    other = TcpLink("0.0.0.0", 0)
    assert other.token != link.token
    link.close()
    other.close()


def test_on_this_computer_a_token_is_optional(open_link: TcpLink, guarded: TcpLink) -> None:
    assert open_link.name == f"socket://127.0.0.1:{open_link.port}"
    assert guarded.name == f"cablerep://127.0.0.1:{guarded.port}?token={TOKEN}"


@pytest.mark.parametrize("token", ["short", "with space", "x" * 65, "übermäßig"])
def test_a_bad_token_is_an_error(token: str) -> None:
    with pytest.raises(SourceError, match="8 to 64 letters and digits"):
        TcpLink("127.0.0.1", 0, token)


@pytest.mark.parametrize("first", [b"CABLEREP wrong-token\n", b"\n", b"\0\1\2\n", b"x" * 200, b"CABLEREP \xff\n"])
def test_without_the_token_a_client_is_denied(guarded: TcpLink, first: bytes) -> None:
    with connected(guarded) as stranger:
        stranger.sendall(first)
        assert all_of(stranger) in (DENIED, b"")
    with connected(guarded) as host:
        host.sendall(b"CABLEREP " + TOKEN.encode() + b"\nhello")
        received = b""
        while len(received) < len(OK) + 5:
            received += host.recv(100)
        assert received == OK + b"hello", "what follows the token is the host's"


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\n", b"POST /", b"\x16\x03\x01\x02\x00"], ids=str)
@pytest.mark.parametrize("which", ["open_link", "guarded"])
def test_a_browser_is_hung_up_on(which: str, first: bytes, open_link: TcpLink, guarded: TcpLink) -> None:
    link = open_link if which == "open_link" else guarded
    with connected(link) as browser:
        browser.sendall(first)
        assert all_of(browser) == b""


def test_idle_strangers_do_not_lock_the_host_out(open_link: TcpLink, guarded: TcpLink) -> None:
    for link in (open_link, guarded):
        strangers = [connected(link) for _ in range(30)]
        port = serial_port(link)
        port.write(b"\0hello")
        until(lambda port=port: port.read() == b"\0hello")  # type: ignore[misc]
        port.close()
        for stranger in strangers:
            stranger.close()


def serial_port(link: TcpLink) -> Port:
    return Port(link.name)


def test_a_second_host_is_told_that_the_board_is_busy(guarded: TcpLink) -> None:
    port = serial_port(guarded)
    port.write(b"hello")
    with pytest.raises(PortError, match="another program is connected to this board") as error:
        serial_port(guarded)
    assert TOKEN not in str(error.value)
    with connected(guarded) as second:
        second.sendall(b"CABLEREP " + TOKEN.encode() + b"\n")
        assert all_of(second) == BUSY
    port.close()
    until(lambda: not guarded.present())
    serial_port(guarded).close()


def test_a_wrong_token_is_an_error_with_a_cure(guarded: TcpLink) -> None:
    with pytest.raises(PortError, match=r"token=…: the board does not accept this token") as error:
        Port(guarded.name.replace(TOKEN, "wrong12345"))
    assert "wrong12345" not in str(error.value)


def test_a_board_without_a_token_is_an_error_with_a_cure(open_link: TcpLink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cablerep_sim.protocol_cablerep._REPLY_S", 0.3)
    with pytest.raises(PortError, match="there is no board that asks for a token"):
        Port(f"cablerep://127.0.0.1:{open_link.port}?token={TOKEN}")


@pytest.mark.parametrize("url", ["cablerep://127.0.0.1?token=x", "cablerep://127.0.0.1:80", "cablerep://:1?token=x"])
def test_an_incomplete_address_is_an_error(url: str) -> None:
    serial.protocol_handler_packages.append("cablerep_sim")
    with pytest.raises(PortError, match=r"write cablerep://HOST:PORT\?token="):
        Port(url)
