"""Corrections of sets: values as people type them, and corrections as lines of text.

What the board reported stays in the store; every reader sees the corrected value.
"""

from collections.abc import Iterator
from typing import Any

from ..device.decoding import printable
from ..errors import HistoryError
from ..exercise.set_types import WORKING
from ..store.records import Edit, Lifter
from ..units import weight_text

MAX_NOTE = 500  # characters; a note is shown beside a table
_NAMES = {"weight_n": "weight", "rpe": "RPE"}


def rpe(text: str) -> float | None:
    """Return a rate of perceived exertion from 1 to 10 in halves; None for an empty text. Raises HistoryError."""
    if not text.strip():
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 1 <= value <= 10 or value * 2 % 1:
        raise HistoryError(f"RPE is {text!r}; it goes from 1 to 10 in halves: 10 is the most you can do")
    return value


def note(text: str) -> str:
    """Return a note on one line without control characters. Raises HistoryError if it is too long."""
    plain = printable(" ".join(text.split()).encode("utf-8", "replace"))
    if len(plain) > MAX_NOTE:
        raise HistoryError(f"the note has {len(plain)} characters; it may have {MAX_NOTE}")
    return plain


def line(edit: Edit, lifters: list[Lifter]) -> str:
    """Return a correction as a line: "side: left, was right"."""
    if edit.field == "deleted":
        return "deleted" if edit.became else "no longer deleted"
    names = {one.number: one.name for one in lifters}
    was, became = (_value(edit.field, value, names) for value in (edit.was, edit.became))
    return f"{_NAMES.get(edit.field, edit.field)}: {became}, was {was}"


def log_lines(edits: list[Edit], lifters: list[Lifter]) -> Iterator[str]:
    """Yield a line for each correction, with its time and its set."""
    for edit in edits:
        yield f"{edit.at.astimezone():%Y-%m-%d %H:%M}  {edit.id}  {line(edit, lifters)}"


def _value(field: str, value: Any, names: dict[int, str]) -> str:
    if field == "lifter":
        return names.get(value, f"lifter {value}") if value else "nobody"
    if field == "weight_n":
        return "as measured" if value is None else weight_text(value)
    if field == "type":
        return value or WORKING
    if field == "rpe":
        return "none" if value is None else f"{value:g}"
    return str(value) if value else "none"
