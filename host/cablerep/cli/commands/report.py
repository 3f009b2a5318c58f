"""`cablerep report`: a training session as a page to read, print and share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.history.training import TrainingSession

_PAPERS = ("a4", "letter")


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "report",
        help="make a page of a training session, to read and print",
        description="Makes one HTML page of all sets of a session, left and right: a curve for every rep, times vs "
        "their targets, balance, trend and notes. The page is self-contained and prints one sheet per exercise.",
    )
    parser.add_argument(
        "session",
        nargs="?",
        default="last",
        metavar="SET",
        help="last (default), the id of a set of the session as 'cablerep history' shows it, or a day: 2026-11-24",
    )
    options.add_store(parser)
    options.add_lifter(parser, "only sets of this lifter; nobody: sets that are nobody's (default: everybody's)")
    parser.add_argument("-o", "--out", type=Path, metavar="FILE.html", help="HTML page to write")
    parser.add_argument("--pdf", type=Path, metavar="FILE.pdf", help="also write a PDF, using a browser")
    parser.add_argument("--png", type=Path, metavar="FILE.png", help="also write a picture, using a browser")
    parser.add_argument(
        "--paper", choices=_PAPERS, default=_PAPERS[0], help=f"paper size of the PDF (default {_PAPERS[0]})"
    )
    parser.add_argument("--browser", metavar="PATH", help="Chromium, Chrome or Edge (default: the first one found)")
    parser.add_argument("--force", action="store_true", help="overwrite existing files")
    parser.set_defaults(run=run, wrong=parser.error)


def run(args: argparse.Namespace) -> int:
    """Write the files; return the exit status."""
    from cablerep.cli import files
    from cablerep.exercise import library
    from cablerep.history import logbook
    from cablerep.history.training import training_sessions
    from cablerep.report import browser
    from cablerep.report.page import render
    from cablerep.report.sheet import sheets
    from cablerep.store.database import Store

    paths = [path for path in (args.out, args.pdf, args.png) if path is not None]
    if not paths:
        args.wrong("nothing to write; give -o FILE.html, --pdf FILE.pdf or --png FILE.png")
    for path, suffixes in ((args.out, (".html", ".htm")), (args.pdf, (".pdf",)), (args.png, (".png",))):
        if path is not None:
            files.check_suffix(path, *suffixes)
    files.check(paths, force=args.force)
    program = browser.find(args.browser) if args.pdf or args.png else ""
    with Store(options.store_path(args.store), read_only=True) as store:
        sessions = training_sessions(logbook.entries(store, lifter=options.lifter(store, args.lifter)))
        found = [
            sheet
            for session in _chosen(sessions, args.session)
            for sheet in sheets(session, sessions[: sessions.index(session)], store.curve, library.by_number)
        ]
    made: list[tuple[Path, bytes]] = []
    if args.out:
        made.append((args.out, render(found).encode()))
    if args.pdf:
        made.append((args.pdf, browser.pdf(render(found, paper=args.paper), program)))
    if args.png:
        made.append((args.png, browser.png(render(found), program)))
    for path, data in made:
        files.write(path, data)
        print(path)
    return 0


def _chosen(sessions: Sequence[TrainingSession], name: str) -> list[TrainingSession]:
    """Return the session that contains the set `name`, or those of the day `name`. Raises HistoryError."""
    from datetime import date

    from cablerep.errors import HistoryError
    from cablerep.history import logbook

    try:
        day = date.fromisoformat(name)
    except ValueError:
        entry = logbook.choose([entry for session in sessions for entry in session.entries], name)
        return [session for session in sessions if entry in session.entries]
    found = [session for session in sessions if session.day == day]
    if not found:
        days = ", ".join(dict.fromkeys(f"{session.day}" for session in sessions[-8:])) or "none at all"
        raise HistoryError(f"there is no set on {day}; the latest days are {days}")
    return found
