"""Writes the JSON Schema of `cablerep replay --json` from the events and the message table:
`python -m cablerep.text.replay_schema > host/cablerep/text/replay.schema.json`.

A test fails when the file differs from what this module writes.
"""

import json
from typing import Any

from cablerep_fw.core.link import wire

from ..device.events import Rejected, Rep, SetOver
from ..device.fields import REP_FIELDS, Field, fields_of
from .contract import REJECTED_KEYS, SET_KEYS, SUMMARY_KEYS

Schema = dict[str, Any]

_COUNT: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "integer", "minimum": 1}  # of a set, or of a rep in its set
_FLAGS: Schema = {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True}
_SIGNED = (Rejected, "rom_mm")  # an outlier may jump inward
# A full rep has a number, any other kind has none.
_NUMBERED: Schema = {
    "if": {"properties": {"kind": {"const": "full"}}},
    "then": {"properties": {"rep": {"type": "integer"}}},
    "else": {"properties": {"rep": {"type": "null"}}},
}


def schema() -> Schema:
    """Return the schema of one line."""
    rep = {field.name: _value(Rep, field) for field in REP_FIELDS}
    reported = rep | {"kind": {"enum": [kind for kind in wire.KINDS if kind not in ("", "rejected")]}}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of `cablerep replay --json`",
        "description": "Times in seconds from the trace's first row, lengths in mm, speeds in m/s, force in N, work "
        "in J, power in W.",
        "oneOf": [
            _object("a completed rep", "rep", reported) | _NUMBERED,
            _object("a rep that the end of its set changed", "amend", rep) | _NUMBERED,
            _object("a movement that is not a rep", "rejected", _values(Rejected, REJECTED_KEYS)),
            _object("a completed set", "set", _values(SetOver, SET_KEYS)),
            _object("the last line of a trace", "summary", dict.fromkeys(SUMMARY_KEYS, _COUNT)),
        ],
    }


def _object(title: str, event: str, properties: Schema) -> Schema:
    properties = {"event": {"const": event}, "trace": {"type": "string", "minLength": 1}, **properties}
    return {
        "title": title,
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _values(event: type[Any], keys: tuple[str, ...]) -> Schema:
    by_name = {field.name: field for field in fields_of(event)}
    return {key: _value(event, by_name[key]) for key in keys}


def _value(event: type[Any], field: Field) -> Schema:
    """Return the schema of a field. A figure that may be unknown may be negative too: force and work are signed."""
    if field.name == "kind":
        return {"enum": list(wire.KINDS[1:])}
    if field.name == "reason":
        return {"enum": list(wire.REASONS[1:])}
    if field.kind == tuple[str, ...]:
        return _FLAGS
    if field.kind is int:
        made = _NUMBER if field.name in ("set", "rep") else _COUNT
    else:
        signed = field.optional or (event, field.name) == _SIGNED
        made = {"type": "number"} if signed else {"type": "number", "minimum": 0}
    return {**made, "type": [made["type"], "null"]} if field.optional else made


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2))
