"""The file of the store: versions, migration with a backup, read-only opening, and files that are refused."""

import os
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import old_stores
import pytest
from stored_reps import CURVE, NOON, REP, SET, reps

from cablerep.errors import StoreBusyError, StoreError
from cablerep.store import backup, migration, schema
from cablerep.store.database import Calibration, Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "down" / "store.sqlite"


def test_a_commit_is_on_the_disk_and_readers_do_not_wait(path: Path) -> None:
    with Store(path) as store:
        assert store._db.execute("PRAGMA synchronous").fetchone() == (2,), "FULL"
        assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        store._db.execute("BEGIN IMMEDIATE")
        with Store(path) as reader:
            assert reader.sets() == []


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_only_the_owner_may_read_the_files(path: Path) -> None:
    with Store(path) as store:
        store.add("desk", REP)
        modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
    assert modes == {f"store.sqlite{suffix}": 0o600 for suffix in ("", "-wal", "-shm")}


def test_a_file_that_is_not_a_database_is_refused_and_unchanged(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"dear diary, " * 1000)
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(StoreError, match=r"store\.sqlite: this file is not a cablerep store.*--store"):
            Store(path, read_only=read_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize("application_id", [0, 0x12345678])
def test_another_programs_database_is_refused_and_unchanged(path: Path, application_id: int) -> None:
    path.parent.mkdir(parents=True)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE bookmarks (url TEXT)")
    db.execute(f"PRAGMA application_id = {application_id}")
    db.commit()
    db.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="belongs to another program; nothing was changed"):
        Store(path)
    assert path.read_bytes() == before


def test_a_newer_version_is_refused(path: Path) -> None:
    Store(path).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    db.close()
    with pytest.raises(StoreError, match=rf"has version {schema.VERSION + 1}, .* up to {schema.VERSION}; .*update"):
        Store(path)


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_migration_keeps_everything_and_leaves_a_backup(path: Path, version: int) -> None:
    late = replace(SET, seq=8)
    amended = replace(REP, seq=7, amended=True, kind="partial", rep=None)
    old_stores.make(path, version, REP, *reps(3)[1:], amended, late, met=True)
    with Store(path, must_exist=True) as store:
        (one,) = store.sets()
        assert [(rep.start_s, rep.kind, rep.was, rep.rom_mm) for rep in one.reps] == [
            (REP.start_s, "partial", "full", REP.rom_mm),
            (2.0, "full", "full", REP.rom_mm),
            (3.0, "full", "full", REP.rom_mm),
        ]
        assert (one.full, one.partials, one.rom_mm, one.load_n) == (2, 1, SET.rom_mm, SET.load_n)
        assert (one.at, one.at_guessed) == (datetime(2024, 5, 4, 12, 0, 1, tzinfo=UTC), False)
        assert [loss.ranges for loss in store.losses()] == [((4, 6),)]
        assert store.backup is not None
        assert store.backup.name == f"store.sqlite.version-{version}"
        assert store.add_curve("desk", REP, CURVE)
        store.add_note(one, "as ever")
        assert store.plates("desk") == []
        assert [one.kind for one in store.calibrations()] == ["travel"] * (version > 1)
        store.add_calibration(Calibration("desk", NOON, "swivel", {}, {"free_mm": 900}, None))
    with Store(path) as store:
        assert store.backup is None, "migrated once"
        assert [note.text for note in store.sets()[0].notes] == ["as ever"]
    kept = path.with_name(f"store.sqlite.version-{version}")
    db = sqlite3.connect(kept)
    assert db.execute("SELECT count(*) FROM message").fetchone() == (5,)
    assert db.execute("PRAGMA user_version").fetchone() == (version,)
    db.close()


def test_an_earlier_backup_is_not_overwritten(path: Path) -> None:
    path.parent.mkdir(parents=True)
    first = path.with_name("store.sqlite.version-3")
    first.write_text("mine")
    old_stores.make(path, 3)
    with Store(path) as store:
        assert store.backup == path.with_name("store.sqlite.version-3-2")
    assert first.read_text() == "mine"


