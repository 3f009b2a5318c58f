"""`cablerep restore`: puts a backup in the place of the store."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "restore",
        help="put a backup in the place of the store",
        description="Checks a backup and copies it to where the store is. A store that is there stays beside it, under "
        "another name.",
        epilog="Example: cablerep restore /media/stick/cablerep.sqlite.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="a file that 'cablerep backup' has written")
    options.add_store(parser)
    parser.add_argument("--force", action="store_true", help="replace a store that has sets")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Restore the store; return the exit status."""
    from cablerep.errors import StoreError
    from cablerep.store import backup
    from cablerep.text import console

    store = options.store_path(args.store)
    if store.exists() and not args.force:
        raise StoreError(
            f"{store}: there is a store already ({options.contents(store)}); give --force to replace it, it then stays "
            "beside the new one"
        )
    old = backup.restore(args.file, store)
    output = console.output()
    output.print(f"{store}: {options.contents(store)}", soft_wrap=True)
    if old is not None:
        output.print(f"the store that was there is now {old}", soft_wrap=True)
    return 0
