"""Backups: whole, checked, made beside a running writer; a restore keeps what was there."""

import os
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path

import old_stores
import pytest
from stored_reps import CURVE, HELLO, NOON, REP, SET, reps

from cablerep.errors import StoreError, StoreReplacedError
from cablerep.store import backup, schema
from cablerep.store.database import Store
from cablerep.store.records import Calibration


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return tmp_path / "copy.sqlite"


def seqs(path: Path) -> list[int]:
    with Store(path, must_exist=True) as store:
        return [rep.seq for one in store.sets() for rep in one.reps]


def test_a_backup_has_everything_while_the_store_is_in_use(path: Path, copy: Path) -> None:
    with Store(path) as store:
        store.add_session(HELLO, "x", NOON)
        store.add(HELLO.board, REP)
        store.add(HELLO.board, SET)
        store.add_curve(HELLO.board, REP, CURVE)
        store.add_note(store.sets()[0], "fine")
        store.add_calibration(Calibration(HELLO.board, NOON, "stack", {}, {"1": 50.0, "2": 100.0}, 0.1))
        backup.back_up(path, copy)
        there = store.sets()
    with Store(copy, must_exist=True) as restored:
        assert restored.sets() == there
        assert restored.curve(there[0].reps[0]) is not None
        assert [plate.load_n for plate in restored.plates(HELLO.board)] == [50.0, 100.0]
        assert restored.calibrations()[0].kind == "stack"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_damaged_store_gives_no_backup_and_the_old_one_stays(path: Path, copy: Path) -> None:
    with Store(path) as store:
        for rep in reps(200):
            store.add("desk", rep)
    backup.back_up(path, copy)
    before = copy.read_bytes()
    data = bytearray(path.read_bytes())
    data[20_000:24_000] = os.urandom(4000)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        backup.back_up(path, copy)
    assert copy.read_bytes() == before
    assert not copy.with_name("copy.sqlite.part").exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"SQLite format 3\0" + bytes(100)])
def test_what_is_not_a_store_is_not_restored(path: Path, copy: Path, content: bytes) -> None:
    copy.write_bytes(content)
    with Store(path) as store:
        store.add("desk", REP)
    with pytest.raises(StoreError):
        backup.restore(copy, path)
    assert seqs(path) == [REP.seq]
    assert sorted(one.name for one in path.parent.iterdir()) == ["copy.sqlite", "store.sqlite"]


def test_a_store_is_never_its_own_backup(path: Path) -> None:
    with Store(path) as store:
        store.add("desk", REP)
    path.with_name("link").symlink_to(path)
    for target in (path, path.with_name("link")):
        with pytest.raises(StoreError, match="the store itself"):
            backup.back_up(path, target)
    assert seqs(path) == [REP.seq]


def test_a_restore_keeps_the_store_that_was_there(path: Path, copy: Path) -> None:
    with Store(copy) as store:
        store.add("desk", REP)
    assert backup.restore(copy, path) is None
    assert seqs(path) == [REP.seq]
    with Store(path) as store:
        store.add("desk", replace(REP, seq=2, start_s=50.0))
        first = backup.restore(copy, path)
        assert first is not None
        with pytest.raises(StoreReplacedError):
            store.add("desk", replace(REP, seq=3, start_s=60.0))
        store.reopen()
        store.add("desk", replace(REP, seq=3, start_s=60.0))
    assert seqs(path) == [1, 3]
    assert seqs(first) == [1, 2]
    second = backup.restore(copy, path)
    assert second not in (None, first)


def test_a_damaged_store_is_replaced_and_stays_beside_the_restored_one(path: Path, copy: Path) -> None:
    with Store(copy) as store:
        store.add("desk", REP)
    path.write_bytes(b"no database")
    old = backup.restore(copy, path)
    assert old is not None and old.read_bytes() == b"no database"
    assert seqs(path) == [REP.seq]


def test_a_backup_of_an_older_version_is_updated_when_it_is_used(path: Path, copy: Path) -> None:
    old_stores.make(copy, 3)
    backup.restore(copy, path)
    assert backup.version(path) == 3
    assert seqs(path) == [REP.seq]
    assert backup.version(path) == schema.VERSION
    assert sqlite3.connect(copy).execute("PRAGMA user_version").fetchone() == (3,), "the backup stays as it is"
