"""The fields of an event, read from its dataclass: what columns, JSON objects and schemas are derived from."""

from dataclasses import dataclass, fields
from types import NoneType
from typing import get_args, get_type_hints

from ..units import unit_of
from .events import Rep

_HOST_ONLY = ("session", "seq", "side", "amended", "paused")  # fields of a rep that the contract's object does not have


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an event. `kind` is its type without None; `unit` is "" where it has none."""

    name: str
    kind: object
    optional: bool
    unit: str


def fields_of(event: type) -> tuple[Field, ...]:
    """Return the fields of an event's class, in their order."""
    hints = get_type_hints(event)
    return tuple(_field(one.name, hints[one.name]) for one in fields(event))


def _field(name: str, hint: object) -> Field:
    kinds = [kind for kind in get_args(hint) if kind is not NoneType]
    optional = NoneType in get_args(hint)
    return Field(name, kinds[0] if optional else hint, optional, unit_of(name))


# The fields of the contract's `rep` and `amend` objects, in its order.
REP_FIELDS = tuple(field for field in fields_of(Rep) if field.name not in _HOST_ONLY)
REP_KEYS = tuple(field.name for field in REP_FIELDS)
