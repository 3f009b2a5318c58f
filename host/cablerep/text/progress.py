"""Progress as a table of days and a sparkline."""

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from .. import words
from ..history.progress import Day, Progress
from .history import add_number, median_s, new_table, rep_count
from .reps import NOTHING, number

_BLOCKS = "▁▂▃▄▅▆▇█"


def progress_heading(progress: Progress) -> str:
    """Return the line above a progress table."""
    name = progress.exercise or "no exercise named"
    selection = "heaviest set of each day that kept its tempo" if progress.has_target else "heaviest set of each day"
    return f"{f'{name}, {progress.side}' if progress.side else name}: {selection}"


def progress_table(progress: Progress) -> Table:
    """Return a row per day."""
    plates = any(day.best is not None and day.best.plate is not None for day in progress.days)
    table = new_table()
    table.add_column(Text("day\n"), no_wrap=True)
    times = [(words.figure(key), "s") for key in ("hold_s", "eccentric_s")]
    for name, unit in [("load", "N")] + [("plate", "")] * plates + [("reps", ""), *times]:
        add_number(table, name, unit, 5)
    table.add_column(Text("kept\n", justify="right"), justify="right", no_wrap=True)
    table.add_column(Text("set\n"), no_wrap=True)
    for day in progress.days:
        table.add_row(
            f"{day.day}", *_day_cells(day, plates), f"{day.kept} of {day.sets}", day.best.id if day.best else ""
        )
    return table


def _day_cells(day: Day, plates: bool) -> Iterable[str]:
    best = day.best
    if best is None:
        return [NOTHING] * (4 + plates)
    plate = [NOTHING if best.plate is None else str(best.plate)] * plates
    times = median_s([rep.hold_s for rep in best.full]), median_s([rep.eccentric_s for rep in best.full])
    return [number(day.load_n, 0), *plate, rep_count(best), *times]


def progress_line(progress: Progress) -> str:
    """Return the loads as a sparkline, the heaviest, and the trend with the days it is based on."""
    loads = progress.loads
    if not loads or progress.best is None:
        kept = any(day.kept for day in progress.days)
        return "no trend: the load of these sets is not known" if kept else "no set kept its tempo yet"
    values = [load for _, load in loads]
    text = f"{sparkline(values)}  {min(values):.0f} to {max(values):.0f} N, heaviest on {progress.best.day}"
    trend = progress.trend_n_per_week
    if trend is None:
        return f"{text}; a trend needs three days over a week"
    return f"{text}; {trend:+.1f} N a week over {len(loads)} days"


def sparkline(values: Sequence[float]) -> str:
    """Return a block per value, from the lowest block for the minimum to the full one for the maximum."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if low == high:
        return _BLOCKS[len(_BLOCKS) // 2] * len(values)
    top = len(_BLOCKS) - 1
    return "".join(_BLOCKS[round(top * (value - low) / (high - low))] for value in values)
