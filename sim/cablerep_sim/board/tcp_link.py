"""A virtual board's link on a TCP port, for remote hosts and for systems without pseudo-terminals.

One host at a time, as on a cable: a second one is disconnected while the first is there.
"""

import contextlib
import selectors
import socket

from ..errors import SourceError

_CHUNK = 4096  # bytes at a time
# Small, so that a host that does not read is noticed soon and not after minutes of samples.
_SEND_BUFFER = 4096


class TcpLink:
    """A Link that listens on `host` and `port` (0: any free one); `name` is its pyserial address.

    Raises SourceError if it cannot listen there.
    """

    def __init__(self, host: str, port: int) -> None:
        try:
            self._server = socket.create_server((host, port), backlog=1)
        except (OSError, OverflowError) as error:
            raise SourceError(f"cannot listen on {host}:{port} ({error}); choose another port") from None
        self._server.setblocking(False)
        self.name = f"socket://{host}:{self._server.getsockname()[1]}"
        self._host: socket.socket | None = None
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._server, selectors.EVENT_READ)

    def present(self) -> bool:
        with contextlib.suppress(BlockingIOError):
            host, _ = self._server.accept()
            if self._host is None:
                host.setblocking(False)
                host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                host.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                host.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
                self._host = host
                self._selector.register(host, selectors.EVENT_READ)
            else:
                host.close()
        return self._host is not None

    def receive(self) -> bytes:
        if self._host is None:
            return b""
        try:
            data = self._host.recv(_CHUNK)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._drop()
        return data

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
        self._selector.close()
        self._server.close()

    def _drop(self) -> None:
        if self._host is not None:
            self._selector.unregister(self._host)
            self._host.close()
            self._host = None
