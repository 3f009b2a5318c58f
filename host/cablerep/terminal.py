"""The two streams of a command: results on standard output, everything said about them on standard error.

Text from boards and files is printed as it is, never as markup, and only a terminal gets colours or a live screen.
"""

import json
import sys
import time
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner


def output() -> Console:
    """Return the console of results."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def notes() -> Console:
    """Return the console of notes, progress and errors."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def note(text: str) -> None:
    """Say something about the work on standard error, on one line."""
    print(text, file=sys.stderr, flush=True)


class Working:
    """A line on a terminal's standard error that says what is being worked on, after a moment; nothing elsewhere.

    Use it in a `with` block. What goes to standard output meanwhile stays there, be it a terminal, a pipe or a file.
    """

    def __init__(self, text: str, after_s: float = 1.0) -> None:
        """`after_s`: work that is shorter shows nothing, it would only flicker."""
        console = notes()
        self._spinner = Spinner("dots", text)
        # rich would send standard output to this console; that is right only where both are the same terminal.
        same = sys.stdout.isatty()
        self._live = Live(
            self._spinner,
            console=console,
            transient=True,
            redirect_stdout=same,
            redirect_stderr=True,
            refresh_per_second=8,
        )
        self._begin_at = time.monotonic() + after_s
        self._wanted = console.is_terminal

    def __enter__(self) -> "Working":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._live.is_started:
            self._live.stop()

    def say(self, text: str) -> None:
        """Change the line."""
        if self._wanted and time.monotonic() >= self._begin_at:
            self._spinner.update(text=text)
            if not self._live.is_started:
                self._live.start()


def print_json(thing: dict[str, Any]) -> None:
    """Print one line of JSON Lines, at once: whoever reads it may be waiting for it."""
    sys.stdout.write(json.dumps(thing, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()
