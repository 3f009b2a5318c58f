"""The app in Textual's own test driver: it shows events, draws its panels and handles keys."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from live_stage import ECCENTRIC, HOLD, Kickback, Stage, in_a_hold
from speaker import SESSION
from textual.pilot import Pilot
from textual.widgets import Input

from cablerep.errors import PortError
from cablerep.live import themes
from cablerep.live.app import MIN_HEIGHT, MIN_WIDTH, LiveApp
from cablerep.live.count import Count
from cablerep.live.dialogs import HelpDialog, ProfileDialog, TextDialog
from cablerep.live.force_curve import ForceCurve
from cablerep.live.hold_ring import HoldRing
from cablerep.live.panel import Panel
from cablerep.live.rep_list import RepList
from cablerep.live.status_bar import Banner
from cablerep.model.screen import LiveModel
from cablerep.model.screen_events import Message, ScreenEvent
from cablerep.monitor.keys import Request, add_note
from cablerep.store.database import Store

Act = Callable[[Pilot[None], LiveApp], Awaitable[None]]


class Script:
    """A source that says what it is given, and remembers what was wished for."""

    def __init__(self, *things: ScreenEvent, error: Exception | None = None) -> None:
        self.things = list(things)
        self.error = error
        self.requests: list[Request] = []
        self.stopped = threading.Event()

    def run(self) -> None:
        """The thread's part: over at once where there is an error, else when it is stopped."""
        if self.error is not None:
            raise self.error
        self.stopped.wait()

    def stop(self) -> None:
        self.stopped.set()

    def take(self) -> list[ScreenEvent]:
        things, self.things = self.things, []
        return things

    def request(self, request: Request) -> None:
        self.requests.append(request)


def shown(
    act: Act,
    model: LiveModel | None = None,
    source: Script | None = None,
    size: tuple[int, int] = (80, 24),
    profiles: tuple[Kickback, ...] = (),
) -> LiveApp:
    """Run the app, let `act` do something to it, and return it."""
    script = source or Script()

    async def go() -> LiveApp:
        app = LiveApp(script, model or LiveModel(), profiles)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            app.turn()
            await pilot.pause()
            await act(pilot, app)
            script.stop()
        return app

    return asyncio.run(go())


def keys(*names: str) -> Act:
    async def press(pilot: Pilot[None], app: LiveApp) -> None:
        await pilot.press(*names)
        await pilot.pause()

    return press


async def nothing(pilot: Pilot[None], app: LiveApp) -> None:
    """Only look."""


def lines(app: LiveApp) -> list[str]:
    """Return what the whole screen shows."""
    strips: Any = app.screen_stack[0]._compositor.render_strips()
    return ["".join(segment.text for segment in strip) for strip in strips]


@pytest.mark.parametrize(
    ("width", "height", "angle"), [(80, 24, 0), (101, 30, 0), (200, 60, 0), (80, 24, 1), (200, 60, 1)]
)
def test_every_panel_fits_its_space(width: int, height: int, angle: int) -> None:
    """With an angle sensor the floor plan takes the curve's place, or stands beside it."""
    seen: dict[str, tuple[int, int, int, int]] = {}

    async def look(pilot: Pilot[None], app: LiveApp) -> None:
        await pilot.pause()
        for part in app.query(Panel).exclude("Compact"):
            if not part.display:
                continue
            seen[type(part).__name__] = part.region
            drawn = part.draw(app.model, *part.content_size).plain.split("\n")
            assert len(drawn) <= part.content_size.height, type(part).__name__
            assert max(map(len, drawn)) <= part.content_size.width, type(part).__name__

    model = in_a_hold().model
    model.board = replace(model.board, angle_sensor=angle)
    shown(look, model, size=(width, height))
    assert len(seen) == (10 if angle and width >= 120 else 9)
    assert ("FloorPlanPanel" in seen) == bool(angle)
    cells = [
        (x, y)
        for left, top, wide, high in seen.values()
        for x in range(left, left + wide)
        for y in range(top, top + high)
    ]
    assert len(cells) == len(set(cells)), "none lies over another"
    assert all(0 <= x < width and 0 <= y < height - 1 for x, y in cells), "and none outside, or over the keys"


