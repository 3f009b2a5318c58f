"""The tables of the store, their versions, and what SQLite's refusals mean to a person.

A file says by its application id that it is ours and by its user version what shape it has; anything else is refused
before a byte of it is changed.
"""

import json
import sqlite3
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..device.events import Durable, Rep
from ..device.fields import fields_of
from ..errors import StoreError

BUSY_S = 10.0  # how long to wait for another program's commit, which takes milliseconds
APPLICATION_ID = 0x63726570  # "crep", as the file(1) tool would show it

# One entry a version, from version 1 on: the statements that bring a store of the version before to it.
# `message` is the log: one row for each kept message, never changed. `rep` and `set_over` are what it comes to.
# Times are seconds of the board's session, names and units those of the contract.
_VERSIONS = (
    """
    CREATE TABLE session (
        board TEXT NOT NULL, session INTEGER NOT NULL, began TEXT NOT NULL, port TEXT NOT NULL, version TEXT NOT NULL,
        rate_hz INTEGER NOT NULL, PRIMARY KEY (board, session)) WITHOUT ROWID;
    CREATE TABLE message (
        board TEXT NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL,
        name TEXT NOT NULL CHECK (name IN ('rep', 'amend', 'set')), received TEXT NOT NULL, content TEXT NOT NULL,
        PRIMARY KEY (board, session, seq)) WITHOUT ROWID;
    CREATE TABLE rep (
        board TEXT NOT NULL, session INTEGER NOT NULL, start_s REAL NOT NULL, seq INTEGER NOT NULL,
        number INTEGER NOT NULL, rep INTEGER, kind TEXT NOT NULL, side TEXT NOT NULL, flags TEXT NOT NULL,
        top_s REAL NOT NULL, release_s REAL NOT NULL, end_s REAL NOT NULL,
        concentric_s REAL NOT NULL, hold_s REAL NOT NULL, eccentric_s REAL NOT NULL, rom_mm REAL NOT NULL,
        concentric_mean_m_s REAL NOT NULL, concentric_peak_m_s REAL NOT NULL,
        eccentric_mean_m_s REAL NOT NULL, eccentric_peak_m_s REAL NOT NULL,
        force_mean_n REAL, force_peak_n REAL, work_j REAL, power_mean_w REAL,
        PRIMARY KEY (board, session, start_s)) WITHOUT ROWID;
    CREATE TABLE set_over (
        board TEXT NOT NULL, session INTEGER NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL,
        reps INTEGER NOT NULL, partials INTEGER NOT NULL, side TEXT NOT NULL, profile INTEGER NOT NULL,
        start_s REAL NOT NULL, end_s REAL NOT NULL, rom_mm REAL NOT NULL, load_n REAL,
        PRIMARY KEY (board, session, number)) WITHOUT ROWID;
    CREATE INDEX rep_of_set ON rep (board, session, number, start_s);
    CREATE VIEW judged_rep AS
        SELECT rep.*, (
            SELECT json_extract(message.content, '$.kind') FROM message
            WHERE message.board = rep.board AND message.session = rep.session
                AND json_extract(message.content, '$.start_s') = rep.start_s AND message.name IN ('rep', 'amend')
            ORDER BY message.seq LIMIT 1) AS was
        FROM rep;
    """,
    # What calibration has learnt. Values before and after are JSON; the residual is in the unit of the quantity.
    """
    CREATE TABLE plate (
        board TEXT NOT NULL, number INTEGER NOT NULL, load_n REAL NOT NULL, learnt TEXT NOT NULL,
        PRIMARY KEY (board, number)) WITHOUT ROWID;
    CREATE TABLE calibration (
        id INTEGER PRIMARY KEY, board TEXT NOT NULL, at TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('travel', 'load', 'stack')),
        was TEXT NOT NULL, became TEXT NOT NULL, residual REAL);
    """,
    # The curve of a rep as `curve.pack` packs it, and what a person says of a set.
    """
    CREATE TABLE curve (
        board TEXT NOT NULL, session INTEGER NOT NULL, start_s REAL NOT NULL, rate_hz INTEGER NOT NULL,
        travel BLOB NOT NULL, force BLOB, PRIMARY KEY (board, session, start_s));
    CREATE TABLE note (
        board TEXT NOT NULL, session INTEGER NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL);
    CREATE INDEX note_of_set ON note (board, session, number, at);
    """,
)
VERSION = len(_VERSIONS)

_REP_NAMES = tuple(field.name for field in fields_of(Rep))
# The columns of `rep` by a rep's fields. `set` is a word of SQL; the log has what is left out.
_REP_COLUMNS = {name: "number" if name == "set" else name for name in _REP_NAMES if name not in ("amended", "known_s")}

