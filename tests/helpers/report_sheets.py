"""A session of training as entries of the logbook, and its report."""

from typing import Any

from logbook_pages import page, rep
from rep_curves import drawn

from cablerep.history.logbook import Entry
from cablerep.history.training import training_sessions
from cablerep.report import page as report_page
from cablerep.report import sheet as report_data


def rendered(*sets: Entry, curve_of: Any = drawn, **options: Any) -> str:
    """Return the report's HTML on the last of the sessions that `sets` make."""
    found = training_sessions(sets)
    return report_page.render(report_data.sheets(found[-1], found[:-1], curve_of), **options)


def usual(**changes: Any) -> list[Entry]:
    """Return four sets of eight reps, right and left in turn, with one short hold each."""
    reps = [rep(n, flags=("hold_short",) if n == 3 else ()) for n in range(1, 9)]
    return [page(reps, minute=4 * n, side=("left", "right")[n % 2], **changes) for n in range(4)]
