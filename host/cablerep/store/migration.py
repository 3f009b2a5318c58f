"""Opens the tables of a store: creates them, or migrates those of an older version after a backup."""

import sqlite3
import time
from pathlib import Path

from ..errors import StoreError
from . import backup, derive, schema

BUSY_S = 10.0  # how long to wait for another program's commit, which takes milliseconds


def prepare(db: sqlite3.Connection, path: Path) -> Path | None:
    """Make sure that `db` is a store of this version; create the tables or migrate.

    Returns the path of the backup made before a migration. Raises StoreError.
    """
    schema.check(db, path)
    _write_ahead(db)
    db.execute("PRAGMA synchronous = FULL")  # after a commit the board may forget the message: it must be on the disk
    if schema.version_of(db) == schema.VERSION and not schema.missing_columns(db):
        return None
    copied = None
    db.execute("BEGIN IMMEDIATE")
    try:
        version = schema.version_of(db)  # again: another program may have migrated meanwhile
        if version == 0:
            schema.run(db, schema.LOG + schema.PLATES + schema.CURVES + schema.PEOPLE)
            schema.run(db, schema.SESSIONS + schema.DERIVED)
        elif version < schema.VERSION:
            copied = _back_up(path, version)
            _migrate(db, version)
        for missing in schema.missing_columns(db):
            db.execute(f"ALTER TABLE rep ADD COLUMN {missing}")  # NULL for reps stored before
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {schema.VERSION}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    return copied


def _back_up(path: Path, version: int) -> Path | None:
    """Copy the store as it is to a file beside it, and return its path. Raises StoreError if that fails."""
    if not path.exists():
        return None
    target = backup.free_name(path, f"version-{version}")
    source = sqlite3.connect(path)
    try:
        backup.create_file(target)
        backup.copy(source, target)
    except (OSError, sqlite3.Error) as error:
        target.unlink(missing_ok=True)
        raise StoreError(f"{path}: the store was not updated, since {target} cannot be written ({error})") from None
    finally:
        source.close()
    return target


def _migrate(db: sqlite3.Connection, version: int) -> None:
    """Bring the tables of an older version to this one: all derived tables are built again from the log."""
    if version < 2:
        schema.run(db, schema.PLATES)
    else:
        db.execute("ALTER TABLE plate ADD COLUMN printed_n REAL")
        db.execute("ALTER TABLE calibration RENAME TO old_calibration")
        schema.run(db, schema.CALIBRATION)  # which also takes those of a swivel
        db.execute("INSERT INTO calibration SELECT * FROM old_calibration")
        db.execute("DROP TABLE old_calibration")
    if version < 3:
        schema.run(db, schema.CURVES)
    schema.run(db, schema.PEOPLE)
    if version < 4:
        _migrate_sessions(db)
    else:
        for table in schema.DERIVED_TABLES:
            db.execute(f"DROP TABLE {table}")
        db.execute("UPDATE session SET top_seq = 0, messages = 0")
    schema.run(db, schema.DERIVED)
    derive.rebuild(db)


def _migrate_sessions(db: sqlite3.Connection) -> None:
    """Versions before 4 did not record whether the date of a session is a guess."""
    db.execute("ALTER TABLE session RENAME TO old_session")
    db.execute("DROP VIEW judged_rep")
    db.execute("DROP TABLE rep")
    db.execute("DROP TABLE set_over")
    schema.run(db, schema.SESSIONS)
    db.execute(
        "INSERT INTO session SELECT board, session, began, began < ?, port, version, rate_hz, 0, 0 FROM old_session",
        (derive.EPOCH,),
    )
    db.execute("DROP TABLE old_session")


def _write_ahead(db: sqlite3.Connection) -> None:
    """Switch to write-ahead logging, which the file remembers: readers need not wait for a writer.

    SQLite's timeout does not apply here: two programs that create a store at the same time would fail.
    """
    deadline = time.monotonic() + BUSY_S
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)
