"""What a page may ask for: each action with its fields, checked, as a request to the feed.

The functions are those of the terminal's keys. A request names its fields in JSON; everything else is refused.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..exercise.library import by_number
from ..monitor import keys
from ..monitor.keys import Request

_NOTE_MAX = 500  # characters, as at the terminal
_NUMBER_MAX = (1 << 32) - 1  # of a session


class BadRequestError(Exception):
    """A request that makes no sense, and why, as a sentence for the sender."""


def request_of(action: str, fields: Mapping[str, Any]) -> Request:
    """Return the request of an action. Raises BadRequestError."""
    if action not in _ACTIONS:
        raise BadRequestError(f"there is no action {action[:40]!r}")
    return _ACTIONS[action](fields)


def text_of(fields: Mapping[str, Any], name: str, max_length: int) -> str:
    """Return a text on one line. Raises BadRequestError."""
    value = fields.get(name)
    if not isinstance(value, str) or len(value) > max_length:
        raise BadRequestError(f"{name} must be a text of at most {max_length} characters")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())


def number_of(fields: Mapping[str, Any], name: str, max_value: int = _NUMBER_MAX) -> int:
    """Return a whole number from 0 on. Raises BadRequestError."""
    value = fields.get(name)
    if type(value) is not int or not 0 <= value <= max_value:
        raise BadRequestError(f"{name} must be a whole number from 0 to {max_value}")
    return value


def _exercise(fields: Mapping[str, Any]) -> Request:
    profile = by_number(number_of(fields, "number", 255))
    if profile is None:
        raise BadRequestError("there is no such exercise")
    return keys.exercise(profile)


def _note(fields: Mapping[str, Any]) -> Request:
    text = text_of(fields, "text", _NOTE_MAX)
    if not text:
        raise BadRequestError("the note is empty")
    return keys.note(number_of(fields, "session"), number_of(fields, "set", 65535), text)


_ACTIONS: dict[str, Callable[[Mapping[str, Any]], Request]] = {
    "side": lambda fields: keys.side(),
    "exercise": _exercise,
    "tare": lambda fields: keys.tare(forced=fields.get("forced") is True),
    "end_set": lambda fields: keys.end_set(),
    "note": _note,
}
