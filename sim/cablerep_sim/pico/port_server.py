"""Runs an emulated Pico with a port that other programs can open, until interrupted: `cablerep pico --pty` uses it.

The port appears and disappears with the chip on USB and keeps its name, so a reset looks like a real board's.
"""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from ..board.links import Link
from ..board.pty_link import PtyLink
from ..board.server import point, unpoint
from ..board.tcp_link import TcpLink
from .bridge import Bridge
from .emulator import Emulator, Event

_POLL_S = 0.25  # how late an interruption may be noticed


class Cue(NamedTuple):
    """An action on the board `at_s` seconds into the trace; `do` is a command of PROTOCOL.md."""

    at_s: float
    do: str


def serve(
    emulator: Emulator,
    line: "PtyLine | TcpLine",
    announce: Callable[[str], None],
    report: Callable[[Event], None],
    cues: Sequence[Cue] = (),
) -> None:
    """Serve until KeyboardInterrupt, or until PicoError if the chip stops by itself.

    `announce` receives the port's name once it can be opened, `report` every event of the harness.
    """
    bridge = Bridge(emulator.port, line.open)
    announced = False
    try:
        while True:
            event = emulator.next(_POLL_S)
            if event is None:
                continue
            if event["event"] == "usb":
                if not event["connected"]:
                    bridge.unplugged()
                else:
                    bridge.plugged()
                    if not announced:
                        announced = True
                        announce(line.name)
            elif event["event"] == "begin":
                for cue in cues:
                    emulator.send(cue.do, after_us=1e6 * cue.at_s)
            report(event)
    finally:
        bridge.close()


class PtyLine:
    """A series of pseudo-terminals under the name of one symbolic link, which is removed at the end."""

    def __init__(self, link: Path | None = None) -> None:
        self._link = link or Path(tempfile.gettempdir(), f"cablerep-pico-{os.getpid()}")
        self.name = str(self._link)
        self._target = ""

    def open(self) -> Link:
        """Return a new pseudo-terminal and point the link at it. Raises SourceError."""
        port = PtyLink()
        point(self._link, port.name)
        self._target = port.name
        return port

    def close(self) -> None:
        """Remove the link."""
        unpoint(self._link, self._target)


class TcpLine:
    """A series of listeners on one port."""

    def __init__(self, host: str, port: int, token: str = "") -> None:
        """Listen on `port`, or on a free one if it is 0, see TcpLink. Raises SourceError if it is taken."""
        self._host = host
        self._first: TcpLink | None = TcpLink(host, port, token)
        self.name = self._first.name
        self._token = self._first.token
        self._port = self._first.port

    def open(self) -> Link:
        """Listen. Raises SourceError."""
        first, self._first = self._first, None
        return first or TcpLink(self._host, self._port, self._token)

    def close(self) -> None:
        """Stop listening."""
        if self._first is not None:
            self._first.close()
            self._first = None
