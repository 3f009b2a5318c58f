"""The store: each message exactly once, even if it comes twice, late, after a kill or from two programs at once."""

import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import old_stores
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stored_reps import CURVE, HELLO, NOON, REP, SET, reps

from cablerep.errors import StoreError
from cablerep.store.database import Calibration, Store
from cablerep.store.plates import Plate


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "down" / "store.sqlite"


def test_a_set_round_trips(path: Path) -> None:
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


@settings(deadline=None)  # each example creates a store
@given(st.lists(st.integers(1, 6), max_size=20))
def test_a_repeated_message_is_stored_once(seqs: list[int]) -> None:
    store = Store(Path(":memory:"))
    kept = [store.add("desk", replace(REP, seq=n, start_s=float(n))) for n in seqs]
    assert kept == [n not in seqs[:index] for index, n in enumerate(seqs)]
    assert sum(len(one.reps) for one in store.sets()) == len(set(seqs))
    store.close()


def test_boards_and_sessions_are_kept_apart(path: Path) -> None:
    with Store(path) as store:
        for minute, (board, session) in enumerate((("a", 1), ("b", 1), ("a", 2))):
            assert store.add(board, replace(REP, session=session), NOON + timedelta(minutes=minute))
        assert [(one.board, one.session) for one in store.sets()] == [("a", 1), ("b", 1), ("a", 2)]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_amendment_changes_the_rep_and_keeps_what_it_was(path: Path, order: tuple[int, int]) -> None:
    messages = (REP, replace(REP, seq=9, amended=True, kind="partial", rep=None))
    with Store(path) as store:
        for index in order:  # a rep whose frame was lost comes after its amendment
            store.add("desk", messages[index])
        (one,) = store.sets()
        assert [(rep.kind, rep.rep, rep.was) for rep in one.reps] == [("partial", None, "full")]
        assert (one.full, one.partials) == (0, 1)
        (rep,) = store.reps_of("desk", REP.session)
        assert (rep.seq, rep.kind, rep.amended, rep.flags) == (9, "partial", True, REP.flags)


def test_a_set_whose_end_was_not_reported_is_listed(path: Path) -> None:
    with Store(path) as store:
        for rep in reps(3):
            store.add("desk", rep)
        (one,) = store.sets()
        assert (one.over, one.full, one.rom_mm, one.load_n) == (False, 3, None, None)
        assert abs((one.at - datetime.now(UTC)).total_seconds()) < 60, "dated by its message: there was no HELLO"


def test_sets_are_limited_and_skipped_from_the_latest(path: Path) -> None:
    with Store(path) as store:
        store.add_session(HELLO, "x", NOON)
        for number in range(1, 6):
            store.add("desk", replace(REP, seq=2 * number, set=number, start_s=60.0 * number))
            store.add("desk", replace(SET, seq=2 * number + 1, set=number, start_s=60.0 * number))
        assert [one.set for one in store.sets(last=2)] == [4, 5]
        assert [one.set for one in store.sets(last=2, skip=1)] == [3, 4]
        assert len(store.sets()) == 5


# -- curves and notes


def test_a_curve_round_trips_to_a_tenth(path: Path) -> None:
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


def test_notes_belong_to_their_set_in_order(path: Path) -> None:
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


def test_set_ids_are_short_and_unique(path: Path) -> None:
    with Store(path) as store:
        for number in range(1, 201):
            store.add("desk", replace(REP, seq=number, set=number, start_s=60.0 * number))
        sets = store.sets()
    ids = {one.id for one in sets}
    assert len(ids) == 200
    assert all(re.fullmatch("[0-9a-hjkmnp-tv-z]{6}", one) for one in ids)
    assert sets[0].id == replace(sets[0], reps=(), over=True, profile=4).id, "it depends on the key, not on the content"
    assert sets[0].id != replace(sets[0], session=2).id


@pytest.mark.parametrize("what", ["rep", "curve", "note"])
def test_a_full_disk_is_reported_and_stored_data_stays(path: Path, what: str) -> None:
    with Store(path) as store:
        store.add("desk", REP)
        (one,) = store.sets()
        store._db.execute("PRAGMA max_page_count = 1")  # SQLite then uses the present size
        long = replace(CURVE, travel_mm=np.zeros(50_000), force_n=None)
        attempts = {
            "rep": lambda: [store.add("desk", replace(REP, seq=n, start_s=float(n))) for n in range(2, 2000)],
            "curve": lambda: store.add_curve("desk", REP, long),
            "note": lambda: store.add_note(one, "x" * 100_000),
        }
        with pytest.raises(StoreError, match="the disk is full; free some space"):
            attempts[what]()
        assert store.sets()[0].notes == ()
        assert store.curve(one.reps[0]) is None
        assert store.sets()[0].reps[0] == one.reps[0]


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


