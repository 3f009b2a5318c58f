"""The live screen: one app that takes what the feed tells, draws its parts a dozen times a second, and has the keys.

Everything that may wait happens in the feed's thread; everything that is shown is in the model, which only this
thread touches.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from typing import ClassVar, Protocol

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Footer, Static
from textual.worker import Worker, WorkerState

from ..device.coach import Coach
from ..exercise.library import known
from ..exercise.profile import Profile
from ..monitor.watch import Watch
from ..store.database import Store
from . import themes
from .block_letters import block_lines
from .count import Count
from .dialogs import HelpDialog, NoteDialog, ProfileDialog
from .eccentric_band import EccentricBand
from .feed import Wish
from .force_curve import ForceCurve
from .hold_ring import HoldRing
from .model import LiveModel
from .news import Shown
from .part import Part
from .rep_list import RepList
from .stage import Stage
from .status_bar import Banner, StatusBar
from .tempo_guide import TempoGuide

LEAST_WIDTH, LEAST_HEIGHT = 80, 24  # characters
_TALL = 30  # rows from which there is room for air
_FRAME_S = 1 / 12  # between two drawings: about as often as samples arrive
_TARE_LOAD = 2  # as the wire's TARE has it; travel needs none
_BELLS = ("hold_reached", "eccentric_fast")  # cues that sound


class Source(Protocol):
    """What the app shows: a feed, or what a test makes of one."""

    def run(self) -> None: ...
    def stop(self) -> None: ...
    def take(self) -> list[Shown]: ...
    def wish(self, wish: Wish) -> None: ...


class LiveApp(App[None]):
    """Shows `source` until that ends or a key ends it; `model` then has what was shown last.

    Without a source `model` stands still. `failure` is what ended the source, where something did; `interrupted` says
    that Ctrl-C or SIGTERM ended the app.
    """

    CSS_PATH = "live.tcss"
    TITLE = "cablerep"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "side", "Side", tooltip="the other side, for the sets to come"),
        Binding("t", "tare", "Tare", tooltip="take the load cell's present value as no load; between sets"),
        Binding("p", "profile", "Profile", tooltip="choose the exercise; between sets"),
        Binding("e", "end_set", "End set", tooltip="end the set now, without waiting for the rest"),
        Binding("n", "note", "Note", tooltip="keep a note on this set"),
        Binding("b", "sound", "Bell", tooltip="the terminal's bell: hold reached, way back too fast"),
        Binding("c", "colours", "Colours", show=False, tooltip="dark or light"),
        Binding("question_mark", "help", "Help", key_display="?", tooltip="this page"),
        Binding("q", "leave", "Quit", tooltip="end; every rep is stored already"),
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True),
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
    ]

    def __init__(self, source: Source | None, model: LiveModel, profiles: Sequence[Profile] | None = None) -> None:
        """`profiles` are those to choose from; None: all that are known."""
        super().__init__()
        self.model = model
        self.failure: BaseException | None = None
        self.interrupted = False
        self.bell_on = False
        self._source = source
        self._profiles = known()[0] if profiles is None else profiles
        for theme in (themes.DARK, themes.LIGHT):
            self.register_theme(theme)
        self.theme = themes.fitting().name

    def compose(self) -> ComposeResult:
        yield StatusBar()
        with Horizontal(id="above"):
            yield Count()
            yield Stage()
            yield HoldRing()
        with Vertical(id="between"):
            yield TempoGuide()
            yield EccentricBand()
        with Horizontal(id="below"):
            yield ForceCurve()
            yield RepList()
        yield Banner()
        yield Footer(show_command_palette=False)
        yield Static("", id="small")

    def on_mount(self) -> None:
        with contextlib.suppress(NotImplementedError, RuntimeError):  # Windows, and tests in another thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.action_interrupt)
        if self._source is not None:
            self.set_interval(_FRAME_S, self.turn)
            self.run_worker(self._source.run, thread=True, exit_on_error=False)

    def on_unmount(self) -> None:
        """However the app ends, the thread ends too: nobody returns before it."""
        if self._source is not None:
            self._source.stop()

    def turn(self) -> None:
        """Take what is new and draw it."""
        for thing in self._source.take() if self._source else ():
            before = self.model.phase
            self.model.apply(thing)
            self._sound(before.cue if before else "")
        self.draw()

    def draw(self) -> None:
        """Draw the model as it is."""
        if not self.screen_stack:
            return  # the app is ending: its thread may still have had something to tell
        base = self.screen_stack[0]
        if base.has_class("small"):
            width, height = self.size
            count = "\n".join(block_lines(str(self.model.full)))
            base.query_one("#small", Static).update(
                f"{count}\n\nThe screen needs {LEAST_WIDTH} by {LEAST_HEIGHT} characters, this is {width} by {height}."
                "\nEverything is counted and stored all the same."
            )
            return
        for part in base.query(Part):
            part.show(self.model)

    def on_resize(self, event: Resize) -> None:
        base = self.screen_stack[0]
        base.set_class(event.size.width < LEAST_WIDTH or event.size.height < LEAST_HEIGHT, "small")
        base.set_class(event.size.height >= _TALL, "tall")
        self.call_after_refresh(self.draw)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state == WorkerState.ERROR:
            self.failure = event.worker.error
        if event.state in (WorkerState.ERROR, WorkerState.SUCCESS):
            self.turn()
            self.exit()

    def _fatal_error(self) -> None:
        """Leave a defect to the command line, which tells of it in one line; Textual prints a traceback."""
        self.failure = self.failure or sys.exception()
        self._close_messages_no_wait()

    def _sound(self, cue_before: str) -> None:
        cue = self.model.phase.cue if self.model.phase else ""
        if self.bell_on and cue != cue_before and cue in _BELLS:
            self.bell()

    # -- keys

    def _wish(self, wish: Wish) -> None:
        if self._source is not None:
            self._source.wish(wish)

    def action_leave(self) -> None:
        self.exit()

    def action_interrupt(self) -> None:
        self.interrupted = True
        self.action_leave()

    def action_side(self) -> None:
        self._wish(_turn)

    def action_tare(self) -> None:
        self._wish(lambda watch, coach: _command(watch, "tare", what=_TARE_LOAD))

    def action_end_set(self) -> None:
        self._wish(lambda watch, coach: _command(watch, "end_set"))

    def action_profile(self) -> None:
        if not self._profiles:
            self.model.say("no exercise profiles are known")
            return
        self.push_screen(ProfileDialog(self._profiles), self._choose)

    def _choose(self, profile: Profile | None) -> None:
        if profile is not None:
            self._wish(_chooser(profile))

    def action_note(self) -> None:
        if not self.model.set:
            self.model.say("no set yet to keep a note on")
            return
        session = self.model.board.session if self.model.board else 0
        number = self.model.set
        self.push_screen(NoteDialog(), lambda text: self._note(session, number, text or ""))

    def _note(self, session: int, number: int, text: str) -> None:
        if text:
            self._wish(lambda watch, coach: _note(watch, session, number, text))

    def action_sound(self) -> None:
        self.bell_on = not self.bell_on
        self.model.say(f"bell {'on: hold reached, too fast' if self.bell_on else 'off'}")

    def action_colours(self) -> None:
        self.theme = (themes.LIGHT if self.theme == themes.DARK.name else themes.DARK).name

    def action_help(self) -> None:
        keys = [binding for binding in self.BINDINGS if isinstance(binding, Binding) and binding.tooltip]
        self.push_screen(HelpDialog((key.key_display or key.key, key.tooltip) for key in keys))


def _turn(watch: Watch, coach: Coach) -> str:
    coach.switch_side()
    return f"the sets to come: {coach.side} side"


def _chooser(profile: Profile) -> Callable[[Watch, Coach], str]:
    def choose(watch: Watch, coach: Coach) -> str:
        coach.choose(profile)
        return profile.name

    return choose


def _command(watch: Watch, name: str, **fields: int) -> str:
    """Send a command; its reply comes as an event."""
    if watch.board is None:
        return "no board to ask"
    watch.link.session.command(name, **fields)
    return ""


def _note(watch: Watch, session: int, number: int, text: str) -> str:
    return "no board to ask" if watch.board is None else add_note(watch.store, watch.board.board, session, number, text)


def add_note(store: Store, board: str, session: int, number: int, text: str) -> str:
    """Store a note on the set `number` of a board's `session`; return a message for the person at the screen."""
    stored = store.set_of(board, session, number)
    if stored is None:
        return "the note was not kept: its set has no rep yet"
    store.add_note(stored, text)
    return "note kept"
