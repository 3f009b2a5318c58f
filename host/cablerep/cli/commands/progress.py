"""`cablerep progress`: the load over time of each exercise and side, for sets that kept their tempo."""

from __future__ import annotations

import argparse
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "progress",
        help="show the load over time at the right tempo",
        description="Shows each day's heaviest set that kept its tempo, for each exercise and side.",
    )
    options.add_store(parser)
    options.add_filters(parser)
    parser.add_argument("--json", action="store_true", help="print JSON Lines, one exercise and side per line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the progress; return the exit status."""
    from cablerep.history.progress import progress
    from cablerep.text import console as terminal
    from cablerep.text import history_json
    from cablerep.text.progress import progress_heading, progress_line, progress_table, tension_line

    sets = options.chosen(args)
    found = progress(sets)
    console = terminal.output()
    for index, one in enumerate(found):
        if args.json:
            terminal.print_json(history_json.progress_object(one))
            continue
        if index:
            console.print()
        console.print(progress_heading(one))
        console.print(progress_table(one))
        console.print(progress_line(one))
        console.print(tension_line(one))
    return 0 if sets else 1
