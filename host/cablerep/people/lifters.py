"""Lifters by name, and their numbers on boards.

A number is derived from the name, so that two computers give the same person the same number on the same board.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from ..errors import LifterError
from ..store.database import Lifter, Store, StoredSet

NOBODY = Lifter(0, "")
MAX_NAME = 40  # characters
MAX_FREE_MM = 5000  # as the board's setting
_NUMBERS = range(1, 256)  # 0 is nobody
_RESERVED = ("nobody", "all", "last")  # have a meaning on the command line


def add(store: Store, name: str) -> Lifter:
    """Store a new lifter. Raises LifterError for a name that is taken or unusable, StoreError."""
    known = store.lifters()
    name = checked(name)
    if any(one.name.casefold() == name.casefold() for one in known):
        raise LifterError(f"there is a lifter {name!r} already; choose another name")
    one = Lifter(number_of(name, [one.number for one in known]), name)
    store.add_lifter(one)
    return one


def rename(store: Store, old: str, new: str) -> Lifter:
    """Give a lifter another name; their sets stay theirs. Raises LifterError, StoreError."""
    one = find(store.lifters(), old)
    new = checked(new)
    if any(other.name.casefold() == new.casefold() for other in store.lifters() if other.number != one.number):
        raise LifterError(f"there is a lifter {new!r} already; choose another name")
    renamed = replace(one, name=new)
    store.add_lifter(renamed)
    return renamed


def set_free_length(store: Store, name: str, free_mm: int | None) -> Lifter:
    """Keep the cable's free length with a lifter's strap, see `Lifter`. Raises LifterError, StoreError."""
    one = find(store.lifters(), name)
    if one is NOBODY:
        raise LifterError("nobody has no strap; name a lifter")
    if free_mm is not None and not 0 < free_mm <= MAX_FREE_MM:
        raise LifterError(f"the free length is {free_mm} mm; it must be from 1 to {MAX_FREE_MM}")
    changed = replace(one, free_mm=free_mm)
    store.add_lifter(changed)
    return changed


def give(store: Store, sets: Iterable[StoredSet], to: Lifter, now: datetime | None = None) -> int:
    """Make the sets those of a lifter, or of NOBODY, and return how many were somebody else's. Raises StoreError."""
    return sum(bool(store.edit(one, {"lifter": to.number}, now)) for one in sets)


def find(known: Sequence[Lifter], name: str) -> Lifter:
    """Return the lifter of this name, or the only one whose name begins so; "nobody" is NOBODY. Raises LifterError."""
    wanted = " ".join(name.split()).casefold()
    if wanted == "nobody":
        return NOBODY
    found = [one for one in known if one.name.casefold() == wanted]
    found = found or [one for one in known if wanted and one.name.casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name for one in found or known)
    if found:
        raise LifterError(f"{name!r} is the beginning of several names: {names}")
    raise LifterError(
        f"there is no lifter {name!r}; the lifters are {names}, or add one with 'cablerep lifters add'"
        if known
        else f"there is no lifter {name!r}; add one with 'cablerep lifters add {name}'"
    )


def checked(name: str) -> str:
    """Return a usable name without extra spaces. Raises LifterError."""
    plain = " ".join(name.split())
    if not 0 < len(plain) <= MAX_NAME or not plain.isprintable():
        raise LifterError(f"{name[:MAX_NAME]!r} is no name; it needs 1 to {MAX_NAME} printable characters")
    if plain.casefold() in _RESERVED or plain.startswith("-"):
        raise LifterError(f"{plain!r} cannot be a name: it means something else on the command line")
    return plain


def number_of(name: str, taken: Collection[int]) -> int:
    """Return the number of a new lifter: the one that follows from the name, or the next free one.

    Raises LifterError if all are taken.
    """
    digest = hashlib.blake2s(name.casefold().encode(), digest_size=4).digest()
    first = int.from_bytes(digest) % len(_NUMBERS)
    for step in range(len(_NUMBERS)):
        number = _NUMBERS[(first + step) % len(_NUMBERS)]
        if number not in taken:
            return number
    raise LifterError(f"all {len(_NUMBERS)} numbers of lifters are taken")
