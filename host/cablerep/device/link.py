"""A connection to one board that reopens itself: bytes become events, and a lost port is waited for.

One thread and no callbacks: the caller polls, and decides when to store a rep and when to draw.
"""

import time
from collections.abc import Callable

from ..errors import PortError
from .events import Connected, Disconnected, Event, Silent
from .port import Port, choose_board, connected_ports, find_moved, usb_serial, without_token
from .session import Session

HELLO_S = 1.0  # between hello requests to a board that does not answer
QUIET_S = 2.0  # HEALTH comes once a second: after missing two the board is asked for a HELLO
SILENT_S = 3.0  # and after three the silence is reported
MUTE = (
    "A board whose USB port has failed restarts within 15 s. If it does not, unplug it and plug it in again: it keeps "
    "its reps. If it has no firmware yet, run 'cablerep flash'"
)
# Pauses between attempts to reopen a lost port: short while somebody plugs it in again, then patient.
BACKOFF_S = (0.25, 0.5, 1.0, 2.0, 3.0)


class Link:
    """A board on `url`, or on the only port that looks like one if `url` is None.

    A board on USB is recognized by its serial number: if it comes back under another name, it is found there.

    `open_port`, `clock` and `wait` are injected for tests.
    """

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
        self.port = without_token(url or "")  # the one in use, or last in use, for people to see
        self._url = url
        self._open_port = open_port
        self._clock = clock
        self._wait = wait
        self._line: Port | None = None
        self._error: PortError | None = None  # raised by `flush`, handled by the next `poll`
        self._usb_serial = ""  # of the board, or "" if it is not known
        self._attempts = 0
        self._retry_at = 0.0
        self._received_at = 0.0
        self._request_at = 0.0
        self._silent = False

    def open(self) -> Connected:
        """Open the port for the first time. Raises PortError: a port that never existed is not waited for."""
        return self._open(self._url or choose_board(connected_ports()))

    def _open(self, url: str) -> Connected:
        self._line = self._open_port(url)
        self.port = without_token(url)
        if "://" not in url:
            self._usb_serial = usb_serial(url, connected_ports()) or self._usb_serial
        self._attempts = 0
        self._silent = False
        self._received_at = self._clock()
        self._request_at = self._received_at + HELLO_S
        self.session.open()
        return Connected(self.port)

    def poll(self) -> list[Event]:
        """Send, read and reconnect once, in some hundredths of a second. Raises nothing if the cable is unplugged."""
        if self._line is None:
            return self._reopen()
        try:
            if self._error is not None:
                raise self._error
            self._send()
            data = self._line.read()
        except PortError as error:
            return [self._disconnect(error)]
        events: list[Event] = list(self.session.feed(data))
        now = self._clock()
        if data:
            self._received_at = now
            self._silent = False
        quiet_s = now - self._received_at
        if (self.session.board is None or quiet_s > QUIET_S) and now >= self._request_at:
            self._request_at = now + HELLO_S
            self.session.request_hello()
        if quiet_s > SILENT_S and not self._silent:
            self._silent = True
            events.append(Silent(self.port, quiet_s))
        return events

    def flush(self) -> None:
        """Send what is queued now, so that an acknowledgement does not wait for the next `poll`."""
        if self._line is not None:
            try:
                self._send()
            except PortError as error:
                self._error = error

    def close(self) -> None:
        """Send what is queued and close the port."""
        self.flush()
        if self._line is not None:
            self._line.close()
            self._line = None

    def _send(self) -> None:
        data = self.session.take()
        if data and self._line is not None:
            self._line.write(data)

    def _disconnect(self, error: PortError) -> Disconnected:
        """Close a port that failed. What was in transit comes again, since it was not acknowledged."""
        if self._line is not None:
            self._line.close()
            self._line = None
        self._error = None
        self._attempts = 0
        self._retry_at = self._clock() + BACKOFF_S[0]
        return Disconnected(self.port, str(error))

    def _find_again(self) -> str:
        """Return where the board is now. Raises PortError if only another board is there."""
        if self._url is not None and "://" in self._url:
            return self._url
        ports = connected_ports()
        moved = find_moved(self._url, self._usb_serial, ports)
        return moved or self._url or choose_board(ports)

    def _reopen(self) -> list[Event]:
        pause_s = self._retry_at - self._clock()
        if pause_s > 0:
            self._wait(min(pause_s, BACKOFF_S[0]))
            return []
        try:
            return [self._open(self._find_again())]
        except PortError:
            self._attempts += 1
            self._retry_at = self._clock() + BACKOFF_S[min(self._attempts, len(BACKOFF_S) - 1)]
            return []
