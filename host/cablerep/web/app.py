"""The server's application: pages and texts for everybody, data for devices that were let in, changes for those that
may control.

One WebSocket carries the live view and only sends; every change is a POST to /do. So there is one place each where a
stranger is told from a device, and a device that may only watch from one that may control.
"""

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp
from starlette.websockets import WebSocket, WebSocketDisconnect

from .. import __version__, words
from ..errors import CablerepError, HistoryError
from ..exercise.library import known
from . import actions, pages, qr
from .access import Gate, Rate, is_loopback
from .actions import BadRequestError
from .assets import Asset, load
from .channel import Channel, encode
from .devices import CONTROL, ROLES, WATCH, Device, Devices
from .station import Station
from .view import unit

BODY_MAX = 4096  # bytes of a request; a note has 500 characters
VIEWERS_MAX = 200  # of the whole server
UNSEEN_MAX = 24  # frames, 2 s: so many are sent ahead of the viewer's last acknowledgement
LEFT_OUT = 4401  # close code for a stranger or a device that was revoked; 4000 to 4999 are ours (RFC 6455)
BUSY = 4429
_REVOKED_S = 0.5  # how soon a change by another program is noticed
# The report has its own style in the page and no script; the sandbox makes sure of the latter.
_REPORT_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
_NAME = re.compile("[0-9a-z-]{1,40}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the server is: the `names` it answers to, the `port` that its cookie is named after, files, and the store.

    `invite_url` makes the address that a new device opens out of a code.
    """

    names: frozenset[str]
    port: int
    store: Path
    invite_url: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks: `device` is None for a stranger, `role` "" for everybody who is not let in (yet)."""

    device: Device | None
    role: str
    is_local: bool
    is_secure: bool


class Server:
    """The state that the routes share."""

    def __init__(self, place: Place, stations: Sequence[Station], devices: Devices) -> None:
        self.place = place
        self.stations = stations
        self.devices = devices
        self.assets = load()
        self.cookie = f"cablerep_{place.port}"
        self._sockets: dict[WebSocket, str] = {}  # with the id of their device
        self._pairing = Rate(per_peer=5, in_all=20)
        self._changes = Rate(per_peer=240, in_all=1200)
        self._version = devices.version()

    def app(self) -> ASGIApp:
        """Return the application behind its gate."""
        routes = [
            Route("/", self._index),
            Route("/sw.js", self._worker),
            Route("/manifest.webmanifest", self._manifest),
            Route("/static/{path:path}", self._static),
            Route("/me", self._me),
            Route("/pair", self._pair, methods=["POST"]),
            Route("/do", self._do, methods=["POST"]),
            Route("/devices", self._devices),
            Route("/exercises", self._exercises),
            Route("/history", self._history),
            Route("/set/{name}", self._set),
            Route("/compare", self._compare),
            Route("/progress", self._progress),
            Route("/report/{name}", self._report),
            WebSocketRoute("/live", self._live),
        ]
        return Gate(Starlette(routes=routes, lifespan=self._lifespan), self.place.names)

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(station.run()) for station in self.stations]
        tasks.append(asyncio.create_task(self._watch_devices()))
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.devices.close()

    # -- who asks

    def visitor(self, connection: HTTPConnection) -> Visitor:
        """Return who asks. Beyond this computer, nobody controls over a line that can be read by others."""
        peer = connection.client.host if connection.client else ""
        is_local = is_loopback(peer)
        is_secure = connection.scope["scheme"] in ("https", "wss")
        token = connection.cookies.get(self.cookie, "")
        device = self.devices.of_token(token) if token else None
        role = device.role if device is not None and device.approved else ""
        if role == CONTROL and not (is_local or is_secure):
            role = WATCH
        return Visitor(device, role, is_local, is_secure)

    def _require(self, request: Request, role: str = WATCH) -> Response | None:
        """Return the refusal for a visitor without `role`, or None."""
        visitor = self.visitor(request)
        if not visitor.role:
            return _problem(401, "this browser was not let in")
        if role == CONTROL and visitor.role != CONTROL:
            return _problem(403, "this device may only watch")
        return None

    async def _watch_devices(self) -> None:
        """Close the sockets of devices that another program revoked."""
        while True:
            await asyncio.sleep(_REVOKED_S)
            version = self.devices.version()
            if version != self._version:
                self._version = version
                await self._close_revoked()

    async def _close_revoked(self) -> None:
        known_ids = {device.id for device in self.devices.all() if device.approved}
        for socket, id in list(self._sockets.items()):
            if id not in known_ids:
                with contextlib.suppress(RuntimeError, WebSocketDisconnect):  # it has just closed by itself
                    await socket.close(LEFT_OUT)

    # -- for everybody

    async def _index(self, request: Request) -> Response:
        return self._asset(request, "index.html")

    async def _worker(self, request: Request) -> Response:
        return self._asset(request, "sw.js")

    async def _manifest(self, request: Request) -> Response:
        return self._asset(request, "manifest.webmanifest")

    async def _static(self, request: Request) -> Response:
        return self._asset(request, request.path_params["path"])

    def _asset(self, request: Request, path: str) -> Response:
        asset: Asset | None = self.assets.get(path)
        return _problem(404, "there is no such file") if asset is None else asset.reply(request)

    async def _me(self, request: Request) -> Response:
        """Say who the browser is, and to a device that was let in what there is to see."""
        visitor = self.visitor(request)
        device = visitor.device
        answer: dict[str, Any] = {
            "version": __version__,
            "languages": words.languages(),
            "role": visitor.role,
            "secure": visitor.is_secure or visitor.is_local,
        }
        if device is not None:
            answer |= {"id": device.id, "name": device.name, "check": device.check, "waiting": not device.approved}
        if visitor.role:
            boards = [{"index": one.index, "port": one.name} for one in self.stations]
            answer |= {"boards": boards, "unit": unit()}
        return JSONResponse(answer)

    async def _pair(self, request: Request) -> Response:
        """Exchange a pairing code for a cookie."""
        peer = request.client.host if request.client else ""
        if not self._pairing.allows(peer):
            return _problem(429, "too many attempts; wait a minute")
        try:
            fields = await _body(request)
            code, name = actions.text_of(fields, "code", 40), actions.text_of(fields, "name", 80)
        except BadRequestError as error:
            return _problem(400, str(error))
        visitor = self.visitor(request)
        token = self.devices.redeem(code, name, peer, is_local=visitor.is_local)
        if token is None:
            return _problem(403, "this code is used up, too old or not one of ours")
        response = JSONResponse({})
        response.set_cookie(
            self.cookie,
            token,
            max_age=400 * 86_400,  # the longest that browsers keep one
            secure=visitor.is_secure,
            httponly=True,
            samesite="strict",
        )
        return response

    # -- for those who may watch

    async def _exercises(self, request: Request) -> Response:
        return await self._answer(
            request,
            lambda: [
                {"number": one.number, "name": one.name, "tempo": str(one.tempo), "about": one.about}
                for one in known()[0]
            ],
        )

    async def _history(self, request: Request) -> Response:
        return await self._answer(request, lambda: pages.history(self.place.store))

    async def _set(self, request: Request) -> Response:
        name = request.path_params["name"]
        return await self._answer(request, lambda: pages.one_set(self.place.store, _checked(name)))

    async def _compare(self, request: Request) -> Response:
        return await self._answer(request, lambda: pages.comparisons(self.place.store))

    async def _progress(self, request: Request) -> Response:
        return await self._answer(request, lambda: pages.progress_of_all(self.place.store))

    async def _report(self, request: Request) -> Response:
        name = request.path_params["name"]
        response = await self._answer(request, lambda: pages.report(self.place.store, _checked(name)))
        response.headers["content-security-policy"] = _REPORT_POLICY
        return response

    async def _answer(self, request: Request, read: Callable[[], object]) -> Response:
        """Return what `read` finds, to a visitor who may watch: text as HTML, everything else as JSON."""
        refused = self._require(request)
        if refused is not None:
            return refused
        try:
            found = await asyncio.to_thread(read)
        except HistoryError as error:
            return _problem(404, str(error))
        except CablerepError as error:
            return _problem(503, str(error))
        if isinstance(found, str):
            return HTMLResponse(found)
        return Response(encode(found), media_type="application/json", headers={"cache-control": "no-store"})

    # -- for those who may control

    async def _devices(self, request: Request) -> Response:
        refused = self._require(request, CONTROL)
        if refused is not None:
            return refused
        return JSONResponse(
            [
                {
                    "id": one.id,
                    "name": one.name,
                    "address": one.address,
                    "role": one.role,
                    "approved": one.approved,
                    "check": one.check,
                    "seen": one.seen,
                }
                for one in self.devices.all()
            ]
        )

    async def _do(self, request: Request) -> Response:
        """Every change goes through here."""
        refused = self._require(request, CONTROL)
        if refused is not None:
            return refused
        if not self._changes.allows(request.client.host if request.client else ""):
            return _problem(429, "too many requests; wait a minute")
        try:
            fields = await _body(request)
            return await self._change(str(fields.get("action")), fields)
        except BadRequestError as error:
            return _problem(400, str(error))
        except HistoryError as error:
            return _problem(404, str(error))
        except CablerepError as error:
            return _problem(503, str(error))

    async def _change(self, action: str, fields: Mapping[str, Any]) -> Response:
        if action == "invite":
            role = fields.get("role")
            if role not in ROLES:
                raise BadRequestError(f"role must be one of {', '.join(ROLES)}")
            code = self.devices.new_code(str(role))
            link = self.place.invite_url(code)
            return JSONResponse({"code": code, "url": link, "qr": qr.rows(link)})
        if action == "approve":
            return JSONResponse({"done": self.devices.approve(actions.text_of(fields, "id", 40))})
        if action == "revoke":
            done = self.devices.revoke(actions.text_of(fields, "id", 40))
            await self._close_revoked()
            return JSONResponse({"done": done})
        if action in ("edit", "undo") and "id" in fields:  # a set of the history, from whichever board
            changes = None if action == "undo" else actions.changes_of(fields)
            name = _checked(actions.text_of(fields, "id", 40))
            return JSONResponse({"done": await asyncio.to_thread(pages.correct, self.place.store, name, changes)})
        wanted = await asyncio.to_thread(actions.request_of, action, fields)
        index = actions.number_of(fields, "board", len(self.stations) - 1)
        return JSONResponse({"done": self.stations[index].request(wanted)})

    # -- live

    async def _live(self, socket: WebSocket) -> None:
        """Send the frames of one board until the viewer leaves or is revoked."""
        visitor = self.visitor(socket)
        query = socket.query_params
        index = int(query["board"]) if query.get("board", "").isascii() and query.get("board", "").isdigit() else 0
        if not visitor.role or visitor.device is None or index >= len(self.stations):
            await socket.accept()  # a refusal before this has no close code that a page can read
            await socket.close(LEFT_OUT)
            return
        await socket.accept()
        if len(self._sockets) >= VIEWERS_MAX:
            await socket.close(BUSY)
            return
        station = self.stations[index]
        self._sockets[socket] = visitor.device.id
        station.viewers += 1
        try:
            station.publish()
            await _Viewer(socket, station.channel, query.get("epoch", ""), query.get("n", "")).run()
        finally:
            station.viewers -= 1
            del self._sockets[socket]


