"""The watch: each rep is stored, then acknowledged, then shown once."""

import sqlite3
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from desk import Desk
from speaker import REP, SESSION, Speaker, heard

from cablerep.device.events import Durable, FramesMalformed, Hello, MessagesLost, Rep, StoreNotice
from cablerep.device.session import Session
from cablerep.errors import PortError, SchemaMismatchError, StoreError
from cablerep.monitor.watch import Watch
from cablerep.store.database import Added, Store
from cablerep_fw.core.link import wire


class DiaryStore(Store):
    """Writes down what is kept; may refuse."""

    def __init__(self, path: Path, diary: list[str]) -> None:
        super().__init__(path)
        self.diary = diary
        self.refuse = False

    def add(self, board: str, event: Durable, now: datetime | None = None, **context: Any) -> Added:
        if self.refuse:
            raise StoreError("disk full")
        new = super().add(board, event, now, **context)
        self.diary.append(f"kept {event.seq}")
        return new


class DiarySession(Session):
    def __init__(self, diary: list[str]) -> None:
        super().__init__()
        self.diary = diary

    def acknowledge(self, event: Durable) -> None:
        super().acknowledge(event)
        self.diary.append(f"acknowledged {event.seq}")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def diary() -> list[str]:
    return []


@pytest.fixture
def watch(desk: Desk, diary: list[str], tmp_path: Path) -> Watch:
    watch = Watch(desk.link(DiarySession(diary)), DiaryStore(tmp_path / "store.sqlite", diary))
    watch.open()
    return watch


def acknowledged(desk: Desk) -> list[int]:
    return [record["seq"] for name, record in heard(desk.sent) if name == "ack"]


def test_reps_are_stored_then_acknowledged_then_shown(desk: Desk, diary: list[str], watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep()]
    shown = []
    for event in watch.turn():
        shown.append(event)
        if isinstance(event, Rep):
            diary.append("shown 1")
    assert [type(event) for event in shown] == [Hello, Rep]
    assert diary == ["kept 1", "acknowledged 1", "shown 1"]
    assert acknowledged(desk) == [1], "at once, not a turn later"


