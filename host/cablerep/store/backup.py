"""Copies of a store: whole, consistent at one moment, checked, even while a monitor writes to it."""

import os
import sqlite3
from contextlib import suppress
from pathlib import Path

from ..errors import StoreError
from . import schema

_BUSY_S = 10.0
_PART = ".part"  # suffix of a copy that is not complete yet


def create_file(path: Path) -> None:
    """Create an empty file that only its owner may read: it will hold health data. SQLite's own files follow it."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        return


def free_name(path: Path, suffix: str) -> Path:
    """Return `path` with `suffix`, and a number if there is such a file."""
    candidate = path.with_name(f"{path.name}.{suffix}")
    count = 1
    while candidate.exists():
        count += 1
        candidate = path.with_name(f"{path.name}.{suffix}-{count}")
    return candidate


def back_up(store: Path, target: Path) -> None:
    """Copy `store` to `target`, which is replaced only by a complete copy. Raises StoreError."""
    with suppress(OSError):
        if target.exists() and target.samefile(store):
            raise StoreError(f"{target}: this is the store itself; name another file")
    part = target.with_name(target.name + _PART)
    try:
        part.unlink(missing_ok=True)
        source = _open(store)
        try:
            create_file(part)
            copy(source, part)
        finally:
            source.close()
        _sync(part)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        part.unlink(missing_ok=True)
        raise StoreError(f"{target}: the backup cannot be written ({error}); check the folder and its space") from None
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def restore(backup: Path, store: Path) -> Path | None:
    """Put a copy of `backup` in the place of `store`; return where the store that was there is now. Raises StoreError.

    A monitor that is running notices, and goes on with the restored store.
    """
    store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = store.with_name(store.name + ".restored")
    back_up(backup, fresh)
    old = None
    try:
        if store.exists():
            # Empties the log: SQLite would apply it to the restored file.
            db = sqlite3.connect(store, timeout=_BUSY_S)
            try:
                busy, *_ = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                db.close()
            if busy:
                raise StoreError(f"{store}: another program has locked the store; close it and try again")
            old = free_name(store, "before-restore")
            store.rename(old)
        fresh.replace(store)
    except sqlite3.DatabaseError:
        old = free_name(store, "before-restore")  # no database any more
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                store.with_name(store.name + suffix).rename(old.with_name(old.name + suffix))
        fresh.replace(store)
    finally:
        fresh.unlink(missing_ok=True)
    return old


def version(path: Path) -> int:
    """Return the version of the store at `path`. Raises StoreError."""
    db = _open(path)
    try:
        return schema.version_of(db)
    finally:
        db.close()


def copy(source: sqlite3.Connection, target: Path) -> None:
    """Copy a database into the file `target`. Raises sqlite3.Error."""
    db = sqlite3.connect(target)
    try:
        source.backup(db)
    finally:
        db.close()


def _open(path: Path) -> sqlite3.Connection:
    """Open a store that is whole, without writing to it. Raises StoreError."""
    if not path.is_file():
        raise StoreError(f"{path}: there is no such store; check the path")
    error: sqlite3.Error | None = None
    for mode in ("ro", "ro&immutable=1"):  # immutable: no files beside it can be created
        db = None
        try:
            db = sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", timeout=_BUSY_S, uri=True)
            schema.check(db, path)
            if not schema.version_of(db):
                raise StoreError(f"{path}: this file is empty, not a store; check the path")
            (result,) = db.execute("PRAGMA integrity_check(1)").fetchone()
            if result != "ok":
                raise StoreError(f"{path}: the store is damaged ({result})")
            return db
        except sqlite3.Error as found:
            error = found
            if db is not None:
                db.close()
        except BaseException:
            if db is not None:
                db.close()
            raise
    assert error is not None
    raise schema.error_of(path, error)


def _sync(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())
