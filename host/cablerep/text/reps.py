"""Reps and sets as tables and lines of text: the same for a screen, a pipe, a replay and the history.

Numbers carry as many digits as the sensors give: hundredths of a second, millimetres, centimetres a second.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from .. import words
from ..device.events import Rejected, Rep
from ..device.fields import REP_FIELDS, Field
from ..store.database import StoredSet
from ..units import shows_si, weight, weight_text, weight_unit

_LISTED = 8  # rejected movements listed one by one; a loose encoder makes hundreds
NOTHING = "–"  # a value that is not known


_COLUMNS = tuple(field for field in REP_FIELDS if field.name in words.table("figure"))
_SI = ("m/s", "W")  # units of figures that only stand beside newtons
_WIDTH = 6  # of a column: the widest sensible value
_DIGITS = {"s": 2, "m/s": 2}  # decimals by unit; none for other units


def load_number(force_n: float | None) -> str:
    """Return a load in the chosen unit without its symbol, or NOTHING if it is not known."""
    return NOTHING if force_n is None else f"{weight(force_n):.{weight_unit().digits}f}"


def number(value: float | None, digits: int) -> str:
    """Return a number, or NOTHING where it is not known."""
    return NOTHING if value is None else f"{value:.{digits}f}"


def rep_name(rep: Rep) -> str:
    """Return a full rep's number, another rep's kind."""
    return words.kind(rep.kind) if rep.rep is None else str(rep.rep)


def rep_cells(rep: Rep, columns: Sequence[Field]) -> list[str]:
    """Return the texts of a rep's row."""
    return [rep_name(rep), *(_cell(getattr(rep, column.name), column.unit) for column in columns)]


def _cell(value: float | None, unit: str) -> str:
    return load_number(value) if unit == "N" else number(value, _DIGITS.get(unit, 0))


def _columns(reps: Sequence[Rep]) -> list[Field]:
    """Return the columns of a rep table: speeds and power only beside newtons, the direction only if one is known."""
    directed = any(rep.direction_deg is not None for rep in reps)
    shown = [column for column in _COLUMNS if directed or column.name != "direction_deg"]
    return [column for column in shown if shows_si() or column.unit not in _SI]


def rep_table(reps: Iterable[Rep]) -> Table:
    """Return the table of `reps`."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 0), show_edge=False, header_style="bold")
    table.add_column(Text("rep\n", justify="right"), justify="right", min_width=7, no_wrap=True)
    reps = list(reps)
    columns = _columns(reps)
    for column in columns:
        name, unit = words.figure(column.name), column.unit
        if unit == "N" and not shows_si():
            name, unit = words.figure("pull_n"), weight_unit().symbol
        heading = Text.assemble((name, "bold"), "\n", (unit, "dim"), justify="right")
        table.add_column(heading, justify="right", min_width=_WIDTH, no_wrap=True)
    for rep in reps:
        table.add_row(*rep_cells(rep, columns), style="" if rep.kind == "full" else "italic dim")
    return table


def form_lines(reps: Iterable[Rep]) -> list[str]:
    """Return one line with the flags of each flagged rep, or nothing."""
    flagged = [f"rep {rep.rep or NOTHING} {words.flags(rep.flags)}" for rep in reps if rep.flags]
    return [f"form: {'; '.join(flagged)}"] if flagged else []


def rejected_lines(rejected: Sequence[Rejected]) -> list[str]:
    """Return a line for each of the first few rejected movements, and one that counts all others by reason."""
    lines = [
        f"not counted: {movement.start_s:.2f}–{movement.end_s:.2f} s, {movement.rom_mm:.0f} mm, "
        f"{words.rejection(movement.reason)}"
        for movement in rejected[:_LISTED]
    ]
    more = Counter(words.rejection(movement.reason) for movement in rejected[_LISTED:])
    if more:
        lines.append("also not counted: " + ", ".join(f"{count} {reason}" for reason, count in more.most_common()))
    return lines


def counted(full: int, partials: int) -> str:
    """Return "8 reps" or "8 reps + 1 partial"."""
    text = plural(full, "rep")
    return f"{text} + {partials} partial" if partials else text


def plural(count: int, noun: str) -> str:
    """Return "1 set", "2 sets"."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def rep_line(rep: Rep) -> str:
    """Return a rep as one plain line."""
    name = f"rep {rep.rep}" if rep.rep is not None else words.kind(rep.kind)
    lift, hold, lower = (words.figure(key) for key in ("concentric_s", "hold_s", "eccentric_s"))
    line = (
        f"{name:<8} {lift} {rep.concentric_s:5.2f} s  {hold} {rep.hold_s:5.2f} s  {lower} {rep.eccentric_s:5.2f} s  "
        f"range {rep.rom_mm:4.0f} mm"
    )
    if shows_si():
        line += f"  {lift} {rep.concentric_mean_m_s:.2f} m/s  {lower} {rep.eccentric_mean_m_s:.2f} m/s"
    if rep.force_mean_n is not None:
        line += f"  {weight_text(rep.force_mean_n)}"
    if rep.direction_deg is not None:
        line += f"  {words.direction(rep.direction_deg)}"
    return f"{line}  ! {words.flags(rep.flags)}" if rep.flags else line


def set_line(number: int, full: int, partials: int, rom_mm: float | None, load_n: float | None, side: str) -> str:
    """Return a set as one plain line."""
    parts = [f"set {number}{f' ({side})' if side else ''}: {counted(full, partials)}"]
    if rom_mm is not None:
        parts.append(f"range {rom_mm:.0f} mm")
    if load_n is not None:
        parts.append(weight_text(load_n))
    return ", ".join(parts)


def stored_set_line(stored: StoredSet, load_n: float | None) -> str:
    """Return a stored set as one plain line, with the load that it counts for."""
    line = set_line(stored.set, stored.full, stored.partials, stored.rom_mm, load_n, stored.side)
    if not stored.over:
        return f"{line} (its end was never reported)"
    return f"{line} ({missing_reps(stored)})" if stored.missing else line


def missing_reps(stored: StoredSet) -> str:
    """Return how many reps of a set never arrived."""
    return f"{stored.missing} of {stored.full + stored.partials + stored.missing} reps missing"


def clock(seconds: float) -> str:
    """Return a duration as minutes and seconds."""
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02d}"
