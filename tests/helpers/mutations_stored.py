"""Damaged contents of what is stored: the board's settings, its flash, the journal of firmware 0.1, the host's store.

Also commands to the board with a valid checksum and any content. What is read must be usable: a board that has read it
goes on working, and a store answers or refuses with its own error.
"""

import json
import random
import shutil
import sqlite3
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from fake_board import FakeBoard
from nor_flash import NorFlash
from stored_reps import CURVE, HELLO, NOON, REP, SET, reps

from cablerep.errors import CablerepError, StoreError
from cablerep.exercise.facts import Facts
from cablerep.history import logbook
from cablerep.store.database import Store
from cablerep.store.records import Calibration, Lifter
from cablerep.text import history_json
from cablerep_fw.app import App
from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.frames import crc16
from cablerep_fw.core.link.journal import SLOT, Journal
from cablerep_fw.core.settings import settings as board_settings
from cablerep_fw.core.settings.settings import Settings
from cablerep_fw.storage import PAGE, SECTOR, JournalLog

# The smallest and largest value of each kind of field on the wire.
RANGES = {
    "B": (0, 255),
    "H": (0, 2**16 - 1),
    "h": (-(2**15), 2**15 - 1),
    "I": (0, 2**32 - 1),
    "i": (-(2**31), 2**31 - 1),
}
_DURABLE = [message for message in wire.MESSAGES if message.care == wire.KEPT]
_WEIRD = (
    *(None, 0, -1, 1, 2**31, 2**63 - 1, -(2**63), 1e308, -1e308, 0.5, float("inf"), "", "x", "\0", "9" * 400),
    *(
        "2026-02-30",
        "2026-01-02T03:04:05",
        "9999-12-31T23:59:59.999+00:00",
        "[]",
        "{}",
        "null",
        '{"a": 1}',
        b"\xff\x00",
    ),
)


def _damage(dice: random.Random, data: bytearray, unit: int) -> None:
    """Damage `data` in place: bits, runs of one byte, units exchanged or repeated, or a part gone."""
    for _ in range(dice.randrange(1, 4)):
        if not data:
            return
        at = dice.randrange(len(data))
        what = dice.random()
        if what < 0.35:
            data[at] ^= 1 << dice.randrange(8)
        elif what < 0.6:
            stop = min(len(data), at + dice.choice((1, 4, unit, 4 * unit)))
            data[at:stop] = bytes([dice.choice((0, 0xFF, dice.randrange(256)))]) * (stop - at)
        elif what < 0.85:
            source, target = (dice.randrange(0, len(data), unit) for _ in range(2))
            piece = data[source : source + unit]
            data[target : target + len(piece)] = piece
        else:
            data[at : at + dice.choice((1, 4, unit))] = dice.randbytes(dice.choice((0, 1, 4)))


def _messages(journal: Journal) -> int:
    """Check every message in `journal`, and return how many there are."""
    for slot in ((journal.tail + i) % journal.size for i in range(journal.used)):
        message = wire.BY_ID[journal.ids[slot]]
        assert message.care == wire.KEPT
        assert journal.lengths[slot] == message.size
        message.unpack(journal.data, slot * SLOT)
    return journal.used


