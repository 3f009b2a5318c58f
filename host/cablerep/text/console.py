"""The two streams of a command: results on standard output, everything said about them on standard error.

Text from boards and files is printed as it is, never as markup, and only a terminal gets colours or a live screen.
"""

import json
import os
import stat
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


def takes_screen(console: Console) -> bool:
    """Say whether a live screen makes sense on `console`: a terminal that knows block characters."""
    return console.is_terminal and not console.is_dumb_terminal and (console.encoding or "").lower().startswith("utf")


def note(text: str) -> None:
    """Say something about the work on standard error, on one line."""
    print(text, file=sys.stderr, flush=True)


class Working:
    """A line on a terminal that says what is being worked on, below what is printed meanwhile; nothing elsewhere.

    It stands on `console`, or on standard error where standard output goes into a file: the other end of a pipe may
    be the very same terminal, and two who write there spoil each other's lines. Use it in a `with` block.
    """

    def __init__(self, text: str, console: Console | None = None, after_s: float = 1.0) -> None:
        """`after_s`: work that is shorter shows nothing, it would only flicker."""
        shown = console if console is not None and console.is_terminal else notes()
        self._wanted = shown.is_terminal and (shown is console or _into_a_file())
        self._spinner = Spinner("dots", text)
        self._live = Live(
            self._spinner,
            console=shown,
            transient=True,
            refresh_per_second=8,
            redirect_stdout=False,  # rich would send it to the console above, be it standard error
            redirect_stderr=sys.stderr.isatty(),
        )
        self._begin_at = time.monotonic() + after_s

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


def _into_a_file() -> bool:
    """Say whether standard output goes into a file."""
    try:
        return stat.S_ISREG(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def print_json(thing: dict[str, Any]) -> None:
    """Print one line of JSON Lines, at once: whoever reads it may be waiting for it."""
    sys.stdout.write(json.dumps(thing, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()
