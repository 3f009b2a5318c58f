"""The keys of a profile's file as rows: what each may hold, what it is without it, what it means.

Made from the model's own schema, so that an error message, the manual's table, the template of a new profile and the
schema for editors cannot say different things.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .profile import Profile, Rest, Rom

BASED_ON = "based_on"
_BASED_ON_MEANING = "profile that this one begins from: every key that it does not name is that one's"
_TABLES: dict[str, type[BaseModel]] = {"rom": Rom, "rest": Rest}


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `path` with a dot behind a table's name, `allowed` and `default` in words, `meaning` a phrase."""

    path: str
    allowed: str
    default: str
    meaning: str


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile's file, for editors that check TOML by one."""
    made = Profile.model_json_schema()
    del made["properties"]["id"]
    made["properties"][BASED_ON] = {"type": "string", "description": _BASED_ON_MEANING}
    # A file that is based on another may leave out what that one says.
    made["required"] = ["number", "name"]
    made["anyOf"] = [{"required": ["tempo"]}, {"required": [BASED_ON]}]
    made["title"] = "cablerep exercise profile"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def every_key() -> list[Key]:
    """Return every key of a file, in the order of the model."""
    return [Key(BASED_ON, "name of a profile", "none", _BASED_ON_MEANING), *_keys()]


def table() -> str:
    """Return the keys as a table for the manual: `python -m cablerep.exercise.schema` prints it."""
    rows = [f"| `{key.path}` | {key.allowed} | {key.default} | {key.meaning} |" for key in every_key()]
    return "\n".join(["| key | allowed | default | meaning |", "| --- | --- | --- | --- |", *rows]) + "\n"


def allowed(path: str) -> str:
    """Return in words what the key at `path` may hold; empty where there is no such key."""
    return next((key.allowed for key in _keys() if key.path == path), "")


def _keys() -> Iterator[Key]:
    made = schema()
    for name, field in Profile.model_fields.items():
        if name in _TABLES:
            part = made["$defs"][_TABLES[name].__name__]["properties"]
            for inner, its_field in _TABLES[name].model_fields.items():
                yield _key(f"{name}.{inner}", part[inner], its_field)
        elif name != "id":
            yield _key(name, made["properties"][name], field)


def _key(path: str, made: dict[str, Any], field: FieldInfo) -> Key:
    default = "required" if field.is_required() else "none" if field.default in (None, (), {}, "") else made["default"]
    if not isinstance(default, str):
        default = f"{default:g}"
    return Key(path, _words(made), default, field.description or "")


def _words(made: dict[str, Any]) -> str:
    """Return a field's part of the schema in words."""
    choices = [one for one in made.get("anyOf", (made,)) if one.get("type") != "null"]
    kind = choices[0]
    if "enum" in kind:
        return " or ".join(json.dumps(one) for one in kind["enum"])
    if kind["type"] in ("number", "integer"):
        noun = "a whole number" if kind["type"] == "integer" else "a number"
        most = kind.get("maximum", kind.get("exclusiveMaximum", 1) - 1)
        return f"{noun} from {kind['minimum']:g} to {most:g}"
    if kind["type"] == "array":
        if "prefixItems" in kind:
            return f"two numbers from {kind['prefixItems'][0]['minimum']:g} to {kind['prefixItems'][0]['maximum']:g}"
        return f"at most {kind['maxItems']} lines of text"
    if kind["type"] == "object":
        return f"a line of text for each of {', '.join(kind['propertyNames']['enum'])}"
    if kind.get("pattern", "").startswith("^[0-9.]+"):
        return 'four figures in quotes, such as "3-0-1-2" or "30X2"'
    return f"text of at most {kind['maxLength']} characters"


if __name__ == "__main__":
    print(table(), end="")
