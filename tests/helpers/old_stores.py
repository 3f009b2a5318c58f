"""Stores as earlier versions of the schema made them, with the messages of one set."""

import sqlite3
from pathlib import Path

from stored_reps import HELLO, NOON, REP

from cablerep.device.events import Durable, SetOver
from cablerep.store import schema

# The statements that brought a store of the version before to each version, from version 1 on.
VERSIONS = (
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
    """
    CREATE TABLE plate (
        board TEXT NOT NULL, number INTEGER NOT NULL, load_n REAL NOT NULL, learnt TEXT NOT NULL,
        PRIMARY KEY (board, number)) WITHOUT ROWID;
    CREATE TABLE calibration (
        id INTEGER PRIMARY KEY, board TEXT NOT NULL, at TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('travel', 'load', 'stack')),
        was TEXT NOT NULL, became TEXT NOT NULL, residual REAL);
    """,
    """
    CREATE TABLE curve (
        board TEXT NOT NULL, session INTEGER NOT NULL, start_s REAL NOT NULL, rate_hz INTEGER NOT NULL,
        travel BLOB NOT NULL, force BLOB, PRIMARY KEY (board, session, start_s));
    CREATE TABLE note (
        board TEXT NOT NULL, session INTEGER NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL);
    CREATE INDEX note_of_set ON note (board, session, number, at);
    """,
    # Version 4 derived its tables from the log, as every later one does: their columns do not matter here.
    """
    DROP TABLE session; DROP TABLE rep; DROP TABLE set_over; DROP VIEW judged_rep;
    CREATE TABLE session (
        board TEXT NOT NULL, session INTEGER NOT NULL, began TEXT NOT NULL, guessed INTEGER NOT NULL,
        port TEXT NOT NULL, version TEXT NOT NULL, rate_hz INTEGER NOT NULL, top_seq INTEGER NOT NULL,
        messages INTEGER NOT NULL, PRIMARY KEY (board, session)) WITHOUT ROWID;
    CREATE TABLE conflict (
        board TEXT NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL, received TEXT NOT NULL,
        content TEXT NOT NULL, PRIMARY KEY (board, session, seq, content)) WITHOUT ROWID;
    CREATE TABLE malformed (
        board TEXT NOT NULL, session INTEGER NOT NULL, seq INTEGER NOT NULL, received TEXT NOT NULL,
        reason TEXT NOT NULL, payload BLOB NOT NULL, PRIMARY KEY (board, session, seq, payload)) WITHOUT ROWID;
    CREATE TABLE rep (board TEXT NOT NULL, session INTEGER NOT NULL, number INTEGER NOT NULL);
    CREATE INDEX rep_of_set ON rep (board, session, number);
    CREATE TABLE set_message (board TEXT NOT NULL, session INTEGER NOT NULL, number INTEGER NOT NULL);
    CREATE TABLE training_set (
        board TEXT NOT NULL, session INTEGER NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL,
        void INTEGER NOT NULL, PRIMARY KEY (board, session, number)) WITHOUT ROWID;
    CREATE INDEX set_by_date ON training_set (at, number) WHERE NOT void;
    CREATE INDEX set_by_id ON training_set (id);
    """,
)


def make(path: Path, version: int, *messages: Durable, met: bool = False) -> None:
    """Create a store of `version` with `messages`, or one rep, received at NOON; `met` adds the session's HELLO."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path)
    for statements in VERSIONS[:version]:
        db.executescript(statements)
    db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {version}")
    if met:
        columns = "board, session, began, port, version, rate_hz"
        more = (", guessed, top_seq, messages", ", 0, 9, 9") if version > 3 else ("", "")
        db.execute(
            f"INSERT INTO session ({columns}{more[0]}) VALUES (?, ?, ?, 'x', '0.1', 200{more[1]})",
            (HELLO.board, HELLO.session, NOON.isoformat()),
        )
    if version > 1:
        columns = "board, at, kind, was, became, residual"
        db.execute(
            f"INSERT INTO calibration ({columns}) VALUES (?, ?, 'travel', ?, ?, 0.5)",
            (HELLO.board, NOON.isoformat(), '{"um_per_count": 1}', '{"um_per_count": 98}'),
        )
    for event in messages or (REP,):
        name = "set" if isinstance(event, SetOver) else "amend" if event.amended else "rep"
        row = (HELLO.board, event.session, event.seq, name, NOON.isoformat(), schema.encode(event))
        db.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)", row)
    db.commit()
    db.close()
