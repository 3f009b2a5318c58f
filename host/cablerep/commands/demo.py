"""`cablerep demo`: a set of kickbacks on a virtual board, live, through the real protocol; it ends by itself.

Nothing but the board is pretended: the firmware's own loop runs behind pyserial, and the reps go into a real store.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cablerep import options


def add_parser(subparsers: Any) -> None:
    """Add this command's arguments to the command line."""
    parser = subparsers.add_parser(
        "demo",
        help="watch a set being counted, without a board",
        description="Shows a set of kickbacks on a virtual board being counted live, and ends by itself.",
    )
    options.add_store(parser, default="a temporary one")
    parser.add_argument("--plain", action="store_true", help="lines instead of the screen, on a terminal too")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="write a picture of the live screen instead")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the set, then its table; return the exit status."""
    import tempfile

    if args.picture is not None:
        return _draw(args.picture)
    if args.store is not None:
        return _show(args.store, args.plain)
    with tempfile.TemporaryDirectory(prefix="cablerep-demo-") as folder:
        return _show(Path(folder) / "cablerep.sqlite", args.plain)


def _draw(path: Path) -> int:
    from cablerep import demonstration
    from cablerep.errors import CablerepError

    if path.suffix != ".svg":
        raise CablerepError(f"{path}: the picture is an SVG; give a name that ends in .svg")
    path.write_text(demonstration.picture(), encoding="utf-8")
    print(path)
    return 0


def _show(store_path: Path, plain: bool) -> int:
    from cablerep import demonstration, tables, terminal
    from cablerep.link import Link
    from cablerep.live_model import LiveModel
    from cablerep.monitoring import PlainView, ScreenView, View, follow
    from cablerep.screen import fits
    from cablerep.session import Session
    from cablerep.store import Store
    from cablerep.watch import Watch

    console = terminal.output()
    screen = fits(console) and not plain
    link = Link(demonstration.ADDRESS, Session(stream=True))
    with Store(store_path) as store, Watch(link, store) as watch:
        view: View = ScreenView(console, LiveModel()) if screen else PlainView(console)
        try:
            follow(watch, view, sets=1)
        finally:
            view.close()
        sets = store.sets(last=1)
    for one in sets:
        console.print()
        console.print(tables.rep_table(one.reps))
        console.print(tables.stored_set_line(one))
    if console.is_terminal:
        terminal.note("\nThat was a virtual board; with a real one it is: cablerep monitor")
    return 0