def test_a_repeated_rep_is_acknowledged_but_not_shown(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [
        board.hello() + board.rep(),
        PortError("pulled"),
        board.hello() + board.rep() + board.rep(seq=2, start=9),
    ]
    list(watch.turn())
    desk.sent = b""
    shown = [event for _ in range(30) for event in watch.turn()]
    assert [event.seq for event in shown if isinstance(event, Rep)] == [2]
    assert acknowledged(desk) == [1, 2]


def test_a_rep_that_cannot_be_stored_is_not_acknowledged(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep()]
    assert isinstance(watch.store, DiaryStore)
    watch.store.refuse = True
    with pytest.raises(StoreError, match="disk full"):
        list(watch.turn())
    watch.link.close()
    assert acknowledged(desk) == []


def test_a_schema_mismatch_names_both_ids_and_the_cure(desk: Desk, watch: Watch) -> None:
    theirs = wire.SCHEMA_ID ^ 1
    desk.script = [Speaker().hello(schema=theirs)]
    with pytest.raises(SchemaMismatchError) as told:
        list(watch.turn())
    for part in (f"{theirs:04x}", f"{wire.SCHEMA_ID:04x}", "cablerep flash"):
        assert part in str(told.value)


def test_the_dates_of_sets_that_a_board_counted_alone_are_shown_before_they_are_stored(
    desk: Desk, tmp_path: Path
) -> None:
    board = Speaker()
    now = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
    with Store(tmp_path / "store.sqlite") as store:
        watch = Watch(desk.link(), store, clock=lambda: now, uptime=lambda: 0.0)
        watch.open()
        desk.script = [board.hello(kept=2, samples=200 * 3600) + board.rep()]
        notice, *rest = watch.turn()
        assert isinstance(notice, StoreNotice)
        began = (now - timedelta(hours=1)).astimezone()
        assert notice.text.startswith("the board holds 2 reps and sets; by this computer's clock it has been on since ")
        assert f"{began:%H:%M}" in notice.text
        assert [type(event) for event in rest] == [Hello, Rep]


def test_practice_stores_nothing_but_what_the_board_held_before(desk: Desk, tmp_path: Path) -> None:
    board = Speaker()
    after = {name: REP[name] + 200_000 for name in ("start", "top", "release", "end", "known")}
    new = board.rep(seq=2, set=2, **after) + board.set(seq=3, set=2, known=400_000)
    with Store(tmp_path / "store.sqlite") as store:
        watch = Watch(desk.link(), store, practice=True)
        watch.open()
        desk.script = [board.hello(kept=1, samples=200 * 10) + board.rep() + new, PortError("pulled")]
        shown = [event for _ in range(2) for event in watch.turn()]
        assert [event.seq for event in shown if isinstance(event, Durable)] == [1, 2, 3]
        assert sum("not stored" in event.text for event in shown if isinstance(event, StoreNotice)) == 2
        assert acknowledged(desk) == [1, 2, 3]
        assert [rep.seq for one in store.sets() for rep in one.reps] == [1]
        assert store.losses() == []
        later = Watch(desk.link(), store)
        later.open()
        desk.script = [
            board.hello(samples=200 * 100)
            + new
            + board.rep(seq=4, set=3, start=600_000, end=650_000, top=610_000, release=620_000)
        ]
        assert [event.seq for event in later.turn() if isinstance(event, Durable)] == [4], (
            "it is not stored later either"
        )
        assert store.losses() == []


def test_losses_of_earlier_sessions_are_reported(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    old = board.rep(session=SESSION - 1, seq=2) + board.rep(session=SESSION - 1, seq=5, start=11_000)
    desk.script = [board.hello() + old + board.say("health")]
    lost = [event for event in watch.turn() if isinstance(event, MessagesLost)]
    assert [(event.session, event.ranges) for event in lost] == [(SESSION - 1, ((1, 1), (3, 4)))]


@pytest.mark.parametrize(("ended", "after_s", "count"), [(False, 5, 1), (True, 5, 0), (False, 300, 0)])
def test_a_set_that_a_restart_interrupted_is_recalled(
    desk: Desk, watch: Watch, ended: bool, after_s: float, count: int
) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep() + (board.set() if ended else b""), PortError("no power")]
    shown = [type(event) for _ in range(2) for event in watch.turn()]
    assert Rep in shown
    later = datetime.now(UTC) + timedelta(seconds=after_s)
    again = Watch(desk.link(Session()), watch.store, clock=lambda: later)
    again.open()
    desk.script = [board.hello(session=SESSION + 1, samples=200)]
    list(again.turn())
    assert [event.session for event in again.recalled()] == [SESSION] * count


def test_stored_reps_are_recalled(desk: Desk, watch: Watch) -> None:
    assert watch.recalled() == []
    board = Speaker()
    desk.script = [board.hello() + board.rep() + board.rep(session=SESSION + 1) + board.set(session=SESSION + 1)]
    list(watch.turn())
    assert [rep.session for rep in watch.recalled()] == [SESSION], "of this session only"


@pytest.mark.parametrize(("streams", "curves"), [(True, True), (True, False), (False, True)])
def test_a_curve_is_stored_after_its_rep(desk: Desk, tmp_path: Path, streams: bool, curves: bool) -> None:
    board = Speaker()
    batches = [board.hello()]
    for first in range(0, 1040, 16):  # 5.2 s; the rep goes from 1 to 5 s
        pairs = [count for k in range(first, first + 16) for count in (k, -181_562)]
        batches.append(board.say("samples", struct.pack("<32i", *pairs), first=first))
    desk.script = [b"".join(batches), board.rep()]
    with Store(tmp_path / "store.sqlite") as store:
        watch = Watch(desk.link(Session(stream=streams)), store, curves=curves)
        watch.open()
        for _ in range(2):
            list(watch.turn())
        ((rep,),) = [one.reps for one in store.sets()]
        curve = store.curve(rep)
    assert (curve is not None) == (streams and curves)
    if curve is not None:
        assert curve.travel_mm[-1] == pytest.approx(800 * 0.09817, abs=0.1)
        assert curve.force_n is not None
        assert set(curve.force_n) == {0.0}


def test_event_source_keys(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep() + board.say("phase")]
    hello, rep, phase = watch.turn()
    assert watch.source_of(rep) == {"board": "desk", "session": SESSION, "seq": REP["seq"], "side": "right"}
    assert watch.source_of(phase) == watch.source_of(hello) == {"board": "desk", "session": SESSION}


def test_a_rep_before_a_foreign_hello_is_stored(desk: Desk, diary: list[str], watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep() + board.hello(schema=wire.SCHEMA_ID ^ 1)]
    with pytest.raises(SchemaMismatchError):
        list(watch.turn())
    assert diary == ["kept 1", "acknowledged 1"]


def notices(events: list[object]) -> list[str]:
    return [event.text for event in events if isinstance(event, StoreNotice)]


def test_a_locked_store_is_waited_for(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello()]
    list(watch.turn())
    watch.store._db.execute("PRAGMA busy_timeout = 20")
    holder = sqlite3.connect(watch.store.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    desk.script = [board.rep()]
    events = []
    for event in watch.turn():
        events.append(event)
        if holder.in_transaction:
            assert acknowledged(desk) == []
            holder.execute("COMMIT")
    assert [text.split(": ")[1] for text in notices(events)] == [
        "another program has locked the store; waiting for it",
        "the store is free again",
    ]
    assert isinstance(events[-1], Rep)
    assert acknowledged(desk) == [1]
    holder.close()


def test_a_replaced_store_is_reopened_before_the_acknowledgement(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep(), board.rep(seq=2, start=9)]
    list(watch.turn())
    watch.store.path.rename(watch.store.path.with_name("old.sqlite"))
    events = list(watch.turn())
    assert "was replaced or removed" in notices(events)[0]
    assert acknowledged(desk) == [1, 2]
    with Store(watch.store.path, read_only=True) as store:
        (one,) = store.sets()
        assert ([rep.seq for rep in one.reps], one.at_guessed) == ([2], False), "with its session"


def test_a_message_with_a_number_that_is_taken_is_reported_and_acknowledged(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep() + board.rep(rom=400_000)]
    events = list(watch.turn())
    assert [type(event) for event in events] == [Hello, Rep, StoreNotice]
    assert "came again with other content" in notices(events)[0]
    assert acknowledged(desk) == [1, 1]


def test_an_undecodable_message_is_set_aside_once_it_is_repeated(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep(kind=9), board.rep(kind=9) + board.rep(seq=2)]
    assert [type(event) for event in watch.turn()] == [Hello, FramesMalformed]
    assert acknowledged(desk) == [], "perhaps the line has damaged a good one"
    events = list(watch.turn())
    assert [type(event) for event in events] == [FramesMalformed, StoreNotice, Rep]
    assert acknowledged(desk) == [1, 2]
    assert watch.store.oddities() == (0, 1)


def test_lost_messages_are_reported_once_the_journal_is_empty(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep(seq=2) + board.rep(seq=5, start=9)]
    list(watch.turn())
    desk.script = [board.say("health", kept=2), board.say("health"), board.say("health")]
    events = [event for _ in range(3) for event in watch.turn()]
    lost = [event for event in events if isinstance(event, MessagesLost)]
    assert lost == [MessagesLost("desk", SESSION, ((1, 1), (3, 4)))]
    assert lost[0].count == 3


@pytest.mark.parametrize("wrong", [datetime(2000, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, 18, tzinfo=UTC)])
def test_a_clock_that_is_set_during_a_session_corrects_its_dates(desk: Desk, tmp_path: Path, wrong: datetime) -> None:
    board = Speaker()
    up_s = [50.0]
    clock = [wrong]
    with Store(tmp_path / "store.sqlite") as store:
        watch = Watch(desk.link(), store, clock=lambda: clock[0], uptime=lambda: up_s[0])
        watch.open()
        desk.script = [board.hello(samples=400) + board.rep() + board.say("health")]
        list(watch.turn())
        before = store.sets()[0].at
        up_s[0] += 60
        clock[0] += timedelta(seconds=61)
        desk.script = [board.say("health")]
        list(watch.turn())
        assert store.sets()[0].at == before, "a second is drift, or a slow program"
        right = datetime(2026, 3, 2, 12, tzinfo=UTC)
        clock[0] = right
        desk.script = [board.say("health"), board.say("health")]
        for _ in range(2):
            list(watch.turn())
        (one,) = store.sets()
    assert (one.at, one.at_guessed) == (right - timedelta(seconds=61), False), "a minute and two seconds after sample 0"
