"""The live screen: a function from the model to something rich can draw, for a terminal, a test or a picture.

Made for 80 by 24 and read from two metres: one large word for the phase, one large number for the count. Each phase
has a word and a sign of its own beside its colour.
"""

from rich.box import ROUNDED
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from . import tables
from .block_letters import block_lines
from .events import SetOver
from .live_model import LiveModel

# Phase of the wire: (large word, sign, what the person does, colour).
_PHASES = {
    "slack": ("SLACK", "~", "cable slack", "magenta"),
    "rest": ("REST", "·", "at the bottom", "white"),
    "concentric": ("OUT", "▲", "pulling out", "green"),
    "hold": ("HOLD", "■", "holding", "yellow"),
    "eccentric": ("BACK", "▼", "letting back", "cyan"),
}
_WAIT = ("WAIT", "○", "no board", "red")
_START = ("REST", "·", "ready", "white")
_STATES = {  # of the connection: sign, words, colour
    "connected": ("●", "connected", "green"),
    "connecting": ("○", "connecting …", "yellow"),
    "silent": ("◌", "silent", "yellow"),
    "waiting": ("○", "unplugged, waiting for it", "red"),
}
_CUES = {
    "hold_reached": "hold reached",
    "eccentric_fast": "slower on the way back",
    "set_ended": "set over",
    "fault": "sensor fault",
}
LEAST_WIDTH = 76  # columns: what the table needs, and the large word with its clock and count
LEAST_HEIGHT = 18  # rows: those that are always there, and two reps
_WIDEST = 100  # columns beyond which more width does not help the eye
_CLOCK = 22  # columns: four digits of a clock and their point
_COUNT = 20  # columns: three digits of a count, or the words below them
_TIMED = ("concentric", "hold", "eccentric")
_EIGHTHS = " ▏▎▍▌▋▊▉"
_FIXED_ROWS = 16  # all rows but those of the table's reps


def render(model: LiveModel, width: int = 80, height: int = 24) -> RenderableType:
    """Return the screen for a terminal of `width` by `height` characters."""
    width = min(width, _WIDEST)
    sets = list(model.sets)[-min(2, height - LEAST_HEIGHT) :] if height > LEAST_HEIGHT else []
    room = max(1, height - _FIXED_ROWS - len(sets))
    return Group(
        *(_head(model, width), _stage(model, width), _reps(model, room, width)),
        *(_set_line(over) for over in sets),
        *(_health(model, width), _words(model, width)),
    )


def fits(console: Console) -> bool:
    """Say whether the screen makes sense on `console`: a terminal of some size that knows block characters."""
    return (
        console.is_terminal
        and not console.is_dumb_terminal
        and (console.encoding or "").lower().startswith("utf")
        and console.width > LEAST_WIDTH
        and console.height >= LEAST_HEIGHT
    )


def _head(model: LiveModel, width: int) -> RenderableType:
    sign, words, colour = _STATES[model.state]
    right = Text.assemble((f"{sign} {words}", f"bold {colour}"))
    if model.board is not None:
        right.append(f"  {model.board.rate_hz} Hz", "dim")
    left = Text.assemble(("cablerep", "bold"), "  ", (model.port or "…", "dim"))
    left.truncate(max(10, width - right.cell_len - 3), overflow="ellipsis")
    return Text.assemble(" ", left, " " * max(1, width - 2 - left.cell_len - right.cell_len), right)


