"""Sets as tables and lines of text: the sets of a day, and one set with its reps and what they say together.

A column that would be empty is left out, so that who has no load cell or names no exercise sees none of it.
"""

from collections.abc import Callable, Sequence
from datetime import date

from rich.table import Table
from rich.text import Text

from ..history.logbook import Entry, Target, meets
from ..history.metrics import Spread, flag_counts, loss, spread
from ..store.database import StoredRep
from . import reps as tables
from .reps import NOTHING
from .table_parts import add_number, counted, flag_words, mean, middle, new_table, number, plural, spoken

# Heading, its unit, and what a row has there; the first of them are words and stand to the left.
_SetColumn = tuple[str, str, Callable[[Entry], str]]
_SET_WORDS: tuple[_SetColumn, ...] = (
    ("set", "", lambda one: one.id),
    ("at", "", lambda one: f"{one.set.at.astimezone():%H:%M}"),
    ("exercise", "", lambda one: one.exercise),
    ("side", "", lambda one: one.side),
)
_SET_NUMBERS: tuple[_SetColumn, ...] = (
    ("reps", "", counted),
    ("load", "N", lambda one: number(one.set.load_n, 0)),
    ("plate", "", lambda one: "" if one.plate is None else str(one.plate)),
    ("hold", "s", lambda one: middle([rep.hold_s for rep in one.full])),
    ("back", "s", lambda one: middle([rep.eccentric_s for rep in one.full])),
    ("range", "mm", lambda one: number(one.set.rom_mm, 0)),
)
_ALWAYS = ("set", "at", "reps", "hold", "back", "range")


def day_heading(day: date, sets: Sequence[Entry]) -> str:
    """Return the line above a day's sets."""
    reps = sum(one.set.full for one in sets)
    return f"{day:%a %Y-%m-%d}  {plural(len(sets), 'set')}, {plural(reps, 'rep')}"


def set_table(sets: Sequence[Entry], of: Sequence[Entry] | None = None) -> Table:
    """Return the table of a day's sets; its columns are those that `of`, the sets of all its sisters, need."""
    asked = list(sets if of is None else of)
    table = new_table()
    columns = [
        column
        for column in _SET_WORDS + _SET_NUMBERS
        if column[0] in _ALWAYS or any(column[2](one) not in ("", NOTHING) for one in asked)
    ]
    for column in columns:
        if column in _SET_WORDS:
            wide = column[0] == "exercise"
            table.add_column(Text(f"{column[0]}\n"), no_wrap=not wide, overflow="fold", min_width=16 if wide else 4)
        else:
            add_number(table, column[0], column[1], 4)
    boards = len({one.set.board for one in asked}) > 1
    if boards:
        table.add_column(Text("board\n"), overflow="fold")
    for one in sets:
        table.add_row(*(column[2](one) for column in columns), *[one.set.board] * boards)
    return table


def flag_lines(sets: Sequence[Entry]) -> list[str]:
    """Return a line for each set that has flags: in the table they would have no room."""
    return [
        f"{one.id}  {flag_words(counts)} of {plural(one.set.full + one.set.partials, 'rep')}"
        for one in sets
        if (counts := flag_counts(one.set))
    ]


def set_heading(one: Entry) -> str:
    """Return the line that says which set it is."""
    return f"{one.id}  {one.set.at.astimezone():%Y-%m-%d %H:%M}  {one.title}"


def set_line(one: Entry) -> str:
    """Return a set as one plain line."""
    line = tables.stored_set_line(one.set)
    return line if one.plate is None else f"{line}, plate {one.plate}"


def rep_table(one: Entry) -> Table:
    """Return every rep of a set; where a target is known, how far hold and way back are from it."""
    target = one.target
    flagged = any(rep.flags for rep in one.set.reps)
    force = any(rep.force_mean_n is not None for rep in one.set.reps)
    table = new_table()
    table.add_column(Text("rep\n", justify="right"), justify="right", no_wrap=True)
    add_number(table, "out", "s", 4)
    for name in ("hold", "back"):
        add_number(table, name, "s", 4)
        if target is not None:
            add_number(table, "asked", "s", 4)
    for name, unit in [("range", "mm"), ("out", "m/s"), ("back", "m/s")] + [("force", "N")] * force:
        add_number(table, name, unit, 4)
    if flagged:
        table.add_column(Text("flags\n"), overflow="fold")
    for rep in one.set.reps:
        cells = [str(rep.rep) if rep.rep is not None else rep.kind, f"{rep.concentric_s:.2f}"]
        cells += [f"{rep.hold_s:.2f}"] + ([] if target is None else [_from(rep.hold_s, target.hold_s)])
        cells += [f"{rep.eccentric_s:.2f}"] + (
            [] if target is None else [_from(rep.eccentric_s, target.shortest_back_s(rep))]
        )
        cells += [f"{rep.rom_mm:.0f}", f"{rep.concentric_mean_m_s:.2f}", f"{rep.eccentric_mean_m_s:.2f}"]
        cells += [number(rep.force_mean_n, 0)] * force + [", ".join(map(spoken, rep.flags))] * flagged
        table.add_row(*cells, style="" if rep.kind == "full" else "italic dim")
    return table


def _from(value: float, least: float) -> str:
    """Return how much a value is above what is asked at least, with its sign; nothing where nothing is asked."""
    return f"{value - least:+.2f}" if least else ""


def set_figures(one: Entry) -> list[tuple[str, str]]:
    """Return what the reps of a set say together, as pairs of a word and a text."""
    reps = one.full
    figures = [
        ("hold", _spread_line(spread(rep.hold_s for rep in reps), "s", 2, _asked(one.target, "hold"))),
        ("back", _spread_line(spread(rep.eccentric_s for rep in reps), "s", 2, _asked(one.target, "back"))),
    ]
    if one.target is not None and reps:
        kept = sum(meets(rep, one.target) for rep in reps)
        figures.append(("tempo", f"kept in {kept} of {plural(len(reps), 'full rep')}"))
    figures.append(("velocity loss", _loss_line(reps, lambda rep: rep.concentric_mean_m_s, "m/s", 2)))
    figures.append(("range loss", _loss_line(reps, lambda rep: rep.rom_mm, "mm", 0)))
    flags = flag_counts(one.set)
    if flags:
        figures.append(("flags", flag_words(flags)))
    figures += [("note", f"{note.text} ({note.at.astimezone():%Y-%m-%d %H:%M})") for note in one.set.notes]
    return figures


def _asked(target: Target | None, what: str) -> str:
    if target is None:
        return ""
    shortest, longest = (target.hold_s, 0.0) if what == "hold" else target.eccentric_s
    if not shortest:
        return "nothing asked"
    return f"asked {shortest:g} s or more" if not longest else f"asked {shortest:g} to {longest:g} s"


def _spread_line(values: Spread | None, unit: str, digits: int, asked: str) -> str:
    if values is None:
        return "no full rep"
    text = f"{mean(values, digits)} {unit}, median {values.median:.{digits}f}, of {plural(values.n, 'full rep')}"
    return f"{text}; {asked}" if asked else text


def _loss_line(reps: Sequence[StoredRep], of: Callable[[StoredRep], float], unit: str, digits: int) -> str:
    share = loss([of(rep) for rep in reps])
    if share is None:
        return "needs two full reps"
    best = max(reps, key=of)
    return (
        f"{100 * share:.0f} %: {of(best):.{digits}f} {unit} in rep {best.rep}, "
        f"{of(reps[-1]):.{digits}f} {unit} in rep {reps[-1].rep}, the last"
    )
