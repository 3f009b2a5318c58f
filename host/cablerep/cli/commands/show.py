"""`cablerep show`: one set in full: every rep against its targets, losses, flags, notes."""

from __future__ import annotations

import argparse
from typing import Any

from cablerep.cli import args as options

_WHICH = "a set id from 'cablerep history' or the start of one, last, or last-1 for the one before"


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "show",
        help="show one set in full",
        description="Shows every rep of a set and a summary.",
    )
    parser.add_argument("set", nargs="?", default="last", metavar="SET", help=f"{_WHICH} (default: last)")
    options.add_store(parser)
    parser.add_argument("--json", action="store_true", help="print the set as one line of JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Show the set; return the exit status."""
    from cablerep.text import console as terminal
    from cablerep.text import history, history_json

    one = options.stored_set(args.store, args.set)
    if one is None:
        return 1
    if args.json:
        terminal.print_json(history_json.set_object("show", one))
        return 0
    console = terminal.output()
    console.print(history.set_heading(one))
    console.print(history.set_line(one))
    console.print(history.rep_table(one))
    console.print()
    for name, text in history.set_figures(one):
        console.print(f"{name:<14} {text}", soft_wrap=True)
    if one.set.edited:
        from cablerep.people import edits
        from cablerep.store.database import Store

        with Store(options.store_path(args.store), read_only=True) as store:
            for text in edits.log_lines(store.edits(one.set), store.lifters()):
                console.print(f"{'corrected':<14} {text}", soft_wrap=True)
    return 0
