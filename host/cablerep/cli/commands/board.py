"""`cablerep board`: a virtual board in a process of its own, for any serial program to connect to.

The firmware's main loop runs behind a pseudo-terminal or a TCP port, on a recording or a simulated athlete.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "board",
        help="run a virtual board on a pseudo-terminal or a TCP port",
        description="Runs the firmware's main loop on a trace or a simulated athlete and prints its port.",
        epilog="Example: cablerep board 'glute-kickback?reps=8' --pty, then cablerep monitor --port PORT.",
    )
    parser.add_argument(
        "source",
        nargs="?",
        default="glute-kickback",
        metavar="SOURCE",
        help="a trace file, or a scenario with options: 'glute-kickback?reps=8&speed=4' (default glute-kickback)",
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--pty", action="store_true", help="use a new pseudo-terminal")
    where.add_argument("--tcp", type=options.address, metavar="HOST:PORT", help="use a TCP port; 0 picks a free one")
    options.add_token(parser)
    parser.add_argument("--link", type=Path, metavar="PATH", help="with --pty: create a symbolic link to the port")
    parser.add_argument(
        "--speed", type=options.speed, metavar="X", help="multiple of real time; 0: as fast as possible (default 1)"
    )
    parser.add_argument(
        "--state", type=Path, metavar="DIR", help="folder for settings and journal, like a board's flash"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the board until it ends or Ctrl-C; return the exit status."""
    from cablerep_sim.board import server

    try:
        if args.pty:
            server.serve_pty(args.source, _announce, speed=args.speed, state_dir=args.state, link=args.link)
        else:
            host, port = args.tcp
            server.serve_tcp(
                args.source,
                _announce,
                host=host,
                port=port,
                token=args.token,
                speed=args.speed,
                state_dir=args.state,
            )
    except KeyboardInterrupt:
        return 0  # the normal way to stop
    return 0


def _announce(port: str) -> None:
    print(port, flush=True)
