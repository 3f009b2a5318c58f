"""The profiles there are: those that come with cablerep, and the user's own in a folder of the platform's choice.

Names are file names and numbers go over the wire and into the store, so neither may mean two things.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_config_path

from ..errors import ProfileError
from . import profile_file
from .profile import OWN, SHIPPED, Profile

FOLDER_VARIABLE = "CABLEREP_PROFILES"
_SHIPPED_FOLDER = Path(__file__).parent / "profiles"
_ENDING = ".toml"


def folder() -> Path:
    """Return the user's folder, which need not exist."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else user_config_path("cablerep", appauthor=False) / "profiles"


def load(name: str) -> Profile:
    """Return the profile of this name, or in the file of this path. Raises ProfileError, which lists the names."""
    path = _path_of(name)
    profile = profile_file.read(path, content_of)
    wrong = _misplaced(profile, path)
    if wrong:
        raise ProfileError(wrong)
    return profile


def check(path: Path) -> list[str]:
    """Return a line for everything that is wrong with the file at `path`."""
    told = profile_file.problems(path, content_of)
    if not isinstance(told, Profile):
        return told
    wrong = _misplaced(told, path)
    return [wrong] if wrong else []


def shipped() -> list[Profile]:
    """Return the profiles that come with cablerep, by number."""
    return sorted((load(path.stem) for path in _files(_SHIPPED_FOLDER)), key=lambda profile: profile.number)


def known() -> tuple[list[Profile], list[str]]:
    """Return all profiles that can be used, by number, and a line for each of the user's files that cannot."""
    profiles = shipped()
    wrong = []
    for path in _files(folder()):
        try:
            profiles.append(load(str(path)))
        except ProfileError as error:
            wrong.append(str(error))
    return sorted(profiles, key=lambda profile: profile.number), wrong


def by_number(number: int) -> Profile | None:
    """Return the profile with this number; None for 0 (none was chosen) and for a number that nothing here has."""
    return next((profile for profile in known()[0] if profile.number == number), None) if number else None


def free_number() -> int:
    """Return the lowest number that a new profile of the user's may have. Raises ProfileError where all are taken."""
    taken = {number for _, number in _own_numbers()}
    for number in OWN:
        if number not in taken:
            return number
    raise ProfileError(f"{folder()}: all {len(OWN)} numbers are taken; remove profiles that you do not use")


def add(name: str, text: str) -> Path:
    """Put a new file into the user's folder and return its path. Raises ProfileError where that name is taken."""
    path = folder() / f"{name}{_ENDING}"
    if (_SHIPPED_FOLDER / path.name).exists():
        raise ProfileError(f"{name} is a profile that comes with cablerep; give yours another name")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise ProfileError(f"{path}: this file is there already; edit it, or choose another name") from None
    except OSError as error:
        raise ProfileError(f"{path}: cannot be written ({error.strerror}); check the folder") from None
    return path


def content_of(name: str, depth: int = 0) -> profile_file.Content:
    """Return what the profile of this name says, unchecked, for another that begins from it. Raises ProfileError."""
    return profile_file.content(_path_of(name), lambda base: content_of(base, depth + 1), depth)


def _path_of(name: str) -> Path:
    """A name with an ending or a folder in it is a path; any other is looked up, the shipped ones first."""
    if name.endswith(_ENDING) or "/" in name or os.sep in name:
        return Path(name)
    for place in (_SHIPPED_FOLDER, folder()):
        if (place / f"{name}{_ENDING}") in _files(place):
            return place / f"{name}{_ENDING}"
    names = [path.stem for place in (_SHIPPED_FOLDER, folder()) for path in _files(place)]
    raise ProfileError(f"there is no profile {name!r}; the profiles are {', '.join(names)}")


def _files(place: Path) -> list[Path]:
    return sorted(place.glob(f"*{_ENDING}"))


def _misplaced(profile: Profile, path: Path) -> str:
    """Say what makes a sound profile one that cannot be used: its name or number means another one already."""
    if path.resolve().parent == _SHIPPED_FOLDER.resolve():
        return ""
    if profile.number not in OWN:
        return (
            f"{path}: number is {profile.number}; {SHIPPED.start} to {SHIPPED.stop - 1} are those of profiles that "
            f"come with cablerep, your own go from {OWN.start} to {OWN.stop - 1} ({free_number()} is free)"
        )
    twin = _SHIPPED_FOLDER / path.name
    if twin in _files(_SHIPPED_FOLDER):
        return f"{path}: {profile.id} is a profile that comes with cablerep ({twin}); give the file another name"
    for other, number in _own_numbers():
        if number == profile.number and other.resolve() != path.resolve():
            return f"{path}: number is {number}, which {other} has too; change one of them ({free_number()} is free)"
    return ""


def _own_numbers() -> Iterator[tuple[Path, object]]:
    """Yield the user's files with the number that each says, as far as they can be read."""
    for path in _files(folder()):
        try:
            yield path, profile_file.content(path, content_of).get("number")
        except ProfileError:
            continue
