"""`cablerep lifters`: the people who use a machine: lists, adds and renames them, and gives sets to them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "lifters",
        help="list the people who use the machine, add and rename them",
        description="Lists the lifters with how many sets each has. 'cablerep monitor --lifter NAME' stores sets for "
        "one of them; without it they are nobody's.",
    )
    options.add_store(parser)
    parser.set_defaults(run=_list)
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    add = _action(actions, "add", "add a lifter", _add)
    add.add_argument("name", metavar="NAME", help="name to show, up to 40 characters")
    rename = _action(actions, "rename", "give a lifter another name", _rename)
    rename.add_argument("old", metavar="NAME", help="the name so far")
    rename.add_argument("new", metavar="NEW", help="the new name")
    free = _action(actions, "free", "keep the cable's free length with a lifter's strap", _free)
    free.add_argument("name", metavar="NAME", help="the lifter")
    free.add_argument(
        "length", metavar="MM", type=int, help="from the angle sensor's axis to the strap, with the cable at the stack"
    )
    give = _action(actions, "give", "give sets to a lifter, such as those from before there were names", _give)
    give.add_argument("name", metavar="NAME", help="who gets them; nobody to take them away")
    give.add_argument("sets", nargs="*", metavar="SET", help="sets to give, by id")
    give.add_argument("--from", dest="lifter", metavar="NAME", default="nobody", help="whose sets (default nobody's)")
    give.add_argument("--exercise", metavar="NAME", help="only sets of this exercise; part of its name is enough")
    give.add_argument("--since", type=options.day, metavar="DAY", help="from this day on: 2026-11-24, or 30d")
    give.add_argument("--until", type=options.day, metavar="DAY", help="up to and including this day")


def _action(actions: Any, name: str, meaning: str, run: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = actions.add_parser(
        name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}."
    )
    options.add_store(parser)
    parser.set_defaults(run=run)
    return parser


def _list(args: argparse.Namespace) -> int:
    from cablerep.store.database import Store
    from cablerep.text import console as terminal
    from cablerep.text.reps import plural

    path = options.store_path(args.store)
    if args.store is None and not path.exists():
        terminal.note("no lifters yet; 'cablerep lifters add NAME' adds one")
        return 0
    with Store(path, read_only=True) as store:
        known = store.lifters()
        nobodys = len(store.sets(lifter=0))
    for one in known:
        terminal.output().print(f"{one.name}  {plural(one.sets, 'set')}")
    if nobodys:
        terminal.output().print(f"nobody  {plural(nobodys, 'set')}")
    if not known:
        terminal.note("no lifters yet; 'cablerep lifters add NAME' adds one")
    return 0


def _add(args: argparse.Namespace) -> int:
    from cablerep.people import lifters
    from cablerep.store.database import Store
    from cablerep.text import console as terminal

    with Store(options.store_path(args.store)) as store:
        one = lifters.add(store, args.name)
    terminal.output().print(f"added {one.name}; cablerep monitor --lifter {one.name!r} stores sets for them")
    return 0


def _rename(args: argparse.Namespace) -> int:
    from cablerep.people import lifters
    from cablerep.store.database import Store
    from cablerep.text import console as terminal

    with Store(options.store_path(args.store), must_exist=True) as store:
        one = lifters.rename(store, args.old, args.new)
    terminal.output().print(f"{args.old} is now {one.name}")
    return 0


def _free(args: argparse.Namespace) -> int:
    from cablerep.people import lifters
    from cablerep.store.database import Store
    from cablerep.text import console as terminal

    with Store(options.store_path(args.store), must_exist=True) as store:
        one = lifters.set_free_length(store, args.name, args.length)
    terminal.output().print(f"{one.name}: {one.free_mm} mm, sent to the board whenever they train")
    return 0


def _give(args: argparse.Namespace) -> int:
    from cablerep.history import logbook
    from cablerep.people import lifters
    from cablerep.store.database import Store
    from cablerep.text import console as terminal
    from cablerep.text.reps import plural

    with Store(options.store_path(args.store), must_exist=True) as store:
        to = lifters.find(store.lifters(), args.name)
        if args.sets:
            found = [logbook.find(store, name) for name in args.sets]
        else:
            lifter = options.lifter(store, args.lifter)
            selection = {"exercise": args.exercise, "lifter": lifter, "since": args.since, "until": args.until}
            found = logbook.entries(store, **selection)
        given = lifters.give(store, (entry.set for entry in found), to)
    terminal.output().print(f"{plural(given, 'set')} given to {to.name or 'nobody'}")
    return 0 if given else 1
