"""What the pages beside the live one show: history, one set, comparison, progress and the report, from the store.

The objects are those of `cablerep history --json` and its siblings, so that a page needs no second reading of a set.
All functions open the store for reading and may block; the server calls them on other threads.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..exercise import library
from ..history import compare, logbook, progress
from ..history.training import training_sessions
from ..report.page import render
from ..report.sheet import sheets
from ..store.curve import Curve
from ..store.database import Store
from ..text import history_json

LAST = 60  # sets of the history's page


def history(store_path: Path, last: int = LAST) -> list[dict[str, Any]]:
    """Return the latest sets, the newest first, without their reps. Raises CablerepError."""
    with Store(store_path, read_only=True) as store:
        found = [history_json.set_object("history", entry) for entry in logbook.entries(store, last)]
    for one in found:
        del one["rep_list"]
    return found[::-1]


def one_set(store_path: Path, name: str) -> dict[str, Any]:
    """Return a set with its reps and their curves. Raises CablerepError."""
    with Store(store_path, read_only=True) as store:
        entry = logbook.find(store, name)
        shown = history_json.set_object("show", entry)
        shown["curves"] = [_curve(store.curve(rep)) for rep in entry.set.reps]
    return shown


def correct(store_path: Path, name: str, changes: Mapping[str, Any] | None) -> bool:
    """Correct a stored set, or with None take back its latest correction; return whether anything changed.

    Raises CablerepError.
    """
    with Store(store_path, must_exist=True) as store:
        found = logbook.find(store, name).set
        return bool(store.undo_edit(found) if changes is None else store.edit(found, changes))


def comparisons(store_path: Path, last: int = LAST) -> list[dict[str, Any]]:
    """Return left against right, and each day against the one before. Raises CablerepError."""
    with Store(store_path, read_only=True) as store:
        entries = logbook.entries(store, last)
    return [history_json.comparison_object(one) for one in (*compare.of_sides(entries), *compare.of_days(entries))]


def progress_of_all(store_path: Path) -> list[dict[str, Any]]:
    """Return the progress of each exercise and side. Raises CablerepError."""
    with Store(store_path, read_only=True) as store:
        return [history_json.progress_object(one) for one in progress.progress(logbook.entries(store))]


def report(store_path: Path, name: str) -> str:
    """Return the report of the session that contains a set, as a page. Raises CablerepError."""
    with Store(store_path, read_only=True) as store:
        sessions = training_sessions(logbook.entries(store))
        entry = logbook.choose([entry for session in sessions for entry in session.entries], name)
        session = next(session for session in sessions if entry in session.entries)
        return render([*sheets(session, sessions[: sessions.index(session)], store.curve, library.by_number)])


def _curve(curve: Curve | None) -> dict[str, Any] | None:
    if curve is None:
        return None
    force = None if curve.force_n is None else [round(float(value), 1) for value in curve.force_n]
    return {
        "rate_hz": curve.rate_hz,
        "travel_mm": [round(float(value), 1) for value in curve.travel_mm],
        "force_n": force,
    }
