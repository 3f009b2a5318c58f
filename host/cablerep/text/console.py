"""The two streams of a command: results on standard output, messages on standard error.

Text from boards and files is printed literally, never as markup. Only a terminal gets colours or a live display.
"""

import json
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from rich.console import Console
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.spinner import Spinner

Item = TypeVar("Item")


def output() -> Console:
    """Return the console for results."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def notes() -> Console:
    """Return the console for messages, progress and errors."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def takes_screen(console: Console) -> bool:
    """Return whether `console` can show the live screen: a terminal with cursor control and block characters."""
    return console.is_terminal and not console.is_dumb_terminal and (console.encoding or "").lower().startswith("utf")


def note(text: str) -> None:
    """Print a one-line message on standard error."""
    print(text, file=sys.stderr, flush=True)


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
    sys.stdout.write(json.dumps(line, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()
