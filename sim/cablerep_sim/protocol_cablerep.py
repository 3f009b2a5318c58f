"""pyserial's handler for cablerep://HOST:PORT?token=TOKEN: a board on a TCP port that asks for a token.

`serial.serial_for_url` finds it once `cablerep_sim` is in `serial.protocol_handler_packages`.
"""

import time
from urllib.parse import parse_qs, urlsplit

from serial.serialutil import SerialException
from serial.urlhandler import protocol_socket

from .board.tcp_link import BUSY, DENIED, HELLO, OK

_REPLY_S = 3.0  # a board replies within a turn of its loop


class Serial(protocol_socket.Serial):  # type: ignore[misc]  # pyserial has no types
    """A socket whose first line is the token. Raises SerialException if the board refuses it, or has a host already."""

    def open(self) -> None:
        """Connect, send the token and wait for the board's reply."""
        super().open()
        reply = b""
        try:
            self._socket.sendall(HELLO + self._token.encode("ascii", "replace") + b"\n")
            deadline = time.monotonic() + _REPLY_S
            while not reply.endswith(b"\n") and time.monotonic() < deadline:
                try:
                    data = self._socket.recv(1)
                except BlockingIOError:
                    time.sleep(0.005)
                    continue
                if not data:
                    break
                reply += data
        except OSError:
            reply = b""
        if reply != OK:
            self.close()
            raise SerialException(
                {
                    BUSY: "another program is connected to this board; close it first",
                    DENIED: "the board does not accept this token; use the address that it printed",
                }.get(reply, "there is no board that asks for a token; try socket://HOST:PORT")
            )

    def from_url(self, url: str) -> tuple[str, int]:
        """Return host and port of a cablerep:// address, and keep its token. Raises SerialException."""
        parts = urlsplit(url)
        try:
            port = parts.port
        except ValueError:
            port = None
        tokens = parse_qs(parts.query).get("token", [])
        if parts.scheme != "cablerep" or not parts.hostname or port is None or len(tokens) != 1:
            raise SerialException("the address is incomplete; write cablerep://HOST:PORT?token=TOKEN")
        self._token = tokens[0]
        return parts.hostname, port
