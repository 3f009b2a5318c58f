"""The store of everything that boards have reported: one SQLite file, in which each message is stored exactly once.

A message is identified by board, session and sequence number, so storing it again is idempotent. Amended reps keep
the message that they amend. Every call commits before it returns: acknowledge after it.
"""

import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

from ..device.events import Durable, Hello, Rep, SetOver
from ..errors import StoreError, StoreReplacedError
from ..exercise.facts import Facts, from_json
from . import backup, derive, migration, schema
from .curve import Curve, pack, unpack
from .derive import text_of
from .plates import Plate, printed
from .records import (
    Calibration,
    Edit,
    Lifter,
    LostMessages,
    Note,
    Overview,
    StoredRep,
    StoredSet,
    checked,
    figures,
    instant,
)

__all__ = [
    "Added",
    "Calibration",
    "Edit",
    "Lifter",
    "LostMessages",
    "Note",
    "Overview",
    "Store",
    "StoredRep",
    "StoredSet",
]

_REP_TYPES = schema.REP_TYPES + "ss"
_SET_TYPES = "siissiiiFFIiIIiSSFFFsii"
_FLAGS = schema.REP_COLUMNS.index("flags")
_AMENDED = schema.REP_COLUMNS.index("amended")
_REP_COLUMNS = ", ".join((*schema.REP_COLUMNS, "board", "was"))
_SET_COLUMNS = (
    "one.board, one.session, one.number, one.at, one.side, said.seq IS NOT NULL, one.full, one.partials, said.rom_mm, "
    "said.load_n, one.profile, session.guessed, said.reps, said.partials, one.lifter, lifter.name, one.exercise, "
    "one.weight_n, one.typed_n, one.rpe, one.type, one.deleted, one.edited"
)
_SETS = (
    f"SELECT {_SET_COLUMNS} FROM training_set AS one JOIN session USING (board, session) "
    "LEFT JOIN set_message AS said USING (board, session, number) LEFT JOIN lifter ON lifter.number = one.lifter "
    "WHERE NOT one.void"
)
_SHOWN = "NOT void AND NOT deleted"  # the condition of the index set_by_date
_LONGEST_SET_S = 3600.0
_MAX_MALFORMED = 1000  # messages kept that could not be decoded: evidence, not data


class Added(IntEnum):
    """What `Store.add` did. REPEATED, which is false, changed nothing."""

    REPEATED = 0
    NEW = 1
    CONFLICT = 2  # its number is taken by another message; both are kept


