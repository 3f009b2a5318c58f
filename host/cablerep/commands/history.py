"""`cablerep history`: the sets in the store, as a table or as JSON Lines."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cablerep import options

if TYPE_CHECKING:
    from cablerep.store import StoredSet

_LAST = 20


def add_parser(subparsers: Any) -> None:
    """Add this command's arguments to the command line."""
    parser = subparsers.add_parser(
        "history",
        help="list the sets in the store",
        description="Lists the sets that are in the store, the latest last.",
    )
    options.add_store(parser)
    parser.add_argument("--last", type=options.positive, default=_LAST, metavar="N", help=f"how many (default {_LAST})")
    parser.add_argument("--all", action="store_true", help="every set there is")
    parser.add_argument("--reps", action="store_true", help="with the reps of each set")
    parser.add_argument("--json", action="store_true", help="print JSON Lines, a set with its reps a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List the sets; return the exit status."""
    from cablerep import tables, terminal
    from cablerep.store import Store

    path = options.store_path(args.store)
    if args.store is None and not path.exists():
        terminal.note(f"nothing is stored yet in {path}; 'cablerep monitor' stores what a board reports")
        return 0
    with Store(path, must_exist=True) as store:
        sets = store.sets(None if args.all else args.last)
    if args.json:
        for one in sets:
            terminal.print_json(_object(one))
        return 0
    console = terminal.output()
    if not sets:
        terminal.note(f"no sets are stored yet in {path}")
    elif args.reps:
        for one in sets:
            console.print(f"{one.at.astimezone():%Y-%m-%d %H:%M}  {tables.stored_set_line(one)}")
            console.print(tables.rep_table(one.reps))
            console.print()
    else:
        console.print(tables.set_table(sets))
    return 0


def _object(one: StoredSet) -> dict[str, Any]:
    from dataclasses import asdict

    thing = asdict(one)
    reps = [{key: rep[key] for key in rep if key not in ("board", "session", "set")} for rep in thing.pop("reps")]
    return {"event": "history", **thing, "at": one.at.isoformat(timespec="seconds"), "rep_list": reps}
