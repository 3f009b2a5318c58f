"""What the tables of the history are made of, so that they look alike: the empty table, columns, numbers, words."""

from collections.abc import Sequence
from statistics import median

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from ..history.logbook import Entry
from ..history.metrics import Spread
from .reps import NOTHING


def flag_words(flags: dict[str, int]) -> str:
    """Return how often each flag was raised."""
    return ", ".join(f"{spoken(flag)} {count}" for flag, count in flags.items())


def spoken(flag: str) -> str:
    """Return a flag's name as people say it, and as lines can be broken in it."""
    return flag.replace("_", " ")


def new_table() -> Table:
    """Return a table without rows or columns."""
    return Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False, header_style="bold")


def add_number(table: Table, name: str, unit: str, width: int) -> None:
    """Add a column of numbers with its unit below its name."""
    heading = Text.assemble((name, "bold"), "\n", (unit, "dim"), justify="right")
    table.add_column(heading, justify="right", min_width=width, no_wrap=True)


def counted(one: Entry) -> str:
    """Return how many full and partial reps a set has; the dots say that its end was never reported."""
    return str(one.set.full) + (f"+{one.set.partials}" if one.set.partials else "") + ("" if one.set.over else " …")


def number(value: float | None, digits: int) -> str:
    """Return a number that may not be there."""
    return NOTHING if value is None else f"{value:.{digits}f}"


def middle(values: Sequence[float]) -> str:
    """Return the median of some seconds."""
    return f"{median(values):.2f}" if values else NOTHING


def mean(values: Spread, digits: int) -> str:
    """Return the mean and, of more than one value, the standard deviation."""
    text = f"{values.mean:.{digits}f}"
    return text if values.sd is None else f"{text} ± {values.sd:.{digits}f}"


def plural(count: int, word: str) -> str:
    """Return how many there are of a thing."""
    return f"{count} {word}{'' if count == 1 else 's'}"
