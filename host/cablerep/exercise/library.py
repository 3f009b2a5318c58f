"""Finds, reads and checks exercise profiles: those that come with cablerep, and the user's own TOML files.

Names are file names, and numbers go over the wire and into the store, so each must mean one profile.
Every error is one line with the file, the key, its value and what is allowed.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from platformdirs import user_config_path
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from ..errors import ProfileError
from .profile import OWN, SENTENCES, SHIPPED, Profile
from .schema import BASED_ON, all_keys, allowed

FOLDER_VARIABLE = "CABLEREP_PROFILES"
_SHIPPED_FOLDER = Path(__file__).parent / "profiles"
_SUFFIX = ".toml"
_NOT_INHERITED = ("number", "name")
_MAX_SHOWN = 60  # characters of a value in an error
_MAX_DEPTH = 8  # profiles that are based on one another in a row

Content = dict[str, Any]  # of a file, unchecked


# -- Finding profiles


def folder() -> Path:
    """Return the user's folder of profiles, which need not exist."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else user_config_path("cablerep", appauthor=False) / "profiles"


def load(name: str) -> Profile:
    """Return the profile with this name or path. Raises ProfileError, with the first of its errors."""
    path = _path_of(name)
    result = _read(path)
    if isinstance(result, Profile):
        return result
    more = f" (and {len(result) - 1} more: cablerep profiles check {path})" if len(result) > 1 else ""
    raise ProfileError(f"{result[0]}{more}")


def check(path: Path) -> list[str]:
    """Return a line for every error in the file at `path`."""
    result = _read(path)
    return [] if isinstance(result, Profile) else result


def shipped() -> list[Profile]:
    """Return the profiles that come with cablerep, by number."""
    return sorted((load(path.stem) for path in _files(_SHIPPED_FOLDER)), key=lambda profile: profile.number)


def known() -> tuple[list[Profile], list[str]]:
    """Return all usable profiles, by number, and an error for each of the user's files that is not usable."""
    profiles = shipped()
    errors = []
    for path in _files(folder()):
        try:
            profiles.append(load(str(path)))
        except ProfileError as error:
            errors.append(str(error))
    return sorted(profiles, key=lambda profile: profile.number), errors


def by_number(number: int) -> Profile | None:
    """Return the profile with this number; None for 0 (none chosen) and for an unknown number."""
    return next((profile for profile in known()[0] if profile.number == number), None) if number else None


def free_number() -> int:
    """Return the lowest number for a new profile of the user's. Raises ProfileError if all are taken."""
    taken = {number for _, number in _own_numbers()}
    for number in OWN:
        if number not in taken:
            return number
    raise ProfileError(f"{folder()}: all {len(OWN)} numbers are taken; remove profiles that you do not use")


def add(name: str, text: str) -> Path:
    """Write a new file into the user's folder and return its path. Raises ProfileError if the name is taken."""
    path = folder() / f"{name}{_SUFFIX}"
    if (_SHIPPED_FOLDER / path.name).exists():
        raise ProfileError(f"{name} is a profile that comes with cablerep; give yours another name")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ProfileError(f"{path}: the file exists; edit it, or choose another name") from None
    except OSError as error:
        raise ProfileError(f"{path}: cannot be written ({error.strerror}); check the folder") from None
    return path


def _path_of(name: str) -> Path:
    """Return the path of a profile. A name with a suffix or a folder is a path itself; shipped names come first."""
    if name.endswith(_SUFFIX) or "/" in name or os.sep in name:
        return Path(name)
    for parent in (_SHIPPED_FOLDER, folder()):
        if (parent / f"{name}{_SUFFIX}") in _files(parent):
            return parent / f"{name}{_SUFFIX}"
    names = [path.stem for parent in (_SHIPPED_FOLDER, folder()) for path in _files(parent)]
    raise ProfileError(f"there is no profile {name!r}; the profiles are {', '.join(names)}")


def _files(parent: Path) -> list[Path]:
    return sorted(parent.glob(f"*{_SUFFIX}"))


def _conflict(profile: Profile, path: Path) -> str:
    """Return why a valid profile cannot be used, or "": its name or number belongs to another one."""
    if path.resolve().parent == _SHIPPED_FOLDER.resolve():
        return ""
    if profile.number not in OWN:
        return (
            f"{path}: number is {profile.number}; {SHIPPED.start} to {SHIPPED.stop - 1} are reserved for the profiles "
            f"that come with cablerep, use {OWN.start} to {OWN.stop - 1} ({free_number()} is free)"
        )
    twin = _SHIPPED_FOLDER / path.name
    if twin in _files(_SHIPPED_FOLDER):
        return f"{path}: {profile.id} is a profile that comes with cablerep ({twin}); rename the file"
    for other, number in _own_numbers():
        if number == profile.number and other.resolve() != path.resolve():
            return f"{path}: number is {number}, which {other} has too; change one of them ({free_number()} is free)"
    return ""


