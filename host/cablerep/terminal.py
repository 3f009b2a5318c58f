"""The two streams of a command: results on standard output, everything said about them on standard error.

Text from boards and files is printed as it is, never as markup, and only a terminal gets colours or a live screen.
"""

import json
import sys
from typing import Any

from rich.console import Console


def output() -> Console:
    """Return the console of results."""
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=not sys.stdout.isatty())


def notes() -> Console:
    """Return the console of notes, progress and errors."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True)


def note(text: str) -> None:
    """Say something about the work on standard error, on one line."""
    print(text, file=sys.stderr, flush=True)


def print_json(thing: dict[str, Any]) -> None:
    """Print one line of JSON Lines, at once: whoever reads it may be waiting for it."""
    sys.stdout.write(json.dumps(thing, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()
