"""A virtual board's line on a pseudo-terminal: to any serial program it is a port that can be opened again and again.

The board keeps its own end open and only looks whether somebody has the other one: that is its DTR.
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

_MOST = 4096  # bytes at a time
_LAST_READ_S = 1.0  # for the host to read what was sent last
_LOOK_S = 0.01
# Looks in a row that find nothing: the kernel carries bytes across in a thread of its own, and in between they are
# nowhere to be seen.
_EMPTY_LOOKS = 3


class PtyLink:
    """A Link, see there; `name` is the path of the port. Raises SourceError where the system has no such thing."""

    def __init__(self) -> None:
        if tty is None:
            raise SourceError("this system has no pseudo-terminals; offer the board on a TCP port")
        try:
            self._board, port = os.openpty()
        except OSError as error:
            raise SourceError(f"no pseudo-terminal is to be had ({error.strerror}); close some programs") from None
        tty.setraw(port)  # bytes as they are, no echo; it lasts as long as the board's end is open
        self.name = os.ttyname(port)
        os.close(port)  # from now on a hang-up says that no host is there
        os.set_blocking(self._board, False)

    def present(self) -> bool:
        return not self._events(0, 0) & select.POLLHUP

    def receive(self) -> bytes:
        try:
            return os.read(self._board, _MOST)
        except OSError:  # nothing there, or nobody
            return b""

    def send(self, data: memoryview) -> int:
        try:
            return os.write(self._board, data)
        except OSError:
            return 0

    def wait(self, seconds: float, room: bool) -> None:
        if self._events(seconds, select.POLLIN | (select.POLLOUT if room else 0)) & select.POLLHUP:
            time.sleep(max(0.0, seconds))  # with nobody there the poll returns at once

    def close(self) -> None:
        """Hang up, once the host has read what was sent or has had its time: the system would throw it away."""
        if self.present():
            port = os.open(self.name, os.O_RDWR | os.O_NOCTTY)
            end = time.monotonic() + _LAST_READ_S
            looks = 0
            while looks < _EMPTY_LOOKS and time.monotonic() < end:
                time.sleep(_LOOK_S)
                looks = 0 if self._unread(port) else looks + 1
            os.close(port)
        os.close(self._board)

    @staticmethod
    def _unread(port: int) -> int:
        """Return how many bytes the host has not read yet."""
        count = array("i", [0])
        fcntl.ioctl(port, termios.FIONREAD, count)
        return count[0]

    def _events(self, seconds: float, wanted: int) -> int:
        poll = select.poll()
        poll.register(self._board, wanted)
        found = poll.poll(max(0, int(seconds * 1000)))
        return found[0][1] if found else 0
