"""`cablerep board`: a virtual board as a process of its own, for any serial program to attach to.

The firmware's own loop runs behind a pseudo-terminal or a TCP port, on a recording or a simulated athlete.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add this command's arguments to the command line."""
    parser = subparsers.add_parser(
        "board",
        help="run a virtual board on a pseudo-terminal or a TCP port",
        description="Runs the firmware's loop on a trace or a simulated athlete and prints the port to attach to.",
        epilog="Example: cablerep board 'glute-kickback?reps=8' --pty, then cablerep monitor --port THAT.",
    )
    parser.add_argument(
        "source",
        nargs="?",
        default="glute-kickback",
        metavar="SOURCE",
        help="trace file, or a scenario with options: 'glute-kickback?reps=8&speed=4' (default glute-kickback)",
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--pty", action="store_true", help="on a new pseudo-terminal")
    where.add_argument(
        "--tcp", type=options.address, metavar="HOST:PORT", help="on a TCP port; port 0 takes a free one"
    )
    parser.add_argument(
        "--link", type=Path, metavar="PATH", help="with --pty: a symbolic link to the port, its lasting name"
    )
    parser.add_argument(
        "--speed", type=options.speed, metavar="X", help="times real time, 0: as fast as it goes (default 1)"
    )
    parser.add_argument("--state", type=Path, metavar="DIR", help="folder for settings and journal, the board's flash")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the board until it ends or Ctrl-C; return the exit status."""
    from cablerep_sim.board import server

    try:
        if args.pty:
            server.serve_pty(args.source, _announce, speed=args.speed, state_dir=args.state, link=args.link)
        else:
            host, port = args.tcp
            server.serve_tcp(args.source, _announce, host=host, port=port, speed=args.speed, state_dir=args.state)
    except KeyboardInterrupt:
        return 0  # the way to end it
    return 0


def _announce(port: str) -> None:
    print(port, flush=True)
