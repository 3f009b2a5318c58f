"""What a page may ask for: each action with its fields, checked, as a request to the feed.

The functions are those of the terminal's keys. A request names its fields in JSON; everything else is refused.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import HistoryError
from ..exercise.library import by_number
from ..monitor import keys
from ..monitor.keys import Request
from ..people.edits import MAX_NOTE, rpe
from ..people.lifters import MAX_NAME, NOBODY
from ..store.records import Lifter
from ..units import parse_weight

_WEIGHT_MAX = 20  # characters
SIDES = ("left", "right", "")
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
    text = text_of(fields, "text", MAX_NOTE)
    if not text:
        raise BadRequestError("the note is empty")
    return keys.note(*_set_of(fields), text)


def _lifter(fields: Mapping[str, Any]) -> Request:
    number, name = number_of(fields, "number", 255), text_of(fields, "name", MAX_NAME)
    return keys.lifter(Lifter(number, name) if number else NOBODY)


def _weight(fields: Mapping[str, Any]) -> Request:
    text = text_of(fields, "text", _WEIGHT_MAX)
    return keys.weight(_parsed_weight(text) if text else None)


def _parsed_weight(text: str) -> float:
    try:
        return parse_weight(text)
    except ValueError as error:
        raise BadRequestError(str(error)) from None


def _set_of(fields: Mapping[str, Any]) -> tuple[int, int]:
    return number_of(fields, "session"), number_of(fields, "set", 65535)


def changes_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the correction of a set, `field` and `value` of a request. Raises BadRequestError."""
    field, value = fields.get("field"), fields.get("value")
    if field == "deleted" and isinstance(value, bool):
        return {field: value}
    if field == "side" and value in SIDES:
        return {field: value}
    if field == "lifter":
        return {field: number_of(fields, "value", 255)}
    if field == "weight":
        return {"weight_n": _parsed_weight(text_of(fields, "value", _WEIGHT_MAX))}
    if field == "rpe":
        try:
            return {field: rpe(text_of(fields, "value", _WEIGHT_MAX))}
        except HistoryError as error:
            raise BadRequestError(str(error)) from None
    raise BadRequestError("there is no such correction")


_ACTIONS: dict[str, Callable[[Mapping[str, Any]], Request]] = {
    "side": lambda fields: keys.side(),
    "exercise": _exercise,
    "tare": lambda fields: keys.tare(forced=fields.get("forced") is True),
    "end_set": lambda fields: keys.end_set(),
    "note": _note,
    "lifter": _lifter,
    "next_lifter": lambda fields: keys.next_lifter(),
    "weight": _weight,
    "edit": lambda fields: keys.edit_set(*_set_of(fields), changes_of(fields)),
    "undo": lambda fields: keys.undo_edit(*_set_of(fields)),
}
