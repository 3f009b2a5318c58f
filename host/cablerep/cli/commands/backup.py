"""`cablerep backup`: copies the store to a file, for another disk or another computer."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "backup",
        help="copy the store to a file",
        description="Copies the store, with notes, lifters, plates and calibrations, to a file, and checks the copy. A "
        "monitor may go on meanwhile.",
        epilog="Example: cablerep backup /media/stick/cablerep.sqlite; on another computer cablerep restore FILE.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="where to write the copy")
    options.add_store(parser)
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the backup; return the exit status."""
    from cablerep.cli import files
    from cablerep.errors import OutputError
    from cablerep.store import backup
    from cablerep.text import console

    store = options.store_path(args.store)
    if args.file.exists() and not args.force:
        raise OutputError(f"{args.file}: this file exists; choose another name, or overwrite it with --force")
    if not args.file.exists():
        files.check([args.file])
    backup.back_up(store, args.file)
    console.output().print(f"{args.file}: {options.contents(args.file)}", soft_wrap=True)
    return 0
