"""The two streams of a command: results on standard output, messages on standard error.

Text from boards, files and people is printed literally: never as markup, and without control characters, so that no
note or file header can send commands to the terminal. Only a terminal gets colours or a live display.
"""

import json
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from rich.console import Console, ConsoleOptions, RenderableType
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.spinner import Spinner

Item = TypeVar("Item")

# C0 and C1 control characters but newline and tab, and the controls that reorder text (Unicode UAX #9).
_CONTROLS = {
    code: None
    for code in (*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    if code not in (0x09, 0x0A)
}
_JSON_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}  # C1, which json.dumps leaves as they are


def literal(text: str) -> str:
    """Return `text` without the characters that a terminal would obey rather than show."""
    return text.translate(_CONTROLS)


class _LiteralConsole(Console):
    """A console whose renderables cannot contain control characters; its own cursor controls still work."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=literal(segment.text))


def output() -> Console:
    """Return the console for results."""
    return _LiteralConsole(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def notes() -> Console:
    """Return the console for messages, progress and errors."""
    return _LiteralConsole(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def takes_screen(console: Console) -> bool:
    """Return whether `console` can show the live screen: a terminal with cursor control and block characters."""
    return console.is_terminal and not console.is_dumb_terminal and (console.encoding or "").lower().startswith("utf")


def note(text: str) -> None:
    """Print a one-line message on standard error; if nobody reads it, that is no reason to stop."""
    with suppress(OSError):
        print(literal(text), file=sys.stderr, flush=True)


class Working:
    """A status line below the output of a long task, on a terminal only. Use it in a `with` block.

    Drawn on `console`, or on standard error while standard output goes to a file. Not drawn beside a pipe: its far end
    may be the same terminal, and two writers garble each other's lines.
    """

    def __init__(self, text: str, console: Console | None = None, after_s: float = 1.0) -> None:
        """Show `text` once the task has lasted `after_s`; for shorter tasks it would only flicker."""
        shown = console if console is not None and console.is_terminal else notes()
        self._wanted = shown.is_terminal and (shown is console or _output_is_file())
        self._spinner = Spinner("dots", text)
        self._live = Live(
            self._spinner,
            console=shown,
            transient=True,
            refresh_per_second=8,
            redirect_stdout=False,  # rich would redirect it to `console`, even where that is standard error
            redirect_stderr=sys.stderr.isatty(),
        )
        self._begin_at = time.monotonic() + after_s

    def __enter__(self) -> "Working":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._live.is_started:
            self._live.stop()

    def say(self, text: str) -> None:
        """Replace the status line."""
        if self._wanted and time.monotonic() >= self._begin_at:
            self._spinner.update(text=text)
            if not self._live.is_started:
                self._live.start()


def _output_is_file() -> bool:
    """Return whether standard output is a regular file."""
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def tracked(items: Iterable[Item], total: int) -> Iterator[Item]:
    """Yield `items` while a progress bar of `total` steps advances on standard error, on a terminal only."""
    console = notes()
    columns = (TextColumn("recordings"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=total)
        for item in items:
            progress.advance(task)
            yield item


def print_json(line: dict[str, Any]) -> None:
    """Print one line of JSON Lines and flush it: the reader may be waiting for it."""
    sys.stdout.write(json.dumps(line, ensure_ascii=False, allow_nan=False).translate(_JSON_CONTROLS) + "\n")
    sys.stdout.flush()
