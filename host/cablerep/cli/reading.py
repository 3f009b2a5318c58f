"""What the commands that read the history share: their options, and the sets that these choose.

Who has stored nothing yet is told so, and how to begin; a store that was named and is not there is an error.
"""

import argparse
from pathlib import Path

from ..history.logbook import Entry, entries, select
from ..store.database import Store
from ..text.console import note
from . import args as options


def sets_of(store: Path | None) -> list[Entry]:
    """Return all sets of a store, the latest at the end; where there are none, say so. Raises StoreError."""
    path = options.store_path(store)
    if store is None and not path.exists():
        note(f"nothing is stored yet in {path}; 'cablerep monitor' stores what a board reports")
        return []
    with Store(path, must_exist=True) as opened:
        sets = entries(opened)
    if not sets:
        note(f"no sets are stored yet in {path}")
    return sets


def chosen(args: argparse.Namespace, *, both_sides: bool = False) -> list[Entry]:
    """Return the sets that the options of `options.add_filters` choose; where there are none, say so.

    `both_sides` leaves --side to the caller, who needs the other one beside it.
    """
    sets = sets_of(args.store)
    side = None if both_sides else args.side
    found = select(sets, exercise=args.exercise, side=side, since=args.since, until=args.until)
    if sets and not found:
        note(f"none of the {len(sets)} sets fits; {_known(sets)}")
    return found


def _known(sets: list[Entry]) -> str:
    names = sorted({one.exercise for one in sets if one.exercise})
    exercises = f"the exercises are {', '.join(names)}" if names else "no set names its exercise"
    return f"they are from {sets[0].day} to {sets[-1].day}, {exercises}"
