"""The store of everything boards have reported: one SQLite file, in which each kept message stands exactly once.

A message's identity is board, session and sequence number, so taking one twice changes nothing; what an amendment
changed stays readable in the message it changed. Every call commits before it returns: acknowledge after it.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from ..device.events import Durable, Hello, Rep, SetOver
from ..errors import StoreError
from . import schema as store_schema
from .curve import Curve, pack, unpack
from .plates import Plate
from .records import Calibration, Note, StoredRep, StoredSet

__all__ = ["Calibration", "Note", "Store", "StoredRep", "StoredSet"]

_SET_COLUMNS = ("session", "seq", "reps", "partials", "side", "profile", "start_s", "end_s", "rom_mm", "load_n")


class Store:
    """An open store. Use it in a `with` block, or call `close`. Every method raises StoreError."""

    def __init__(self, path: Path, *, must_exist: bool = False) -> None:
        """Open `path`, or create it with its folder; a file that is no store of ours is left as it is."""
        self.path = path
        if must_exist and not path.exists():
            raise StoreError(f"{path}: there is no such store; check the path, or record a set with cablerep monitor")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{path}: its folder cannot be made ({error.strerror}); choose another --store") from None
        with self._told():
            # Transactions are begun by hand: the module's own begin in the mode that fails when two programs write.
            self._db = sqlite3.connect(path, timeout=store_schema.BUSY_S, isolation_level=None)
        try:
            with self._told():
                store_schema.prepare(self._db, path)
        except StoreError:
            self._db.close()
            raise

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; what was kept is on the disk already."""
        self._db.close()

    def add_session(self, hello: Hello, port: str, now: datetime | None = None) -> None:
        """Remember the session that `hello` tells of, and from its sample count when it began."""
        now = now or datetime.now(UTC)
        began = now - timedelta(seconds=hello.samples / max(1, hello.rate_hz))
        with self._transaction() as db:
            db.execute(
                "INSERT OR IGNORE INTO session VALUES (?, ?, ?, ?, ?, ?)",
                (hello.board, hello.session, _text(began), port, hello.version, hello.rate_hz),
            )

    def add(self, board: str, event: Durable, now: datetime | None = None) -> bool:
        """Commit a kept message of `board`; return whether it is new. Only then may it be acknowledged."""
        name = "set" if isinstance(event, SetOver) else "amend" if event.amended else "rep"
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT OR IGNORE INTO message VALUES (?, ?, ?, ?, ?, ?)",
                (board, event.session, event.seq, name, _text(now or datetime.now(UTC)), store_schema.content(event)),
            )
            if not cursor.rowcount:
                return False
            if isinstance(event, SetOver):
                self._keep_set(db, board, event)
            else:
                self._keep_rep(db, board, event)
        return True

    @staticmethod
    def _keep_set(db: sqlite3.Connection, board: str, event: SetOver) -> None:
        db.execute(
            f"INSERT OR REPLACE INTO set_over (board, number, {', '.join(_SET_COLUMNS)})"
            f" VALUES (?, ?, {', '.join('?' * len(_SET_COLUMNS))})",
            (board, event.set, *(getattr(event, column) for column in _SET_COLUMNS)),
        )

    @staticmethod
    def _keep_rep(db: sqlite3.Connection, board: str, event: Rep) -> None:
        """Insert or amend; the later message of the board wins, whichever arrives first."""
        row = store_schema.rep_row(event)
        db.execute(
            f"INSERT INTO rep (board, {', '.join(row)}) VALUES (?, {', '.join('?' * len(row))})"
            f" ON CONFLICT (board, session, start_s) DO UPDATE SET {', '.join(f'{c} = excluded.{c}' for c in row)}"
            " WHERE excluded.seq > rep.seq",
            (board, *row.values()),
        )

    def add_curve(self, board: str, rep: Rep, curve: Curve) -> bool:
        """Commit the curve of a rep; return whether it is new. One too large for the file's integers is left out."""
        data = pack(curve)
        if data is None:
            return False
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT OR IGNORE INTO curve VALUES (?, ?, ?, ?, ?, ?)",
                (board, rep.session, rep.start_s, curve.rate_hz, *data),
            )
            return bool(cursor.rowcount)

    def curve(self, rep: StoredRep) -> Curve | None:
        """Return the curve of a rep, or None where none was kept: its samples were not heard, or not whole."""
        query = "SELECT rate_hz, travel, force FROM curve WHERE board = ? AND session = ? AND start_s = ?"
        with self._told():
            row = self._db.execute(query, (rep.board, rep.session, rep.start_s)).fetchone()
        return None if row is None else unpack(*row)

    def add_note(self, one: StoredSet, text: str, now: datetime | None = None) -> None:
        """Commit a note on a set, beside those that it has."""
        row = (one.board, one.session, one.set, _text(now or datetime.now(UTC)), text)
        with self._transaction() as db:
            db.execute("INSERT INTO note VALUES (?, ?, ?, ?, ?)", row)

    def sets(self, last: int | None = None) -> list[StoredSet]:
        """Return the sets with their reps, the latest (of `last`) at the end; those without an end too."""
        with self._told():
            rows = self._db.execute(store_schema.SETS, (-1 if last is None else last,)).fetchall()
            return [self._set(row) for row in reversed(rows)]

    def reps_of(self, board: str, session: int) -> list[Rep]:
        """Return the reps of one session as they stand, in the order of their start."""
        query = "SELECT content FROM message JOIN rep USING (board, session, seq)"
        query += " WHERE board = ? AND session = ? ORDER BY rep.start_s"
        with self._told():
            return [Rep(**store_schema.fields_of_rep(row[0])) for row in self._db.execute(query, (board, session))]

    def plates(self, board: str) -> list[Plate]:
        """Return the plates that were learnt of the machine that `board` is on, by number."""
        with self._told():
            rows = self._db.execute("SELECT number, load_n FROM plate WHERE board = ? ORDER BY number", (board,))
            return [Plate(*row) for row in rows]

    def calibrations(self, board: str | None = None) -> list[Calibration]:
        """Return the calibrations of `board`, or of all, the latest at the end."""
        query = (
            "SELECT board, at, kind, was, became, residual FROM calibration WHERE ?1 IS NULL OR board = ?1 ORDER BY id"
        )
        with self._told():
            return [
                Calibration(name, datetime.fromisoformat(at), kind, json.loads(was), json.loads(became), residual)
                for name, at, kind, was, became, residual in self._db.execute(query, (board,))
            ]

    def add_calibration(self, one: Calibration) -> None:
        """Keep a calibration; one of a stack replaces the plates that were known."""
        with self._transaction() as db:
            db.execute(
                "INSERT INTO calibration (board, at, kind, was, became, residual) VALUES (?, ?, ?, ?, ?, ?)",
                (
                    one.board,
                    _text(one.at),
                    one.kind,
                    json.dumps(dict(one.was)),
                    json.dumps(dict(one.became)),
                    one.residual,
                ),
            )
            if one.kind == "stack":
                db.execute("DELETE FROM plate WHERE board = ?", (one.board,))
                rows = [(one.board, int(number), load_n, _text(one.at)) for number, load_n in one.became.items()]
                db.executemany("INSERT INTO plate VALUES (?, ?, ?, ?)", rows)

    def _set(self, row: tuple[Any, ...]) -> StoredSet:
        board, session, number, at, side, over, profile, rom_mm, load_n = row
        reps = tuple(self._reps(board, session, number))
        kinds = [rep.kind for rep in reps]
        return StoredSet(
            *(board, session, number, datetime.fromisoformat(at), side, bool(over)),
            *(kinds.count("full"), kinds.count("partial"), rom_mm, load_n, reps),
            profile=profile,
            notes=tuple(self._notes(board, session, number)),
        )

    def _notes(self, board: str, session: int, number: int) -> Iterator[Note]:
        query = "SELECT at, text FROM note WHERE board = ? AND session = ? AND number = ? ORDER BY at, rowid"
        for at, text in self._db.execute(query, (board, session, number)):
            yield Note(datetime.fromisoformat(at), text)

    def _reps(self, board: str, session: int, number: int) -> Iterator[StoredRep]:
        query = "SELECT message.content, judged_rep.was FROM judged_rep JOIN message USING (board, session, seq)"
        query += " WHERE board = ? AND session = ? AND judged_rep.number = ? ORDER BY judged_rep.start_s"
        for content, was in self._db.execute(query, (board, session, number)):
            yield StoredRep(**store_schema.fields_of_rep(content), board=board, was=was)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing, and be on the disk at the end."""
        with self._told():
            # IMMEDIATE: a transaction that only later asks for the write lock is refused without waiting.
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what SQLite says into one line with a cure."""
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{self.path}: {store_schema.explain(error)}") from None


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds")
