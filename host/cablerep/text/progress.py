"""Progress as a table of days and a line of blocks."""

from collections.abc import Iterable, Sequence

from rich.table import Table
from rich.text import Text

from ..history.progress import Day, Progress
from .reps import NOTHING
from .table_parts import add_number, counted, middle, new_table, number

_BLOCKS = "▁▂▃▄▅▆▇█"


def progress_heading(one: Progress) -> str:
    """Return the line above a progress."""
    name = one.exercise or "no exercise named"
    asked = (
        "the heaviest set of each day that kept its tempo"
        if one.asked
        else "the heaviest set of each day, no tempo asked"
    )
    return f"{f'{name}, {one.side}' if one.side else name}: {asked}"


def progress_table(one: Progress) -> Table:
    """Return a line for each day."""
    plates = any(day.best is not None and day.best.plate is not None for day in one.days)
    table = new_table()
    table.add_column(Text("day\n"), no_wrap=True)
    for name, unit in [("load", "N")] + [("plate", "")] * plates + [("reps", ""), ("hold", "s"), ("back", "s")]:
        add_number(table, name, unit, 5)
    table.add_column(Text("kept\n", justify="right"), justify="right", no_wrap=True)
    table.add_column(Text("set\n"), no_wrap=True)
    for day in one.days:
        table.add_row(
            f"{day.day}", *_day_cells(day, plates), f"{day.kept} of {day.sets}", day.best.id if day.best else ""
        )
    return table


def _day_cells(day: Day, plates: bool) -> Iterable[str]:
    best = day.best
    if best is None:
        return [NOTHING] * (4 + plates)
    plate = [NOTHING if best.plate is None else str(best.plate)] * plates
    times = [middle([of(rep) for rep in best.full]) for of in (lambda rep: rep.hold_s, lambda rep: rep.eccentric_s)]
    return [number(day.load_n, 0), *plate, counted(best), *times]


def progress_line(one: Progress) -> str:
    """Return the loads as a line of blocks, the best, and the trend with the days that it rests on."""
    loads = one.loads
    if not loads or one.best is None:
        kept = any(day.kept for day in one.days)
        return "no load is known of these sets, so there is no line" if kept else "no set kept its tempo yet"
    values = [load for _, load in loads]
    text = f"{sparkline(values)}  {min(values):.0f} to {max(values):.0f} N, the most on {one.best.day}"
    trend = one.trend_n_per_week
    if trend is None:
        return f"{text}; a trend needs three days over a week"
    return f"{text}; {trend:+.1f} N a week over {len(loads)} days"


def sparkline(values: Sequence[float]) -> str:
    """Return a block for each value, the lowest for the least and the full one for the most; a flat line for equals."""
    least, most = min(values, default=0.0), max(values, default=0.0)
    if least == most:
        return _BLOCKS[len(_BLOCKS) // 2] * len(values)
    top = len(_BLOCKS) - 1
    return "".join(_BLOCKS[round(top * (value - least) / (most - least))] for value in values)