def test_a_failed_migration_leaves_the_old_version(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old_stores.make(path, 1)
    monkeypatch.setattr(schema, "DERIVED", schema.DERIVED + "CREATE TABLE rep (again TEXT);")
    with pytest.raises(StoreError, match="already exists"):
        Store(path)
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'curve'").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM rep").fetchone() == (0,)
    db.close()


def test_no_migration_without_a_backup(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old_stores.make(path, 3)

    def refuse(target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    create = backup.create_file
    monkeypatch.setattr(backup, "create_file", lambda target: create(target) if target == path else refuse(target))
    with pytest.raises(StoreError, match="the store was not updated"):
        Store(path)
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA user_version").fetchone() == (3,)
    db.close()


def test_read_only_opening_changes_nothing(path: Path) -> None:
    with Store(path) as store:
        store.add("desk", REP)
    before = path.read_bytes()
    with Store(path, read_only=True) as store:
        assert len(store.sets()) == 1
        with pytest.raises(StoreError, match="readonly"):
            store.add("desk", replace(REP, seq=9))
    assert path.read_bytes() == before
    with pytest.raises(StoreError, match="no such store"):
        Store(path.with_name("other.sqlite"), read_only=True)


def test_a_reader_sees_what_a_running_monitor_has_stored(path: Path) -> None:
    with Store(path) as store:
        store.add("desk", REP)
        with Store(path, read_only=True) as reader:
            assert len(reader.sets()) == 1


def test_read_only_opening_migrates_an_old_version_first(path: Path) -> None:
    old_stores.make(path, 2)
    with Store(path, read_only=True) as store:
        assert len(store.sets()) == 1
        assert store.backup is not None


def test_read_only_media(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite cannot create its files beside the store there; root may write anywhere, so the refusal is simulated."""
    with Store(path) as store:
        store.add("desk", REP)
    real = sqlite3.connect

    class Refusing(sqlite3.Connection):
        def execute(self, *_: object) -> sqlite3.Cursor:
            error = sqlite3.OperationalError("unable to open database file")
            error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
            raise error

    def connect(name: str, **options: object) -> sqlite3.Connection:
        factory = sqlite3.Connection if "immutable" in str(name) else Refusing
        return real(name, factory=factory, **options)  # type: ignore[call-overload,no-any-return]

    monkeypatch.setattr(sqlite3, "connect", connect)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with Store(path, read_only=True) as store:
        assert len(store.sets()) == 1
    monkeypatch.setattr(os, "access", lambda *_: True)
    with pytest.raises(StoreError, match="cannot be opened or written"):
        Store(path, read_only=True)


def test_a_figure_that_reps_have_gained_becomes_a_column(path: Path) -> None:
    with Store(path) as store:
        store.add("desk", REP)
        store._db.execute("ALTER TABLE rep DROP COLUMN work_j")
    with Store(path) as store:
        assert store.add("desk", replace(REP, seq=9, start_s=9.0))
        assert [rep.work_j for rep in store.sets()[0].reps] == [None, REP.work_j]


def test_a_damaged_store_is_reported(path: Path) -> None:
    with Store(path) as store:
        for rep in reps(200):
            store.add("desk", rep)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x55" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"), Store(path) as store:
        store.add("desk", replace(REP, seq=900, start_s=900.0))


def test_paths_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such store"):
        Store(tmp_path / "absent.sqlite", must_exist=True)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError, match="cannot be opened or written"):
        Store(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="folder cannot be created"):
        Store(tmp_path / "file" / "store.sqlite")


def test_a_locked_store_is_waited_for_then_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migration, "BUSY_S", 0.05)
    Store(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with Store(path) as store:
        with pytest.raises(StoreBusyError, match="another program has locked the store"):
            store.add("desk", REP, NOON)
        holder.execute("COMMIT")
        assert store.add("desk", REP, NOON)
    holder.close()
