"""Runs the application: sockets, TLS, the boards' plans, and what the terminal says.

Loopback by default. On the network the page has TLS, or else can only be watched.
"""

import asyncio
import contextlib
import itertools
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from ..errors import OutputError
from ..exercise.profile import Profile
from ..monitor import demo
from ..monitor.loop import MonitorPlan
from ..people.plans import Plan
from . import qr
from .access import LOOPBACK_NAMES
from .app import Place, Server
from .devices import CONTROL, WATCH, Devices
from .station import Station
from .terminal import Doorkeeper

PORT = 7377  # "REPS" on the keys of a telephone
_DEMO_FAULTS = ("hold_short@3,swing@6", "", "eccentric_fast@4", "")
_DEMO_REST_S = 10.0  # between two sets, to read the table
_MESSAGE_MAX = 256  # bytes from a viewer, who sends numbers only


@dataclass(frozen=True, slots=True)
class Options:
    """What `cablerep serve` was asked for. `certificate` and `key` replace those of the local authority."""

    ports: tuple[str | None, ...]
    store: Path
    profile: Profile | None = None
    side: str = ""
    port: int = PORT
    lan: bool = False
    tls: bool = True
    certificate: Path | None = None
    key: Path | None = None
    demo: bool = False
    demo_speed: float = 1.0
    curves: bool = True
    lifters: tuple[str, ...] = ()
    session: Plan | None = None
    weight_n: float | None = None


def folder(store: Path) -> Path:
    """Return the folder of devices and certificates, beside the store."""
    return store.with_name(f"{store.stem}-web")


def devices_of(store: Path) -> Devices:
    """Open the list of devices."""
    return Devices(folder(store) / "devices.sqlite")


def serve(options: Options, report: Callable[[str], None]) -> None:
    """Serve until Ctrl-C. Raises CablerepError for a port that is taken or a certificate that cannot be used."""
    listening = _listen(options)
    port = listening.getsockname()[1]
    addresses = _addresses() if options.lan else []
    host = socket.gethostname().lower().partition(".")[0]
    names = [*LOOPBACK_NAMES, *(name for name in (host, f"{host}.local", *addresses) if options.lan)]
    secure = options.lan and options.tls
    scheme = "https" if secure else "http"
    shown = "127.0.0.1" if not options.lan else f"{host}.local" if _resolves(f"{host}.local") else addresses[0]
    devices = devices_of(options.store)

    def invite_url(code: str) -> str:
        return f"{scheme}://{shown}:{port}/#code={code}"

    def invite() -> None:
        local = devices.new_code(CONTROL, local=True)
        report(f"\nOpen the page on this computer: {scheme}://127.0.0.1:{port}/#code={local}")
        if options.lan:
            url = invite_url(devices.new_code(CONTROL if secure else WATCH))
            report(f"Or scan this with a phone on the same network:\n{qr.text(url)}{url}")
        report("The links work once, for five minutes; press Enter for new ones, Ctrl-C to end.")

    certificate = key = None
    if secure:
        certificate, key = _certificate(options, names, report)
    elif options.lan:
        report("Without TLS everybody on this network can read along, so phones can only watch.")
    rest_s = _DEMO_REST_S if options.demo else None
    stations = [
        Station(index, plans, options.store, report, rest_s=rest_s) for index, plans in enumerate(_plans(options))
    ]
    server = Server(Place(frozenset(names), port, options.store, invite_url), stations, devices)
    config = configured(server.app(), certificate, key)
    asyncio.run(_run(uvicorn.Server(config), listening, Doorkeeper(devices, invite, report), invite))


def configured(app: ASGIApp, certificate: Path | None = None, key: Path | None = None) -> uvicorn.Config:
    """Return how uvicorn serves the application; with a certificate by TLS."""
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        proxy_headers=False,  # nobody may claim to be this computer
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=_MESSAGE_MAX,
        ws_per_message_deflate=False,  # 300 KB of memory a viewer, and time; frames are small
        timeout_graceful_shutdown=1,
        ssl_certfile=certificate,
        ssl_keyfile=key,
    )


async def _run(
    server: uvicorn.Server, listening: socket.socket, doorkeeper: Doorkeeper, invite: Callable[[], None]
) -> None:
    invite()
    keeping = asyncio.create_task(doorkeeper.run())
    try:
        await server.serve(sockets=[listening])
    finally:
        keeping.cancel()


def _listen(options: Options) -> socket.socket:
    host = "" if options.lan else "127.0.0.1"
    both = options.lan and socket.has_dualstack_ipv6()
    try:
        return socket.create_server(
            (host, options.port), family=socket.AF_INET6 if both else socket.AF_INET, dualstack_ipv6=both
        )
    except OSError as error:
        raise OutputError(f"port {options.port}: {error.strerror}; choose another with --http-port") from None


def _certificate(options: Options, names: list[str], report: Callable[[str], None]) -> tuple[Path, Path]:
    if options.certificate is not None:
        return options.certificate, options.key or options.certificate
    from .tls import certificate

    made = folder(options.store)
    file, key = certificate(made, [name.strip("[]") for name in names])
    report(f"TLS by this computer's own authority; install {made / 'ca.pem'} on a phone to end its warnings.")
    return file, key


def _plans(options: Options) -> Iterator[Iterator[MonitorPlan]]:
    """Yield the plans of each board."""
    if options.demo:
        yield _demo_plans(options)
        return
    for port in options.ports:
        plan = MonitorPlan(
            (port,),
            (options.side,),
            profile=options.profile,
            stream=True,
            curves=options.curves,
            lifters=options.lifters,
            session=options.session,
            weight_n=options.weight_n,
        )
        yield iter([plan])


def _demo_plans(options: Options) -> Iterator[MonitorPlan]:
    """Yield a set at a time, left and right in turn, without end."""
    each = options.profile is not None and options.profile.sides == "each"
    for number in itertools.count():
        side = ("left", "right")[number % 2] if each else ""
        url = demo.address(side, _DEMO_FAULTS[number % 4], options.profile, number % 9 + 1, options.demo_speed)
        yield MonitorPlan((url,), (side,), None, options.profile, stream=True)


def _addresses() -> list[str]:
    """Return this computer's addresses on the network, the one with the way out first."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, contextlib.suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # documentation network: nothing is sent
        found.append(probe.getsockname()[0])
    with contextlib.suppress(OSError):
        found += [info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)]
    return [*dict.fromkeys(str(one) for one in found if not str(one).startswith("127."))] or ["127.0.0.1"]


def _resolves(name: str) -> bool:
    """Return whether a name can be looked up here: then the system answers for it on the network, too."""
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        return False
    return True
