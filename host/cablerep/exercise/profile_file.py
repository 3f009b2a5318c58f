"""Reads one profile's file: TOML, begun from another profile where it says so, checked by the model.

Every refusal is one line with the file, the key, the value and what would be allowed.
"""

import tomllib
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ..errors import ProfileError
from .profile import SENTENCES, Profile
from .schema import BASED_ON, allowed, every_key

_OWN_KEYS = ("number", "name")  # what a profile cannot have from the one that it is based on
_SHOWN = 60  # characters of a value in an error
_DEEPEST = 8  # profiles that are based on one another in a row

Content = dict[str, Any]


def read(path: Path, base_content: Callable[[str], Content]) -> Profile:
    """Return the profile in the file at `path`; `base_content` gives what a profile of a name says.

    Raises ProfileError with the first thing that is wrong and the number of others.
    """
    told = problems(path, base_content)
    if isinstance(told, Profile):
        return told
    more = f" (and {len(told) - 1} more: cablerep profiles check {path})" if len(told) > 1 else ""
    raise ProfileError(f"{told[0]}{more}")


def problems(path: Path, base_content: Callable[[str], Content]) -> Profile | list[str]:
    """Return the profile in the file at `path`, or a line for everything that is wrong with it."""
    try:
        said = content(path, base_content)
        return Profile(id=path.stem, **_without(said, "id", path))
    except ProfileError as error:
        return [str(error)]
    except ValidationError as error:
        return [f"{path}: {_line(one)}" for one in error.errors()]


def content(path: Path, base_content: Callable[[str], Content], depth: int = 0) -> Content:
    """Return what the file at `path` says, with what it has from its base, unchecked. Raises ProfileError."""
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path}: byte {error.start} is no UTF-8; save the file as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{path}: this is no TOML: {error}") from None
    base = said.pop(BASED_ON, None)
    if base is None:
        return said
    if not isinstance(base, str):
        raise ProfileError(f"{path}: {BASED_ON} is {_shown(base)}; it must be the name of a profile, in quotes")
    if depth == _DEEPEST:
        raise ProfileError(f"{path}: {BASED_ON} goes round in a circle, or through more than {_DEEPEST} profiles")
    try:
        inherited = base_content(base)
    except ProfileError as error:
        if depth:
            raise
        raise ProfileError(f"{path}: {BASED_ON} is {base!r}: {error}") from None
    return _merged({key: value for key, value in inherited.items() if key not in _OWN_KEYS}, said)


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> Content:
    """Lay `own` over `base`, tables key by key."""
    merged = dict(base)
    for key, value in own.items():
        known = merged.get(key)
        merged[key] = _merged(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return merged


def _without(said: Content, key: str, path: Path) -> Content:
    if key in said:
        raise ProfileError(f"{path}: there is no key {key!r}: a profile's name is that of its file")
    return said


def _line(error: ErrorDetails) -> str:
    """Return what pydantic found wrong, in words: key, value, what is allowed."""
    loc = [str(part) for part in error["loc"] if part != "[key]"]
    # Errors within a list or a union name the place in it as well: the key is what the table of keys knows.
    names = {key.path for key in every_key()}
    path = next((".".join(loc[:end]) for end in (2, 1) if ".".join(loc[:end]) in names), ".".join(loc))
    if error["type"] == "extra_forbidden" or (loc[:1] == ["flags"] and error["type"] == "literal_error"):
        return _no_such(loc, sorted(names) if loc[0] != "flags" else [f"flags.{flag}" for flag in SENTENCES])
    place = f"{path}, entry {int(loc[-1]) + 1}," if loc and loc[-1].isdigit() else path
    if error["type"] == "missing":
        return f"{place} is missing; it must be {allowed(path)}"
    reason = str(error.get("ctx", {}).get("error", ""))
    if not path or path in ("rom", "rest"):
        return reason if reason else f"{path} is {_shown(error['input'])}; it must be a table, [{path}]"
    if len(loc) > 1 and loc[0] == "flags":
        return f"{'.'.join(loc)} is {_shown(error['input'])}; it must be a line of text"
    return f"{place} is {_shown(error['input'])}; it must be {allowed(path)}{f' ({reason})' if reason else ''}"


def _no_such(loc: list[str], names: list[str]) -> str:
    wrong = ".".join(loc)
    near = get_close_matches(wrong, names, 1) or get_close_matches(loc[-1], [name.split(".")[-1] for name in names], 1)
    cure = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(names)}"
    return f"there is no key {wrong}; {cure}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
