"""A profile's limits by name, written to the settings that a board's PROFILE message would change.

The names are those of the message's fields, so a replay judges form exactly as a board does.
"""

from __future__ import annotations

from collections.abc import Mapping

from cablerep_fw.core.link import wire
from cablerep_fw.core.settings.settings import Settings

from .errors import CablerepError

LIMITS = tuple(name for name, *_ in wire.BY_NAME["profile"].fields if name != "tag")
_INDEXES = {row[0]: index for index, row in enumerate(wire.SETTINGS)}


class LimitError(CablerepError, ValueError):
    """A limit that does not exist or is out of range."""


def put_limits(settings: Settings, limits: Mapping[str, int]) -> None:
    """Write all `limits`, in the wire's units, to `settings`; write none if any is wrong. Raises LimitError."""
    for name, value in limits.items():
        if name not in LIMITS:
            raise LimitError(f"there is no limit {name!r}; the limits are {', '.join(LIMITS)}")
        if isinstance(value, bool) or not isinstance(value, int) or not settings.accepts(_INDEXES[name], value):
            _, unit, lowest, highest, *_ = wire.SETTINGS[_INDEXES[name]]
            raise LimitError(
                f"{name} is {value!r}; it must be a whole number from {lowest} to {highest} {unit}".rstrip()
            )
    for name, value in limits.items():
        settings.put(_INDEXES[name], value)
