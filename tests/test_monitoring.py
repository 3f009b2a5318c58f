"""Monitoring: the three views, and when the loop ends."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from speaker import SESSION, Speaker
from test_link import Desk

from cablerep.errors import PortError
from cablerep.events import SetOver
from cablerep.link import LinkEvent
from cablerep.live_model import LiveModel
from cablerep.monitoring import JsonView, PlainView, ScreenView, follow
from cablerep.session import Session
from cablerep.store import Store
from cablerep.watch import Watch


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


def test_plain_lines_tell_everything_once(desk: Desk, watch: Watch) -> None:
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
    assert lines[2].startswith("rep 1    out  0.75 s")
    assert lines[3] == "set 1 (right): 1 rep, range 512 mm, load 182 N"
    assert lines[4:] == [
        "fault: encoder jumps",
        "board said: >>> print([1])",
        "board: info: tared",
        "desk: the board is gone; plug it in again; waiting for it",
        "connected to desk",
        "board desk, firmware 0.1.0, 200 Hz, a new session",
        lines[10],
        lines[11],
        "not counted: 99 mm at 0.5 s, take_up",
        "set 2 (right): 0 reps, range 512 mm, load 182 N",
    ]
    assert lines[10].startswith("partial  out")
    assert lines[11].startswith("amended: rejected out")


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
    assert err.splitlines() == ["cablerep: connected to desk", "cablerep: board said: boo hoo"]


def test_the_screen_is_drawn_a_dozen_times_a_second_and_leaves_the_terminal(desk: Desk, watch: Watch) -> None:
    file = io.StringIO()
    console = Console(file=file, width=80, height=24, force_terminal=True, legacy_windows=False)
    view = ScreenView(console, LiveModel(), clock=lambda: desk.now_s)
    board = Speaker()
    began = desk.now_s
    desk.script = [board.hello() + board.rep()] + [b""] * 60 + [board.set()]
    follow(watch, view, sets=1)
    view.close()
    text = file.getvalue()
    assert text.count("HOLD") == 0, "the large word is made of blocks"
    drawn = text.count("● connected")
    assert 0.7 * 12 < drawn / (desk.now_s - began) < 1.1 * 12
    assert text.count("\x1b[?1049h") == text.count("\x1b[?1049l") == 1, "a screen of its own, and back"
    assert "\x1b[?25h" in text[-20:], "and the cursor is there again"


def test_a_screen_that_comes_later_shows_the_reps_of_before(desk: Desk, watch: Watch) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep(), PortError("pulled"), board.hello() + board.set()]
    view, _ = plain()
    follow(watch, view, also=lambda event: isinstance(event, SetOver))
    later = ScreenView(Console(file=io.StringIO(), width=80, height=24, force_terminal=True), LiveModel())
    desk.script = [board.hello() + board.set(seq=3)]
    follow(watch, later, sets=1)
    later.close()
    assert later.model.full == 1


def test_it_ends_where_somebody_else_has_enough(desk: Desk, watch: Watch) -> None:
    heard: list[LinkEvent] = []
    desk.script = [Speaker().hello()]
    view, _ = plain()

    def also(event: LinkEvent) -> bool:
        heard.append(event)
        return True

    follow(watch, view, also=also)
    assert len(heard) == 1
