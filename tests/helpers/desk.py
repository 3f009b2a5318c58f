"""A clock and a port that the test turns by hand, for whatever reads a link."""

from cablerep.device.link import Link
from cablerep.device.session import Session
from cablerep.errors import PortError


class Desk:
    """A desk with a clock and a port: each turn gives the bytes of `script`, or what it raises."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.plugged = True
        self.script: list[bytes | PortError] = []
        self.sent = b""
        self.opened = 0
        self.closed = 0
        self.turn_s = 0.03

    def open_port(self, url: str) -> "DeskPort":
        if not self.plugged:
            raise PortError(f"{url}: there is no such port")
        self.opened += 1
        return DeskPort(self)

    def wait(self, seconds: float) -> None:
        self.now_s += seconds

    def link(self, session: Session | None = None, url: str | None = "desk") -> Link:
        return Link(url, session or Session(), open_port=self.open_port, clock=lambda: self.now_s, wait=self.wait)


class DeskPort:
    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.url = "desk"

    def read(self) -> bytes:
        self.desk.now_s += self.desk.turn_s
        what = self.desk.script.pop(0) if self.desk.script else b""
        if isinstance(what, PortError):
            raise what
        return what

    def write(self, data: bytes) -> None:
        if not self.desk.plugged:
            raise PortError("desk: the board is gone")
        self.desk.sent += data

    def close(self) -> None:
        self.desk.closed += 1
