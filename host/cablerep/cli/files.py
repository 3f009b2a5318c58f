"""Files that appear whole or not at all: written aside as NAME.part, put on the disk, renamed into place.

A file that is there already is refused before any work is done, and stays as it is until the new one is whole.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from ..errors import OutputError

PART = ".part"


def check(paths: Iterable[Path], *, force: bool = False) -> None:
    """Raise OutputError where a path has no folder, is one, stands twice, or, unless `force`, is there already."""
    seen: set[Path] = set()
    for path in paths:
        if path.is_dir():
            raise OutputError(f"{path}: this is a folder; name a file in it")
        if not path.parent.is_dir():
            raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
        if path.exists() and not path.is_file():
            raise OutputError(f"{path}: this is a device and would be replaced by a file; name a file")
        if path.exists() and not force:
            raise OutputError(f"{path}: this file is there already; choose another name, or overwrite with --force")
        if path in seen:
            raise OutputError(f"{path}: two files cannot have one name; choose another for one of them")
        seen.add(path)


def make_folder(path: Path) -> None:
    """Make the folder `path` unless it is there. Raises OutputError."""
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path}: this is a file, and a folder is to be written; choose another name")
    if not path.parent.is_dir():
        raise OutputError(f"{path}: there is no folder {path.parent}; make it first")
    path.mkdir(exist_ok=True)


def put(path: Path, data: bytes) -> None:
    """Make `path` hold `data`. Raises OutputError."""
    part = path.with_name(path.name + PART)
    try:
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    except OSError as error:
        why = error.strerror or error
        raise OutputError(f"{path}: cannot be written ({why}); look at the folder and the space left") from None
