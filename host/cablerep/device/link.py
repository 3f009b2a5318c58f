"""The line to one board, held open: what it says comes out as events, and a board that goes is waited for.

One thread and no callbacks: `poll` does a turn of reading, sending and reconnecting, and whoever calls it decides
when a rep is stored and when a screen is drawn.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import PortError
from .events import Event
from .port import Port, choose_board, connected_ports
from .session import Session

HELLO_S = 1.0  # between two questions to a board that does not answer
QUIET_S = 2.0  # a board reports its health once a second: one that misses two is asked whether it is there
SILENT_S = 3.0  # and after three it is worth a word
# Pauses between attempts to open a port that is gone. Plugging in again takes a second or two; then patience.
BACKOFF_S = (0.25, 0.5, 1.0, 2.0, 3.0)


@dataclass(frozen=True, slots=True)
class Connected:
    """The port is open; whether a board is behind it, its HELLO will say."""

    port: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The port is gone, and is being waited for."""

    port: str
    why: str


@dataclass(frozen=True, slots=True)
class Silent:
    """The port is open, but nothing has come from it for `seconds`."""

    port: str
    seconds: float


LinkEvent = Event | Connected | Disconnected | Silent


class Link:
    """A board on `url`, or on the only port that may be one where `url` is None."""

    def __init__(
        self,
        url: str | None,
        session: Session,
        *,
        open_port: Callable[[str], Port] = Port,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self.session = session
        self.port = url or ""  # the one in use, or last in use
        self._url = url
        self._open_port = open_port
        self._clock = clock
        self._wait = wait
        self._line: Port | None = None
        self._failed: PortError | None = None  # of the line, found between two turns
        self._attempts = 0
        self._retry_at = 0.0
        self._heard_at = 0.0
        self._ask_at = 0.0
        self._silent = False

    def open(self) -> Connected:
        """Open the port for the first time. Raises PortError: then nobody waits for a port that was never there."""
        url = self._url or choose_board(connected_ports())
        self._line = self._open_port(url)
        self.port = url
        self._attempts = 0
        self._silent = False
        self._heard_at = self._clock()
        self._ask_at = self._heard_at + HELLO_S
        self.session.open()
        return Connected(url)

    def poll(self) -> list[LinkEvent]:
        """Do one turn, some hundredths of a second long, and return what happened. A cable makes it raise nothing."""
        if self._line is None:
            return self._reopen()
        try:
            if self._failed is not None:
                raise self._failed
            self._send()
            data = self._line.read()
        except PortError as error:
            return [self._lose(error)]
        events: list[LinkEvent] = list(self.session.feed(data))
        now = self._clock()
        if data:
            self._heard_at = now
            self._silent = False
        quiet = now - self._heard_at
        if (self.session.board is None or quiet > QUIET_S) and now >= self._ask_at:
            self._ask_at = now + HELLO_S
            self.session.request_hello()
        if quiet > SILENT_S and not self._silent:
            self._silent = True
            events.append(Silent(self.port, quiet))
        return events

    def flush(self) -> None:
        """Send what the session has to say now, so that an acknowledgement does not wait for the next turn."""
        if self._line is not None:
            try:
                self._send()
            except PortError as error:
                self._failed = error  # the next turn tells of it

    def close(self) -> None:
        """Send what is left and close the port."""
        self.flush()
        if self._line is not None:
            self._line.close()
            self._line = None

    def _send(self) -> None:
        data = self.session.take()
        if data and self._line is not None:
            self._line.write(data)

    def _lose(self, error: PortError) -> Disconnected:
        """Give up a line that failed; what was under way comes again, because it was not acknowledged."""
        if self._line is not None:
            self._line.close()
            self._line = None
        self._failed = None
        self._attempts = 0
        self._retry_at = self._clock() + BACKOFF_S[0]
        return Disconnected(self.port, str(error))

    def _reopen(self) -> list[LinkEvent]:
        pause = self._retry_at - self._clock()
        if pause > 0:
            self._wait(min(pause, BACKOFF_S[0]))
            return []
        try:
            return [self.open()]
        except PortError:
            self._attempts += 1
            self._retry_at = self._clock() + BACKOFF_S[min(self._attempts, len(BACKOFF_S) - 1)]
            return []
