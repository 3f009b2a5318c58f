"""The cable between a board's line and the port that hosts open, to be pulled and plugged in again by a test.

A port of its own, under a name that comes and goes, because the board's end of its line stays whole: what a board
notices of an unplugged host is that nobody reads any more.
"""

import os
import select
import threading
from contextlib import suppress
from pathlib import Path

try:
    import tty
except ImportError:  # Windows
    tty = None

_MOST = 4096  # bytes at a time


def open_line() -> tuple[int, int]:
    """Return both ends of a pseudo-terminal that carries bytes as they are."""
    ends = os.openpty()
    tty.setraw(ends[1])
    return ends


class Cable:
    """A cable to a port named `port`. Use it in a `with` block, which ends with the cable pulled."""

    def __init__(self, port: Path) -> None:
        self.port = port
        self._open: tuple[int, ...] = ()
        self._stop = -1

    def __enter__(self) -> "Cable":
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def plug(self, line: int) -> None:
        """Let the port appear, with `line` behind it; what was said to nobody is lost."""
        while select.select([line], [], [], 0)[0]:
            os.read(line, _MOST)
        host, port = open_line()
        os.set_blocking(host, False)
        stopped, self._stop = os.pipe()
        self._open = (host, port, stopped)
        self._carrier = threading.Thread(target=self._carry, args=(line, host, stopped))
        self._carrier.start()
        self.port.symlink_to(os.ttyname(port))

    def pull(self) -> None:
        """Let the port vanish: a host gets an error from it, and what is on its way is lost."""
        if not self._open:
            return
        self.port.unlink()
        os.close(self._stop)
        self._carrier.join()
        for end in self._open:
            os.close(end)
        self._open = ()

    @staticmethod
    def _carry(line: int, host: int, stopped: int) -> None:
        """Carry bytes both ways until `stopped` can be read; a host that does not read fills the board's line."""
        waiting = b""
        while True:
            sources = [stopped, host] if waiting else [stopped, host, line]
            readable, _, _ = select.select(sources, [host] if waiting else [], [])
            if stopped in readable:
                return
            if host in readable:
                os.write(line, os.read(host, _MOST))
            if line in readable:
                waiting = os.read(line, _MOST)
            with suppress(BlockingIOError):
                waiting = waiting[os.write(host, waiting) :]