class _Viewer:
    """One socket: what it has, what it has acknowledged."""

    def __init__(self, socket: WebSocket, channel: Channel, epoch: str, number: str) -> None:
        resumes = epoch == channel.epoch and _is_number(number) and int(number) <= channel.number
        self._socket = socket
        self._channel = channel
        self._number = int(number) if resumes else -1
        self._seen = self._number
        self._acknowledged = asyncio.Event()

    async def run(self) -> None:
        listening = asyncio.create_task(self._listen())
        sending = asyncio.create_task(self._send())
        _, pending = await asyncio.wait((listening, sending), return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        await asyncio.gather(listening, sending, return_exceptions=True)

    async def _listen(self) -> None:
        """Take acknowledgements; anything else ends the connection."""
        while True:
            message = await self._socket.receive()
            text = message.get("text")
            if message["type"] != "websocket.receive" or not isinstance(text, str) or not _is_number(text):
                return
            self._seen = min(int(text), self._number)
            self._acknowledged.set()

    async def _send(self) -> None:
        while True:
            await self._channel.wait(self._number)
            while 0 <= self._seen < self._number - UNSEEN_MAX:
                self._acknowledged.clear()
                await self._acknowledged.wait()
            first = self._number < 0
            messages = self._channel.after(self._number)
            self._number = self._channel.number
            if first:
                self._seen = self._number
            await self._socket.send_text(f"[{','.join(messages)}]")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise HistoryError("a set is called by its id, last or last-N")
    return name


async def _body(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request. Raises BadRequestError."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadRequestError("the body must be application/json")
    data = b""
    async for piece in request.stream():
        data += piece
        if len(data) > BODY_MAX:
            raise BadRequestError(f"the body may have {BODY_MAX} bytes")
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadRequestError("the body must be a JSON object")
    return found


def _problem(status: int, text: str) -> Response:
    return JSONResponse({"problem": text}, status_code=status)
