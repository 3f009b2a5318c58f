"""Sets as tables and lines of text: the sets of a day, and one set with its reps and their summary.

A column that would be empty is left out: without a load cell there is no load, without a profile no exercise.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from statistics import median

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from .. import words
from ..history.logbook import Entry, Target, meets, whose
from ..history.metrics import Loss, Summary, flag_counts, rom_loss, summarize, tension_s, velocity_loss
from ..store.database import LostMessages, StoredRep
from ..units import shows_si, weight_text, weight_unit
from .reps import NOTHING, load_number, number, plural, rep_name, stored_set_line

# Heading, unit, and the text of a set's cell.
_SetColumn = tuple[str, str, Callable[[Entry], str]]
_WEIGHT = "weight"  # stands for the chosen unit of loads


def new_table() -> Table:
    """Return a table without rows or columns."""
    return Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False, header_style="bold")


def add_number(table: Table, name: str, unit: str, width: int) -> None:
    """Add a right-aligned column with its unit below its name."""
    heading = Text.assemble((name, "bold"), "\n", (unit, "dim"), justify="right")
    table.add_column(heading, justify="right", min_width=width, no_wrap=True)


def flag_summary(flags: dict[str, int]) -> str:
    """Return how many reps have each flag: "swing 2, short hold 1"."""
    return ", ".join(f"{words.flag(flag)} {count}" for flag, count in flags.items())


def rep_count(entry: Entry) -> str:
    """Return the full and partial reps of a set as "8+1"; dots mean that its end was never reported.

    "2+1 of 13" means that the board counted 13 and that ten of them never arrived.
    """
    stored = entry.set
    counts = f"{stored.full}{f'+{stored.partials}' if stored.partials else ''}{'' if stored.over else ' …'}"
    return f"{counts} of {stored.full + stored.partials + stored.missing}" if stored.missing else counts


def start_time(entry: Entry) -> str:
    """Return the local time at which a set began; "~" if the date is a guess."""
    return f"{'~' if entry.set.at_guessed else ''}{entry.set.at.astimezone():%H:%M}"


def median_s(values: Sequence[float]) -> str:
    """Return the median of some seconds."""
    return f"{median(values):.2f}" if values else NOTHING


def mean_sd(values: Summary, digits: int) -> str:
    """Return the mean and, of more than one value, the standard deviation."""
    text = f"{values.mean:.{digits}f}"
    return text if values.sd is None else f"{text} ± {values.sd:.{digits}f}"


_SET_TEXTS: tuple[_SetColumn, ...] = (
    ("set", "", lambda entry: entry.id),
    ("at", "", start_time),
    ("lifter", "", lambda entry: entry.lifter),
    ("exercise", "", lambda entry: entry.exercise),
    ("side", "", lambda entry: entry.side),
    ("type", "", lambda entry: entry.set.type),
)
_SET_NUMBERS: tuple[_SetColumn, ...] = (
    ("reps", "", rep_count),
    ("load", _WEIGHT, lambda entry: load_number(entry.load_n)),
    ("plate", "", lambda entry: "" if entry.plate is None else str(entry.plate)),
    ("RPE", "", lambda entry: "" if entry.set.rpe is None else f"{entry.set.rpe:g}"),
    (words.figure("hold_s"), "s", lambda entry: median_s([rep.hold_s for rep in entry.full])),
    (words.figure("eccentric_s"), "s", lambda entry: median_s([rep.eccentric_s for rep in entry.full])),
    (words.figure("rom_mm"), "mm", lambda entry: number(entry.set.rom_mm, 0)),
)
_ALWAYS = ("set", "at", "reps", *(words.figure(key) for key in ("hold_s", "eccentric_s", "rom_mm")))


def day_heading(day: date, entries: Sequence[Entry]) -> str:
    """Return the line above a day's sets."""
    reps = sum(entry.set.full for entry in entries)
    return f"{day:%a %Y-%m-%d}  {plural(len(entries), 'set')}, {plural(reps, 'rep')}"


