"""The line between a virtual board and its host: what a board needs of one, and a line within the process.

It has the manners of USB serial: a bounded buffer each way, a host that comes and goes, and no waiting in a write.
"""

import threading
import time
from typing import Protocol

# What a pseudo-terminal holds on Linux, so that a host that does not read is felt as soon as there.
_ROOM = 4096


class Link(Protocol):
    """The board's end of a line. None of its methods raises, whatever the host does, and only `wait` waits."""

    def present(self) -> bool:
        """Say whether somebody listens."""

    def receive(self) -> bytes:
        """Take what has come from the host, perhaps nothing."""

    def send(self, data: memoryview) -> int:
        """Send what there is room for now and return how much that was."""

    def wait(self, seconds: float, room: bool) -> None:
        """Wait for bytes from the host, for its coming or going, or, where `room` is wanted, until `send` takes more.

        Returns after `seconds` in any case.
        """

    def close(self) -> None:
        """Hang up: the host finds the device gone once it has read what was sent."""


class PipeLink:
    """A line within the process: one thread has the board's end, any others the host's."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._to_board = bytearray()
        self._to_host = bytearray()
        self._host = False
        self._news = False  # the host came or went, or somebody woke the board, since the last `wait`
        self._cancelled = False  # the read that waits now should return
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
            taken = min(len(data), _ROOM - len(self._to_host))
            self._to_host += data[:taken]
            self._changed.notify_all()
        return taken

    def wait(self, seconds: float, room: bool) -> None:
        with self._changed:
            self._changed.wait_for(
                lambda: self._to_board or self._news or (room and len(self._to_host) < _ROOM), max(0.0, seconds)
            )
            self._news = False

    def close(self) -> None:
        with self._changed:
            self.hung_up = True
            self._changed.notify_all()

    # -- the host's end

    def wake(self) -> None:
        """End the board's waiting."""
        with self._changed:
            self._news = True
            self._changed.notify_all()

    def attach(self) -> None:
        """A host opens the line; what was said before it came is not for it."""
        with self._changed:
            self._to_board.clear()
            self._to_host.clear()
            self._host = True
        self.wake()

    def detach(self) -> None:
        """The host closes the line."""
        with self._changed:
            self._host = False
        self.wake()

    def waiting(self) -> int:
        """Return how many bytes the host can read."""
        return len(self._to_host)

    def read(self, size: int, seconds: float | None) -> bytes:
        """Read up to `size` bytes, fewer where `seconds` (None: for ever) are over, at a hang-up or a cancel."""
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
        """Let a `read` that waits return with what there is."""
        with self._changed:
            self._cancelled = True
            self._changed.notify_all()

    def write(self, data: bytes, seconds: float | None) -> int:
        """Write `data`, waiting for room up to `seconds` (None: for ever); return how much was written."""
        written = 0
        end = None if seconds is None else time.monotonic() + seconds
        with self._changed:
            while written < len(data) and not self.hung_up:
                left = None if end is None else end - time.monotonic()
                if not self._changed.wait_for(lambda: len(self._to_board) < _ROOM or self.hung_up, left):
                    break
                part = data[written : written + _ROOM - len(self._to_board)]
                self._to_board += part
                written += len(part)
                self._changed.notify_all()
        return written

    def clear(self, incoming: bool) -> None:
        """Forget what the host has not read (`incoming`), or what the board has not."""
        with self._changed:
            (self._to_host if incoming else self._to_board).clear()
            self._changed.notify_all()