# Sets that are over and sets that are not, the latest first. A session whose HELLO nobody heard has no beginning:
# then a set is as old as the message that told of it.
SETS = """
    WITH known AS (
        SELECT board, session, number, start_s, side, 1 AS ended, profile, rom_mm, load_n, seq FROM set_over
        UNION ALL
        SELECT board, session, number, min(start_s), side, 0, NULL, NULL, NULL, max(seq) FROM rep
        WHERE NOT EXISTS (
            SELECT 1 FROM set_over WHERE set_over.board = rep.board AND set_over.session = rep.session
                AND set_over.number = rep.number)
        GROUP BY board, session, number)
    SELECT known.board, known.session, known.number, coalesce(
            strftime('%Y-%m-%dT%H:%M:%f+00:00', julianday(session.began) + known.start_s / 86400.0),
            message.received) AS at,
        known.side, known.ended, known.profile, known.rom_mm, known.load_n
    FROM known
    LEFT JOIN session ON session.board = known.board AND session.session = known.session
    JOIN message ON message.board = known.board AND message.session = known.session AND message.seq = known.seq
    ORDER BY at DESC, known.number DESC LIMIT ?
"""


def prepare(db: sqlite3.Connection, path: Path) -> None:
    """Make sure that `db` is a store of this version, creating or bringing it up to date. Raises StoreError."""
    _check(db, path)
    _write_ahead(db)
    db.execute("PRAGMA synchronous = FULL")  # a commit is on the disk: what is acknowledged, the board forgets
    if _version(db) == VERSION and not _missing_columns(db):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        for statements in _VERSIONS[_version(db) :]:  # read again: another program may have been first
            for statement in statements.split(";"):
                db.execute(statement)
        for column in _missing_columns(db):
            db.execute(f"ALTER TABLE rep ADD COLUMN {column}")  # NULL for the reps stored before
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except sqlite3.Error:
        db.execute("ROLLBACK")
        raise


def _missing_columns(db: sqlite3.Connection) -> list[str]:
    """Return the figures that a rep has gained since the table was made."""
    known = {row[1] for row in db.execute("PRAGMA table_info(rep)")}
    return [column for column in _REP_COLUMNS.values() if column not in known]


def _write_ahead(db: sqlite3.Connection) -> None:
    """Let readers go on while somebody writes; the file remembers it.

    SQLite does not wait by itself here: two programs that open a new store at once would fail.
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


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def _check(db: sqlite3.Connection, path: Path) -> None:
    """Refuse what is not ours, or newer than we are, before anything is written."""
    db.execute("BEGIN")  # one look at the file: another program may just be making a store of it
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    version = _version(db)
    db.execute("COMMIT")
    if owner != APPLICATION_ID and (owner or tables):
        raise StoreError(
            f"{path}: this database belongs to another program; nothing was changed, choose another file with --store"
        )
    if version > VERSION:
        raise StoreError(
            f"{path}: the store has version {version}, this cablerep knows up to {VERSION}; nothing was changed, "
            "bring cablerep up to date with 'pip install --upgrade cablerep'"
        )


def content(event: Durable) -> str:
    """Return the whole message as JSON, for the log."""
    return json.dumps(asdict(event), separators=(",", ":"))


def fields_of_rep(text: str) -> dict[str, Any]:
    """Return the fields of the rep that `content` wrote; those that a rep has gained since then are None."""
    fields = json.loads(text)
    return {name: fields.get(name) for name in _REP_NAMES} | {"flags": tuple(fields["flags"])}


def rep_row(rep: Rep) -> dict[str, Any]:
    """Return the columns of `rep` with a rep's values."""
    row = {column: getattr(rep, name) for name, column in _REP_COLUMNS.items()}
    return row | {"flags": " ".join(flag.replace(" ", "_") for flag in rep.flags)}


def explain(error: sqlite3.Error) -> str:
    """Say what a refusal of SQLite means and what to do about it."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else None
    if primary == sqlite3.SQLITE_NOTADB:
        return "this file is no cablerep store; nothing was changed, choose another file with --store or move it away"
    if primary == sqlite3.SQLITE_CORRUPT:
        return (
            "the store is damaged; what a board has not been told is stored stays on the board: move the file and its "
            "-wal away (sqlite3's .recover gets out what can be read) and start again"
        )
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return "another program holds the store; end it, or choose another file with --store"
    if primary == sqlite3.SQLITE_FULL:
        return "the disk is full; make room, what is not stored yet stays on the board"
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
        return f"the store cannot be written or opened ({error}); check the path and its permissions"
    return f"the store cannot be used ({error}); choose another file with --store"