def _own_numbers() -> Iterator[tuple[Path, object]]:
    """Yield the user's files that can be read, with the number that each states."""
    for path in _files(folder()):
        try:
            yield path, _content(path).get("number")
        except ProfileError:
            continue


# -- Reading one file


def _read(path: Path) -> Profile | list[str]:
    """Return the profile in the file at `path`, or a line for each error."""
    try:
        content = _content(path)
        if "id" in content:
            raise ProfileError(f"{path}: there is no key 'id'; a profile takes its name from its file")
        profile = Profile(id=path.stem, **content)
        conflict = _conflict(profile, path)
    except ProfileError as error:
        return [str(error)]
    except ValidationError as error:
        return [f"{path}: {_message(one)}" for one in error.errors()]
    return [conflict] if conflict else profile


def _content(path: Path, depth: int = 0) -> Content:
    """Return the content of the file at `path` over that of the profile it is based on. Raises ProfileError."""
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ProfileError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError as error:
        raise ProfileError(f"{path}: byte {error.start} is not valid UTF-8; save the file as UTF-8") from None
    except RecursionError:
        raise ProfileError(f"{path}: not a profile: it is nested too deeply") from None
    except ValueError as error:  # TOMLDecodeError, and numbers of thousands of digits
        raise ProfileError(f"{path}: not valid TOML: {error}") from None
    base = own.pop(BASED_ON, None)
    if base is None:
        return own
    if not isinstance(base, str):
        raise ProfileError(f"{path}: {BASED_ON} is {_shown(base)}; it must be the name of a profile, in quotes")
    if depth == _MAX_DEPTH:
        raise ProfileError(f"{path}: {BASED_ON} is circular, or goes through more than {_MAX_DEPTH} profiles")
    try:
        inherited = _content(_path_of(base), depth + 1)
    except ProfileError as error:
        if depth:
            raise
        raise ProfileError(f"{path}: {BASED_ON} is {base!r}: {error}") from None
    return _merged({key: value for key, value in inherited.items() if key not in _NOT_INHERITED}, own)


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> Content:
    """Return `base` overridden by `own`, tables key by key."""
    merged = dict(base)
    for key, value in own.items():
        inherited = merged.get(key)
        merged[key] = _merged(inherited, value) if isinstance(inherited, dict) and isinstance(value, dict) else value
    return merged


def _message(error: ErrorDetails) -> str:
    """Return pydantic's error in plain words: key, value, what is allowed."""
    loc = [str(part) for part in error["loc"] if part != "[key]"]
    # Errors inside a list or a union also name the index: the key is the longest prefix that is a known key.
    names = {key.path for key in all_keys()}
    path = next((".".join(loc[:end]) for end in (2, 1) if ".".join(loc[:end]) in names), ".".join(loc))
    if error["type"] == "extra_forbidden" or (loc[:1] == ["flags"] and error["type"] == "literal_error"):
        return _unknown_key(loc, sorted(names) if loc[0] != "flags" else [f"flags.{flag}" for flag in SENTENCES])
    key = f"{path}, entry {int(loc[-1]) + 1}," if loc and loc[-1].isdigit() else path
    if error["type"] == "missing":
        return f"{key} is missing; it must be {allowed(path)}"
    reason = str(error.get("ctx", {}).get("error", ""))
    if not path or path in ("rom", "rest"):
        return reason if reason else f"{path} is {_shown(error['input'])}; it must be a table, [{path}]"
    if len(loc) > 1 and loc[0] == "flags":
        return f"{'.'.join(loc)} is {_shown(error['input'])}; it must be a line of text"
    return f"{key} is {_shown(error['input'])}; it must be {allowed(path)}{f' ({reason})' if reason else ''}"


def _unknown_key(loc: list[str], names: list[str]) -> str:
    key = ".".join(loc)
    near = get_close_matches(key, names, 1) or get_close_matches(loc[-1], [name.split(".")[-1] for name in names], 1)
    hint = f"did you mean {near[0]}?" if near else f"the keys are {', '.join(names)}"
    return f"there is no key {key}; {hint}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
