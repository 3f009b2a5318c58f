"""A store whose file is replaced or removed while it is open: noticed before the next message is acknowledged."""

import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from stored_reps import CURVE, HELLO, NOON, REP, SET, reps

from cablerep.errors import StoreReplacedError
from cablerep.store.database import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


def restored(path: Path) -> None:
    """Put a copy with one rep of another session in the place of the file, as a restore or a sync does."""
    with Store(path.with_name("backup.sqlite")) as store:
        store.add("desk", replace(REP, session=5))
    path.with_name("backup.sqlite").replace(path)


def removed(path: Path) -> None:
    path.unlink()


def moved(path: Path) -> None:
    path.rename(path.with_name("old.sqlite"))


@pytest.mark.parametrize("change", [restored, removed, moved])
def test_a_replaced_file_is_noticed_and_reopened(path: Path, change: object) -> None:
    first, second = reps(2)
    with Store(path) as store:
        store.add_session(HELLO, "x", NOON)
        store.add("desk", first)
        change(path)  # type: ignore[operator]
        with pytest.raises(StoreReplacedError, match="replaced or removed"):
            store.add("desk", second)
        store.reopen()
        assert store.add("desk", second)
        sessions = {one.session for one in store.sets()}
        assert sessions == {REP.session} | ({5} if change is restored else set())
    with Store(path) as store:
        assert second.seq in {rep.seq for one in store.sets() for rep in one.reps}
    if change is moved:
        with Store(path.with_name("old.sqlite")) as old:
            assert [rep.seq for one in old.sets() for rep in one.reps] == [first.seq]


def test_a_replaced_log_is_noticed(path: Path) -> None:
    with Store(path) as store:
        log = path.with_name("store.sqlite-wal")
        shutil.copy(log, path.with_name("copy"))
        path.with_name("copy").replace(log)
        with pytest.raises(StoreReplacedError):
            store.add("desk", REP)


def test_a_reader_does_not_delay_a_set(path: Path) -> None:
    with Store(path) as store, Store(path) as reader:
        store.add("desk", REP)
        reader._db.execute("BEGIN")
        reader._db.execute("SELECT * FROM rep").fetchone()
        begun = time.monotonic()
        store.add("desk", SET)
        assert time.monotonic() - begun < 5
        assert store._db.execute("PRAGMA busy_timeout").fetchone() == (10_000,)


def test_a_store_that_was_moved_is_complete_after_the_monitor_ended(path: Path) -> None:
    with Store(path) as store:
        store.add_session(HELLO, "x", NOON)
        store.add(HELLO.board, REP)
        store.add_curve(HELLO.board, REP, CURVE)
        moved(path)
    with Store(path.with_name("old.sqlite")) as old:
        (one,) = old.sets()
        assert old.curve(one.reps[0]) is not None


def test_the_file_alone_is_complete_after_each_rep(path: Path) -> None:
    with Store(path) as store:
        store.add("desk", REP)
        shutil.copy(path, path.with_name("copy.sqlite"))
    with Store(path.with_name("copy.sqlite")) as copy:
        assert [rep.seq for one in copy.sets() for rep in one.reps] == [REP.seq]
