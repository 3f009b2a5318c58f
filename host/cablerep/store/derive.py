"""Derives reps, sets and dates from the log of messages, inside a transaction of the caller."""

import hashlib
import json
import sqlite3
from datetime import UTC, datetime, timedelta

from ..device.events import Durable, Rep, SetOver
from ..exercise.facts import Facts, from_json, to_json
from . import schema

# Clocks that show an earlier date are not set: this is older than any release.
EPOCH = "2024-01-01T00:00:00.000+00:00"

_ID_LENGTH = 6  # characters of a set's id: two of 5000 sets share one with a probability of 1 in 90
_ID_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's: no two look alike, and no word such as last

_REP_COLUMNS = ("board", *schema.REP_COLUMNS, "was", "first_seq")
_SET_COLUMNS = ("board", *schema.SET_COLUMNS)
_PUT_REP = f"INSERT OR REPLACE INTO rep ({', '.join(_REP_COLUMNS)}) VALUES ({', '.join('?' * len(_REP_COLUMNS))})"
_PUT_SET = (
    f"INSERT OR REPLACE INTO set_message ({', '.join(_SET_COLUMNS)}) VALUES ({', '.join('?' * len(_SET_COLUMNS))})"
)

OF_SET = "WHERE board = ? AND session = ? AND number = ?"
# The columns of `training_set` that a person may correct. `exercise` is the digest of its facts, `lifter` a number.
EDITABLE = ("side", "lifter", "exercise", "weight_n", "rpe", "type", "deleted")


def text_of(instant: datetime) -> str:
    """Return an instant as the store keeps it: UTC to the millisecond, which sorts by time."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")


def set_id(board: str, session: int, number: int) -> str:
    """Return the short id of a set, which is the same in every copy of the store."""
    digest = hashlib.blake2s(f"{board}/{session}/{number}".encode(), digest_size=8).digest()
    value = int.from_bytes(digest)
    return "".join(_ID_DIGITS[value >> 5 * index & 31] for index in range(_ID_LENGTH))


# -- Sessions and their dates


def put_session(
    db: sqlite3.Connection,
    board: str,
    session: int,
    began: datetime,
    origin: tuple[str, str, int],
    corrected: bool = False,
) -> None:
    """Record the beginning of a session as a HELLO gives it; `origin` is the port, the firmware and the rate.

    The first measured beginning stands, unless it is `corrected`. A guess, and a beginning measured before the clock
    was set, give way to a measured one. The dates of the sets follow.
    """
    measured = text_of(began)
    row = db.execute(
        "SELECT began, guessed, port FROM session WHERE board = ? AND session = ?", (board, session)
    ).fetchone()
    wrong_clock = measured < EPOCH
    if row is None:
        values = (board, session, measured, wrong_clock, *origin)
        db.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, 0, 0)", values)
        return
    _, guessed, port = row
    if not port:
        columns = "port = ?, version = ?, rate_hz = ?"
        db.execute(f"UPDATE session SET {columns} WHERE board = ? AND session = ?", (*origin, board, session))
    if not wrong_clock and (guessed or corrected):
        _set_beginning(db, board, session, measured, guessed=False)


def count_message(db: sqlite3.Connection, board: str, event: Durable, received: datetime) -> None:
    """Count a new message of its session; without a HELLO, guess from it when the session began at the latest."""
    row = db.execute(
        "SELECT began, guessed FROM session WHERE board = ? AND session = ?", (board, event.session)
    ).fetchone()
    if row is None or row[1]:
        _guess_beginning(db, board, event, received, None if row is None else row[0])
    db.execute(
        "UPDATE session SET top_seq = max(top_seq, ?), messages = messages + 1 WHERE board = ? AND session = ?",
        (event.seq, board, event.session),
    )


def _guess_beginning(db: sqlite3.Connection, board: str, event: Durable, received: datetime, known: str | None) -> None:
    """The message was sent before it arrived, and before the session in which the board delivered it began."""
    query = "SELECT max(began) FROM session WHERE board = ? AND session <> ? AND NOT guessed AND began <= ?"
    (next_session,) = db.execute(query, (board, event.session, text_of(received))).fetchone()
    latest = received if next_session is None else min(received, datetime.fromisoformat(next_session))
    began = latest - timedelta(seconds=event.known_s)
    if known is None:
        db.execute("INSERT INTO session VALUES (?, ?, ?, 1, '', '', 0, 0, 0)", (board, event.session, text_of(began)))
    # A second: what messages were on the way is no reason to date all sets of the session again.
    elif known < EPOCH <= text_of(began) or began < datetime.fromisoformat(known) - timedelta(seconds=1):
        _set_beginning(db, board, event.session, text_of(began), guessed=True)


def _set_beginning(db: sqlite3.Connection, board: str, session: int, began: str, *, guessed: bool) -> None:
    key = (board, session)
    db.execute("UPDATE session SET began = ?, guessed = ? WHERE board = ? AND session = ?", (began, guessed, *key))
    sets = db.execute("SELECT number, start_s FROM training_set WHERE board = ? AND session = ?", key).fetchall()
    db.executemany(
        "UPDATE training_set SET at = ? WHERE board = ? AND session = ? AND number = ?",
        [(_date(began, start_s), *key, number) for number, start_s in sets],
    )


def _date(began: str, start_s: float) -> str:
    return text_of(datetime.fromisoformat(began) + timedelta(seconds=start_s))


# -- Reps and sets


def apply(db: sqlite3.Connection, board: str, event: Durable) -> set[int]:
    """Apply a message to its table; return the numbers of the sets that changed, for `update_set`."""
    if isinstance(event, Rep):
        return _apply_rep(db, board, event)
    db.execute(_PUT_SET, (board, *schema.row_of(event)))
    return {event.set}


def _apply_rep(db: sqlite3.Connection, board: str, rep: Rep) -> set[int]:
    """Insert or amend a rep. The message with the highest number decides, whichever arrives first."""
    key = (board, rep.session, rep.start_s)
    query = "SELECT seq, was, first_seq, number FROM rep WHERE board = ? AND session = ? AND start_s = ?"
    row = db.execute(query, key).fetchone()
    seq, was, first_seq, number = row or (rep.seq, rep.kind, rep.seq, rep.set)
    if rep.seq < first_seq:
        was, first_seq = rep.kind, rep.seq
    if rep.seq >= seq:
        db.execute(_PUT_REP, (board, *schema.row_of(rep), was, first_seq))
    else:
        change = "UPDATE rep SET was = ?, first_seq = ? WHERE board = ? AND session = ? AND start_s = ?"
        db.execute(change, (was, first_seq, *key))
    return {rep.set, number}


def update_set(db: sqlite3.Connection, board: str, session: int, number: int) -> None:
    """Bring a set's row in `training_set` up to date with its reps, its message, its context and its edits."""
    key = (board, session, number)
    found = db.execute(f"SELECT kind, count(*), min(start_s), max(side) FROM rep {OF_SET} GROUP BY kind", key)
    kinds = found.fetchall()
    reps = {kind: count for kind, count, _, _ in kinds}
    full, partials = reps.get("full", 0), reps.get("partial", 0)
    columns = "start_s, side, profile, reps + partials, lifter"
    message = db.execute(f"SELECT {columns} FROM set_message {OF_SET}", key).fetchone()
    if message is None and not kinds:
        db.execute(f"DELETE FROM training_set {OF_SET}", key)
        return
    if message is not None:
        start_s, side, profile, reported, lifter = message
    else:
        counted = [row for row in kinds if row[0] != "rejected"] or kinds
        start_s, side = min(row[2] for row in counted), max(row[3] for row in counted)
        profile, reported, lifter = None, 0, 0
    exercise, typed_n = db.execute(f"SELECT exercise, typed_n FROM context {OF_SET}", key).fetchone() or (None, None)
    values = {
        "board": board,
        "session": session,
        "number": number,
        "id": set_id(*key),
        "start_s": start_s,
        "at": _date(_began(db, board, session), start_s),
        "side": side,
        "profile": profile,
        "full": full,
        "partials": partials,
        "void": full + partials + reported == 0,
        "lifter": lifter,
        "exercise": exercise,
        "weight_n": None,
        "typed_n": typed_n,
        "rpe": None,
        "type": "",
        "deleted": False,
        "edited": False,
    }
    for field, became in db.execute(f"SELECT field, became FROM edit {OF_SET} ORDER BY id", key):
        if field in EDITABLE:
            values[field] = json.loads(became)
            values["edited"] = True
    if values["exercise"] != exercise:
        values["profile"] = _profile_number(db, values["exercise"])
    places = ", ".join("?" * len(values))
    db.execute(f"INSERT OR REPLACE INTO training_set ({', '.join(values)}) VALUES ({places})", [*values.values()])


