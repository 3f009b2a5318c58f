"""The tables of the store and their version, messages as rows, and SQLite's errors in plain words.

A file states by its application id that it is ours and by its user version which tables it has. Anything else is
refused before a byte of it is changed.
"""

import json
import sqlite3
from pathlib import Path
from typing import Any

from ..device.events import Durable, Rep, SetOver
from ..device.fields import Field, fields_of
from ..errors import StoreBusyError, StoreError

APPLICATION_ID = 0x63726570  # "crep", as the file(1) tool shows it
VERSION = 5

_REP_FIELDS = fields_of(Rep)
_SET_FIELDS = fields_of(SetOver)
_SQL_TYPES: dict[object, str] = {int: "INTEGER", bool: "INTEGER", float: "REAL", str: "TEXT", tuple[str, ...]: "TEXT"}


def column(name: str) -> str:
    """Return the column of an event's field: `set` is a keyword of SQL."""
    return "number" if name == "set" else name


REP_COLUMNS = tuple(column(field.name) for field in _REP_FIELDS)
SET_COLUMNS = tuple(column(field.name) for field in _SET_FIELDS)
_TYPE_LETTERS: dict[object, str] = {int: "i", bool: "i", float: "f", str: "s", tuple[str, ...]: "s"}
# The types of REP_COLUMNS, as records.checked takes them.
REP_TYPES = "".join(
    _TYPE_LETTERS[field.kind].upper() if field.optional else _TYPE_LETTERS[field.kind] for field in _REP_FIELDS
)


def _definition(field: Field) -> str:
    return f"{column(field.name)} {_SQL_TYPES[field.kind]}{'' if field.optional else ' NOT NULL'}"


def _definitions(fields: tuple[Field, ...]) -> str:
    return ", ".join(map(_definition, fields))


# `message` is the log: one row for each durable message, never changed. A message that came again with other content
# is in `conflict`, one that could not be decoded in `malformed`. `rep` and `set_message` are derived from the log;
# `training_set` has what sets are listed and found by, as corrected by people. Times are seconds of the board's
# session, dates are UTC.
SESSIONS = """
    CREATE TABLE session (
        board TEXT NOT NULL, session INTEGER NOT NULL,
        began TEXT NOT NULL, guessed INTEGER NOT NULL,  -- guessed: an upper bound from messages, not from a HELLO
        port TEXT NOT NULL, version TEXT NOT NULL, rate_hz INTEGER NOT NULL,
        top_seq INTEGER NOT NULL, messages INTEGER NOT NULL,
        PRIMARY KEY (board, session)) WITHOUT ROWID;
    CREATE TABLE conflict (
        board TEXT NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL, received TEXT NOT NULL,
        content TEXT NOT NULL, PRIMARY KEY (board, session, seq, content)) WITHOUT ROWID;
    CREATE TABLE malformed (
        board TEXT NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL, received TEXT NOT NULL,
        reason TEXT NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (board, session, seq, payload)) WITHOUT ROWID;
"""
# Derived from the log, the edits and the contexts: dropped and built again whenever their columns change.
DERIVED_TABLES = ("rep", "set_message", "training_set")
DERIVED = f"""
    CREATE TABLE rep (
        board TEXT NOT NULL, {_definitions(_REP_FIELDS)}, was TEXT NOT NULL, first_seq INTEGER NOT NULL,
        PRIMARY KEY (board, session, start_s)) WITHOUT ROWID;
    CREATE INDEX rep_of_set ON rep (board, session, number, kind, start_s, side);
    CREATE TABLE set_message (
        board TEXT NOT NULL, {_definitions(_SET_FIELDS)}, PRIMARY KEY (board, session, number)) WITHOUT ROWID;
    CREATE TABLE training_set (
        board TEXT NOT NULL, session INTEGER NOT NULL, number INTEGER NOT NULL,
        id TEXT NOT NULL, start_s REAL NOT NULL, at TEXT NOT NULL, side TEXT NOT NULL, profile INTEGER,
        full INTEGER NOT NULL, partials INTEGER NOT NULL,
        void INTEGER NOT NULL,  -- no rep of it counts: it turned out not to be a set
        lifter INTEGER NOT NULL, exercise TEXT, weight_n REAL, typed_n REAL, rpe REAL, type TEXT NOT NULL,
        deleted INTEGER NOT NULL, edited INTEGER NOT NULL,
        PRIMARY KEY (board, session, number)) WITHOUT ROWID;
    CREATE INDEX set_by_date ON training_set (at, number) WHERE NOT void AND NOT deleted;
    CREATE INDEX set_by_id ON training_set (id);
"""
# What people add, and what the computer knew when a set ended. `edit` is the audit: `was` and `became` are JSON, and
# the latest row of each field holds. `exercise` has what profiles asked, by the digest of their facts.
PEOPLE = """
    CREATE TABLE lifter (
        number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, added TEXT NOT NULL,
        free_mm INTEGER);  -- from the axis of the angle sensor to the strap with the cable at the stack
    CREATE TABLE exercise (digest TEXT PRIMARY KEY, facts TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE context (
        board TEXT NOT NULL, session INTEGER NOT NULL, number INTEGER NOT NULL,
        exercise TEXT, typed_n REAL, PRIMARY KEY (board, session, number)) WITHOUT ROWID;
    CREATE TABLE edit (
        id INTEGER PRIMARY KEY, board TEXT NOT NULL, session INTEGER NOT NULL, number INTEGER NOT NULL,
        at TEXT NOT NULL, field TEXT NOT NULL, was TEXT NOT NULL, became TEXT NOT NULL);
    CREATE INDEX edit_of_set ON edit (board, session, number, id);
    CREATE TABLE practice (  -- numbers of the messages that were not stored: they are neither lost nor new
        board TEXT NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL,
        PRIMARY KEY (board, session, seq)) WITHOUT ROWID;
"""
LOG = """
    CREATE TABLE message (
        board TEXT NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL,
        name TEXT NOT NULL CHECK (name IN ('rep', 'amend', 'set')), received TEXT NOT NULL, content TEXT NOT NULL,
        PRIMARY KEY (board, session, seq)) WITHOUT ROWID;
"""
CALIBRATION = """
    CREATE TABLE calibration (
        id INTEGER PRIMARY KEY, board TEXT NOT NULL, at TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('travel', 'load', 'stack', 'swivel')),
        was TEXT NOT NULL, became TEXT NOT NULL, residual REAL);  -- values before and after as JSON
"""
PLATES = (
    """
    CREATE TABLE plate (
        board TEXT NOT NULL, number INTEGER NOT NULL, load_n REAL NOT NULL, learnt TEXT NOT NULL,
        printed_n REAL,  -- the weight printed on it; NULL if nobody gave it
        PRIMARY KEY (board, number)) WITHOUT ROWID;
"""
    + CALIBRATION
)
CURVES = """
    CREATE TABLE curve (
        board TEXT NOT NULL, session INTEGER NOT NULL, start_s REAL NOT NULL, rate_hz INTEGER NOT NULL,
        travel BLOB NOT NULL, force BLOB, PRIMARY KEY (board, session, start_s));  -- as `curve.pack` packs it
    CREATE TABLE note (
        board TEXT NOT NULL, session INTEGER NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL);
    CREATE INDEX note_of_set ON note (board, session, number, at);
"""