class Store:
    """An open store. Use it in a `with` block, or call `close`. Every method raises StoreError.

    StoreBusyError means that another program has locked it, StoreReplacedError that the file is no longer the one
    that was opened; nothing was stored in either case, and the call may be repeated (after `reopen`).
    `backup` is where the store of an older version was copied to before its migration, or None.
    """

    def __init__(self, path: Path, *, must_exist: bool = False, read_only: bool = False) -> None:
        """Open `path`, or create it with its folder; a file that is not a store is left as it is.

        `read_only` implies `must_exist` and works on read-only media; only a store of an older version is still
        written to, once, to migrate it.
        """
        self.path = path
        self.backup: Path | None = None
        self._known_facts: dict[str, Facts] = {}
        if (must_exist or read_only) and not path.exists():
            raise StoreError(f"{path}: there is no such store; check the path, or record a set with cablerep monitor")
        if not (read_only and self._open_read_only()):
            self._open()

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file. Everything stored is on the disk already."""
        if self._identity is not None and self._find_identity() != self._identity:
            self._empty_log()
        self._db.close()

    def reopen(self) -> None:
        """Open the file that has replaced the one that was open, or create it."""
        with self._errors():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else SQLite would apply the log to the new file
        self._db.close()
        self._open()

    def _open(self) -> None:
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"{self.path}: its folder cannot be created ({error.strerror}); choose another --store"
            ) from None
        with self._errors():
            if not self._in_memory:
                try:
                    backup.create_file(self.path)
                except OSError as error:
                    raise StoreError(f"{self.path}: cannot be created ({error.strerror}); check the path") from None
            # isolation_level: transactions are explicit, since the module's own fail at once when two programs write.
            self._db = sqlite3.connect(self.path, timeout=migration.BUSY_S, isolation_level=None)
        try:
            with self._reading():
                self.backup = migration.prepare(self._db, self.path)
                self._db.execute("SELECT count(*) FROM plate").fetchone()  # creates the -wal file
        except BaseException:
            self._db.close()
            raise
        self._identity = self._find_identity()

    def _open_read_only(self) -> bool:
        """Open the file without writing to it; return False if it must be migrated first."""
        self._identity = None
        for mode in ("ro", "ro&immutable=1"):  # immutable: no files beside it can be created
            url = f"{self.path.resolve().as_uri()}?mode={mode}"
            with self._errors():
                self._db = sqlite3.connect(url, timeout=migration.BUSY_S, isolation_level=None, uri=True)
            try:
                with self._errors():
                    schema.check(self._db, self.path)
                    version = schema.version_of(self._db)
            except StoreError:
                self._db.close()
                if mode == "ro" and not os.access(self.path.parent, os.W_OK):
                    continue
                raise
            if version == schema.VERSION:
                return True
            self._db.close()
            return False
        raise AssertionError("the second mode returns or raises")

    @property
    def _in_memory(self) -> bool:
        return str(self.path) == ":memory:"

    def _find_identity(self) -> tuple[tuple[int, int], ...] | None:
        """Return what tells this file and its log from others of the same names."""
        if self._in_memory:
            return None
        try:
            found = [path.stat() for path in (self.path, self.path.with_name(f"{self.path.name}-wal"))]
        except OSError:
            return ()
        return tuple((one.st_dev, one.st_ino) for one in found)

    def _check_identity(self) -> None:
        if self._identity is not None and self._find_identity() != self._identity:
            raise StoreReplacedError(f"{self.path}: the store was replaced or removed by another program")

    # -- What a board reports

    def add_session(self, hello: Hello, port: str, now: datetime | None = None, *, corrected: bool = False) -> None:
        """Record the session of `hello`, and from its number of samples when it began.

        The first HELLO decides, unless the clock was not set at the time, or `corrected` says that it was wrong. Then
        the dates of the sets change with it.
        """
        now = now or datetime.now(UTC)
        began = now - timedelta(seconds=hello.samples / max(1, hello.rate_hz))
        with self._reading(), self._transaction() as db:
            derive.put_session(db, hello.board, hello.session, began, (port, hello.version, hello.rate_hz), corrected)

    def add(
        self,
        board: str,
        event: Durable,
        now: datetime | None = None,
        *,
        facts: Facts | None = None,
        typed_n: float | None = None,
    ) -> Added:
        """Store a message of `board`. After this it may be acknowledged, whatever the result.

        With the end of a set go what its profile asked and the weight that was typed; they stay as they are.
        """
        name = "set" if isinstance(event, SetOver) else "amend" if event.amended else "rep"
        now = now or datetime.now(UTC)
        content = schema.encode(event)
        key = (board, event.session, event.seq)
        with self._reading(), self._transaction() as db:
            query = "SELECT content FROM message WHERE board = ? AND session = ? AND seq = ?"
            row = db.execute(query, key).fetchone()
            if row is not None:
                if json.loads(row[0]) == json.loads(content):
                    return Added.REPEATED
                db.execute("INSERT OR IGNORE INTO conflict VALUES (?, ?, ?, ?, ?)", (*key, text_of(now), content))
                return Added.CONFLICT
            if db.execute("SELECT 1 FROM practice WHERE board = ? AND session = ? AND seq = ?", key).fetchone():
                return Added.REPEATED
            db.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)", (*key, name, text_of(now), content))
            derive.count_message(db, board, event, now)
            if isinstance(event, SetOver):
                derive.put_context(db, board, event, facts, typed_n)
            for number in derive.apply(db, board, event):
                derive.update_set(db, board, event.session, number)
        self._empty_log()
        return Added.NEW

    def pass_over(self, board: str, event: Durable, now: datetime | None = None) -> Added:
        """Store no more of a message than its number, so that it is not taken for lost; it may be acknowledged."""
        key = (board, event.session, event.seq)
        with self._reading(), self._transaction() as db:
            query = "SELECT 1 FROM message WHERE board = ? AND session = ? AND seq = ?"
            if db.execute(query, key).fetchone():
                return Added.REPEATED
            if not db.execute("INSERT OR IGNORE INTO practice VALUES (?, ?, ?)", key).rowcount:
                return Added.REPEATED
            derive.count_message(db, board, event, now or datetime.now(UTC))
        return Added.NEW

    def add_malformed(
        self, board: str, session: int, seq: int, payload: bytes, reason: str, now: datetime | None = None
    ) -> None:
        """Keep a durable message that cannot be decoded, as evidence; the first thousand of them."""
        with self._transaction() as db:
            if db.execute("SELECT count(*) FROM malformed").fetchone()[0] < _MAX_MALFORMED:
                row = (board, session, seq, text_of(now or datetime.now(UTC)), reason, payload)
                db.execute("INSERT OR IGNORE INTO malformed VALUES (?, ?, ?, ?, ?, ?)", row)

    def add_curve(self, board: str, rep: Rep, curve: Curve) -> bool:
        """Store the curve of a rep; return whether it is new. One that does not fit 16-bit integers is left out."""
        data = pack(curve)
        if data is None:
            return False
        with self._transaction() as db:
            cursor = db.execute(
                "INSERT OR IGNORE INTO curve VALUES (?, ?, ?, ?, ?, ?)",
                (board, rep.session, rep.start_s, curve.rate_hz, *data),
            )
            return bool(cursor.rowcount)

    def losses(self, board: str | None = None, session: int | None = None) -> list[LostMessages]:
        """Return the messages that never arrived, by session, of all boards or of one board's session."""
        key = [value for value in (board, session) if value is not None]
        conditions = "".join(f" AND {name} = ?" for name, _ in zip(("board", "session"), key, strict=False))
        query = f"SELECT board, session, began FROM session WHERE top_seq > messages{conditions} ORDER BY began"
        with self._reading():
            rows = [checked(row, "sis") for row in self._db.execute(query, key).fetchall()]
            return [
                LostMessages(name, number, instant(began), self._gaps(name, number)) for name, number, began in rows
            ]

    def _gaps(self, board: str, session: int) -> tuple[tuple[int, int], ...]:
        numbers = "SELECT seq FROM {} WHERE board = ?1 AND session = ?2"
        query = f"{numbers.format('message')} UNION {numbers.format('practice')} ORDER BY seq"
        arrived = [0, *(seq for (seq,) in self._db.execute(query, (board, session)))]
        return tuple((before + 1, after - 1) for before, after in pairwise(arrived) if after > before + 1)

    def oddities(self) -> tuple[int, int]:
        """Return how many messages came again with other content, and how many could not be decoded."""
        with self._reading():
            query = "SELECT (SELECT count(*) FROM conflict), (SELECT count(*) FROM malformed)"
            conflicts, malformed = self._db.execute(query).fetchone()
            return conflicts, malformed

    # -- Sets and reps

    def sets(
        self,
        last: int | None = None,
        *,
        skip: int = 0,
        since: datetime | None = None,
        until: datetime | None = None,
        side: str | None = None,
        lifter: int | None = None,
        profiles: Collection[int | None] | None = None,
        exercises: Collection[str] = (),
        deleted: bool = False,
    ) -> list[StoredSet]:
        """Return sets with their reps, oldest first: the `last` of those that match, without the `skip` latest.

        `since` is the earliest beginning, `until` is after the latest one. `profiles` are numbers of exercise profiles,
        for sets without facts; None among them matches sets whose end was not reported. `exercises` are digests of
        facts that match too, see `exercises`. `deleted`: only the deleted sets, else only the others.
        """
        conditions, values = _conditions(since, until, side, lifter, profiles, exercises, deleted)
        query = f"{_SETS}{conditions} ORDER BY one.at DESC, one.number DESC LIMIT ? OFFSET ?"
        with self._reading():
            rows = self._db.execute(query, (*values, -1 if last is None else last, skip)).fetchall()
            return [self._set(row) for row in reversed(rows)]

    def sets_named(self, prefix: str) -> list[StoredSet]:
        """Return the sets whose id begins with `prefix`, oldest first; deleted ones too."""
        query = f"{_SETS} AND one.id >= ? AND one.id < ? ORDER BY one.at, one.number"
        with self._reading():
            return [self._set(row) for row in self._db.execute(query, (prefix, prefix + "~")).fetchall()]

    def set_of(self, board: str, session: int, number: int) -> StoredSet | None:
        """Return one set, or None if no rep of it is stored."""
        query = f"{_SETS} AND one.board = ? AND one.session = ? AND one.number = ?"
        with self._reading():
            row = self._db.execute(query, (board, session, number)).fetchone()
            return None if row is None else self._set(row)

    def has_sets(self) -> bool:
        """Return whether there is any set."""
        with self._reading():
            return self._db.execute(f"SELECT 1 FROM training_set WHERE {_SHOWN} LIMIT 1").fetchone() is not None

    def exercises(self) -> dict[str, Facts]:
        """Return what the profiles of sets asked, by digest."""
        with self._reading():
            return {digest: from_json(text) for digest, text in self._db.execute("SELECT digest, facts FROM exercise")}

    def overview(self) -> Overview:
        """Return how many sets there are, from when to when, and of which exercises."""
        with self._reading():
            query = f"SELECT count(*), min(at), max(at) FROM training_set WHERE {_SHOWN}"
            count, *dates = self._db.execute(query).fetchone()
            query = f"SELECT DISTINCT profile FROM training_set WHERE {_SHOWN} AND exercise IS NULL AND profile > 0"
            numbers = self._db.execute(query).fetchall()
            query = f"SELECT DISTINCT facts FROM training_set JOIN exercise ON digest = exercise WHERE {_SHOWN}"
            names = {from_json(text).name for (text,) in self._db.execute(query)}
            first, last = (None if date is None else instant(date) for date in checked(tuple(dates), "SS"))
            profiles = sorted(checked(row, "i")[0] for row in numbers)
            return Overview(count, first, last, tuple(profiles), tuple(sorted(names)))

    def reps_of(self, board: str, session: int) -> list[StoredRep]:
        """Return the reps of one session as amended, in the order of their start."""
        query = f"SELECT {_REP_COLUMNS} FROM rep WHERE board = ? AND session = ? ORDER BY start_s"
        with self._reading():
            return [_rep(row) for row in self._db.execute(query, (board, session))]

    def set_messages(self, board: str, session: int) -> list[Durable]:
        """Return the SET messages of one session, in the order of their arrival."""
        query = "SELECT content FROM message WHERE board = ? AND session = ? AND name = 'set' ORDER BY seq"
        with self._reading():
            return [schema.decode("set", content) for (content,) in self._db.execute(query, (board, session))]

    def interrupted_set(self, board: str, session: int, since: datetime) -> list[StoredRep]:
        """Return the reps of the latest set before `session` if it was not ended and a rep arrived after `since`."""
        query = (
            "SELECT one.session, one.number FROM training_set AS one WHERE NOT void AND NOT deleted AND board = ?1 "
            "AND session <> ?2 AND at > ?3 AND EXISTS (SELECT 1 FROM rep JOIN message USING (board, session, seq) "
            "WHERE rep.board = ?1 AND rep.session = one.session AND rep.number = one.number AND received > ?4) "
            "AND NOT EXISTS (SELECT 1 FROM set_message AS said WHERE said.board = ?1 AND said.session = one.session "
            "AND said.number = one.number) ORDER BY at DESC LIMIT 1"
        )
        began = since - timedelta(seconds=_LONGEST_SET_S)
        with self._reading():
            row = self._db.execute(query, (board, session, text_of(began), text_of(since))).fetchone()
            if row is None:
                return []
            return [rep for rep in self.reps_of(board, row[0]) if rep.set == row[1]]

    def curve(self, rep: StoredRep) -> Curve | None:
        """Return the curve of a rep, or None: its samples were not received, or not all of them."""
        query = "SELECT rate_hz, travel, force FROM curve WHERE board = ? AND session = ? AND start_s = ?"
        with self._reading():
            row = self._db.execute(query, (rep.board, rep.session, rep.start_s)).fetchone()
            return None if row is None else unpack(*checked(row, "ibB"))

    def _set(self, row: tuple[Any, ...]) -> StoredSet:
        checked(row, _SET_TYPES)
        board, session, number, at, side, over, full, partials, rom_mm, load_n, profile, guessed, *rest = row
        reps_reported, partials_reported, lifter, name, digest, *figures, deleted, edited = rest
        key = (board, session, number)
        query = f"SELECT {_REP_COLUMNS} FROM rep INDEXED BY rep_of_set"
        query += " WHERE board = ? AND session = ? AND number = ? ORDER BY start_s"
        reps = tuple(_rep(found) for found in self._db.execute(query, key))
        query = "SELECT at, text FROM note WHERE board = ? AND session = ? AND number = ? ORDER BY at, rowid"
        notes = tuple(
            Note(instant(when), text) for when, text in (checked(row, "ss") for row in self._db.execute(query, key))
        )
        return StoredSet(
            *(board, session, number, instant(at), side, bool(over), full, partials, rom_mm, load_n, reps),
            *(profile, notes, bool(guessed), reps_reported, partials_reported),
            *(lifter, name or (f"lifter {lifter}" if lifter else ""), self._facts(digest)),
            *(*figures, bool(deleted), bool(edited)),
        )

    def _facts(self, digest: str | None) -> Facts | None:
        if digest is not None and digest not in self._known_facts:
            self._known_facts = self.exercises()
        return None if digest is None else self._known_facts.get(digest)

    # -- What a person adds

    def add_note(self, one: StoredSet, text: str, now: datetime | None = None) -> None:
        """Store a note on a set, besides those that it has."""
        row = (one.board, one.session, one.set, text_of(now or datetime.now(UTC)), text)
        with self._transaction() as db:
            db.execute("INSERT INTO note VALUES (?, ?, ?, ?, ?)", row)

    def plates(self, board: str) -> list[Plate]:
        """Return the known plates of the machine that `board` is on, by number."""
        with self._reading():
            query = "SELECT number, load_n, printed_n FROM plate WHERE board = ? ORDER BY number"
            found = {row[0]: Plate(*checked(row, "ifF")) for row in self._db.execute(query, (board,))}
            return list(found.values())

    def lifters(self) -> list[Lifter]:
        """Return the lifters in alphabetical order, with how many sets are theirs."""
        count = f"SELECT count(*) FROM training_set AS one WHERE one.lifter = lifter.number AND {_SHOWN}"
        query = f"SELECT number, name, ({count}), free_mm FROM lifter ORDER BY name"
        with self._reading():
            return [Lifter(*checked(row, "isiI")) for row in self._db.execute(query)]

    def add_lifter(self, one: Lifter, now: datetime | None = None) -> None:
        """Store a new lifter, or what has changed of a known one. Raises StoreError if the name is taken."""
        row = (one.number, one.name, text_of(now or datetime.now(UTC)), one.free_mm)
        changed = "name = excluded.name, free_mm = excluded.free_mm"
        with self._transaction() as db:
            db.execute(f"INSERT INTO lifter VALUES (?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET {changed}", row)

    def edit(self, one: StoredSet, changes: Mapping[str, Any], now: datetime | None = None) -> list[Edit]:
        """Correct a set: `changes` are values by field, see `Edit`; an exercise is given as Facts or None.

        "note" replaces all notes by one text, or removes them if it is empty. Messages stay as they are. Returns the
        edits that changed something.
        """
        at = now or datetime.now(UTC)
        key = (one.board, one.session, one.set)
        with self._transaction() as db:
            values = {
                field: derive.put_facts(db, value) if isinstance(value, Facts) else value
                for field, value in changes.items()
            }
            before = db.execute(
                f"SELECT {', '.join(derive.EDITABLE)} FROM training_set {derive.OF_SET}", key
            ).fetchone()
            known = dict(zip(derive.EDITABLE, before, strict=True)) | {"deleted": bool(before[-1])}
            query = f"SELECT text FROM note {derive.OF_SET} ORDER BY at, rowid"
            known["note"] = "\n".join(text for (text,) in db.execute(query, key))
            changed = {field: value for field, value in values.items() if value != known[field]}
            for field, value in changed.items():
                row = (*key, text_of(at), field, json.dumps(known[field]), json.dumps(value))
                columns = "board, session, number, at, field, was, became"
                db.execute(f"INSERT INTO edit ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)", row)
            if "note" in changed:
                db.execute(f"DELETE FROM note {derive.OF_SET}", key)
                if changed["note"]:
                    db.execute("INSERT INTO note VALUES (?, ?, ?, ?, ?)", (*key, text_of(at), changed["note"]))
            derive.update_set(db, *key)
        return [self._edit(*key, text_of(at), field, known[field], value) for field, value in changed.items()]

    def edits(self, one: StoredSet | None = None, last: int | None = None) -> list[Edit]:
        """Return the corrections of one set, or of all sets, oldest first; the `last` of them."""
        key = () if one is None else (one.board, one.session, one.set)
        query = "SELECT board, session, number, at, field, was, became FROM edit"
        query += f" {derive.OF_SET if key else ''} ORDER BY id DESC LIMIT ?"
        with self._reading():
            rows = [checked(row, "siissss") for row in self._db.execute(query, (*key, -1 if last is None else last))]
            return [self._edit(*row[:5], *map(json.loads, row[5:])) for row in reversed(rows)]

    def _edit(self, board: str, session: int, number: int, at: str, field: str, was: Any, became: Any) -> Edit:
        values = [was, became]
        if field == "exercise":
            values = [facts.name if (facts := self._facts(digest)) else "" for digest in values]
        return Edit(board, session, number, instant(at), field, *values)

    def undo_edit(self, one: StoredSet, now: datetime | None = None) -> list[Edit]:
        """Take back what was corrected of a set the last time, by another correction; an empty list if nothing was."""
        key = (one.board, one.session, one.set)
        with self._errors():
            latest = f"(SELECT max(at) FROM edit {derive.OF_SET})"
            query = f"SELECT field, was FROM edit {derive.OF_SET} AND at = {latest} ORDER BY id DESC"
            rows = self._db.execute(query, (*key, *key)).fetchall()
        return self.edit(one, {field: json.loads(was) for field, was in rows}, now) if rows else []

    def calibrations(self, board: str | None = None) -> list[Calibration]:
        """Return the calibrations of `board`, or of all boards, oldest first."""
        query = (
            "SELECT board, at, kind, was, became, residual FROM calibration WHERE ?1 IS NULL OR board = ?1 ORDER BY id"
        )
        with self._reading():
            rows = [checked(row, "sssssF") for row in self._db.execute(query, (board,))]
            return [
                Calibration(name, instant(at), kind, figures(json.loads(was)), figures(json.loads(became)), residual)
                for name, at, kind, was, became, residual in rows
            ]

    def add_calibration(self, one: Calibration) -> None:
        """Store a calibration; one of a stack replaces the known plates."""
        at = text_of(one.at)
        row = (one.board, at, one.kind, json.dumps(dict(one.was)), json.dumps(dict(one.became)), one.residual)
        with self._transaction() as db:
            db.execute(
                "INSERT INTO calibration (board, at, kind, was, became, residual) VALUES (?, ?, ?, ?, ?, ?)", row
            )
            if one.kind == "stack":
                db.execute("DELETE FROM plate WHERE board = ?", (one.board,))
                forces = {key: value for key, value in one.became.items() if key not in map(printed, one.became)}
                rows = [
                    (one.board, int(key), load_n, at, one.became.get(printed(key))) for key, load_n in forces.items()
                ]
                db.executemany("INSERT INTO plate VALUES (?, ?, ?, ?, ?)", rows)

    # -- Transactions

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """Commit everything or nothing, into the file that was opened."""
        self._check_identity()
        with self._errors():
            # IMMEDIATE: a transaction that asks for the write lock later is refused without waiting.
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
        self._check_identity()

    def _empty_log(self) -> None:
        """Move the log into the file, so that the file alone is complete if it is copied, moved or restored.

        SQLite does not do it when it closes a file that was moved.
        """
        # Without a timeout: while somebody reads this would wait, and the acknowledgement with it.
        with suppress(sqlite3.Error):
            self._db.execute("PRAGMA busy_timeout = 0")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        with self._errors():
            self._db.execute(f"PRAGMA busy_timeout = {round(1000 * migration.BUSY_S)}")

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turn errors of SQLite into one line that says what to do."""
        try:
            yield
        except sqlite3.Error as error:
            raise schema.error_of(self.path, error) from None
        except UnicodeDecodeError:  # from SQLite's own message about a damaged table
            raise schema.error_of(self.path, sqlite3.DatabaseError("its text is not UTF-8")) from None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Report what no version of this program has written as damage."""
        with self._errors():
            try:
                yield
            except (ValueError, TypeError, LookupError, OverflowError) as error:
                raise StoreError(
                    f"{self.path}: the store is damaged ({' '.join(str(error).split())}); restore a backup with "
                    "'cablerep restore'"
                ) from None


