"""A page server on a thread, with virtual boards, and a client that speaks HTTP and WebSocket to it by real sockets."""

import asyncio
import http.client
import itertools
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from websockets.sync.client import ClientConnection, connect

from cablerep.monitor.loop import MonitorPlan
from cablerep.web.access import LOOPBACK_NAMES
from cablerep.web.app import Place, Server
from cablerep.web.devices import Devices
from cablerep.web.server import configured
from cablerep.web.station import Station
from cablerep_sim import protocol_sim
from cablerep_sim.board.address import Source
from cablerep_sim.board.links import Link
from cablerep_sim.board.virtual_board import VirtualBoard

BOARD = "sim://glute-kickback?reps=3&hold_s=1&speed={speed:g}"

_WAIT_S = 0.05
_numbers = itertools.count()
_is_held = threading.Event()


class PatientBoard(VirtualBoard):
    """A virtual board that a busy computer does not disturb, with a name of its own.

    It plays only to a host that has asked for samples, which sends the exercise with that; drops nothing that the host
    is late to read; and stands still in `held`.
    """

    def __init__(self, source: Source, link: Link) -> None:
        self._stood_s = 0.0
        named = replace(source, name=f"virtual-{next(_numbers)}")
        super().__init__(named, link, clock=lambda: time.monotonic() - self._stood_s)

    def idle(self) -> None:
        if self._at < len(self._received):
            return  # the exercise may stand behind the request for samples
        unread = self.app.outbox.used > 0
        if unread or _is_held.is_set() or not self.app.engine.reporter.streaming:
            since_s = time.monotonic()
            self.link.wait(_WAIT_S, unread)
            self._stood_s += time.monotonic() - since_s
        else:
            super().idle()


@contextmanager
def held() -> Iterator[None]:
    """Let all boards stand still: they answer, but no sample comes, and no rep replaces a message."""
    _is_held.set()
    try:
        yield
    finally:
        _is_held.clear()


class PageServer:
    """A running server; `devices` is a second handle on its list, as `cablerep serve devices` has."""

    def __init__(self, folder: Path, plans: list[MonitorPlan], port: int = 0) -> None:
        self.folder = folder
        self.reports: list[str] = []
        store = folder / "store.sqlite"
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]
        self.devices = Devices(folder / "devices.sqlite")
        self.stations = [Station(index, iter([plan]), store, self.reports.append) for index, plan in enumerate(plans)]
        place = Place(frozenset(LOOPBACK_NAMES), self.port, store, lambda code: f"http://x/#code={code}")
        self.server = Server(place, self.stations, Devices(folder / "devices.sqlite"))
        self._uvicorn = uvicorn.Server(configured(self.server.app()))
        self._thread = threading.Thread(target=lambda: asyncio.run(self._uvicorn.serve(sockets=[self._socket])))

    def start(self) -> None:
        self._thread.start()
        wait_until(lambda: self._uvicorn.started)

    def stop(self) -> None:
        self._uvicorn.should_exit = True
        self._thread.join(10)
        self.devices.close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cookie(self, role: str) -> str:
        """Let a new device in and return its Cookie header."""
        code = self.devices.new_code(role, local=True)
        return f"{self.server.cookie}={self.devices.redeem(code, role, '127.0.0.1', is_local=True)}"

    def ask(
        self, method: str, path: str, fields: Any = None, cookie: str = "", **headers: str
    ) -> tuple[int, dict[str, str], Any]:
        """Return status, headers and body of a request; underscores in names of headers are hyphens."""
        sent = {"origin": self.origin} if method != "GET" else {}
        if fields is not None:
            sent["content-type"] = "application/json"
        if cookie:
            sent["cookie"] = cookie
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        body = fields if isinstance(fields, bytes) else None if fields is None else json.dumps(fields).encode()
        connection.putrequest(method, path, skip_host="host" in sent)
        for name, value in sent.items():
            if value:
                connection.putheader(name, value)
        connection.putheader("content-length", str(len(body or b"")))
        connection.endheaders(body)
        response = connection.getresponse()
        data = response.read()
        connection.close()
        found = {name.lower(): value for name, value in response.getheaders()}
        is_json = found.get("content-type", "").startswith("application/json")
        return response.status, found, json.loads(data) if is_json else data

    def live(self, cookie: str, query: str = "board=0", **headers: str) -> ClientConnection:
        """Open the live socket."""
        sent = {"cookie": cookie, "origin": self.origin, **headers}
        origin = sent.pop("origin")
        return connect(
            f"ws://127.0.0.1:{self.port}/live?{query}",
            origin=origin or None,  # type: ignore[arg-type]
            additional_headers={name: value for name, value in sent.items() if value},
            open_timeout=10,
            compression=None,
        )


class Viewer:
    """What a page keeps of the frames that it receives, as static/server.js does."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self.view: dict[str, Any] = {}
        self.number = -1
        self.epoch = ""
        self.snapshots = 0

    def take(self, *, acknowledge: bool = True) -> None:
        for frame in json.loads(self.socket.recv(timeout=10)):
            if "all" in frame:
                self.view, self.epoch = frame["all"], frame["epoch"]
                self.snapshots += 1
            else:
                assert frame["n"] == self.number + 1, "frames come in order, without a gap"
                self.view |= frame["set"]
                for name, tail in frame.get("add", {}).items():
                    self.view[name] = [*self.view[name], *tail]
            self.number = frame["n"]
        if acknowledge:
            self.socket.send(str(self.number))

    def until(self, reached: Callable[[dict[str, Any]], bool], seconds: float = 20) -> dict[str, Any]:
        """Take frames until the view is as wanted; return it."""
        deadline = time.monotonic() + seconds
        while not (self.view and reached(self.view)):
            assert time.monotonic() < deadline, self.view
            self.take()
        return self.view


def wait_until(reached: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def plan(speed: float = 8, url: str = BOARD, **changes: Any) -> MonitorPlan:
    return MonitorPlan((url.format(speed=speed),), stream=True, **changes)


@contextmanager
def running(folder: Path, *plans: MonitorPlan, port: int = 0) -> Iterator[PageServer]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol_sim, "VirtualBoard", PatientBoard)
        server = PageServer(folder, list(plans) or [plan()], port)
        server.start()
        try:
            yield server
        finally:
            server.stop()