def set_table(entries: Sequence[Entry], listed: Sequence[Entry] | None = None) -> Table:
    """Return the table of a day's sets, with the columns that `listed`, the sets of all days shown, need."""
    everything = list(entries if listed is None else listed)
    table = new_table()
    columns = [
        column
        for column in _SET_TEXTS + _SET_NUMBERS
        if column[0] in _ALWAYS or any(column[2](entry) not in ("", NOTHING) for entry in everything)
    ]
    for column in columns:
        if column in _SET_TEXTS:
            wide = column[0] == "exercise"
            table.add_column(Text(f"{column[0]}\n"), no_wrap=not wide, overflow="fold", min_width=16 if wide else 4)
        else:
            unit = weight_unit().symbol if column[1] == _WEIGHT else column[1]
            add_number(table, column[0], unit, 4)
    several_boards = len({entry.set.board for entry in everything}) > 1
    if several_boards:
        table.add_column(Text("board\n"), overflow="fold")
    for entry in entries:
        table.add_row(*(column[2](entry) for column in columns), *[entry.set.board] * several_boards)
    return table


def flag_lines(entries: Sequence[Entry]) -> list[str]:
    """Return a line for each set with flags; the table has no room for them."""
    return [
        f"{entry.id}  {flag_summary(counts)} of {plural(entry.set.full + entry.set.partials, 'rep')}"
        for entry in entries
        if (counts := flag_counts(entry.set))
    ]


def loss_lines(losses: Iterable[LostMessages]) -> list[str]:
    """Return a line for each session of which messages never arrived."""
    return [
        f"{plural(loss.count, 'message')} of board {loss.board} never arrived, from its session of "
        f"{loss.at.astimezone():%Y-%m-%d %H:%M}: {', '.join(_range(*gap) for gap in loss.ranges)}"
        for loss in losses
    ]


def oddity_lines(conflicts: int, malformed: int) -> list[str]:
    """Return a line for messages that are set aside in the store, of each kind of which there are any."""
    lines = []
    if conflicts:
        lines.append(
            f"{plural(conflicts, 'message')} came again with other content; the first counts, see table conflict"
        )
    if malformed:
        lines.append(f"{plural(malformed, 'message')} could not be decoded; see table malformed")
    return lines


def _range(first: int, last: int) -> str:
    return f"number {first}" if first == last else f"numbers {first} to {last}"


def set_heading(entry: Entry) -> str:
    """Return the line that identifies a set: id, time, lifter, exercise, side."""
    title = whose(entry.lifter, entry.title)
    deleted = " (deleted)" if entry.set.deleted else ""
    return f"{entry.id}  {entry.set.at.astimezone():%Y-%m-%d} {start_time(entry)}  {title}{deleted}"


def set_line(entry: Entry) -> str:
    """Return a set as one plain line."""
    line = stored_set_line(entry.set, entry.load_n)
    line += f", {entry.set.type} set" if entry.set.type else ""
    line += f", RPE {entry.set.rpe:g}" if entry.set.rpe is not None else ""
    return line if entry.plate is None else f"{line}, plate {entry.plate}"