def _rep(row: tuple[Any, ...]) -> StoredRep:
    values = list(checked(row, _REP_TYPES))
    values[_FLAGS] = tuple(values[_FLAGS].split(",")) if values[_FLAGS] else ()
    values[_AMENDED] = bool(values[_AMENDED])
    return StoredRep(*values)


def _conditions(
    since: datetime | None,
    until: datetime | None,
    side: str | None,
    lifter: int | None,
    profiles: Collection[int | None] | None,
    exercises: Collection[str],
    deleted: bool,
) -> tuple[str, list[Any]]:
    """Return SQL conditions and their values."""
    conditions = " AND one.deleted" if deleted else " AND NOT one.deleted"
    values: list[Any] = []
    for condition, value in (
        ("one.at >= ?", since and text_of(since)),
        ("one.at < ?", until and text_of(until)),
        ("one.side = ?", side),
        ("one.lifter = ?", lifter),
    ):
        if value is not None:
            conditions += f" AND {condition}"
            values.append(value)
    if profiles is not None:
        numbers = [number for number in profiles if number is not None]
        unnamed = f"one.profile IN ({_places(numbers)})" + " OR one.profile IS NULL" * (None in profiles)
        conditions += f" AND (one.exercise IN ({_places(exercises)}) OR one.exercise IS NULL AND ({unnamed}))"
        values += [*exercises, *numbers]
    return conditions, values


def _places(values: Collection[object]) -> str:
    return ", ".join("?" * len(values))
