"""A virtual board's link on a TCP port, for remote hosts and for systems without pseudo-terminals.

One host at a time, as on a cable. A connection becomes the host with its first bytes; beyond this computer it must send
a token first. Until then it waits among few others, so that an idle stranger does not keep the host out.

With a token the client sends the line `CABLEREP TOKEN` and receives `OK`, `BUSY` or `DENIED`; see `protocol_cablerep`.
"""

import contextlib
import hmac
import ipaddress
import secrets
import selectors
import socket

from ..errors import SourceError

HELLO = b"CABLEREP "
OK, BUSY, DENIED = b"OK\n", b"BUSY\n", b"DENIED\n"
MIN_TOKEN = 8  # characters
MAX_TOKEN = 64
# As text between frames: a host without a token shows it to a person.
_BUSY_TEXT = b"\0busy: another program is connected to this board\n\0"
_MAX_WAITING = 8  # connections that have not sent anything yet; of more, the oldest is dropped
# How browsers and scanners begin; a host begins with a frame delimiter, 0.
_FOREIGN = (b"GET ", b"HEAD", b"POST", b"PUT ", b"OPTI", b"DELE", b"CONN", b"PATC", b"TRAC", b"PRI ", b"\x16\x03")
_CHUNK = 4096  # bytes at a time
# Small, so that a host that does not read is noticed soon and not after minutes of samples.
_SEND_BUFFER = 4096


class TcpLink:
    """A Link that listens on `host` and `port` (0: any free one); `name` is its pyserial address.

    Beyond loopback there is always a token: `token`, or a random one, which `name` then contains. Raises SourceError if
    it cannot listen there, or if the token is too short.
    """

    def __init__(self, host: str, port: int, token: str = "") -> None:
        if token and not (MIN_TOKEN <= len(token) <= MAX_TOKEN and token.isascii() and token.isalnum()):
            raise SourceError(f"a token has {MIN_TOKEN} to {MAX_TOKEN} letters and digits")
        try:
            self._server = socket.create_server((host, port), backlog=_MAX_WAITING)
        except (OSError, OverflowError) as error:
            raise SourceError(f"cannot listen on {host}:{port} ({error}); choose another port") from None
        self._server.setblocking(False)
        address, self.port = self._server.getsockname()[:2]
        if not token and not ipaddress.ip_address(address).is_loopback:
            token = secrets.token_hex(16)
        self.token = token
        self.name = f"cablerep://{host}:{self.port}?token={token}" if token else f"socket://{host}:{self.port}"
        self._host: socket.socket | None = None
        self._waiting: dict[socket.socket, bytes] = {}  # with what each has sent so far, oldest first
        self._received = b""  # by the host, before it became the host
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._server, selectors.EVENT_READ)

    def present(self) -> bool:
        self._accept()
        for connection in list(self._waiting):
            self._examine(connection)
        return self._host is not None

    def receive(self) -> bytes:
        if self._host is None:
            return b""
        received, self._received = self._received, b""
        try:
            data = self._host.recv(_CHUNK)
        except BlockingIOError:
            return received
        except OSError:
            data = b""
        if not data:
            self._drop()
        return received + data

    def send(self, data: memoryview) -> int:
        if self._host is None:
            return 0
        try:
            return self._host.send(data)
        except BlockingIOError:
            return 0
        except OSError:
            self._drop()
            return 0

    def wait(self, seconds: float, room: bool) -> None:
        if self._host is not None:
            wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if room else 0)
            self._selector.modify(self._host, wanted)
        self._selector.select(max(0.0, seconds))

    def close(self) -> None:
        self._drop()
        for connection in list(self._waiting):
            self._dismiss(connection)
        self._selector.close()
        self._server.close()

    def _accept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            connection, _ = self._server.accept()
            connection.setblocking(False)
            self._waiting[connection] = b""
            self._selector.register(connection, selectors.EVENT_READ)
            if len(self._waiting) > _MAX_WAITING:
                self._dismiss(next(iter(self._waiting)))

    def _examine(self, connection: socket.socket) -> None:
        """Decide whether a waiting connection is a host, once it has sent enough."""
        try:
            data = connection.recv(MAX_TOKEN + len(HELLO) + 1 if self.token else _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        sent = self._waiting[connection] + data
        if not data or sent.startswith(_FOREIGN):
            self._dismiss(connection)
            return
        self._waiting[connection] = sent
        if not self.token:
            self._admit(connection, sent, b"", _BUSY_TEXT)
            return
        line, end, rest = sent.partition(b"\n")
        if end and hmac.compare_digest(line, HELLO + self.token.encode()):
            self._admit(connection, rest, OK, BUSY)
        elif end or len(line) > len(HELLO) + MAX_TOKEN:
            self._dismiss(connection, DENIED)

    def _admit(self, connection: socket.socket, received: bytes, greeting: bytes, refusal: bytes) -> None:
        if self._host is not None:
            self._dismiss(connection, refusal)
            return
        del self._waiting[connection]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        self._host = connection
        self._received = received
        with contextlib.suppress(OSError):
            connection.send(greeting)

    def _dismiss(self, connection: socket.socket, message: bytes = b"") -> None:
        del self._waiting[connection]
        self._selector.unregister(connection)
        with contextlib.suppress(OSError):
            connection.send(message)
            connection.shutdown(socket.SHUT_WR)
        connection.close()

    def _drop(self) -> None:
        if self._host is not None:
            self._selector.unregister(self._host)
            self._host.close()
            self._host = None
            self._received = b""
