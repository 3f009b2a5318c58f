"""Reps and sets as tables and lines of text, the same words for a screen, a pipe, a replay and the history.

Numbers carry as many digits as the sensors give: hundredths of a second, millimetres, centimetres a second.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ..device.events import Rejected, Rep
from ..device.fields import REP_FIELDS
from ..store.database import StoredSet

_LISTED = 8  # movements that were not counted, one by one; a loose encoder makes hundreds
NOTHING = "–"  # a value that is not there


# What was wrong with a rep, in ten characters at most; a name that is not here stands for itself.
_SHORT = {"eccentric_fast": "back fast", "range_over": "too far", "range_under": "too short"}
_COLUMNS = tuple(field for field in REP_FIELDS if field.heading)
_WIDTH = 6  # of the widest sensible value in each of them
_DIGITS = {"s": 2, "m/s": 2}  # decimals by unit; of any other none


def rep_cells(rep: Rep) -> list[str]:
    """Return the texts of a rep's line."""
    return [
        str(rep.rep) if rep.rep is not None else rep.kind,
        *(_number(getattr(rep, column.name), _DIGITS.get(column.unit, 0)) for column in _COLUMNS),
    ]


def _number(value: float | None, digits: int) -> str:
    return NOTHING if value is None else f"{value:.{digits}f}"


def flag_words(flags: Iterable[str]) -> str:
    """Return what was wrong with a rep in short words."""
    return ", ".join(_SHORT.get(flag, flag.replace("_", " ")) for flag in flags)


def rep_table(reps: Iterable[Rep]) -> Table:
    """Return the table of `reps`."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False, header_style="bold")
    table.add_column(Text("rep\n", justify="right"), justify="right", min_width=7, no_wrap=True)
    for column in _COLUMNS:
        heading = Text.assemble((column.heading, "bold"), "\n", (column.unit, "dim"), justify="right")
        table.add_column(heading, justify="right", min_width=_WIDTH, no_wrap=True)
    for rep in reps:
        table.add_row(*rep_cells(rep), style="" if rep.kind == "full" else "italic dim")
    return table


def form_lines(reps: Iterable[Rep]) -> list[str]:
    """Return what was wrong with which of `reps`: a line, or none."""
    flawed = [f"rep {rep.rep or '–'} {flag_words(rep.flags)}" for rep in reps if rep.flags]
    return [f"form: {'; '.join(flawed)}"] if flawed else []


def rejected_lines(rejected: Sequence[Rejected]) -> list[str]:
    """Return a line for each movement that was not counted, and one for all beyond the first few."""
    lines = [
        f"not counted: {movement.start_s:.2f}–{movement.end_s:.2f} s, {movement.rom_mm:.0f} mm, {movement.reason}"
        for movement in rejected[:_LISTED]
    ]
    more = Counter(movement.reason for movement in rejected[_LISTED:])
    if more:
        lines.append("not counted either: " + ", ".join(f"{count} {reason}" for reason, count in more.most_common()))
    return lines


def counted(full: int, partials: int) -> str:
    """Return how many reps those are, in words."""
    text = f"{full} rep{'' if full == 1 else 's'}"
    return f"{text} + {partials} partial" if partials else text


def rep_line(rep: Rep) -> str:
    """Return a rep as one plain line."""
    name = f"rep {rep.rep}" if rep.rep is not None else rep.kind
    line = (
        f"{name:<8} out {rep.concentric_s:5.2f} s  hold {rep.hold_s:5.2f} s  back {rep.eccentric_s:5.2f} s  "
        f"range {rep.rom_mm:4.0f} mm  {rep.concentric_mean_m_s:.2f} m/s out  {rep.eccentric_mean_m_s:.2f} m/s back"
    )
    if rep.force_mean_n is not None:
        line += f"  force {rep.force_mean_n:.0f} N"
    return f"{line}  ! {flag_words(rep.flags)}" if rep.flags else line


def set_line(number: int, full: int, partials: int, rom_mm: float | None, load_n: float | None, side: str) -> str:
    """Return a set as one plain line."""
    parts = [f"set {number}{f' ({side})' if side else ''}: {counted(full, partials)}"]
    if rom_mm is not None:
        parts.append(f"range {rom_mm:.0f} mm")
    if load_n is not None:
        parts.append(f"load {load_n:.0f} N")
    return ", ".join(parts)


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"


def stored_set_line(one: StoredSet) -> str:
    """Return a stored set as one plain line."""
    line = set_line(one.set, one.full, one.partials, one.rom_mm, one.load_n, one.side)
    return line if one.over else f"{line} (its end was never reported)"