@pytest.mark.parametrize("version", [0, 3])
def test_programs_create_or_migrate_and_fill_a_store_at_once(path: Path, version: int) -> None:
    if version:
        old_stores.make(path, version)
    writers = [writer(path, "once") for _ in range(3)]
    new = [line for one in writers for line in one.communicate(timeout=60)[0].splitlines() if line.startswith("1")]
    assert [one.returncode for one in writers] == [0, 0, 0]
    there = {REP.seq} if version else set()
    assert sorted(new) == sorted(f"1 {n}" for n in range(1, 51) if n not in there), "each rep is new once"
    with Store(path) as store:
        (one,) = store.sets()
        assert all(store.curve(rep) is not None for rep in one.reps if rep.seq not in there)


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a signal of POSIX systems")
def test_stored_reps_survive_a_kill(path: Path) -> None:
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


def test_a_calibration_is_stored_whole_or_not_at_all(path: Path) -> None:
    with Store(path) as store:
        store.add_calibration(Calibration("desk", NOON, "stack", {}, {"1": 24.5}, None))
        with pytest.raises(StoreError):
            store.add_calibration(Calibration("desk", NOON, "smell", {}, {"2": 1.0}, None))
        with pytest.raises(ValueError, match="invalid literal"):
            store.add_calibration(Calibration("desk", NOON, "stack", {}, {"two": 1.0}, None))
        assert store.plates("desk") == [Plate(1, 24.5)]
        assert len(store.calibrations()) == 1


def test_sets_are_filtered(path: Path) -> None:
    with Store(path) as store:
        for day, (side, profile) in enumerate((("left", 2), ("right", 2), ("left", 7), ("left", None))):
            hello = replace(HELLO, session=day, samples=0)
            store.add_session(hello, "x", NOON + timedelta(days=day))
            store.add("desk", replace(REP, session=day, side=side))
            if profile is not None:
                store.add("desk", replace(SET, session=day, side=side, profile=profile))

        def days(**filters: object) -> list[int]:
            return [one.session for one in store.sets(**filters)]  # type: ignore[arg-type]

        assert days(side="left") == [0, 2, 3]
        assert days(profiles=[2]) == [0, 1]
        assert days(profiles=[7, None]) == [2, 3]
        assert days(profiles=[]) == []
        first = store.sets()[0].at
        assert days(since=first + timedelta(days=1)) == [1, 2, 3]
        assert days(until=first + timedelta(days=1)) == [0]
        assert days(side="left", profiles=[2, 7], last=1) == [2]
        overview = store.overview()
        assert (overview.sets, overview.first, overview.profiles) == (4, first, (2, 7))
        one = store.sets()[1]
        assert store.sets_named(one.id[:4]) == [one]
        assert store.sets_named("uuuuuu") == []
        assert store.set_of("desk", 1, 1) == one


def test_questions_are_answered_from_indexes(path: Path) -> None:
    with Store(path) as store:
        store.add_session(HELLO, "x", NOON)
        store.add("desk", REP)
        statements: list[str] = []
        store._db.set_trace_callback(statements.append)
        one = store.sets(20, since=NOON - timedelta(days=1), side="right")[0]
        store.sets_named(one.id[:3])
        store.set_of("desk", REP.session, 1)
        store.reps_of("desk", REP.session)
        store.has_sets()
        store.add_note(one, "good")
        store.add("desk", replace(REP, seq=2, start_s=2.0))
        store._db.set_trace_callback(None)
        plans = {
            sql: " | ".join(row[3] for row in store._db.execute(f"EXPLAIN QUERY PLAN {sql}"))
            for sql in statements
            if sql.startswith(("SELECT", "UPDATE", "INSERT"))
        }
    assert len(plans) > 12
    listing = "SCAN one USING INDEX set_by_date"  # in order of date, until there are enough
    for sql, plan in plans.items():
        assert "SCAN" not in plan.replace(listing, "") or sql.startswith("SELECT 1 FROM"), (sql, plan)
        assert "TEMP B-TREE" not in plan or "rep_of_set" in plan or "set_by_id" in plan, (sql, plan)
