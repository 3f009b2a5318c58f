"""A virtual board's link on a pseudo-terminal, which any serial program can open repeatedly as a port.

The board keeps its own end open and checks whether anyone has the other end open: that is its DTR.
"""

import os
import select
import time
from array import array

from ..errors import SourceError

try:
    import fcntl
    import termios
    import tty
except ImportError:  # Windows
    tty = None  # type: ignore[assignment]

_CHUNK = 4096  # bytes at a time
_LAST_READ_S = 1.0  # for the host to read what was sent last
_POLL_S = 0.01
# Polls in a row that must find nothing unread: the kernel passes bytes on in its own thread, and in between neither
# end reports them.
_EMPTY_POLLS = 3


class PtyLink:
    """A Link; `name` is the path of the port. Raises SourceError if the system has no pseudo-terminals."""

    def __init__(self) -> None:
        if tty is None:
            raise SourceError("this system has no pseudo-terminals; offer the board on a TCP port")
        try:
            self._board, port = os.openpty()
        except OSError as error:
            raise SourceError(f"no pseudo-terminal is free ({error.strerror}); close some programs") from None
        tty.setraw(port)  # no echo, bytes unchanged; it lasts as long as the board's end is open
        self.name = os.ttyname(port)
        os.close(port)  # from now on a hang-up means that no host is connected
        os.set_blocking(self._board, False)

    def present(self) -> bool:
        return not self._events(0, 0) & select.POLLHUP

    def receive(self) -> bytes:
        try:
            return os.read(self._board, _CHUNK)
        except OSError:  # no data, or no host
            return b""

    def send(self, data: memoryview) -> int:
        try:
            return os.write(self._board, data)
        except OSError:
            return 0

    def wait(self, seconds: float, room: bool) -> None:
        if self._events(seconds, select.POLLIN | (select.POLLOUT if room else 0)) & select.POLLHUP:
            time.sleep(max(0.0, seconds))  # without a host the poll returns at once

    def close(self) -> None:
        """Hang up after the host has read what was sent, or a timeout: the system discards what is unread."""
        if self.present():
            port = os.open(self.name, os.O_RDWR | os.O_NOCTTY)
            end = time.monotonic() + _LAST_READ_S
            empty = 0
            while empty < _EMPTY_POLLS and time.monotonic() < end:
                time.sleep(_POLL_S)
                empty = 0 if self._unread(port) else empty + 1
            os.close(port)
        os.close(self._board)

    @staticmethod
    def _unread(port: int) -> int:
        """Return the number of bytes that the host has not read yet."""
        count = array("i", [0])
        fcntl.ioctl(port, termios.FIONREAD, count)
        return count[0]

    def _events(self, seconds: float, wanted: int) -> int:
        poll = select.poll()
        poll.register(self._board, wanted)
        found = poll.poll(max(0, int(seconds * 1000)))
        return found[0][1] if found else 0
