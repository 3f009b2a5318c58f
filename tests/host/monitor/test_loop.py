"""Monitoring: the views, and when the loop ends."""

import contextlib
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import old_stores
import pytest
from desk import Desk
from rich.console import Console
from speaker import SESSION, Speaker, heard

from cablerep.device.coach import Coach
from cablerep.device.events import Durable, Event, Rep, SetOver, StoreNotice
from cablerep.device.session import Session
from cablerep.errors import PortError
from cablerep.exercise.profile import Profile
from cablerep.monitor import loop
from cablerep.monitor.loop import JsonView, MonitorPlan, PlainView, follow, monitor_boards
from cablerep.monitor.watch import Watch
from cablerep.people import lifters
from cablerep.store.database import Store


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def watch(desk: Desk, tmp_path: Path) -> Iterator[Watch]:
    with Store(tmp_path / "store.sqlite") as store, Watch(desk.link(Session()), store) as watch:
        yield watch


def plain() -> tuple[PlainView, io.StringIO]:
    file = io.StringIO()
    return PlainView(Console(file=file, width=40, highlight=False, markup=False)), file


def a_set(board: Speaker) -> bytes:
    return board.hello() + board.rep() + board.set()


def test_plain_view_prints_each_event_once(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    pulled = PortError("desk: the board is gone; plug it in again")
    more = [
        *(a_set(board), board.hello(), board.say("health", faults=1), board.say("health", faults=1)),
        *(b">>> print([1])\r\n\0", board.say("log", b"tared", level=1), pulled),
        *(board.hello(session=9), board.rep(session=9, kind=2), board.amend(session=9, kind=3, seq=2)),
        *(board.say("rejected", reason=1, start=5_000, rom=99_000), board.set(session=9, seq=3, set=2, reps=0)),
    ]
    desk.script = [*more]
    view, file = plain()
    follow(watch, view, sets=2)
    lines = file.getvalue().splitlines()
    assert lines[0] == "connected to desk"
    assert lines[1] == "board desk, firmware 0.1.0, 200 Hz"
    assert lines[2].startswith("rep 1    lift  0.75 s")
    assert lines[3] == "set 1 (right): 1 rep, range 512 mm, 18.6 kg"
    assert lines[4:] == [
        "fault: encoder jumps",
        "the board printed: >>> print([1])",
        "board: info: tared",
        "desk: the board is gone; plug it in again; waiting for it",
        "connected to desk",
        "board desk, firmware 0.1.0, 200 Hz, a new session",
        lines[10],
        lines[11],
        "not counted: 99 mm at 0.5 s, taking up the cable",
        "set 2 (right): 0 reps, range 512 mm, 18.6 kg",
    ]
    assert lines[10].startswith("partial  lift")
    assert lines[11].startswith("amended: not counted lift")


def test_malformed_frames_are_reported_at_powers_of_two(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello(), *(board.say("rejected", reason=0) for _ in range(5)), a_set(board)]
    view, file = plain()
    follow(watch, view, sets=1)
    ignored = [line for line in file.getvalue().splitlines() if "impossible contents" in line]
    assert ignored == [
        f"ignored a message with impossible contents (rejected: reason is 0, outside 1 to 10), {total} so far"
        for total in (1, 2, 4)
    ]


def test_json_lines(desk: Desk, watch: Watch, capsys: pytest.CaptureFixture[str]) -> None:
    board = Speaker()
    desk.script = [
        board.hello(),
        board.hello(samples=500),
        board.say("phase", phase=3) + board.rep() + board.say("health"),
        b"boo hoo\n\0" + board.hello(side=1) + board.set(),
    ]
    follow(watch, JsonView(watch), sets=1)
    out, err = capsys.readouterr()
    things = [json.loads(line) for line in out.splitlines()]
    assert [thing["event"] for thing in things] == ["hello", "phase", "rep", "hello", "set"]
    assert all(thing["board"] == "desk" and thing["session"] == SESSION for thing in things)
    assert (things[2]["seq"], things[2]["side"], things[2]["rom_mm"]) == (1, "right", 512.34)
    assert err.splitlines() == ["cablerep: connected to desk", "cablerep: the board printed: boo hoo"]


class Listener:
    """A view that remembers, and goes away after so many turns."""

    def __init__(self, turns: int = 100) -> None:
        self.turns = turns
        self.recalled: list[Durable] = []
        self.advised: list[str] = []
        self.shown: list[Event] = []

    def show(self, event: Event) -> None:
        self.shown.append(event)

    def advise(self, words: str) -> None:
        self.advised.append(words)

    def recall(self, events: Iterable[Durable]) -> None:
        self.recalled += events

    def tick(self) -> bool:
        self.turns -= 1
        return self.turns > 0


def test_a_view_gets_the_reps_stored_before(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep(), PortError("pulled"), board.hello() + board.set()]
    view, _ = plain()
    follow(watch, view, also=lambda event: isinstance(event, SetOver))
    later = Listener()
    desk.script = [board.hello() + board.set(seq=3)]
    follow(watch, later, sets=1)
    assert [(isinstance(event, Rep), event.seq) for event in later.recalled] == [(True, 1), (False, 2)]


def test_it_ends_when_the_view_is_closed(desk: Desk, watch: Watch) -> None:
    view = Listener(turns=3)
    follow(watch, view)
    assert view.turns == 0


class Hint:
    """A coach who has a word about every rep."""

    profile: Profile | None = None
    side = "left"

    def handle(self, event: Event) -> str:
        return "Next: right side." if isinstance(event, Rep) else ""

    def choose(self, profile: Profile) -> None: ...
    def switch_side(self) -> None: ...


def test_the_coach_gets_events_and_the_view_its_sentences(
    desk: Desk, watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    board = Speaker()
    desk.script = [a_set(board)]
    view, file = plain()
    follow(watch, view, sets=1, coach=Hint())
    assert "\nNext: right side.\nset 1" in file.getvalue()
    desk.script = [board.hello(session=9) + board.rep(session=9) + board.set(session=9)]
    follow(watch, JsonView(watch), sets=1, coach=Hint())
    out, err = capsys.readouterr()
    assert "cablerep: Next: right side.\n" in err
    assert "Next" not in out


def test_boards_follow_one_another(tmp_path: Path) -> None:
    ports = tuple(f"sim://clean?reps=2&seed={seed}&speed=0" for seed in (3, 4))
    views: list[Listener] = []

    def view_of(watch: Watch, coach: Coach) -> Listener:
        views.append(Listener(turns=10_000))
        assert coach.side == ("left", "right")[len(views) - 1]
        return views[-1]

    monitor_boards(MonitorPlan(ports, ("left", "right"), sets=1), tmp_path / "store.sqlite", view_of)
    for view, side in zip(views, ("left", "right"), strict=True):
        assert [event.side for event in view.shown if isinstance(event, SetOver)] == [side]
    views.clear()
    monitor_boards(
        MonitorPlan(ports, ("left", "right"), sets=1), tmp_path / "store.sqlite", lambda *_: Listener(turns=1)
    )


def test_it_ends_when_a_listener_says_so(desk: Desk, watch: Watch) -> None:
    heard: list[Event] = []
    desk.script = [Speaker().hello()]
    view, _ = plain()

    def also(event: Event) -> bool:
        heard.append(event)
        return True

    follow(watch, view, also=also)
    assert len(heard) == 1


def test_a_migrated_store_is_reported_once(tmp_path: Path) -> None:
    old_stores.make(tmp_path / "store.sqlite", 3)
    views = [Listener(turns=2), Listener(turns=2)]
    made = iter(views)
    ports = tuple(f"sim://clean?reps=2&seed={seed}&speed=0" for seed in (3, 4))
    monitor_boards(MonitorPlan(ports, ("", "")), tmp_path / "store.sqlite", lambda *_: next(made))
    (notice,) = (event for view in views for event in view.shown if isinstance(event, StoreNotice))
    assert notice.text == f"the store was updated; the old one is in {tmp_path / 'store.sqlite.version-3'}"


def test_losses_are_lines_and_json(desk: Desk, watch: Watch, capsys: pytest.CaptureFixture[str]) -> None:
    board = Speaker()
    script = board.hello() + board.rep(seq=3) + board.say("health") + board.set(seq=4)
    desk.script = [script]
    view, file = plain()
    follow(watch, view, sets=1)
    assert "2 messages of the board never arrived (numbers 1 to 2); some sets lack reps\n" in file.getvalue()
    board = Speaker()
    desk.script = [
        board.hello(session=9) + board.rep(session=9, seq=2) + board.say("health") + board.set(session=9, seq=3)
    ]
    follow(watch, JsonView(watch), sets=1)
    things = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (lost,) = (thing for thing in things if thing["event"] == "lost")
    assert lost == {"event": "lost", "board": "desk", "session": 9, "messages": 1, "ranges": [[1, 1]]}


class Leaver(Listener):
    """A view whose person leaves after some turns, with `q` or with Ctrl-C."""

    def __init__(self, turns: int, interrupts: bool) -> None:
        super().__init__(turns=turns)
        self.interrupts = interrupts

    def tick(self) -> bool:
        goes_on = super().tick()
        if self.interrupts and not goes_on:
            raise KeyboardInterrupt
        return goes_on


@pytest.mark.parametrize("interrupts", [False, True])
def test_leaving_after_the_last_rep_stores_the_whole_set(desk: Desk, watch: Watch, interrupts: bool) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep(), b"", b"", board.set()]
    ends = pytest.raises(KeyboardInterrupt) if interrupts else contextlib.nullcontext()
    with ends:
        follow(watch, Leaver(2, interrupts), coach=Coach(watch.link.session))
    assert [name for name, _ in heard(desk.sent) if name == "end_set"] == ["end_set"]
    (stored,) = watch.store.sets()
    assert stored.over


def test_a_set_that_does_not_end_is_left_to_the_board_and_said_so(
    desk: Desk, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "_END_SET_S", 0.05)
    board = Speaker()
    desk.script = [board.hello() + board.rep()]
    view, file = plain()
    monkeypatch.setattr(view, "tick", lambda: bool(desk.script))
    follow(watch, view, coach=Coach(watch.link.session))
    assert "The set goes on" in " ".join(file.getvalue().split())
    assert not watch.store.sets()[0].over


def test_nothing_is_ended_between_sets(desk: Desk, watch: Watch) -> None:
    desk.script = [a_set(Speaker())]
    follow(watch, Leaver(2, False), coach=Coach(watch.link.session))
    assert "end_set" not in [name for name, _ in heard(desk.sent)]


def test_the_lifter_and_the_typed_weight_of_a_plan_reach_the_store(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    with Store(path) as store:
        lifters.add(store, "Ana")
    ports = ("sim://no-load-cell?reps=3&speed=0&rate=50",)
    plan = MonitorPlan(ports, sets=1, lifters=("ana",), weight_n=98.0665)
    monitor_boards(plan, path, lambda watch, coach: plain()[0])
    with Store(path) as store:
        (stored,) = store.sets()
        assert (stored.lifter_name, stored.load_n, stored.typed_n) == ("Ana", None, 98.0665)