def _began(db: sqlite3.Connection, board: str, session: int) -> str:
    (began,) = db.execute("SELECT began FROM session WHERE board = ? AND session = ?", (board, session)).fetchone()
    return str(began)


def _profile_number(db: sqlite3.Connection, digest: str | None) -> int:
    row = db.execute("SELECT facts FROM exercise WHERE digest = ?", (digest,)).fetchone()
    return 0 if row is None else from_json(row[0]).number


def put_facts(db: sqlite3.Connection, facts: Facts) -> str:
    """Store what a profile asked, and return its digest."""
    text = to_json(facts)
    digest = hashlib.blake2s(text.encode(), digest_size=8).hexdigest()
    db.execute("INSERT OR IGNORE INTO exercise VALUES (?, ?)", (digest, text))
    return digest


def put_context(db: sqlite3.Connection, board: str, over: SetOver, facts: Facts | None, typed_n: float | None) -> None:
    """Store what the computer knew when a set ended: what its profile asked, and the weight that was typed."""
    if facts is not None or typed_n is not None:
        digest = None if facts is None else put_facts(db, facts)
        row = (board, over.session, over.set, digest, typed_n)
        db.execute("INSERT OR IGNORE INTO context VALUES (?, ?, ?, ?, ?)", row)


def rebuild(db: sqlite3.Connection) -> None:
    """Fill the empty derived tables from the log."""
    sets: dict[tuple[str, int, int], None] = {}
    query = "SELECT board, name, received, content FROM message ORDER BY board, session, seq"
    for board, name, received, content in db.execute(query):
        event = schema.decode(name, content)
        count_message(db, board, event, datetime.fromisoformat(received))
        for number in apply(db, board, event):
            sets[board, event.session, number] = None
    for key in sets:
        update_set(db, *key)
