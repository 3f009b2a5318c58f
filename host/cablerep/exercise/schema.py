"""The keys of a profile's file, for the manual's table, error messages, new files and editors.

All are derived from the model in `profile.py`, so they cannot disagree.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ..errors import ProfileError
from .profile import SENTENCES, Profile, Rest, Rom

BASED_ON = "based_on"
_BASED_ON_MEANING = "profile that this one starts from: keys that are left out are taken from it"
_TABLES: dict[str, type[BaseModel]] = {"rom": Rom, "rest": Rest}
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Key:
    """A key of the file: `path` is TABLE.KEY or KEY; `allowed`, `default` and `meaning` are phrases."""

    path: str
    allowed: str
    default: str
    meaning: str


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile's file, for editors that check TOML."""
    made = Profile.model_json_schema()
    del made["properties"]["id"]
    made["properties"][BASED_ON] = {"type": "string", "description": _BASED_ON_MEANING}
    # A file that is based on another may leave out the tempo.
    made["required"] = ["number", "name"]
    made["anyOf"] = [{"required": ["tempo"]}, {"required": [BASED_ON]}]
    made["title"] = "cablerep exercise profile"
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def all_keys() -> list[Key]:
    """Return every key of a file, in the order of the model."""
    return [Key(BASED_ON, "name of a profile", "none", _BASED_ON_MEANING), *_keys()]


def allowed(path: str) -> str:
    """Return what the key at `path` may hold, as a phrase; "" for an unknown key."""
    return next((key.allowed for key in _keys() if key.path == path), "")


def table() -> str:
    """Return the manual's table of keys: `python -m cablerep.exercise.schema` prints it."""
    rows = [f"| `{key.path}` | {key.allowed} | {key.default} | {key.meaning} |" for key in all_keys()]
    return "\n".join(["| key | allowed | default | meaning |", "| --- | --- | --- | --- |", *rows]) + "\n"


def template(name: str, number: int, base: Profile) -> str:
    """Return a new profile's file: based on `base`, with every key and its meaning commented out.

    Raises ProfileError if `name` is not a valid name.
    """
    if not _NAME.fullmatch(name):
        raise ProfileError(
            f"{name!r} is not a valid name; use lower-case letters, digits and hyphens, such as my-kickback"
        )
    values: dict[str, Any] = json.loads(base.model_dump_json())
    values |= {"hold_s": base.min_hold_s, "eccentric_s": list(base.eccentric_range_s)}
    values |= {"direction_deg": list(base.direction_deg or (-180, 180))}
    lines = [
        f"# Your own profile; keys that are commented out have the value of {base.id}. All keys: docs/profiles.md.",
        "",
        f"{BASED_ON} = {_toml(base.id)}",
        f"number = {number}  # never change it: stored sets refer to it",
        f"name = {_toml(name.replace('-', ' ').capitalize())}",
    ]
    keys = (key for key in all_keys() if key.path not in (BASED_ON, "number", "name"))
    for name_of_table, members in groupby(keys, key=_table_of):
        in_table = values[name_of_table] if name_of_table else values
        lines += ["", f"[{name_of_table}]"] if name_of_table else []
        for key in members:
            lines += ["", f"# {key.meaning} ({key.allowed})"]
            if key.path == name_of_table:
                lines += [f"# {flag} = {_toml(base.sentence(flag))}" for flag in SENTENCES]
            else:
                lines += _commented(key.path.split(".")[-1], in_table[key.path.split(".")[-1]])
    return "\n".join(lines) + "\n"


def _keys() -> Iterator[Key]:
    made = schema()
    for name, field in Profile.model_fields.items():
        if name in _TABLES:
            properties = made["$defs"][_TABLES[name].__name__]["properties"]
            for inner, inner_field in _TABLES[name].model_fields.items():
                yield _key(f"{name}.{inner}", properties[inner], inner_field)
        elif name != "id":
            yield _key(name, made["properties"][name], field)


def _key(path: str, made: dict[str, Any], field: FieldInfo) -> Key:
    default = "required" if field.is_required() else "none" if field.default in (None, (), {}, "") else made["default"]
    if not isinstance(default, str):
        default = f"{default:g}"
    return Key(path, _phrase(made), default, field.description or "")


def _phrase(made: dict[str, Any]) -> str:
    """Return what a field's JSON Schema allows, as a phrase."""
    choices = [one for one in made.get("anyOf", (made,)) if one.get("type") != "null"]
    kind = choices[0]
    if "enum" in kind:
        return " or ".join(json.dumps(one) for one in kind["enum"])
    if kind["type"] in ("number", "integer"):
        noun = "a whole number" if kind["type"] == "integer" else "a number"
        maximum = kind.get("maximum", kind.get("exclusiveMaximum", 1) - 1)
        return f"{noun} from {kind['minimum']:g} to {maximum:g}"
    if kind["type"] == "array":
        if "prefixItems" in kind:
            return f"two numbers from {kind['prefixItems'][0]['minimum']:g} to {kind['prefixItems'][0]['maximum']:g}"
        return f"at most {kind['maxItems']} lines of text"
    if kind["type"] == "object":
        return f"a line of text for each of {', '.join(kind['propertyNames']['enum'])}"
    if kind.get("pattern", "").startswith("^[0-9.]+"):
        return 'four numbers in quotes, such as "3-0-1-2" or "30X2"'
    return f"text of at most {kind['maxLength']} characters"


def _table_of(key: Key) -> str:
    name, dot, _ = key.path.partition(".")
    return name if dot or name == "flags" else ""


def _commented(name: str, value: Any) -> list[str]:
    if isinstance(value, list) and value and isinstance(value[0], str):
        return [f"# {name} = [", *(f"#     {_toml(one)}," for one in value), "# ]"]
    return [f"# {name} = {_toml(value)}"]


def _toml(value: Any) -> str:
    """Return a value as TOML: strings, numbers and lists of numbers are written as in JSON."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    print(table(), end="")
