"""`cablerep monitor`: shows a board live, on a screen, as plain lines or as JSON Lines, and stores every rep.

q or Ctrl-C ends it. If the board is unplugged, it waits for it.
"""

from __future__ import annotations

import argparse
import contextlib
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from cablerep.monitor.loop import MonitorPlan


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "monitor",
        help="watch a board and store its reps",
        description="Shows a board live and stores every rep. It waits for a board that is unplugged. Ctrl-C ends it.",
    )
    options.add_port(parser)
    options.add_profile(parser)
    options.add_side(parser)
    options.add_store(parser)
    parser.add_argument("--sets", type=options.positive, metavar="N", help="end after N sets (default: at Ctrl-C)")
    parser.add_argument("--plain", action="store_true", help="print lines instead of the live screen")
    parser.add_argument("--json", action="store_true", help="print JSON Lines and nothing else on standard output")
    parser.add_argument(
        "--no-curves",
        action="store_true",
        help="store only the figures of reps, not their curves; saves samples on a slow line",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Watch until N sets are over or Ctrl-C; return the exit status."""
    from cablerep.exercise.library import load
    from cablerep.monitor.loop import JsonView, MonitorPlan, PlainView, monitor_boards
    from cablerep.text import console as terminal

    console = terminal.output()
    screen = not args.json and not args.plain and terminal.takes_screen(console)
    profile = load(args.profile) if args.profile else None
    curves = not args.no_curves
    plan = MonitorPlan((args.port,), (args.side or "",), args.sets, profile, stream=screen or curves, curves=curves)
    store_path = options.store_path(args.store)
    if screen:
        _show(plan, store_path, console)
        return 0
    with contextlib.suppress(KeyboardInterrupt):  # the normal way to stop
        monitor_boards(plan, store_path, lambda watch, coach: JsonView(watch) if args.json else PlainView(console))
    return 0


def _show(plan: MonitorPlan, store_path: Path, console: Console) -> None:
    from cablerep.live.running import print_sets, run_screen
    from cablerep.model.screen import LiveModel
    from cablerep.monitor.feed import Feed

    model = LiveModel()
    with contextlib.suppress(KeyboardInterrupt):
        run_screen(Feed(plan, store_path), model)
    print_sets(console, model)
