"""The chip's USB serial offered to programs as a port that can be opened again and again, a pseudo-terminal or TCP.

Whoever opens it is the chip's host: the harness takes a connection to it for DTR, so one is made and ended with theirs.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable

from ..board.links import Link

_MOST = 4096  # bytes at a time
_PENDING = 4096  # bytes that a slow host has not taken, beyond which the chip feels it
# Between two looks at both ends: what a byte may be late on its way through.
_LOOK_S = 0.004
_IDLE_S = 0.05  # without a host
_CONNECT_S = 5.0


class Bridge:
    """Carries bytes between the harness's TCP `port` and the line that `make_line` opens, in a thread of its own.

    The line exists while the chip is on the USB: `plugged` makes it, and `unplugged` hangs it up, as a port comes
    and goes. Call `close` at the end.
    """

    def __init__(self, port: int, make_line: Callable[[], Link]) -> None:
        self._port = port
        self._make_line = make_line
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def plugged(self) -> None:
        """The chip is there. Raises SourceError where the line cannot be had."""
        if self._thread is None:
            line = self._make_line()
            self._stop.clear()
            self._thread = threading.Thread(target=self._carry, args=(line,), name="pico bridge", daemon=True)
            self._thread.start()

    def unplugged(self) -> None:
        """The chip is gone."""
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """Hang up."""
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
                line.wait(_LOOK_S, room=bool(to_host))
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
    """Send what goes now and take it from `data`; return how much that was."""
    if not data:
        return 0
    try:
        sent = chip.send(data)
    except BlockingIOError:
        return 0
    del data[:sent]
    return sent


def _receive(chip: socket.socket, data: bytearray) -> int:
    """Add to `data` what is there, unless it is full; return how much. Raises OSError where the chip hung up."""
    if len(data) >= _PENDING:
        return 0
    try:
        got = chip.recv(_MOST)
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
