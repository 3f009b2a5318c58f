"""`cablerep monitor`: a board live, on a screen, as plain lines or as JSON Lines, every rep stored.

It ends with Ctrl-C; a board that is unplugged is waited for.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cablerep import options

if TYPE_CHECKING:
    from cablerep.live_model import LiveModel


def add_parser(subparsers: Any) -> None:
    """Add this command's arguments to the command line."""
    parser = subparsers.add_parser(
        "monitor",
        help="watch a board and store its reps",
        description="Shows a board live and stores every rep; waits for a board that is unplugged. Ctrl-C ends it.",
    )
    options.add_port(parser)
    options.add_store(parser)
    parser.add_argument("--sets", type=options.positive, metavar="N", help="end after N sets (default: at Ctrl-C)")
    parser.add_argument("--plain", action="store_true", help="lines instead of the screen, on a terminal too")
    parser.add_argument("--json", action="store_true", help="print JSON Lines and nothing else on standard output")
    parser.add_argument(
        "--no-curves",
        action="store_true",
        help="store the reps' figures without their curves; a slow line then carries no samples but the screen's",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Watch until the sets are over or Ctrl-C; return the exit status."""
    from cablerep import terminal
    from cablerep.link import Link
    from cablerep.live_model import LiveModel
    from cablerep.monitoring import JsonView, PlainView, ScreenView, View, follow
    from cablerep.screen import fits
    from cablerep.session import Session
    from cablerep.store import Store
    from cablerep.watch import Watch

    console = terminal.output()
    screen = not args.json and not args.plain and fits(console)
    link = Link(args.port, Session(stream=screen or not args.no_curves))
    model = LiveModel()
    with Store(options.store_path(args.store)) as store, Watch(link, store, curves=not args.no_curves) as watch:
        view: View = JsonView(watch) if args.json else ScreenView(console, model) if screen else PlainView(console)
        try:
            follow(watch, view, sets=args.sets)
        except KeyboardInterrupt:
            pass  # the way to end it
        finally:
            view.close()
        if screen:
            _print_sets(model)
    return 0


def _print_sets(model: LiveModel) -> None:
    """Leave behind what the screen showed last."""
    from cablerep import tables, terminal

    console = terminal.output()
    if model.reps:
        console.print(tables.rep_table(model.reps))
    for over in model.sets:
        console.print(tables.set_line(over.set, over.reps, over.partials, over.rom_mm, over.load_n, over.side))
