"""`cablerep demo`: live sets of kickbacks on a virtual board, through the real protocol; it ends by itself.

Only the board is simulated: the firmware's main loop runs behind pyserial, and the reps go into a real store.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.exercise.profile import Profile


_PROFILE = "glute-medius-kickback"


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "demo",
        help="watch a simulated set being counted; needs no board",
        description="Counts sets of kickbacks on a virtual board, live, and ends by itself.",
    )
    options.add_profile(parser, default=_PROFILE)
    options.add_side(parser)
    parser.add_argument(
        "--faults",
        metavar="LIST",
        default="",
        help="faults and the reps they occur in, such as hold_short@3,swing@5,slam@8",
    )
    parser.add_argument(
        "--sets",
        type=options.positive,
        metavar="N",
        default=1,
        help="number of sets; sides alternate",
    )
    options.add_store(parser, default="a temporary one")
    parser.add_argument(
        "--keep",
        action="store_true",
        help=f"keep the reps in the store that 'cablerep history' reads; implied by --profile if "
        f"{options.STORE_VARIABLE} is set",
    )
    parser.add_argument("--plain", action="store_true", help="print lines instead of the live screen")
    parser.add_argument("--picture", type=Path, metavar="FILE.svg", help="write a picture of the live screen instead")
    parser.add_argument("--force", action="store_true", help="overwrite an existing picture")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the sets, then print their tables; return the exit status."""
    import tempfile

    from cablerep.exercise.library import load
    from cablerep.text.console import note

    profile = load(args.profile or _PROFILE)
    if args.picture is not None:
        return _draw(args.picture, profile, args.force)
    named = args.profile is not None and options.STORE_VARIABLE in os.environ
    if args.store is not None or args.keep or named:
        return _show(args, profile, options.store_path(args.store))
    with tempfile.TemporaryDirectory(prefix="cablerep-demo-") as folder:
        status = _show(args, profile, Path(folder) / "cablerep.sqlite")
    note("nothing was stored; with --keep the sets are kept for 'cablerep history'")
    return status


def _draw(path: Path, profile: Profile, force: bool) -> int:
    from cablerep.cli import files
    from cablerep.live import demo

    files.check_suffix(path, ".svg")
    files.check([path], force=force)
    files.write(path, demo.picture(profile=profile).encode())
    print(path)
    return 0


def _show(args: argparse.Namespace, profile: Profile, store_path: Path) -> int:
    from cablerep.monitor import demo
    from cablerep.monitor.loop import PlainView, monitor_boards
    from cablerep.store.database import Store
    from cablerep.text import console as terminal
    from cablerep.text.reps import form_lines, rep_table, stored_set_line

    console = terminal.output()
    side = args.side or ("left" if profile.sides == "each" else "")
    plan = demo.plan(args.sets, side, args.faults, profile, demo.SPEED)
    if terminal.takes_screen(console) and not args.plain:
        from cablerep.live.running import run_screen
        from cablerep.model.screen import LiveModel
        from cablerep.monitor.feed import Feed

        run_screen(Feed(plan, store_path), LiveModel())
    else:
        monitor_boards(plan, store_path, lambda watch, coach: PlainView(console))
    with Store(store_path) as store:
        sets = store.sets(last=args.sets)
    for one in sets:
        console.print()
        console.print(rep_table(one.reps))
        for line in form_lines(one.reps):
            console.print(line)
        console.print(stored_set_line(one, one.load_n))
    if console.is_terminal:
        terminal.note("\nThat was a virtual board. With a real one, run: cablerep monitor")
    return 0
