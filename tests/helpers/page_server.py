"""A page server on a thread, with virtual boards, and a client that speaks HTTP and WebSocket to it by real sockets."""

import asyncio
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from websockets.sync.client import ClientConnection, connect

from cablerep.monitor.loop import MonitorPlan
from cablerep.web.access import LOOPBACK_NAMES
from cablerep.web.app import Place, Server
from cablerep.web.devices import Devices
from cablerep.web.server import configured
from cablerep.web.station import Station

BOARD = "sim://glute-kickback?reps=3&hold_s=1&speed={speed:g}"


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
    server = PageServer(folder, list(plans) or [plan()], port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
