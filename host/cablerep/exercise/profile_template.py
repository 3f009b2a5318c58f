"""The file of a new profile: what it is based on, and every key with its meaning, commented out.

What stays commented out follows the other profile, so a file says only what is different about it.
"""

import json
import re
from itertools import groupby
from typing import Any

from ..errors import ProfileError
from .profile import SENTENCES, Profile
from .schema import Key, every_key

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_OWN = ("based_on", "number", "name")


def text(name: str, number: int, base: Profile) -> str:
    """Return the file of a profile called `name` based on `base`. Raises ProfileError for a name that is none."""
    if not _NAME.fullmatch(name):
        raise ProfileError(f"{name!r} is no name for a profile: lower-case letters, digits and hyphens, my-kickback")
    said: dict[str, Any] = json.loads(base.model_dump_json())
    said |= {"hold_s": base.shortest_hold_s, "eccentric_s": list(base.eccentric_range_s)}
    lines = [
        f"# Your own profile; what is commented out is as in {base.id}. All keys: docs/profiles.md.",
        "",
        f"based_on = {_toml(base.id)}",
        f"number = {number}  # never change it: the store knows the profile by it",
        f"name = {_toml(name.replace('-', ' ').capitalize())}",
    ]
    for table, members in groupby((key for key in every_key() if key.path not in _OWN), key=_table):
        values = said[table] if table else said
        lines += ["", f"[{table}]"] if table else []
        for key in members:
            lines += ["", f"# {key.meaning} ({key.allowed})"]
            if key.path == table:
                lines += [f"# {flag} = {_toml(base.sentence(flag))}" for flag in SENTENCES]
            else:
                lines += _commented(key.path.split(".")[-1], values[key.path.split(".")[-1]])
    return "\n".join(lines) + "\n"


def _table(key: Key) -> str:
    table, dot, _ = key.path.partition(".")
    return table if dot or table == "flags" else ""


def _commented(name: str, value: Any) -> list[str]:
    if isinstance(value, list) and value and isinstance(value[0], str):
        return [f"# {name} = [", *(f"#     {_toml(one)}," for one in value), "# ]"]
    return [f"# {name} = {_toml(value)}"]


def _toml(value: Any) -> str:
    """A string, number or list of numbers reads the same in JSON and in TOML."""
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
