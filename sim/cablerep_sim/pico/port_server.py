"""An emulated Pico with a port that other programs open, until it is interrupted: what `cablerep pico --pty` runs.

The port comes and goes with the chip on the USB, under one lasting name: a reset of the chip is felt as a real one is.
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

_LOOK_S = 0.25  # how late an interruption may be felt


class Cue(NamedTuple):
    """Something that happens to the board `at_s` seconds into the trace; `do` is a command of PROTOCOL.md."""

    at_s: float
    do: str


def serve(
    emulator: Emulator,
    line: "PtyLine | TcpLine",
    announce: Callable[[str], None],
    tell: Callable[[Event], None],
    cues: Sequence[Cue] = (),
) -> None:
    """Serve until KeyboardInterrupt, or PicoError where the chip ends by itself.

    `announce` is told the port once it can be opened, `tell` every event of the harness.
    """
    bridge = Bridge(emulator.port, line.open)
    announced = False
    try:
        while True:
            event = emulator.next(_LOOK_S)
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
            tell(event)
    finally:
        bridge.close()


class PtyLine:
    """Pseudo-terminals that follow one another under the name of a symbolic link, which goes with us."""

    def __init__(self, link: Path | None = None) -> None:
        self._link = link or Path(tempfile.gettempdir(), f"cablerep-pico-{os.getpid()}")
        self.name = str(self._link)
        self._target = ""

    def open(self) -> Link:
        """Return a new pseudo-terminal with the name pointing at it. Raises SourceError."""
        port = PtyLink()
        point(self._link, port.name)
        self._target = port.name
        return port

    def close(self) -> None:
        """Take the name away."""
        unpoint(self._link, self._target)


class TcpLine:
    """Listeners that follow one another on one port."""

    def __init__(self, host: str, port: int) -> None:
        """Port 0 takes a free one. Raises SourceError where it is not to be had."""
        self._host = host
        self._first: TcpLink | None = TcpLink(host, port)
        self.name = self._first.name
        self._port = int(self.name.rpartition(":")[2])

    def open(self) -> Link:
        """Listen. Raises SourceError."""
        first, self._first = self._first, None
        return first or TcpLink(self._host, self._port)

    def close(self) -> None:
        """Listen no longer."""
        if self._first is not None:
            self._first.close()
            self._first = None
