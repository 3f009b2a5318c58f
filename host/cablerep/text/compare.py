"""Comparisons as tables: both groups' figures and what they rest on, how far they are apart, and a word for it."""

from rich.table import Table
from rich.text import Text

from ..history.compare import Comparison
from ..history.logbook import SAME_LOAD
from ..history.symmetry import Group
from .history import set_heading
from .reps import NOTHING
from .table_parts import add_number, mean, new_table, plural, spoken


def comparison_heading(one: Comparison) -> str:
    """Return the line above a comparison."""
    exercise = one.exercise or "no exercise named"
    if one.kind == "sides":
        return f"{exercise}, {one.one.sets[0].day}: left {_sets(one.one)} against right {_sets(one.other)}"
    if one.kind == "days":
        where = f"{exercise}, {one.side}" if one.side else exercise
        return f"{where}: {one.other.sets[0].day} {_sets(one.other)} against {one.one.sets[0].day} {_sets(one.one)}"
    return f"{set_heading(one.one.sets[0])}\n{set_heading(one.other.sets[0])}"


def comparison_table(one: Comparison) -> Table:
    """Return the figures of both groups, each with what it rests on, and how far they are apart."""
    table = new_table()
    table.add_column(Text("\n"), no_wrap=True)
    for group in (one.one, one.other):
        add_number(table, group.name, "", 13)
        add_number(table, "n", "", 3)
    add_number(table, {"sides": "index", "days": "change"}.get(one.kind, "apart"), "%", 7)
    table.add_column(Text("\n"), no_wrap=True)
    for told in one.differences:
        cells = [f"{told.name} ({told.unit})" if told.unit else told.name]
        for values in (told.one, told.other):
            cells += [NOTHING, ""] if values is None else [mean(values, told.digits), str(values.n)]
        # The zero takes the sign off a rounded -0.0.
        percent = NOTHING if told.percent is None else f"{round(told.percent, 1) + 0.0:+.1f}"
        table.add_row(*cells, percent, told.word)
    for flag in sorted(one.one.flags() | one.other.flags()):
        cells = [text for group in (one.one, one.other) for text in (str(group.flags()[flag]), str(group.reps))]
        table.add_row(spoken(flag), *cells, "", "")
    return table


LEGEND = "Mean ± standard deviation; n: full reps; sets for reps a set and load; full and partial reps for flags."


def comparison_note(one: Comparison) -> str:
    """Return what makes the comparison less than it seems, or nothing."""
    load = next((told for told in one.differences if told.key == "load_n"), None)
    if load is None or load.percent is None or abs(load.percent) <= 100 * SAME_LOAD:
        return ""
    return "The loads differ: speed, range and reps go with them."


def _sets(group: Group) -> str:
    return f"({plural(len(group.sets), 'set')})"
