"""Serial ports: list them, find the board, open one. A port is any URL that pyserial takes.

Whatever pyserial raises becomes a PortError here, one line that says what to do.
"""

import errno
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import serial
from serial.tools import list_ports
from serial.urlhandler import protocol_socket

from ..errors import CablerepError, PortError

BAUD = 115200  # a USB port has no baud rate; some converters behind socket:// and rfc2217:// do
READ_TIMEOUT_S = 0.03  # the longest wait for the first byte; what follows it is not waited for
WRITE_TIMEOUT_S = 1.0  # commands are a few bytes: a port that blocks for so long has no reader
_READ_SIZE = 4096  # bytes; a quarter of a second of samples at 1 kHz

_RASPBERRY = 0x2E8A  # USB vendor id, https://github.com/raspberrypi/usb-pid
# Its products with a serial port. MicroPython uses the same id on RP2040 and RP2350.
_MICROPYTHON = 0x0005
_PRODUCTS = {
    _MICROPYTHON: "Raspberry Pi Pico with MicroPython",
    0x0004: "Raspberry Pi debug probe",
    0x000A: "Raspberry Pi Pico with a C program",
    0x000C: "Raspberry Pi debug probe",
}


@dataclass(frozen=True, slots=True)
class PortInfo:
    """A serial port of this machine. `board` is True if it may be a board of ours."""

    device: str
    what: str
    usb: str  # vendor:product, "" if the port is not on USB
    serial: str  # USB serial number, or ""
    board: bool


def connected_ports() -> list[PortInfo]:
    """Return the serial ports of this machine, possible boards first."""
    return sorted((describe(port) for port in list_ports.comports()), key=lambda port: (not port.board, port.device))


def describe(port: Any) -> PortInfo:
    """Return what a port of pyserial's list (a ListPortInfo) probably is."""
    if port.vid is None:
        description = port.description if port.description not in (None, "n/a") else "serial port"
        return PortInfo(port.device, description, "", "", False)
    is_board = port.vid == _RASPBERRY and port.pid == _MICROPYTHON
    description = _PRODUCTS.get(port.pid) if port.vid == _RASPBERRY else None
    description = description or " ".join(filter(None, (port.manufacturer, port.product))) or "USB serial port"
    return PortInfo(port.device, description, f"{port.vid:04X}:{port.pid:04X}", port.serial_number or "", is_board)


def choose_board(ports: Iterable[PortInfo]) -> str:
    """Return the device of the only board among `ports`. Raises PortError if there is none, or more than one."""
    boards = [port for port in ports if port.board]
    if not boards:
        raise PortError(
            "no board found; connect one, or name its port with --port ('cablerep ports' lists the ports, "
            "'--port sim://glute-kickback' needs no board)"
        )
    if len(boards) > 1:
        names = ", ".join(f"{port.device} ({port.serial or port.what})" for port in boards)
        raise PortError(f"{len(boards)} boards are connected; choose one with --port: {names}")
    return boards[0].device


def usb_serial(url: str, ports: Iterable[PortInfo]) -> str:
    """Return the USB serial number of the device `url`, or "". Links such as /dev/serial/by-id are followed."""
    device = str(Path(url).resolve()) if "://" not in url else url
    return next((port.serial for port in ports if port.device in (url, device)), "")


def find_moved(url: str | None, serial: str, ports: Iterable[PortInfo]) -> str:
    """Return the device that has the USB serial number `serial` now, or "" if no port has it.

    Raises PortError if there is another board at `url`: that one must not be taken for it.
    """
    if not serial:
        return ""
    known = list(ports)
    device = next((port.device for port in known if port.serial == serial), "")
    other = usb_serial(url, known) if url else ""
    if not device and other:
        raise PortError(f"{url}: this is another board now, {other} instead of {serial}; plug that one in again")
    return device


def without_token(url: str) -> str:
    """Return `url` for people to see: without the token of a cablerep:// address."""
    return re.sub("token=[^&:; ]*", "token=…", url)


class Port:
    """An open port. A read returns as soon as there is data, after READ_TIMEOUT_S at the latest.

    All methods but close raise PortError.
    """

    def __init__(self, url: str) -> None:
        """Open the pyserial URL `url`."""
        if "cablerep_sim" not in serial.protocol_handler_packages:
            serial.protocol_handler_packages.append("cablerep_sim")  # for sim:// and cablerep:// URLs
        self.url = without_token(url)
        try:
            self._serial = serial.serial_for_url(
                url, baudrate=BAUD, timeout=READ_TIMEOUT_S, write_timeout=WRITE_TIMEOUT_S, exclusive=True
            )
        except (serial.SerialException, OSError, ValueError) as error:
            if isinstance(error.__cause__, CablerepError):  # from a virtual board, with what to do about it
                raise PortError(f"{self.url}: {error.__cause__}") from None
            raise PortError(f"{self.url}: {_explain(error)}") from None

    def read(self) -> bytes:
        """Return the received bytes; b"" after READ_TIMEOUT_S without any."""
        try:
            data = bytes(self._serial.read(1))
            if data and isinstance(self._serial, protocol_socket.Serial):
                # Its in_waiting is 1 for any number of bytes, and changing its timeout is free.
                self._serial.timeout = 0
                data += self._serial.read(_READ_SIZE)
                self._serial.timeout = READ_TIMEOUT_S
            elif data and (waiting := self._serial.in_waiting):
                data += self._serial.read(min(waiting, _READ_SIZE))
            return data
        except (serial.SerialException, OSError, TypeError) as error:
            # TypeError: what pyserial raises once another thread or the system has closed the port.
            raise PortError(f"{self.url}: {_explain(error)}") from None

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        try:
            self._serial.write(data)
        except (serial.SerialException, OSError, TypeError) as error:
            raise PortError(f"{self.url}: {_explain(error)}") from None

    def close(self) -> None:
        """Close the port. One that is gone already counts as closed."""
        try:
            self._serial.close()
        except (serial.SerialException, OSError):
            return


def _explain(error: Exception) -> str:
    """Return what is wrong with a port and what to do, the most frequent causes first."""
    text = without_token(" ".join(str(error).split()))
    code = getattr(error, "errno", None)
    if code in (errno.ENOENT, errno.ENXIO, errno.ENODEV) or "FileNotFoundError" in text:
        return "no such port; 'cablerep ports' lists the ports"
    if code == errno.EACCES or "PermissionError" in text:
        return "permission denied; on Linux join the port's group (sudo usermod -aG dialout $USER) and log in again"
    if code in (errno.EAGAIN, errno.EBUSY) or "lock port" in text:
        return "another program has the port open; close it first"
    if code == errno.ECONNREFUSED or "refused" in text:
        return "connection refused; start 'cablerep board … --tcp HOST:PORT' first"
    if "socket://" in text and "NoneType" in text:  # pyserial compares the missing port number
        return "the address is incomplete; write socket://HOST:PORT"
    if "token" in text or "another program is connected" in text:  # from cablerep://, perhaps behind pyserial's words
        return text.rpartition(": ")[2]
    if isinstance(error, ValueError):
        return f"not a valid port ({text}); give a device or a pyserial URL"
    if code == errno.EIO or "returned no data" in text or "disconnected" in text or "Input/output" in text:
        return "the board is gone; plug it in again"
    return f"{text or type(error).__name__}; check the cable and 'cablerep ports'"
