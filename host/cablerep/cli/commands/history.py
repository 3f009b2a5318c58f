"""`cablerep history`: the stored sets by day, as tables or JSON Lines."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.history.logbook import Entry

_LAST = 20


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "history",
        help="list the sets in the store",
        description="Lists the sets in the store by day, the latest last.",
    )
    options.add_store(parser)
    options.add_filters(parser)
    parser.add_argument(
        "--last", type=options.positive, default=_LAST, metavar="N", help=f"number of sets (default {_LAST})"
    )
    parser.add_argument("--all", action="store_true", help="list all sets")
    parser.add_argument("--reps", action="store_true", help="show the reps of each set")
    parser.add_argument("--json", action="store_true", help="print JSON Lines, one set with its reps per line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List the sets; return the exit status."""
    from cablerep.text import console as terminal
    from cablerep.text import history_json

    sets = options.chosen(args, None if args.all else args.last)
    if args.json:
        for one in sets:
            terminal.print_json(history_json.set_object("history", one))
    else:
        _print(sets, args.reps)
    for line in options.loss_notes(args.store, sets):
        terminal.note(line)
    return 0 if sets else 1


def _print(sets: list[Entry], reps: bool) -> None:
    from cablerep.history import logbook
    from cablerep.text import console as terminal
    from cablerep.text import history

    console = terminal.output()
    for index, (day, group) in enumerate(logbook.days(sets)):
        if index:
            console.print()
        console.print(history.day_heading(day, group))
        if not reps:
            console.print(history.set_table(group, sets))
            for line in history.flag_lines(group):
                console.print(line)
            for one in group:
                for note in one.set.notes:
                    console.print(f"note on {one.id}: {note.text}", soft_wrap=True)
            continue
        for one in group:
            console.print()
            console.print(history.set_heading(one))
            console.print(history.set_line(one))
            console.print(history.rep_table(one))