def _stage(model: LiveModel, width: int) -> RenderableType:
    """Draw the phase, its clock, the count and the travel bar."""
    word, sign, doing, colour = _look(model)
    phase = model.phase
    inner = width - 4
    side = f" · {model.side}" if model.side else ""
    seconds = f"{min(model.phase_s, 99.9):.1f}" if phase and model.state != "waiting" and phase.phase in _TIMED else ""
    grid = Table.grid(padding=0)
    grid.add_column(width=inner - _CLOCK - _COUNT, no_wrap=True)
    grid.add_column(width=_CLOCK, no_wrap=True)
    grid.add_column(width=_COUNT, no_wrap=True)
    grid.add_row(
        Text(f"{sign} {doing}", style=f"bold {colour}"),
        Text("seconds" if seconds else "", style="dim"),
        Text((f"set {model.set}{side}" if model.set else "no set yet").rjust(_COUNT), style="dim"),
    )
    grid.add_row(
        Text("\n".join(block_lines(word)), style=f"bold {colour}"),
        Text("\n".join(block_lines(seconds)), style=colour),
        Text("\n".join(line.rjust(_COUNT) for line in block_lines(str(min(model.full, 999)))), style="bold"),
    )
    grid.add_row(Text.assemble((_CUES.get(phase.cue, "") if phase else "", "bold reverse")), "", _count_words(model))
    return Panel(Group(grid, _bar(model, inner, colour)), box=ROUNDED, width=width, padding=(0, 1), border_style=colour)


def _look(model: LiveModel) -> tuple[str, str, str, str]:
    if model.state == "waiting":
        return _WAIT
    return _PHASES[model.phase.phase] if model.phase else _START


def _count_words(model: LiveModel) -> Text:
    words = Text("rep" if model.full == 1 else "reps", style="bold")
    if model.partials:
        words.append(f" + {model.partials} partial", "dim")
    words.pad_left(max(0, _COUNT - words.cell_len))
    return words


def _bar(model: LiveModel, width: int, colour: str) -> RenderableType:
    """Draw how far the cable is out, to an eighth of a character, with the numbers behind it."""
    height = model.height
    above = None if model.travel_mm is None else max(0.0, model.travel_mm - model.bottom_mm)
    numbers = f" {above:5.0f} mm" if above is not None else "     – mm"
    numbers += f" {model.force_n:6.0f} N" if model.force_n is not None else "      – N"
    length = width - len(numbers) - 9
    eighths = round((height or 0.0) * length * 8)
    filled = "█" * (eighths // 8) + (_EIGHTHS[eighths % 8] if eighths % 8 else "")
    bar = Text("travel ▕")
    bar.append(filled, colour)
    bar.append("·" * (length - len(filled)), "dim")
    bar.append("▏")
    bar.append(numbers, "bold")
    return bar


def _reps(model: LiveModel, room: int, width: int) -> RenderableType:
    table = tables.rep_table(model.reps[-room:], newest=True)
    table.width = min(width, 80) - 3
    rows = min(len(model.reps), room)
    return Group(Text(""), Padding(table, (0, 1)), *(Text("") for _ in range(room - rows)))


def _set_line(over: SetOver) -> Text:
    text = tables.set_line(over.set, over.reps, over.partials, over.rom_mm, over.load_n, over.side)
    return Text.assemble(
        (" ✓ ", "bold green"), (text, "bold"), (f", {tables.clock(over.end_s - over.start_s)} min", "")
    )


def _health(model: LiveModel, width: int) -> Text:
    """Say what was lost, or that nothing was."""
    health = model.health
    line = Text.assemble((" health ", "dim"))
    losses = []
    if health is not None:
        counts = (
            (health.missed, "samples missed"),
            (health.overruns, "overrun"),
            (health.dropped_samples + health.dropped, "frames dropped"),
            (health.journal_lost, "reps lost"),
        )
        losses = [f"{count} {name}" for count, name in counts if count]
    if model.frames_lost:
        losses.append(f"{model.frames_lost} frames lost")
    line.append(", ".join(losses) if losses else "nothing lost", "bold yellow" if losses else "green")
    if health is not None:
        line.append(f" · jitter {health.jitter_us} µs · journal {health.kept}", "dim")
        if health.heap_free:
            line.append(f" · heap {health.heap_free // 1024} KiB free", "dim")
        if health.faults:
            line.append(f" · fault: {', '.join(health.faults)}", "bold red")
    line.truncate(width, overflow="ellipsis")
    return line


def _words(model: LiveModel, width: int) -> Text:
    text = Text(f" {model.word or 'Ctrl-C ends'}", style="dim", no_wrap=True)
    text.truncate(width, overflow="ellipsis")
    return text
