"""The link between a virtual board and its host: the interface that a board needs, and a link within the process.

A link behaves like USB serial: a bounded buffer in each direction, a host that comes and goes, writes that never wait.
"""

import threading
import time
from typing import Protocol

# The capacity of a pseudo-terminal on Linux, so that a host that does not read is noticed as soon as there.
_CAPACITY = 4096


class Link(Protocol):
    """The board's end of a link. Its methods never raise, whatever the host does, and only `wait` waits."""

    def present(self) -> bool:
        """Return whether a host is connected."""

    def receive(self) -> bytes:
        """Return what has arrived from the host, which may be nothing."""

    def send(self, data: memoryview) -> int:
        """Send as much as there is room for now; return the number of bytes."""

    def wait(self, seconds: float, room: bool) -> None:
        """Wait for bytes from the host, for its arrival or departure, or, with `room`, until `send` accepts more.

        Returns after `seconds` in any case.
        """

    def close(self) -> None:
        """Hang up: the host finds the device gone after it has read what was sent."""


class PipeLink:
    """A link within the process: one thread has the board's end, any others the host's."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._to_board = bytearray()
        self._to_host = bytearray()
        self._host = False
        self._woken = False  # the host came or went, or `wake` was called, since the last `wait`
        self._cancelled = False  # a waiting read should return
        self.hung_up = False

    # -- the board's end, see Link

    def present(self) -> bool:
        return self._host

    def receive(self) -> bytes:
        if not self._to_board:
            return b""
        with self._changed:
            data = bytes(self._to_board)
            self._to_board.clear()
            self._changed.notify_all()
        return data

    def send(self, data: memoryview) -> int:
        with self._changed:
            taken = min(len(data), _CAPACITY - len(self._to_host))
            self._to_host += data[:taken]
            self._changed.notify_all()
        return taken

    def wait(self, seconds: float, room: bool) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: self._to_board or self._woken or (room and len(self._to_host) < _CAPACITY), max(0.0, seconds)
            )
            self._woken = False

    def close(self) -> None:
        with self._changed:
            self.hung_up = True
            self._changed.notify_all()

    # -- the host's end

    def wake(self) -> None:
        """Make the board's `wait` return."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def attach(self) -> None:
        """A host opens the link; anything sent before is discarded."""
        with self._changed:
            self._to_board.clear()
            self._to_host.clear()
            self._host = True
        self.wake()

    def detach(self) -> None:
        """The host closes the link."""
        with self._changed:
            self._host = False
        self.wake()

    def waiting(self) -> int:
        """Return the number of bytes that the host can read."""
        return len(self._to_host)

    def read(self, size: int, seconds: float | None) -> bytes:
        """Read `size` bytes, or fewer after `seconds` (None: no limit), after a hang-up or when cancelled."""
        with self._changed:
            self._cancelled = False
            self._changed.wait_for(
                lambda: len(self._to_host) >= size or self.hung_up or self._cancelled or not self._host, seconds
            )
            data = bytes(self._to_host[:size])
            del self._to_host[:size]
            self._changed.notify_all()
        return data

    def cancel_read(self) -> None:
        """Make a waiting `read` return with what has arrived."""
        with self._changed:
            self._cancelled = True
            self._changed.notify_all()

    def write(self, data: bytes, seconds: float | None) -> int:
        """Write `data`, waiting up to `seconds` (None: no limit) for room; return the number of bytes written."""
        written = 0
        end = None if seconds is None else time.monotonic() + seconds
        with self._changed:
            while written < len(data) and not self.hung_up:
                left = None if end is None else end - time.monotonic()
                if not self._changed.wait_for(lambda: len(self._to_board) < _CAPACITY or self.hung_up, left):
                    break
                part = data[written : written + _CAPACITY - len(self._to_board)]
                self._to_board += part
                written += len(part)
                self._changed.notify_all()
        return written

    def clear(self, incoming: bool) -> None:
        """Discard what the host has not read (`incoming`), or what the board has not read."""
        with self._changed:
            (self._to_host if incoming else self._to_board).clear()
            self._changed.notify_all()
