"""What keeps strangers out of the server: each request's Host, Origin and fetch metadata, and headers on each reply.

A page on another site can make a browser send requests here, and can point its own name at this computer. The first is
told from Origin and Sec-Fetch-Site, the second from Host.
"""

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# `connect-src 'self'` covers the WebSocket of the same host and port. Nothing is inline or from elsewhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), serial=(self), screen-wake-lock=(self)",
}
_SAFE = ("GET", "HEAD")
_OWN_SITE = ("same-origin", "none")  # of Sec-Fetch-Site; "same-site" is another port of this computer
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def is_loopback(address: str) -> bool:
    """Return whether a peer's address is this computer."""
    try:
        peer = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(peer, "ipv4_mapped", None)  # how a socket of both families names a peer of the old one
    return bool((mapped or peer).is_loopback)


def refusal(scope: Scope, names: Iterable[str]) -> str:
    """Return why a request is refused, or "". `names` are the server's own, without port."""
    headers = Headers(scope=scope)
    host = headers.get("host", "")
    if _name_of(host) not in names:
        return "this server is not called that; use the address that it printed"
    scheme = {"ws": "http", "wss": "https"}.get(scope["scheme"], scope["scheme"])
    origin = headers.get("origin")
    must_have_origin = scope["type"] == "websocket" or scope["method"] not in _SAFE
    if origin is None and must_have_origin:
        return "a request without Origin cannot change anything"
    if origin is not None and origin != f"{scheme}://{host}":
        return "a page from elsewhere gets nothing"
    is_navigation = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    if headers.get("sec-fetch-site", "none") not in _OWN_SITE and not (is_navigation and not must_have_origin):
        return "a page from elsewhere gets nothing"
    return ""


def _name_of(host: str) -> str:
    """Return a Host header without its port, in lower case."""
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()


class Gate:
    """Wraps an ASGI app: refuses what `refusal` names, and adds the headers that keep a browser strict."""

    def __init__(self, app: ASGIApp, names: Iterable[str]) -> None:
        self._app = app
        self._names = frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        reason = refusal(scope, self._names)

        async def send_strict(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if not reason:
            await self._app(scope, receive, send_strict)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
        else:
            await PlainTextResponse(reason, status_code=403)(scope, receive, send_strict)


class Rate:
    """At most `per_peer` attempts a minute from one address, and `in_all` from everybody."""

    def __init__(self, per_peer: int, in_all: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_peer = per_peer
        self._clock = clock
        self._all: deque[float] = deque(maxlen=in_all)
        self._peers: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, peer: str) -> bool:
        """Count an attempt; return whether it may go on."""
        now = self._clock()
        mine = self._peers.pop(peer, deque(maxlen=self._per_peer))
        self._peers[peer] = mine
        while len(self._peers) > 1000:  # addresses of IPv6 are many
            self._peers.popitem(last=False)
        if any(len(times) == times.maxlen and now - times[0] < 60 for times in (mine, self._all)):
            return False
        mine.append(now)
        self._all.append(now)
        return True
