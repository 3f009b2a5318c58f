"""A profile's limits by name, put into the settings that a board's PROFILE message would change.

The names are those of the message's fields, so that a replay is judged exactly as a board would judge.
"""

from __future__ import annotations

from collections.abc import Mapping

from cablerep_fw.core.link import wire
from cablerep_fw.core.settings.settings import Settings

from .errors import CablerepError

LIMITS = tuple(name for name, *_ in wire.BY_NAME["profile"].fields if name != "tag")
_PLACES = {row[0]: place for place, row in enumerate(wire.SETTINGS)}


class LimitError(CablerepError, ValueError):
    """A limit that does not exist or lies out of its range."""


def put_limits(settings: Settings, limits: Mapping[str, int]) -> None:
    """Put `limits` into `settings`, in the wire's units, all or none. Raises LimitError."""
    for name, value in limits.items():
        if name not in LIMITS:
            raise LimitError(f"there is no limit {name!r}; the limits are {', '.join(LIMITS)}")
        if isinstance(value, bool) or not isinstance(value, int) or not settings.accepts(_PLACES[name], value):
            _, unit, least, most, *_ = wire.SETTINGS[_PLACES[name]]
            raise LimitError(f"{name} is {value!r}; it must be a whole number from {least} to {most} {unit}".rstrip())
    for name, value in limits.items():
        settings.put(_PLACES[name], value)