def run(db: sqlite3.Connection, statements: str) -> None:
    """Run statements inside the transaction, which `executescript` would commit."""
    lines = (line.split("--")[0] for line in statements.splitlines())
    for statement in " ".join(lines).split(";"):
        db.execute(statement)


def missing_columns(db: sqlite3.Connection) -> list[str]:
    """Return the figures that a rep has gained since the table was created. They are optional, see `Rep`."""
    known = {row[1] for row in db.execute("PRAGMA table_info(rep)")}
    return [_definition(field) for field in _REP_FIELDS if column(field.name) not in known]


def version_of(db: sqlite3.Connection) -> int:
    """Return the version of the tables, 0 for an empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def check(db: sqlite3.Connection, path: Path) -> None:
    """Refuse another program's file, or a newer version, before anything is written. Raises StoreError."""
    db.execute("BEGIN")  # one snapshot: another program may be creating the tables
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    version = version_of(db)
    db.execute("COMMIT")
    if owner != APPLICATION_ID and (owner or tables):
        raise StoreError(
            f"{path}: this database belongs to another program; nothing was changed, choose another file with --store"
        )
    if version > VERSION:
        raise StoreError(
            f"{path}: the store has version {version}, this cablerep supports up to {VERSION}; nothing was changed, "
            "update cablerep"
        )


def encode(event: Durable) -> str:
    """Return the message as JSON, for the log."""
    fields = _SET_FIELDS if isinstance(event, SetOver) else _REP_FIELDS
    return json.dumps({field.name: getattr(event, field.name) for field in fields}, separators=(",", ":"))


def decode(name: str, text: str) -> Durable:
    """Return the message that `encode` wrote; figures that a rep has gained since then are None."""
    fields = json.loads(text)
    if name == "set":
        return SetOver(**fields)
    values = {field.name: fields.get(field.name) for field in _REP_FIELDS}
    return Rep(**(values | {"flags": tuple(fields["flags"])}))


def row_of(event: Durable) -> list[Any]:
    """Return the values of a message's columns, REP_COLUMNS or SET_COLUMNS."""
    fields = _SET_FIELDS if isinstance(event, SetOver) else _REP_FIELDS
    values = (getattr(event, field.name) for field in fields)
    return [",".join(value) if isinstance(value, tuple) else value for value in values]


def error_of(path: Path, error: sqlite3.Error) -> StoreError:
    """Return what an error of SQLite means and what to do about it."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(
            f"{path}: another program has locked the store; close it, or choose another file with --store"
        )
    return StoreError(f"{path}: {_meaning(error, primary)}")


def _meaning(error: sqlite3.Error, code: int | None) -> str:
    if code == sqlite3.SQLITE_NOTADB:
        return "this file is not a cablerep store; nothing was changed, choose another file with --store or move it"
    if code == sqlite3.SQLITE_CORRUPT:
        return f"the store is damaged ({error}); restore a backup with 'cablerep restore'"
    if code == sqlite3.SQLITE_FULL:
        return "the disk is full; free some space, boards keep what is not stored yet"
    if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return f"the store cannot be opened or written ({error}); check the path and its permissions"
    return f"the store cannot be used ({error}); choose another file with --store"
