"""The store: each kept message once, whatever comes twice, late, after a kill or from two programs at once."""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored_reps import CURVE, HELLO, NOON, REP, SET, reps

from cablerep.errors import StoreError
from cablerep.store import schema as store_schema
from cablerep.store.database import Calibration, Store
from cablerep.store.plates import Plate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "down" / "store.sqlite"


def test_it_comes_back_as_it_went_in(path: Path) -> None:
    with Store(path) as store:
        store.add_session(HELLO, "/dev/ttyACM0", NOON)
        assert store.add(HELLO.board, REP)
        assert store.add(HELLO.board, SET)
    with Store(path, must_exist=True) as store:
        (one,) = store.sets()
    assert (one.board, one.session, one.set, one.side, one.over) == ("desk", REP.session, 1, "right", True)
    assert (one.full, one.partials, one.rom_mm, one.load_n) == (1, 0, SET.rom_mm, SET.load_n)
    # HELLO came two seconds into the session, the set began one second into it.
    assert one.at == datetime(2024, 5, 4, 11, 59, 59, tzinfo=UTC)
    (rep,) = one.reps
    for name in ("start_s", "hold_s", "rom_mm", "eccentric_peak_m_s", "force_mean_n", "flags", "kind", "rep", "seq"):
        assert getattr(rep, name) == getattr(REP, name), name


@given(st.lists(st.integers(1, 6), max_size=20))
def test_the_same_message_twice_is_one(told: list[int]) -> None:
    store = Store(Path(":memory:"))
    kept = [store.add("desk", replace(REP, seq=n, start_s=float(n))) for n in told]
    assert kept == [n not in told[:place] for place, n in enumerate(told)]
    assert sum(len(one.reps) for one in store.sets()) == len(set(told))
    store.close()


def test_a_commit_is_on_the_disk_and_readers_need_not_wait(path: Path) -> None:
    with Store(path) as store:
        assert store._db.execute("PRAGMA synchronous").fetchone() == (2,), "FULL: what is acknowledged is safe"
        assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        store._db.execute("BEGIN IMMEDIATE")
        with Store(path) as reader:
            assert reader.sets() == []


def test_boards_and_sessions_are_kept_apart(path: Path) -> None:
    with Store(path) as store:
        for minute, (board, session) in enumerate((("a", 1), ("b", 1), ("a", 2))):
            assert store.add(board, replace(REP, session=session), NOON + timedelta(minutes=minute))
        assert [(one.board, one.session) for one in store.sets()] == [("a", 1), ("b", 1), ("a", 2)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_amendment_changes_the_rep_and_keeps_what_it_was(path: Path, order: tuple[int, int]) -> None:
    told = (REP, replace(REP, seq=9, amended=True, kind="partial", rep=None))
    with Store(path) as store:
        for place in order:  # a rep whose frame was lost comes after its amendment
            store.add("desk", told[place])
        (one,) = store.sets()
        assert [(rep.kind, rep.rep, rep.was) for rep in one.reps] == [("partial", None, "full")]
        assert (one.full, one.partials) == (0, 1)
        assert store.reps_of("desk", REP.session) == [told[1]]


def test_a_set_without_an_end_is_told_of(path: Path) -> None:
    with Store(path) as store:
        for rep in reps(3):
            store.add("desk", rep)
        (one,) = store.sets()
        assert (one.over, one.full, one.rom_mm, one.load_n) == (False, 3, None, None)
        assert abs((one.at - datetime.now(UTC)).total_seconds()) < 60, "as old as its message: nobody met the session"


def test_the_last_sets_are_the_latest(path: Path) -> None:
    with Store(path) as store:
        store.add_session(HELLO, "x", NOON)
        for number in range(1, 6):
            store.add("desk", replace(REP, seq=2 * number, set=number, start_s=60.0 * number))
            store.add("desk", replace(SET, seq=2 * number + 1, set=number, start_s=60.0 * number))
        assert [one.set for one in store.sets(last=2)] == [4, 5]
        assert len(store.sets()) == 5


def test_what_is_no_store_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"dear diary, " * 1000)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"store\.sqlite: this file is no cablerep store.*--store"):
        Store(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("application_id", [0, 0x12345678])
def test_another_programs_database_is_refused_and_left_alone(path: Path, application_id: int) -> None:
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


def test_a_newer_store_is_refused_with_the_cure(path: Path) -> None:
    Store(path).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version = {store_schema.VERSION + 1}")
    db.close()
    newest = store_schema.VERSION
    told = rf"has version {newest + 1}, this cablerep knows up to {newest}; .*pip install --upgrade"
    with pytest.raises(StoreError, match=told):
        Store(path)


def made_by_version(path: Path, version: int) -> None:
    """Make a store as that version of the schema has it, with the messages of one set in it."""
    path.parent.mkdir(parents=True)
    db = sqlite3.connect(path)
    for statements in store_schema._VERSIONS[:version]:
        db.executescript(statements)
    db.execute(f"PRAGMA application_id = {store_schema.APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {version}")
    names = [row[1] for row in db.execute("PRAGMA table_info(rep)")]
    fields = {"board": "desk", "number": REP.set, **asdict(REP), "flags": ""}
    db.execute(f"INSERT INTO rep VALUES ({', '.join('?' * len(names))})", [fields.get(name) for name in names])
    message = ("desk", REP.session, REP.seq, "rep", NOON.isoformat(), store_schema.content(REP))
    db.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)", message)
    db.commit()
    db.close()


