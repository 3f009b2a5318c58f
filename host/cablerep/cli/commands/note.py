"""`cablerep note`: stores a note on a set, which `cablerep show` prints."""

from __future__ import annotations

import argparse
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "note",
        help="write a note on a set",
        description="Stores a note on a set.",
        epilog="Example: cablerep note last 'left knee felt good'.",
    )
    parser.add_argument("set", metavar="SET", help="a set id or the start of one, last, or last-1")
    parser.add_argument("text", nargs="+", metavar="TEXT", help="the note")
    options.add_store(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Store the note; return the exit status."""
    from cablerep.errors import HistoryError
    from cablerep.people import edits
    from cablerep.store.database import Store
    from cablerep.text import console, history

    text = edits.note(" ".join(args.text))
    if not text:
        raise HistoryError("the note is empty; 'cablerep edit SET --note' replaces or removes notes")
    one = options.stored_set(args.store, args.set)
    if one is None:
        return 1
    with Store(options.store_path(args.store), must_exist=True) as store:
        store.add_note(one.set, text)
    console.output().print(f"noted on {history.set_heading(one)}")
    return 0