class Stored:
    """The readers; their files go into `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._settings = bytes(board_settings.dump(Settings()))
        flash, journal = NorFlash(4), Journal(256)
        log = JournalLog(flash, str(folder / "absent"))
        log.load(journal)
        for number in range(1, 60):
            message = _DURABLE[number % len(_DURABLE)]
            journal.add(message, [77, number] + [number % 100] * (len(message.fields) - 2))
            log.append(journal)
        self._flash = bytes(flash.data)
        self._old = self._old_journal()
        self._store = folder / "good.sqlite"
        self._fill()
        self._app: App | None = None

    def _old_journal(self) -> bytes:
        """Return the file of firmware 0.1 with five messages."""
        header = b"cblJ\x01\x00\x30\x54\x05\x00"
        data = header + crc16(header, 0, len(header)).to_bytes(2, "little")
        for number in range(1, 6):
            payload = (55).to_bytes(4, "little") + number.to_bytes(4, "little") + bytes(range(64))
            entry = bytes((0x83, len(payload))) + payload
            data += entry + crc16(entry, 0, len(entry)).to_bytes(2, "little")
        return data

    def _fill(self) -> None:
        with Store(self._store) as store:
            store.add_session(HELLO, "x", NOON)
            for rep in reps(3):
                store.add(HELLO.board, rep)
            store.add(HELLO.board, replace(SET, seq=4, reps=3))
            store.add_curve(HELLO.board, REP, CURVE)
            (one,) = store.sets()
            store.add_note(one, "fine", NOON)
            store.add_lifter(Lifter(1, "Ann"))
            facts = Facts(3, "kick", "Kick", "each", 1.0, (1.0, 3.0), 0.2, 400.0, 60.0, 20, 20)
            store.edit(one, {"lifter": 1, "rpe": 8.0, "exercise": facts}, NOON)
            store.add_calibration(Calibration(HELLO.board, NOON, "stack", {}, {"1": 50.0}, 0.1))
            store._db.execute("PRAGMA journal_mode = DELETE")
            names = store._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            self._columns = {
                name: [row[1] for row in store._db.execute(f"PRAGMA table_info({name})")] for (name,) in names
            }

    # -- What a board reads

    def settings(self, dice: random.Random) -> str:
        """The settings file; half of them with a valid checksum."""
        data = bytearray(self._settings)
        _damage(dice, data, 4)
        if dice.random() < 0.5 and len(data) > 2:
            data[-2:] = crc16(data, 0, len(data) - 2).to_bytes(2, "little")
        settings = Settings()
        before = list(settings.values)
        state = board_settings.load(bytes(data), settings)
        assert state == board_settings.USED or list(settings.values) == before
        assert all(settings.accepts(index, value) for index, value in enumerate(settings.values))
        return "accepted" if state == board_settings.USED else "refused"

    def journal(self, dice: random.Random) -> str:
        """The flash; the board must be able to write to it afterwards, and find that again."""
        flash = NorFlash(4)
        flash.data[:] = self._flash
        damaged = bytearray(self._flash)
        _damage(dice, damaged, dice.choice((4, PAGE, SECTOR)))
        flash.data[:] = (damaged + bytes(len(self._flash)))[: len(self._flash)]
        journal, log = Journal(256), JournalLog(flash, str(self._folder / "absent"))
        log.load(journal)
        found = _messages(journal)
        message = _DURABLE[0]
        journal.add(message, [78, 1] + [5] * (len(message.fields) - 2))
        for attempt in range(24):
            if log.append(journal):
                break
            if attempt == 8:  # every sector is full of what a host must take first
                for slot in [(journal.tail + i) % journal.size for i in range(journal.used - 1)]:
                    journal.ack(journal.session_of(slot), journal.number_of(slot))
            log.tidy(journal)
        else:
            raise AssertionError("nothing can be written any more")
        again = Journal(256)
        JournalLog(flash, str(self._folder / "absent")).load(again)
        assert again.find(78, 1) >= 0, "what was written is gone"
        return "accepted" if found == 59 else "refused"

    def old_journal(self, dice: random.Random) -> str:
        """The journal's file of firmware 0.1."""
        data = bytearray(self._old)
        _damage(dice, data, 76)
        path = self._folder / "cablerep.journal"
        path.write_bytes(data)
        journal = Journal(256)
        JournalLog(NorFlash(2), str(path)).load(journal)
        assert not path.exists()
        return "accepted" if _messages(journal) else "refused"

    def commands(self, dice: random.Random) -> str:
        """Frames to the board, and samples in between: it replies, and its settings stay within their ranges."""
        if self._app is None or dice.random() < 0.001:
            self._board = FakeBoard()
            self._app = App(self._board)
        message = dice.choice([one for one in wire.MESSAGES if one.direction != wire.TO_HOST])
        record = [
            dice.choice((0, 1, 2, 3, 25, 200, dice.randrange(256), dice.randrange(-(2**31), 2**31)))
            for _ in message.fields
        ]
        for index, (name, kind, _) in enumerate(message.fields):
            low, high = RANGES[kind]
            record[index] = min(high, max(low, wire.SCHEMA_ID if name == "schema" else record[index]))
        buffer = bytearray(frames.MAX_FRAME)
        length = message.pack(array("q", record), buffer, frames.PAYLOAD)
        length = length if dice.random() < 0.9 else dice.randrange(length + 1)
        data = bytearray(buffer[: frames.seal(buffer, message.id, dice.randrange(256), length)])
        if dice.random() < 0.1:
            _damage(dice, data, 4)
        self._board.sent = 0
        self._board.hears(data)
        for _ in range(3):
            self._board.ring.push(dice.randrange(-500, 5000), dice.randrange(-(2**23), 2**23))
            self._app.turn()
        settings = self._board.settings
        assert all(settings.accepts(index, value) for index, value in enumerate(settings.values))
        if self._app.commands.repl_wanted:
            self._app = None
        return "accepted" if self._board.sent else "refused"

    # -- What the host reads

    def store(self, dice: random.Random) -> str:
        """The store's file: pages damaged, or a value of any table replaced."""
        path = self._folder / "store.sqlite"
        for one in self._folder.glob("store.sqlite*"):
            one.unlink()
        if dice.random() < 0.5:
            data = bytearray(self._store.read_bytes())
            _damage(dice, data, dice.choice((4, 512, 4096)))
            path.write_bytes(data)
        else:
            shutil.copy(self._store, path)
            self._replace_value(dice, path)
        try:
            read_only = dice.random() < 0.5
            with Store(path, read_only=read_only) as store:
                self._ask(store)
                if not read_only:
                    store.add_session(HELLO, "y", NOON)
                    store.add(HELLO.board, replace(REP, seq=9, start_s=20.0, end_s=25.0))
        except CablerepError as error:
            assert isinstance(error, StoreError) and "\n" not in str(error), repr(error)
            return "refused"
        return "accepted"

    def _replace_value(self, dice: random.Random, path: Path) -> None:
        db = sqlite3.connect(path)
        try:
            table = dice.choice(list(self._columns))
            column = dice.choice(self._columns[table])
            value: Any = dice.choice(_WEIRD)
            if column == "content" and dice.random() < 0.8:
                content = json.loads(db.execute("SELECT content FROM message LIMIT 1").fetchone()[0])
                content[dice.choice(list(content))] = dice.choice([one for one in _WEIRD if not isinstance(one, bytes)])
                value = json.dumps(content)
            db.execute(f"UPDATE OR REPLACE {table} SET {column} = ?", (value,))
            db.commit()
        except (sqlite3.Error, OverflowError):
            return
        finally:
            db.close()

    def _ask(self, store: Store) -> None:
        sets = store.sets()
        store.overview()
        store.losses()
        store.oddities()
        store.calibrations()
        store.plates(HELLO.board)
        store.lifters()
        store.edits()
        store.sets_named("a")
        for one in logbook.entries(store):
            history_json.set_object("history", one)
        for rep in (rep for one in sets for rep in one.reps):
            store.curve(rep)


def readers(folder: Path) -> dict[str, Callable[[random.Random], str]]:
    """Return the readers by name."""
    stored = Stored(folder)
    return {
        "commands": stored.commands,
        "settings": stored.settings,
        "journal": stored.journal,
        "old journal": stored.old_journal,
        "store": stored.store,
    }
