"""`cablerep edit`: corrects what is stored of a set, or deletes it, and lists the corrections."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options
from cablerep.exercise import set_types

if TYPE_CHECKING:
    from cablerep.store.database import Store


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "edit",
        help="correct a set, or delete it",
        description="Corrects what is stored of a set. Every table, report and export shows the corrected value. What "
        "the board reported is kept, and so is a list of all corrections.",
        epilog="Examples: cablerep edit last --side left; cablerep edit k3f2xx --delete; cablerep edit last --undo.",
    )
    parser.add_argument(
        "set", nargs="?", metavar="SET", help="a set id or the start of one, last, or last-1 for the one before"
    )
    options.add_store(parser)
    parser.add_argument("--side", choices=(*options.SIDES, "none"), help="the side that was trained")
    parser.add_argument("--exercise", metavar="NAME", help="a profile listed by 'cablerep profiles', or none")
    options.add_lifter(parser, "whose set it is, or nobody")
    parser.add_argument("--weight", metavar="W", help="the load, such as 12.5kg or 27lb; measured: as it was measured")
    parser.add_argument("--note", metavar="TEXT", help="note instead of those that the set has; '' removes them")
    parser.add_argument("--rpe", metavar="N", help="how hard it was, 1 to 10 in halves; '' removes it")
    parser.add_argument("--type", choices=set_types.NAMES, help="what kind of set it was")
    parser.add_argument("--delete", action="store_true", help="leave the set out everywhere")
    parser.add_argument("--undelete", action="store_true", help="take a deleted set back")
    parser.add_argument("--undo", action="store_true", help="take back the latest correction of the set")
    parser.add_argument("--log", action="store_true", help="list the corrections, of all sets without SET")
    parser.add_argument("--deleted", action="store_true", help="list the deleted sets")
    parser.set_defaults(run=run, wrong=parser.error)


def run(args: argparse.Namespace) -> int:
    """Correct the set or list corrections; return the exit status."""
    from cablerep.history import logbook
    from cablerep.people import edits
    from cablerep.store.database import Store
    from cablerep.text import console as terminal
    from cablerep.text import history

    if args.delete and args.undelete:
        args.wrong("--delete and --undelete exclude each other")
    if args.set is None and not (args.log or args.deleted):
        args.wrong("which set? Give an id from 'cablerep history', or last")
    console = terminal.output()
    with Store(options.store_path(args.store), must_exist=True) as store:
        if args.deleted:
            found = logbook.with_context(store, store.sets(deleted=True))
            for one in found:
                console.print(history.set_heading(one), soft_wrap=True)
            return 0 if found else 1
        chosen = None if args.set is None else logbook.find(store, args.set)
        if args.log:
            for text in edits.log_lines(store.edits(None if chosen is None else chosen.set), store.lifters()):
                console.print(text, soft_wrap=True)
            return 0
        assert chosen is not None, "checked above"
        if args.undo:
            done = store.undo_edit(chosen.set)
        else:
            changes = _changes(args, store)
            if not changes:
                args.wrong("nothing to change; see cablerep edit --help")
            done = store.edit(chosen.set, changes)
        console.print(history.set_heading(chosen), soft_wrap=True)
        for edit in done:
            console.print(f"  {edits.line(edit, store.lifters())}", soft_wrap=True)
    if not done:
        terminal.note("nothing to undo" if args.undo else "nothing was changed: the set has these values already")
    return 0


def _changes(args: argparse.Namespace, store: Store) -> dict[str, Any]:
    """Return the new values by field. Raises CablerepError for a value that cannot be used."""
    from cablerep.errors import HistoryError
    from cablerep.exercise.facts import facts_of
    from cablerep.exercise.library import load
    from cablerep.people import edits

    changes: dict[str, Any] = {}
    if args.side is not None:
        changes["side"] = "" if args.side == "none" else args.side
    if args.exercise is not None:
        changes["exercise"] = None if args.exercise == "none" else facts_of(load(args.exercise))
    lifter = options.lifter(store, args.lifter)
    if lifter is not None:
        changes["lifter"] = lifter.number
    if args.weight is not None:
        try:
            changes["weight_n"] = None if args.weight == "measured" else options.weight(args.weight)
        except argparse.ArgumentTypeError as error:
            raise HistoryError(str(error)) from None
    if args.note is not None:
        changes["note"] = edits.note(args.note)
    if args.rpe is not None:
        changes["rpe"] = edits.rpe(args.rpe)
    if args.type is not None:
        changes["type"] = set_types.type_of(args.type)
    if args.delete or args.undelete:
        changes["deleted"] = args.delete
    return changes
