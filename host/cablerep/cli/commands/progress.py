"""`cablerep progress`: the load of each exercise and side over time, of the sets that kept their tempo."""

from __future__ import annotations

import argparse
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add this command's arguments to the command line."""
    parser = subparsers.add_parser(
        "progress",
        help="show the load over time at a kept tempo",
        description="Shows the heaviest set of each day that kept its tempo, for each exercise and side.",
    )
    options.add_store(parser)
    options.add_filters(parser)
    parser.add_argument("--json", action="store_true", help="print JSON Lines, an exercise and side a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the progress; return the exit status."""
    from cablerep.history.progress import progress
    from cablerep.text import console as terminal
    from cablerep.text import history_json
    from cablerep.text.progress import progress_heading, progress_line, progress_table

    found = progress(options.chosen(args))
    console = terminal.output()
    for place, one in enumerate(found):
        if args.json:
            terminal.print_json(history_json.progress_object(one))
            continue
        if place:
            console.print()
        console.print(progress_heading(one))
        console.print(progress_table(one))
        console.print(progress_line(one))
    return 0
