"""Progress as a table of days and a sparkline."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from .. import words
from ..history.logbook import Entry, whose
from ..history.progress import Day, Progress, missed_reps
from ..units import weight, weight_text, weight_unit
from .history import add_number, median_s, new_table, rep_count
from .reps import NOTHING, clock, load_number

_BLOCKS = "▁▂▃▄▅▆▇█"
_WEEKS = 4  # shown


def progress_heading(progress: Progress) -> str:
    """Return the line above a progress table."""
    name = whose(progress.lifter, progress.exercise or "no exercise named")
    selection = "heaviest set of each day that kept its tempo" if progress.has_target else "heaviest set of each day"
    return f"{f'{name}, {progress.side}' if progress.side else name}: {selection}"


def progress_table(progress: Progress) -> Table:
    """Return a row per day; the load of a day on which no set kept its tempo stands in brackets."""
    shown = [day.best or day.missed for day in progress.days]
    plates = any(entry is not None and entry.plate is not None for entry in shown)
    table = new_table()
    table.add_column(Text("day\n"), no_wrap=True)
    numbers = [
        ("load", weight_unit().symbol),
        *[("plate", "")] * plates,
        ("reps", ""),
        *[("missed", "")] * progress.has_target,
    ]
    for name, unit in [*numbers, *((words.figure(key), "s") for key in ("hold_s", "eccentric_s"))]:
        add_number(table, name, unit, 5)
    table.add_column(Text("kept\n", justify="right"), justify="right", no_wrap=True)
    table.add_column(Text("set\n"), no_wrap=True)
    for day, entry in zip(progress.days, shown, strict=True):
        cells = [NOTHING] * (len(numbers) + 2) if entry is None else _cells(entry, day, plates, progress.has_target)
        name = "" if entry is None else entry.id
        style = "dim" if day.missed else ""
        table.add_row(f"{day.day}", *cells, f"{day.kept} of {day.sets}", name, style=style)
    return table


def _cells(entry: Entry, day: Day, plates: bool, target: bool) -> list[str]:
    load = load_number(entry.load_n)
    plate = [NOTHING if entry.plate is None else str(entry.plate)] * plates
    missed = [str(missed_reps(entry))] * target
    times = median_s([rep.hold_s for rep in entry.full]), median_s([rep.eccentric_s for rep in entry.full])
    return [f"({load})" if day.missed else load, *plate, rep_count(entry), *missed, *times]


def progress_line(progress: Progress) -> str:
    """Return the loads as a sparkline, the heaviest, and the trend with the days it is based on."""
    loads = progress.loads
    brackets = "; in brackets: tempo not kept" if any(day.missed for day in progress.days) else ""
    if not loads or progress.best is None:
        kept = any(day.kept for day in progress.days)
        return "no trend: the load of these sets is not known" if kept else "no set kept its tempo yet"
    values = [load for _, load in loads]
    span = f"{load_number(min(values))} to {weight_text(max(values))}"
    text = f"{sparkline(values)}  {span}, heaviest on {progress.best.day}"
    trend = progress.trend_n_per_week
    if trend is None:
        return f"{text}; a trend needs three days over a week{brackets}"
    return f"{text}; {weight(trend):+.1f} {weight_unit().symbol} a week over {len(loads)} days{brackets}"


def tension_line(progress: Progress) -> str:
    """Return the time under tension of the last weeks, the latest last."""
    weeks = ", ".join(f"{clock(week.tension_s)} from {week.monday:%m-%d}" for week in progress.weeks[-_WEEKS:])
    return f"under tension by week: {weeks} (minutes, Monday)"


def sparkline(values: Sequence[float]) -> str:
    """Return a block per value, from the lowest block for the minimum to the full one for the maximum."""
    low, high = min(values, default=0.0), max(values, default=0.0)
    if low == high:
        return _BLOCKS[len(_BLOCKS) // 2] * len(values)
    top = len(_BLOCKS) - 1
    return "".join(_BLOCKS[round(top * (value - low) / (high - low))] for value in values)
