"""`cablerep serve`: the live screen as a page for phones and tablets, for whoever was let in."""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options
from cablerep.cli.commands.monitor import add_training, session_of

if TYPE_CHECKING:
    from cablerep.web.devices import Devices

_PROFILE = "glute-medius-kickback"
_NEEDS = "cablerep serve needs the extra 'web'; install it from your clone of cablerep: pip install '.[web]'"


def add_parser(subparsers: Any) -> None:
    """Add the command and its subcommands to the parser."""
    parser = subparsers.add_parser(
        "serve",
        help="show boards as a page, for a phone or tablet at the machine",
        description="Shows boards live on a page and stores every rep. Only this computer can open it, by the link "
        "that is printed; --lan lets devices on the network in that you approve. Ctrl-C ends it.",
    )
    parser.add_argument(
        "--port",
        metavar="URL",
        action="append",
        help="a board, as in monitor; may be repeated, for several boards (default: the only connected board)",
    )
    options.add_profile(parser)
    options.add_side(parser)
    options.add_store(parser)
    add_training(parser)
    parser.add_argument("--demo", action="store_true", help="sets on a virtual board, without end; nothing is kept")
    parser.add_argument(
        "--speed", type=options.speed, default=1.0, metavar="X", help="of the demo, in multiples of real time"
    )
    parser.add_argument("--http-port", type=_port, default=7377, metavar="N", help="of the page (default 7377)")
    parser.add_argument("--lan", action="store_true", help="let devices on the network in, by TLS and your approval")
    parser.add_argument("--no-tls", action="store_true", help="with --lan: no TLS; the network can only watch")
    parser.add_argument("--certificate", type=Path, metavar="FILE", help="with --lan: your own certificate, PEM")
    parser.add_argument("--key", type=Path, metavar="FILE", help="its key, if that is not in the same file")
    parser.add_argument("--no-curves", action="store_true", help="store only the figures of reps, not their curves")
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(title="devices", dest="serve_action", metavar="")
    devices = actions.add_parser(
        "devices",
        help="list the devices that were let in, approve and revoke them",
        description="Lists the browsers that were let in or are waiting, approves and revokes them, also while "
        "a server runs.",
    )
    options.add_store(devices)
    devices.add_argument("--approve", metavar="ID", help="let a waiting device in")
    devices.add_argument("--revoke", metavar="ID", help="forget a device; it is out at once, also of a running server")
    devices.add_argument("--json", action="store_true", help="print JSON Lines")
    devices.set_defaults(run=run_devices)


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C; return the exit status."""
    import tempfile

    from cablerep.errors import CablerepError
    from cablerep.exercise.library import load

    try:
        from cablerep.web.server import Options, serve
    except ImportError:
        raise CablerepError(_NEEDS) from None

    name = args.profile or (_PROFILE if args.demo else "")
    profile = load(name) if name else None
    with tempfile.TemporaryDirectory(prefix="cablerep-demo-") if args.demo else contextlib.nullcontext("") as folder:
        store = Path(folder) / "cablerep.sqlite" if args.demo and args.store is None else options.store_path(args.store)
        with contextlib.suppress(KeyboardInterrupt):
            serve(
                Options(
                    ports=tuple(args.port or (None,)),
                    store=store,
                    profile=profile,
                    side=args.side or "",
                    port=args.http_port,
                    lan=args.lan,
                    tls=not args.no_tls,
                    certificate=args.certificate,
                    key=args.key,
                    demo=args.demo,
                    demo_speed=args.speed,
                    curves=not args.no_curves,
                    lifters=tuple(args.lifter),
                    session=session_of(args, profile),
                    weight_n=args.weight,
                ),
                lambda line: print(line, flush=True),
            )
    return 0


def run_devices(args: argparse.Namespace) -> int:
    """List, approve or revoke; return the exit status."""
    from cablerep.errors import CablerepError

    try:
        from cablerep.web.server import devices_of
    except ImportError:
        raise CablerepError(_NEEDS) from None
    devices = devices_of(options.store_path(args.store))
    with contextlib.closing(devices):
        for id, change, done in (
            (args.approve, devices.approve, "is in"),
            (args.revoke, devices.revoke, "is out"),
        ):
            if id is not None:
                if not change(id):
                    raise CablerepError(f"{id}: there is no such device; 'cablerep serve devices' lists them")
                print(f"{id} {done}")
        if args.approve is None and args.revoke is None:
            _list(devices, args.json)
    return 0


def _list(devices: Devices, as_json: bool) -> None:
    from dataclasses import asdict
    from datetime import datetime

    from cablerep.text.console import note, print_json

    found = devices.all()
    for device in found:
        if as_json:
            print_json({"event": "device", **asdict(device), "check": device.check})
            continue
        state = f"may {device.role}" if device.approved else f"waits to {device.role}, shows {device.check}"
        seen = datetime.fromtimestamp(device.seen).astimezone()
        print(f"{device.id}  {device.name}  {device.address}  {state}  last seen {seen:%Y-%m-%d %H:%M}")
    if not found:
        note("no device was let in yet; 'cablerep serve' prints a link")


def _port(text: str) -> int:
    """Parse a port number from 0 on, for argparse. Raises ArgumentTypeError."""
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port number")
    return int(text)