@pytest.mark.parametrize("version", range(1, store_schema.VERSION))
def test_a_store_of_an_earlier_version_is_brought_up_to_date_with_all_that_is_in_it(path: Path, version: int) -> None:
    made_by_version(path, version)
    for _ in range(2):  # and the second time there is nothing left to do
        with Store(path, must_exist=True) as store:
            (one,) = store.sets()
            assert [(rep.start_s, rep.rom_mm, rep.was) for rep in one.reps] == [(REP.start_s, REP.rom_mm, "full")]
            assert (one.at, one.profile, one.notes, store.curve(one.reps[0])) == (NOON, None, (), None)
    with Store(path) as store:
        assert store._db.execute("PRAGMA user_version").fetchone() == (store_schema.VERSION,)
        assert store.add_curve("desk", REP, CURVE)
        store.add_note(one, "as ever")
        assert [note.text for note in store.sets()[0].notes] == ["as ever"]


def test_a_step_that_fails_leaves_the_version_before(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made_by_version(path, 1)
    monkeypatch.setattr(store_schema, "_VERSIONS", (*store_schema._VERSIONS, "CREATE TABLE rep (again TEXT)"))
    monkeypatch.setattr(store_schema, "VERSION", store_schema.VERSION + 1)
    with pytest.raises(StoreError, match="already exists"):
        Store(path)
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA user_version").fetchone() == (1,)
    assert db.execute("SELECT count(*) FROM sqlite_master WHERE name = 'curve'").fetchone() == (0,)
    db.close()


# -- curves and notes


def test_a_curve_comes_back_as_it_went_in_to_a_tenth(path: Path) -> None:
    with Store(path) as store:
        store.add("desk", REP)
        assert store.add_curve("desk", REP, CURVE)
        assert not store.add_curve("desk", REP, replace(CURVE, rate_hz=10)), "the first stands"
        store.add("desk", replace(REP, seq=9, amended=True, kind="partial", rep=None))
    with Store(path) as store:
        ((rep,),) = [one.reps for one in store.sets()]
        curve = store.curve(rep)
        assert curve is not None
        assert rep.kind == "partial", "the amended rep keeps its curve"
        assert curve.rate_hz == CURVE.rate_hz
        assert curve.travel_mm.tolist() == pytest.approx([0.0, 250.1, -3.2], abs=0.051)
        assert curve.force_n is not None
        assert curve.force_n.tolist() == pytest.approx([181.9, 0.0, 240.3], abs=0.051)
        assert curve.at_s.tolist() == pytest.approx([0.0, 0.02, 0.04])
        assert store.curve(replace(rep, board="other")) is None


def test_a_curve_without_force_or_too_large(path: Path) -> None:
    with Store(path) as store:
        store.add("desk", REP)
        assert not store.add_curve("desk", REP, replace(CURVE, travel_mm=np.array([0.0, 3300.0, 0.0])))
        assert not store.add_curve("desk", REP, replace(CURVE, force_n=np.array([0.0, -3300.0, 0.0])))
        rep = store.sets()[0].reps[0]
        assert store.curve(rep) is None, "none rather than a wrong one"
        assert store.add_curve("desk", REP, replace(CURVE, force_n=None))
        curve = store.curve(rep)
        assert curve is not None
        assert curve.force_n is None


def test_notes_stay_with_their_set_in_their_order(path: Path) -> None:
    with Store(path) as store:
        for number in (1, 2):
            store.add("desk", replace(REP, seq=number, set=number, start_s=60.0 * number))
        first, second = store.sets()
        assert first.notes == ()
        store.add_note(first, "later — 20 kg \U0001f9b5", NOON + timedelta(minutes=1))
        store.add_note(first, "earlier", NOON)
        first, second = store.sets()
        assert [(note.at, note.text) for note in first.notes] == [
            (NOON, "earlier"),
            (NOON + timedelta(minutes=1), "later — 20 kg \U0001f9b5"),
        ]
        assert second.notes == ()


def test_the_profile_is_the_boards_number(path: Path) -> None:
    with Store(path) as store:
        store.add("desk", REP)
        assert store.sets()[0].profile is None
        store.add("desk", replace(SET, profile=3))
        assert store.sets()[0].profile == 3


def test_a_sets_id_is_short_and_its_own(path: Path) -> None:
    with Store(path) as store:
        for number in range(1, 201):
            store.add("desk", replace(REP, seq=number, set=number, start_s=60.0 * number))
        sets = store.sets()
    ids = {one.id for one in sets}
    assert len(ids) == 200
    assert all(re.fullmatch("[0-9a-hjkmnp-tv-z]{6}", one) for one in ids)
    assert sets[0].id == replace(sets[0], reps=(), over=True, profile=4).id, "it is who the set is, not what is in it"
    assert sets[0].id != replace(sets[0], session=2).id


@pytest.mark.parametrize("what", ["rep", "curve", "note"])
def test_a_full_disk_is_told_of_and_what_was_stored_stays(path: Path, what: str) -> None:
    with Store(path) as store:
        store.add("desk", REP)
        (one,) = store.sets()
        store._db.execute("PRAGMA max_page_count = 1")  # which SQLite takes for the size that the file has
        long = replace(CURVE, travel_mm=np.zeros(50_000), force_n=None)
        attempts = {
            "rep": lambda: [store.add("desk", replace(REP, seq=n, start_s=float(n))) for n in range(2, 2000)],
            "curve": lambda: store.add_curve("desk", REP, long),
            "note": lambda: store.add_note(one, "x" * 100_000),
        }
        with pytest.raises(StoreError, match="the disk is full; make room"):
            attempts[what]()
        assert store.sets()[0].notes == ()
        assert store.curve(one.reps[0]) is None
        assert store.sets()[0].reps[0] == one.reps[0]


def test_a_damaged_store_is_told_of_and_acknowledges_nothing(path: Path) -> None:
    with Store(path) as store:
        for rep in reps(200):
            store.add("desk", rep)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\x55" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"), Store(path) as store:
        store.add("desk", replace(REP, seq=900, start_s=900.0))