def rep_table(entry: Entry) -> Table:
    """Return every rep of a set; with a target, how far hold and lowering are from it."""
    target = entry.target
    flagged = any(rep.flags for rep in entry.set.reps)
    force = any(rep.force_mean_n is not None for rep in entry.set.reps)
    table = new_table()
    table.add_column(Text("rep\n", justify="right"), justify="right", no_wrap=True)
    add_number(table, words.figure("concentric_s"), "s", 4)
    for key in ("hold_s", "eccentric_s"):
        add_number(table, words.figure(key), "s", 4)
        if target is not None:
            add_number(table, "target", "s", 4)
    add_number(table, words.figure("rom_mm"), "mm", 4)
    for key in ("concentric_mean_m_s", "eccentric_mean_m_s") if shows_si() else ():
        add_number(table, words.figure(key), "m/s", 4)
    if force:
        add_number(table, words.figure("force_mean_n" if shows_si() else "load_n"), weight_unit().symbol, 4)
    if flagged:
        table.add_column(Text("flags\n"), overflow="fold")
    for rep in entry.set.reps:
        cells = [rep_name(rep), f"{rep.concentric_s:.2f}"]
        cells += [f"{rep.hold_s:.2f}"] + ([] if target is None else [_above(rep.hold_s, target.hold_s)])
        cells += [f"{rep.eccentric_s:.2f}"] + (
            [] if target is None else [_above(rep.eccentric_s, target.min_eccentric_s(rep))]
        )
        cells.append(f"{rep.rom_mm:.0f}")
        cells += [f"{rep.concentric_mean_m_s:.2f}", f"{rep.eccentric_mean_m_s:.2f}"] * shows_si()
        cells += [load_number(rep.force_mean_n)] * force + [words.flags(rep.flags)] * flagged
        table.add_row(*cells, style="" if rep.kind == "full" else "italic dim")
    return table


def _above(value: float, minimum: float) -> str:
    """Return by how much a value exceeds its minimum, with a sign; nothing without a minimum."""
    return f"{value - minimum:+.2f}" if minimum else ""


def set_figures(entry: Entry) -> list[tuple[str, str]]:
    """Return the summary of a set as (heading, text) pairs."""
    reps = entry.full
    target = entry.target
    hold, lower = summarize(rep.hold_s for rep in reps), summarize(rep.eccentric_s for rep in reps)
    figures = [
        (words.figure("hold_s"), _summary_line(hold, "s", 2, _target_text(target, "hold_s"))),
        (words.figure("eccentric_s"), _summary_line(lower, "s", 2, _target_text(target, "eccentric_s"))),
    ]
    if target is not None and reps:
        met = sum(meets(rep, target) for rep in reps)
        figures.append(("tempo", f"kept in {met} of {plural(len(reps), 'full rep')}"))
    speed, rom = velocity_loss(entry.set), rom_loss(entry.set)
    figures.append(("velocity loss", _loss_line(speed, lambda rep: rep.concentric_mean_m_s, "m/s", 2)))
    figures.append(("range loss", _loss_line(rom, lambda rep: rep.rom_mm, "mm", 0)))
    figures.append(("under tension", f"{tension_s(entry.set):.0f} s"))
    if entry.load_n != entry.set.load_n and entry.set.load_n is not None:
        figures.append(("measured", f"{weight_text(entry.set.load_n)} while holding"))
    flags = flag_counts(entry.set)
    if flags:
        figures.append(("flags", flag_summary(flags)))
    figures += [("note", f"{note.text} ({note.at.astimezone():%Y-%m-%d %H:%M})") for note in entry.set.notes]
    return figures


def _target_text(target: Target | None, figure: str) -> str:
    if target is None:
        return ""
    shortest, longest = (target.hold_s, 0.0) if figure == "hold_s" else target.eccentric_s
    if not shortest:
        return "no target"
    return f"target {shortest:g} s or more" if not longest else f"target {shortest:g} to {longest:g} s"


def _summary_line(values: Summary | None, unit: str, digits: int, target: str) -> str:
    if values is None:
        return "no full rep"
    text = f"{mean_sd(values, digits)} {unit}, median {values.median:.{digits}f}, {plural(values.n, 'full rep')}"
    return f"{text}; {target}" if target else text


def _loss_line(lost: Loss | None, value: Callable[[StoredRep], float], unit: str, digits: int) -> str:
    if lost is None:
        return "needs two comparable reps"
    if unit == "m/s" and not shows_si():
        return f"{100 * lost.fraction:.0f} %: from rep {lost.best.rep} to rep {lost.last.rep}"
    return (
        f"{100 * lost.fraction:.0f} %: from {value(lost.best):.{digits}f} {unit} in rep {lost.best.rep} "
        f"to {value(lost.last):.{digits}f} {unit} in rep {lost.last.rep}"
    )