def test_screen_during_a_hold() -> None:
    said: list[str] = []

    async def look(pilot: Pilot[None], app: LiveApp) -> None:
        said.extend(lines(app))

    shown(look, in_a_hold().model)
    text = "\n".join(said)
    for part in (
        *("reps · set 1", "Glute kickback", "■ holding", "1.3 of 2 s", "HOLD 2 s", "last rep", "force", "✓ good"),
        *("● connected", "nothing lost", "✓ Rep 6: good", "s Side", "? Help", "q Quit"),
    ):
        assert part in text, part
    assert len(said) == 24
    assert {len(line) for line in said} == {80}


def test_panels_grow_with_the_terminal() -> None:
    sizes: list[tuple[int, int]] = []

    async def look(pilot: Pilot[None], app: LiveApp) -> None:
        for size in ((80, 24), (160, 50)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            sizes.extend(tuple(app.query_one(kind).content_size) for kind in (Count, HoldRing, RepList, ForceCurve))

    shown(look, in_a_hold().model)
    for small, large in zip(sizes[:4], sizes[4:], strict=True):
        assert large[0] > 1.5 * small[0]
        assert large[1] > 1.5 * small[1]


@pytest.mark.parametrize(("width", "height"), [(MIN_WIDTH - 1, MIN_HEIGHT), (9, MIN_HEIGHT - 1)])
def test_a_terminal_that_is_too_small_keeps_counting(width: int, height: int) -> None:
    async def look(pilot: Pilot[None], app: LiveApp) -> None:
        assert "reps" in "\n".join(lines(app))
        assert not app.query_one(Count).region, "the panels are hidden"
        await pilot.resize_terminal(MIN_WIDTH, MIN_HEIGHT)
        await pilot.pause()
        app.turn()
        await pilot.pause()
        assert "reps · set 1" in "\n".join(lines(app)), "and it is back where there is room"

    shown(look, in_a_hold().model, size=(width, height))


def test_events_are_shown() -> None:
    async def look(pilot: Pilot[None], app: LiveApp) -> None:
        assert app.model.message == "note stored"
        assert "note stored" in str(app.query_one(Banner).draw(app.model, 80, 1))

    shown(look, source=Script(Message("note stored")))


def test_an_error_in_the_feed_ends_the_app_and_is_kept() -> None:
    error = PortError("desk: there is no such port")
    app = LiveApp(Script(error=error), LiveModel(), ())
    app.run(headless=True)
    assert app.failure is error
    assert not app.interrupted


def test_a_bug_in_the_screen_prints_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    script = Script()
    app = LiveApp(script, LiveModel(), ())
    monkeypatch.setattr(Count, "draw", lambda *_: 1 // 0)
    app.run(headless=True, auto_pilot=_stop_soon(script))
    assert isinstance(app.failure, ZeroDivisionError)
    assert capsys.readouterr() == ("", "")


def _stop_soon(script: Script) -> Any:
    async def stop(pilot: Pilot[None]) -> None:
        await pilot.pause(0.2)
        script.stop()

    return stop


@pytest.mark.parametrize(("key", "interrupted"), [("q", False), ("ctrl+q", False), ("ctrl+c", True)])
def test_keys_that_quit(key: str, interrupted: bool) -> None:
    script = Script()
    app = shown(keys(key), source=script)
    assert script.stopped.is_set()
    assert app.interrupted is interrupted
    assert app._exit


class FakeSession:
    def __init__(self) -> None:
        self.commands: list[tuple[str, dict[str, int]]] = []

    def command(self, name: str, **fields: int) -> int:
        self.commands.append((name, fields))
        return 1


class FakeWatch:
    def __init__(self, board: object = "there") -> None:
        self.board = board
        self.store: Any = None
        self.link = self
        self.session = FakeSession()


class FakeCoach:
    profile: Kickback | None = None
    side = "left"

    def choose(self, profile: Kickback) -> None:
        self.profile = profile

    def switch_side(self) -> None:
        self.side = "right"


def granted(script: Script, watch: FakeWatch, coach: FakeCoach) -> list[str]:
    return [wish(watch, coach) for wish in script.requests]  # type: ignore[arg-type]


def test_keys_that_command_the_board() -> None:
    script, watch, coach = Script(), FakeWatch(), FakeCoach()
    shown(keys("t", "s", "e", "T"), source=script)
    assert granted(script, watch, coach) == ["", "next set: right side", "", ""]
    assert watch.session.commands == [("tare", {"what": 2}), ("end_set", {}), ("tare", {"what": 6})]
    assert granted(script, FakeWatch(board=None), coach)[0] == "no board is connected"


def test_the_profile_key() -> None:
    script, coach = Script(), FakeCoach()
    other = Kickback("Hip abduction", 2)
    shown(keys("p", "down", "enter"), source=script, profiles=(Kickback(), other))
    granted(script, FakeWatch(), coach)
    assert coach.profile is other
    script = Script()
    shown(keys("p", "escape"), source=script, profiles=(Kickback(),))
    assert script.requests == []
    assert shown(keys("p")).model.message == "there are no exercise profiles"


def test_a_note_can_be_typed_during_a_set() -> None:
    stage = in_a_hold()
    script = Script()

    async def write(pilot: Pilot[None], app: LiveApp) -> None:
        await pilot.press("n")
        await pilot.pause()
        assert isinstance(app.screen, TextDialog)
        await pilot.press(*"quit? no")
        stage.hear(stage.samples(631, *[310] * 150))
        app.turn()
        await pilot.pause()
        assert "2.0 of 2 s" in "\n".join(lines(app)), "below it"
        assert app.screen.query_one(Input).value == "quit? no", "its keys are letters here"
        await pilot.press("enter")
        await pilot.pause()

    shown(write, stage.model, script)
    assert len(script.requests) == 1
    assert not isinstance(script.requests[0], str)


def test_a_note_needs_a_set_and_text() -> None:
    assert shown(keys("n")).model.message == "no set yet to write a note on"
    for written in (("enter",), ("x", "escape")):
        script = Script()
        shown(keys("n", *written), in_a_hold().model, script)
        assert script.requests == []


class KnownStore:
    """A store with one set, which keeps the corrections that it is given."""

    path = "x"

    def __init__(self) -> None:
        self.changes: list[dict[str, Any]] = []

    def set_of(self, *key: object) -> object:
        return key

    def edit(self, one: object, changes: dict[str, Any]) -> list[Any]:
        self.changes.append(changes)
        return []

    def lifters(self) -> list[Any]:
        return []


@pytest.mark.parametrize(
    ("pressed", "changes"),
    [
        (("enter",), {"side": "left"}),
        (("down", "down", "enter", *"12.5", "enter"), {"weight_n": pytest.approx(122.583, abs=0.001)}),
        (("down", "down", "down", "enter", *"8", "enter"), {"rpe": 8.0}),
        (("end", "up", "enter"), {"deleted": True}),
    ],
)
def test_a_key_corrects_the_set_that_is_shown(pressed: tuple[str, ...], changes: dict[str, Any]) -> None:
    script, watch = Script(), FakeWatch(SimpleNamespace(board="desk"))
    watch.store = KnownStore()
    stage = in_a_hold()
    shown(keys("x", *pressed), stage.model, script)
    assert len(granted(script, watch, FakeCoach())) == 1
    assert watch.store.changes == [changes]


def test_help_lists_every_key() -> None:
    said: list[str] = []

    async def look(pilot: Pilot[None], app: LiveApp) -> None:
        await pilot.press("question_mark")
        await pilot.pause()
        assert isinstance(app.screen, HelpDialog)
        assert [key for key, _ in app.screen.keys] == [
            *("s", "t", "T", "p", "l", "L", "w", "e", "n", "x", "b", "c", "?", "q")
        ]
        assert app.screen.query_one(".dialog").region.height <= 24
        await pilot.press("q")
        await pilot.pause()
        said.append(type(app.screen).__name__)

    shown(look)
    assert said == ["Screen"], "a key closes it and does nothing else"


def test_the_bell_is_off_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    rung: list[str] = []
    monkeypatch.setattr(LiveApp, "bell", lambda app: rung.append("ding"))

    def cues(stage: Stage) -> list[ScreenEvent]:
        frames = (
            stage.phase(HOLD, 1.0, set=1),
            stage.phase(HOLD, 3.0, set=1, cue=1),
            stage.phase(HOLD, 3.1, set=1, cue=1),
            stage.phase(ECCENTRIC, 3.5, set=1),
            stage.phase(ECCENTRIC, 3.6, set=1, cue=2),
        )
        return [event for frame in frames for event in stage.session.feed(frame)]

    stage = Stage()
    stage.begin()
    shown(nothing, stage.model, Script(*cues(stage)))
    assert rung == []

    async def listen(pilot: Pilot[None], app: LiveApp) -> None:
        await pilot.press("b")
        await pilot.pause()
        app._source.things = cues(stage)  # type: ignore[union-attr]
        app.turn()
        await pilot.press("b")
        await pilot.pause()
        app._source.things = cues(stage)  # type: ignore[union-attr]
        app.turn()

    shown(listen, stage.model)
    assert rung == ["ding", "ding"], "once for the hold, once for the speed, and none after it was switched off"


def test_the_voice_is_offered_only_with_a_speech_program(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken: list[str] = []
    monkeypatch.setattr("cablerep.live.app.speech_program", lambda: ("speak",))
    monkeypatch.setattr("cablerep.live.app.Voice.speak", lambda voice, text: spoken.append(text))
    stage = Stage()
    stage.begin()

    async def count(pilot: Pilot[None], app: LiveApp) -> None:
        await pilot.press("b", "b")
        await pilot.pause()
        assert app.sound == "voice"
        app._source.things = [*stage.session.feed(stage.board.rep())]  # type: ignore[union-attr]
        app.turn()

    shown(count, stage.model)
    assert spoken == ["1"]
    monkeypatch.setattr("cablerep.live.app.speech_program", lambda: None)
    assert shown(keys("b", "b")).sound == "off"


def test_the_colour_key_switches_themes() -> None:
    app = shown(keys("c"))
    assert app.theme == themes.LIGHT.name
    assert shown(keys("c", "c")).theme == themes.DARK.name


def test_an_alarm_has_words_as_well_as_colour() -> None:
    stage = in_a_hold()
    seen = []

    async def look(pilot: Pilot[None], app: LiveApp) -> None:
        seen.append(lines(app))
        stage.hear(stage.phase(ECCENTRIC, 3.2, set=1, cue=2))
        app.turn()
        await pilot.pause()
        seen.append(lines(app))

    shown(look, stage.model)
    assert "too fast: slower" in "\n".join(seen[1])
    assert "too fast: slower" not in "\n".join(seen[0])


class NoteStore(Store):
    """A store that shows which notes it is asked to keep."""

    notes: list[tuple[int, str]]

    def add_note(self, one: Any, text: str, now: Any = None) -> None:
        self.notes.append((one.set, text))


def test_a_note_is_stored_on_its_set(tmp_path: Any) -> None:
    stage = Stage()
    with NoteStore(tmp_path / "store.sqlite") as store:
        store.notes = []
        (hello,) = stage.session.feed(stage.board.hello())
        store.add_session(hello, "desk")  # type: ignore[arg-type]
        (rep,) = stage.session.feed(stage.board.rep())
        store.add("desk", rep)  # type: ignore[arg-type]
        assert add_note(store, "desk", SESSION, 1, "left knee") == "note stored"
        assert store.notes == [(1, "left knee")]
        assert "not stored" in add_note(store, "desk", SESSION, 2, "x")
        assert "not stored" in add_note(store, "desk", SESSION + 1, 1, "x")


def test_profile_dialog_lists_names_and_tempos() -> None:
    async def look(pilot: Pilot[None], app: LiveApp) -> None:
        await pilot.press("p")
        await pilot.pause()
        assert isinstance(app.screen, ProfileDialog)
        strips: Any = app.screen._compositor.render_strips()
        text = "\n".join("".join(segment.text for segment in strip) for strip in strips)
        assert "Glute kickback  3-0-1-2" in text

    shown(look, profiles=(Kickback(),))