def test_other_refusals(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such store"):
        Store(tmp_path / "absent.sqlite", must_exist=True)
    assert list(tmp_path.iterdir()) == [], "looking for it did not make it"
    with pytest.raises(StoreError, match="cannot be written or opened"):
        Store(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="folder cannot be made"):
        Store(tmp_path / "file" / "store.sqlite")


def test_a_store_that_another_program_holds_is_waited_for_then_told_of(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_schema, "BUSY_S", 0.05)
    Store(path).close()
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with Store(path) as store:
        with pytest.raises(StoreError, match="another program holds the store"):
            store.add("desk", REP)
        holder.execute("COMMIT")
        assert store.add("desk", REP), "and it is as good as new"
    holder.close()


_WRITER = """
import sys, itertools
from pathlib import Path
sys.path[:0] = {paths!r}
from stored_reps import CURVE, HELLO, reps
from cablerep.store.plates import Plate
from cablerep.store.database import Calibration, Store
with Store(Path(sys.argv[1])) as store:
    store.add_session(HELLO, "x")
    for rep in itertools.cycle(reps(50)) if sys.argv[2] == "forever" else reps(50):
        print(int(store.add("desk", rep)), rep.seq, flush=True)
        store.add_curve("desk", rep, CURVE)
"""


def writer(path: Path, how: str) -> subprocess.Popen[str]:
    paths = sys.path
    return subprocess.Popen(
        [sys.executable, "-c", _WRITER.format(paths=paths), str(path), how], stdout=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("version", [0, 1])
def test_programs_that_make_or_mend_and_fill_a_store_at_once(path: Path, version: int) -> None:
    if version:
        made_by_version(path, version)
    writers = [writer(path, "once") for _ in range(3)]
    new = [line for one in writers for line in one.communicate(timeout=60)[0].splitlines() if line.startswith("1")]
    assert [one.returncode for one in writers] == [0, 0, 0]
    there = {REP.seq} if version else set()
    assert sorted(new) == sorted(f"1 {n}" for n in range(1, 51) if n not in there), "each rep was new to one of them"
    with Store(path) as store:
        (one,) = store.sets()
        assert all(store.curve(rep) is not None for rep in one.reps if rep.seq not in there)


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems")
def test_what_was_kept_survives_a_kill(path: Path) -> None:
    one = writer(path, "forever")
    assert one.stdout is not None
    told = [one.stdout.readline() for _ in range(20)]
    one.send_signal(signal.SIGKILL)
    one.wait(timeout=60)
    assert all(told)
    with Store(path) as store:
        stored = {rep.seq for each in store.sets() for rep in each.reps}
    assert stored >= set(range(1, 21))


def test_calibrations_and_plates(path: Path) -> None:
    travel = Calibration("desk", NOON, "travel", {"um_per_count": 1}, {"um_per_count": 98_170_000}, 0.4)
    stack = Calibration("desk", NOON, "stack", {}, {"1": 24.5, "2": 49.0}, None)
    with Store(path) as store:
        for one in (travel, stack, replace(travel, board="other")):
            store.add_calibration(one)
        assert store.plates("desk") == [Plate(1, 24.5), Plate(2, 49.0)]
        assert store.plates("other") == []
    with Store(path) as store:
        assert store.calibrations("desk") == [travel, stack]
        assert len(store.calibrations()) == 3
        store.add_calibration(replace(stack, was=stack.became, became={"3": 70.0}))
        assert store.plates("desk") == [Plate(3, 70.0)], "a new list replaces the old one"


def test_a_calibration_of_another_kind_is_kept_whole_or_not_at_all(path: Path) -> None:
    with Store(path) as store:
        store.add_calibration(Calibration("desk", NOON, "stack", {}, {"1": 24.5}, None))
        with pytest.raises(StoreError):
            store.add_calibration(Calibration("desk", NOON, "smell", {}, {"2": 1.0}, None))
        with pytest.raises(ValueError, match="invalid literal"):
            store.add_calibration(Calibration("desk", NOON, "stack", {}, {"two": 1.0}, None))
        assert store.plates("desk") == [Plate(1, 24.5)]
        assert len(store.calibrations()) == 1


def test_a_store_of_the_first_version_gets_the_new_tables(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_schema, "_VERSIONS", store_schema._VERSIONS[:1])
    monkeypatch.setattr(store_schema, "VERSION", 1)
    with Store(path) as store:
        store.add_session(HELLO, "x", NOON)
        store.add(HELLO.board, REP)
    monkeypatch.undo()
    with Store(path) as store:
        assert store.plates("desk") == []
        assert len(store.sets()) == 1


def test_a_figure_that_reps_have_gained_becomes_a_column(path: Path) -> None:
    with Store(path) as store:
        store.add("desk", REP)
        store._db.execute("ALTER TABLE rep DROP COLUMN work_j")
        store._db.execute("UPDATE message SET content = json_remove(content, '$.work_j')")
    with Store(path) as store:
        assert store.add("desk", replace(REP, seq=9, start_s=9.0))
        assert [rep.work_j for rep in store.sets()[0].reps] == [None, REP.work_j]
        assert store._db.execute("SELECT work_j FROM rep ORDER BY seq").fetchall() == [(None,), (REP.work_j,)]
