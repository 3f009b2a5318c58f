"""Comparisons as tables: both groups' figures, how many values each rests on, the difference, and a verdict."""

from rich.table import Table
from rich.text import Text

from .. import words
from ..history.compare import Comparison, Group
from ..history.logbook import SAME_LOAD, whose
from ..units import shows_si, weight_unit
from .history import add_number, mean_sd, new_table, set_heading
from .reps import NOTHING, plural

_DIFFERENCE = {"sides": "index", "days": "change", "sets": "change"}  # heading of the percentages


def comparison_heading(comparison: Comparison) -> str:
    """Return the line above a comparison."""
    first, second = comparison.first, comparison.second
    exercise = comparison.exercise or "no exercise named"
    exercise = whose(first.lifter, exercise)
    if comparison.kind == "sides":
        return f"{exercise}, {first.entries[0].day}: left {_sets(first)} vs right {_sets(second)}"
    if comparison.kind == "days":
        title = f"{exercise}, {comparison.side}" if comparison.side else exercise
        return f"{title}: {second.entries[0].day} {_sets(second)} vs {first.entries[0].day} {_sets(first)}"
    return f"{set_heading(first.entries[0])}\n{set_heading(second.entries[0])}"


def comparison_table(comparison: Comparison) -> Table:
    """Return the figures of both groups, each with its number of values, and their difference."""
    groups = (comparison.first, comparison.second)
    table = new_table()
    table.add_column(Text("\n"), no_wrap=True)
    for group in groups:
        add_number(table, group.name, "", 13)
        add_number(table, "n", "", 3)
    add_number(table, _DIFFERENCE[comparison.kind], "%", 7)
    table.add_column(Text("\n"), no_wrap=True)
    for difference in comparison.differences:
        if difference.unit == "m/s" and not shows_si():
            continue
        scale = weight_unit() if difference.unit == "N" else None
        unit = difference.unit if scale is None else scale.symbol
        digits = difference.digits if scale is None else scale.digits
        cells = [f"{difference.name} ({unit})" if unit else difference.name]
        for values in (difference.first, difference.second):
            shown = values if values is None or scale is None else values.scaled(1 / scale.newtons)
            cells += [NOTHING, ""] if shown is None else [mean_sd(shown, digits), str(shown.n)]
        # Adding zero takes the sign off a rounded -0.0.
        percent = NOTHING if difference.percent is None else f"{round(difference.percent, 1) + 0.0:+.1f}"
        if difference.unit == "°" and difference.first is not None and difference.second is not None:
            percent = f"{round(difference.second.mean - difference.first.mean) + 0:+d}°"
        table.add_row(*cells, percent, difference.verdict)
    for flag in sorted(groups[0].flags() | groups[1].flags()):
        cells = [text for group in groups for text in (str(group.flags()[flag]), str(group.reps))]
        table.add_row(words.flag(flag), *cells, "", "")
    return table


LEGEND = (
    "Mean ± standard deviation. n counts full reps; sets for reps per set and load; full and partial reps for flags."
)


def comparison_note(comparison: Comparison) -> str:
    """Return a caveat where the loads differ, else an empty string."""
    load = next((difference for difference in comparison.differences if difference.key == "load_n"), None)
    if load is None or load.percent is None or abs(load.percent) <= 100 * SAME_LOAD:
        return ""
    return "The loads differ; speed, range and reps depend on the load."


def _sets(group: Group) -> str:
    return f"({plural(len(group.entries), 'set')})"
