"""Offers the chip's USB serial as a port that programs can open repeatedly, on a pseudo-terminal or over TCP.

The program that opens the port is the chip's host. The harness takes a connection for DTR, so the bridge connects when
the port is opened and disconnects when it is closed.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable

from ..board.links import Link

_CHUNK = 4096  # bytes at a time
_PENDING = 4096  # bytes buffered for a slow host before the chip has to wait
# Between two polls of both ends: how late a byte may be passed on.
_POLL_S = 0.004
_IDLE_S = 0.05  # without a host
_CONNECT_S = 5.0


class Bridge:
    """Passes bytes between the harness's TCP `port` and the line that `make_line` opens, in its own thread.

    The line exists while the chip is connected to USB: `plugged` creates it and `unplugged` closes it, as a real port
    appears and disappears. Call `close` at the end.
    """

    def __init__(self, port: int, make_line: Callable[[], Link]) -> None:
        self._port = port
        self._make_line = make_line
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def plugged(self) -> None:
        """The chip has appeared on USB. Raises SourceError if the line cannot be opened."""
        if self._thread is None:
            line = self._make_line()
            self._stop.clear()
            self._thread = threading.Thread(target=self._carry, args=(line,), name="pico bridge", daemon=True)
            self._thread.start()

    def unplugged(self) -> None:
        """The chip has left USB."""
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """Close the line."""
        self.unplugged()

    def _carry(self, line: Link) -> None:
        chip: socket.socket | None = None
        to_chip, to_host = bytearray(), bytearray()
        while not self._stop.is_set():
            if not line.present():
                _hang_up(chip)
                chip = None
                to_chip.clear()
                to_host.clear()
                line.wait(_IDLE_S, room=False)
                continue
            if chip is None:
                chip = self._connect()
                if chip is None:
                    time.sleep(_IDLE_S)
                    continue
            to_chip += line.receive() if len(to_chip) < _PENDING else b""
            try:
                moved = _send(chip, to_chip)
                moved += _receive(chip, to_host)
            except OSError:
                _hang_up(chip)
                chip = None
                continue
            if to_host:
                sent = line.send(memoryview(bytes(to_host)))
                del to_host[:sent]
                moved += sent
            if not moved:
                line.wait(_POLL_S, room=bool(to_host))
        _hang_up(chip)
        line.close()

    def _connect(self) -> socket.socket | None:
        try:
            chip = socket.create_connection(("127.0.0.1", self._port), _CONNECT_S)
        except OSError:
            return None
        chip.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        chip.setblocking(False)
        return chip


def _send(chip: socket.socket, data: bytearray) -> int:
    """Send what fits now and remove it from `data`; return the number of bytes."""
    if not data:
        return 0
    try:
        sent = chip.send(data)
    except BlockingIOError:
        return 0
    del data[:sent]
    return sent


def _receive(chip: socket.socket, data: bytearray) -> int:
    """Append what has arrived to `data`, unless that is full; return the number of bytes. Raises OSError at the end."""
    if len(data) >= _PENDING:
        return 0
    try:
        got = chip.recv(_CHUNK)
    except BlockingIOError:
        return 0
    if not got:
        raise OSError("the chip hung up")
    data += got
    return len(got)


def _hang_up(chip: socket.socket | None) -> None:
    if chip is not None:
        with contextlib.suppress(OSError):
            chip.close()
