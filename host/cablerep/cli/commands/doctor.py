"""`cablerep doctor`: watches a board for some seconds and reports what to check.

The exit status is 1 if something is wrong, so scripts can use it.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.device.link import Link
    from cablerep.device.session import Session
    from cablerep.setup.checkup import Observation

ANSWER_S = 5.0  # a board answers within 20 ms, or within a few seconds if opening the port resets it


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "doctor",
        help="check a board's wiring and health",
        description="Watches a board while you pull the cable and reports what to check: a loose wire, a wrong rate, a "
        "reversed encoder, a noisy load cell. Stores nothing.",
    )
    options.add_port(parser)
    parser.add_argument(
        "--seconds", type=options.positive, default=10, metavar="N", help="how long to watch (default 10)"
    )
    parser.add_argument("--clear", action="store_true", help="clear the board's latched faults first")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Watch the board and print the findings; return the exit status, 1 if something is wrong."""
    from cablerep.device.link import Link
    from cablerep.device.session import Session
    from cablerep.setup import checkup
    from cablerep.text import console as terminal

    link = Link(args.port, Session(stream=True))
    try:
        seen = _observe(link, args.seconds, args.clear, terminal.note)
    finally:
        link.close()
    hello = seen.hello
    print(f"board {hello.board} ({hello.port}), cablerep {hello.version}, {hello.rate_hz} Hz")
    found = checkup.findings(seen)
    for finding in found:
        print(f"{checkup.MARKS[finding.level]:5}  {finding.text}")
    return 1 if any(finding.level == checkup.BAD for finding in found) else 0


def _observe(link: Link, seconds: int, clear: bool, tell: Callable[[str], None]) -> Observation:
    """Collect the board's events for `seconds` after its HELLO. Raises PortError, SchemaMismatchError."""
    import time

    from cablerep.device.client import mismatch_text
    from cablerep.device.events import Disconnected, Hello, SchemaMismatch
    from cablerep.errors import PortError, SchemaMismatchError
    from cablerep.setup.checkup import Observation

    link.open()
    seen: Observation | None = None
    end = time.monotonic() + ANSWER_S
    while time.monotonic() < end:
        for event in link.poll():
            if isinstance(event, SchemaMismatch):
                raise SchemaMismatchError(f"{link.port}: {mismatch_text(event)}")
            if isinstance(event, Disconnected):
                raise PortError(f"{event.port}: {event.reason}")
            if isinstance(event, Hello) and seen is None:
                seen = Observation(event)
                tell(f"pull the cable half a metre out from the stack and let it back, within {seconds} s")
                end = time.monotonic() + seconds
                _request(link.session, clear)
            elif seen is not None:
                seen.take(event)
    if seen is None:
        raise PortError(f"{link.port}: no board responds; install the firmware with 'cablerep flash'")
    return seen


def _request(session: Session, clear: bool) -> None:
    """Request the settings that the checkup uses; clear old faults if `clear` is set."""
    from cablerep_fw.core.link import wire

    names = [row[0] for row in wire.SETTINGS]
    for name in ("cell", "cell_hz", "free_mm"):
        session.command("get", setting=names.index(name) + 1)
    if clear:
        session.command("clear_faults")
