"""Ports: which one is the board, how failures are reported, and what happens when one disappears."""

import errno
import os
import select
import socket
import time
from pathlib import Path

import pytest
import serial
from listed_ports import found
from serial.tools import list_ports

from cablerep.device import port as port_module
from cablerep.device.port import Port, PortInfo, choose_board, connected_ports, describe, usb_serial
from cablerep.errors import PortError

pty_only = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")


def test_ports_are_described() -> None:
    assert describe(found()) == PortInfo("/dev/ttyACM0", "Raspberry Pi Pico with MicroPython", "2E8A:0005", "E66", True)
    assert not describe(found(pid=0x000C)).board, "a debug probe has the same vendor"
    other = describe(found(vid=0x0403, pid=0x6001, manufacturer="FTDI", product="FT232R", serial_number=None))
    assert other == PortInfo("/dev/ttyACM0", "FTDI FT232R", "0403:6001", "", False)
    assert describe(found(vid=0x1234, pid=5)).what == "USB serial port", "the product id alone identifies nothing"
    assert describe(found("/dev/ttyS0", vid=None, pid=None)).what == "serial port"


def test_boards_are_listed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = [found("/dev/ttyS0", vid=None), found("/dev/ttyACM1"), found("/dev/ttyACM0")]
    monkeypatch.setattr(list_ports, "comports", lambda: ports)
    assert [port.device for port in connected_ports()] == ["/dev/ttyACM0", "/dev/ttyACM1", "/dev/ttyS0"]


def test_the_only_board_is_chosen() -> None:
    probe = describe(found("/dev/ttyACM9", pid=0x000C))
    assert choose_board([probe, describe(found("/dev/ttyACM3"))]) == "/dev/ttyACM3"
    with pytest.raises(PortError, match="no board found; connect one, or name its port with --port"):
        choose_board([probe])
    two = [describe(found("/dev/ttyACM0", serial_number="A")), describe(found("/dev/ttyACM1", serial_number="B"))]
    with pytest.raises(PortError, match=r"2 boards .* --port: /dev/ttyACM0 \(A\), /dev/ttyACM1 \(B\)"):
        choose_board(two)


@pytest.mark.parametrize(
    ("url", "cure"),
    [
        ("/dev/no-such-port", "'cablerep ports' lists"),
        ("nonsense://x", "give a device or a pyserial URL"),
        ("socket://here", "write socket://HOST:PORT"),
        ("sim://no-such-scenario", "the scenarios are"),
        ("sim://clean?speed=fast", "speed is 'fast'"),
    ],
)
def test_a_port_that_cannot_be_opened_is_a_one_line_error(url: str, cure: str) -> None:
    with pytest.raises(PortError) as error:
        Port(url)
    assert str(error.value).startswith(f"{url}: ")
    assert cure in str(error.value)
    assert "\n" not in str(error.value)


def test_a_read_returns_what_is_there_without_waiting_for_more() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = Port(f"socket://127.0.0.1:{server.getsockname()[1]}")
        board, _ = server.accept()
        with board:
            times = []
            for _ in range(20):
                board.sendall(b"x" * 500)
                select.select([port._serial._socket], [], [])
                began = time.perf_counter()
                assert port.read() == b"x" * 500
                times.append(time.perf_counter() - began)
        port.close()
    assert sorted(times)[10] < 0.005, "median; the timeout is 30 ms"


@pty_only
def test_a_serial_read_returns_what_is_there_without_waiting_for_more() -> None:
    master, slave = os.openpty()
    port = Port(os.ttyname(slave))
    times = []
    for _ in range(20):
        os.write(master, b"x" * 500)
        began = time.perf_counter()
        data = port.read()
        times.append(time.perf_counter() - began)
        while len(data) < 500:
            data += port.read()
        assert data == b"x" * 500
    port.close()
    os.close(slave)
    os.close(master)
    assert sorted(times)[10] < 0.005, "median; the timeout is 30 ms"


def test_a_closed_tcp_port_is_an_error_with_a_cure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    with pytest.raises(PortError, match="connection refused; start 'cablerep board"):
        Port(f"socket://127.0.0.1:{free}")


@pytest.mark.parametrize(
    ("code", "cure"), [(errno.EACCES, "usermod -aG dialout"), (errno.EBUSY, "another program"), (errno.EPIPE, "cable")]
)
def test_system_errors_have_a_cure(monkeypatch: pytest.MonkeyPatch, code: int, cure: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise serial.SerialException(code, os.strerror(code))

    monkeypatch.setattr(port_module.serial, "serial_for_url", refuse)
    with pytest.raises(PortError, match=cure):
        Port("/dev/ttyACM0")


@pty_only
def test_bytes_go_both_ways_until_the_board_is_unplugged() -> None:
    master, slave = os.openpty()
    os.set_blocking(master, True)
    port = Port(os.ttyname(slave))
    os.close(slave)
    os.write(master, b"\x00\x03\x11\x13\r\n\xff")
    assert port.read() == b"\x00\x03\x11\x13\r\n\xff", "raw: no line discipline, no flow control"
    assert port.read() == b""
    port.write(b"\x00\r\n\x04")
    assert os.read(master, 100) == b"\x00\r\n\x04"
    with pytest.raises(PortError, match="another program has the port open"):
        Port(port.url)
    os.close(master)
    with pytest.raises(PortError, match="the board is gone; plug it in again"):
        port.read()
    with pytest.raises(PortError):
        port.write(b"x")
    port.close()
    port.close()
    with pytest.raises(PortError):
        port.read()


@pty_only
def test_a_links_serial_number_is_that_of_its_device(tmp_path: Path) -> None:
    device = tmp_path / "ttyACM0"
    device.touch()
    (tmp_path / "by-id").symlink_to(device)
    ports = [PortInfo(str(device), "Pico", "2E8A:0005", "E66", True)]
    assert usb_serial(str(tmp_path / "by-id"), ports) == usb_serial(str(device), ports) == "E66"
    assert usb_serial("socket://127.0.0.1:1", ports) == ""
