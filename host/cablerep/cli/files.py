"""Writes files atomically: as NAME.part first, synced to disk, then renamed.

Existing files are refused before any work is done, and stay intact until the new file is complete.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import OutputError

PART = ".part"
_DATABASE = b"SQLite format 3\0"  # how every store begins


def check(paths: Iterable[Path], *, force: bool = False) -> None:
    """Raise OutputError for a path that is a folder, has none, is given twice or, unless `force`, exists.

    A database is refused even with `force`: no output is worth a store.
    """
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            raise OutputError(f"{path}: this is a folder; name a file in it")
        if not path.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}; create it first")
        if path.exists() and not path.is_file():
            raise OutputError(f"{path}: this is a device, not a file; name a file")
        if os.path.lexists(path) and not force:  # a dangling link too: writing must not follow it
            raise OutputError(f"{path}: this file exists; choose another name, or overwrite it with --force")
        if path.exists() and _is_database(path):
            raise OutputError(
                f"{path}: this is a database, such as a store, and is never overwritten; name another file"
            )
        if path in seen:
            raise OutputError(f"{path}: two outputs have this name; choose another for one of them")
        seen.add(path)


def check_suffix(path: Path, *suffixes: str) -> None:
    """Raise OutputError unless `path` ends in one of `suffixes`."""
    if not path.name.lower().endswith(suffixes):
        raise OutputError(f"{path}: the name does not fit the format; use one that ends in {' or '.join(suffixes)}")


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_DATABASE)) == _DATABASE
    except OSError:
        return False


def make_folder(path: Path) -> None:
    """Create the folder `path` unless it exists. Raises OutputError."""
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path}: this is a file, but a folder is needed; choose another name")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}; create it first")
    path.mkdir(exist_ok=True)


def write(path: Path, data: bytes) -> None:
    """Write `data` to `path` atomically. Raises OutputError."""
    part = path.with_name(path.name + PART)
    try:
        try:
            part.unlink(missing_ok=True)  # left by a crash; if it is a link, only the link goes
            with part.open("xb") as file:  # x: never through a link that somebody put there
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        reason = error.strerror or error
        raise OutputError(f"{path}: cannot be written ({reason}); check the folder and the free space") from None
