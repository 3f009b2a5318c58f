"""The live screen: an app that takes the feed's events, draws its panels a dozen times a second, and handles keys.

Everything that may block happens on the feed's thread. Everything shown is in the model, which only this thread uses.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Sequence
from typing import ClassVar, Protocol

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Footer
from textual.worker import Worker, WorkerState

from ..exercise.library import known
from ..exercise.profile import Profile
from ..model.cues import SoundState, cues_of
from ..model.screen import LiveModel
from ..model.screen_events import RepsRecalled, ScreenEvent
from ..monitor import keys
from ..monitor.keys import Request
from . import themes
from .compact import Compact
from .count import Count
from .dialogs import HelpDialog, NoteDialog, ProfileDialog
from .eccentric_band import EccentricBand
from .force_curve import ForceCurve
from .hold_ring import HoldRing
from .panel import Panel
from .phase_panel import PhasePanel
from .rep_list import RepList
from .sound import MODES, Voice, speech_program
from .status_bar import Banner, StatusBar
from .tempo_guide import TempoGuide

MIN_WIDTH, MIN_HEIGHT = 80, 24  # characters; below them the compact screen is shown
_TALL = 30  # rows from which there is room for spacing
_FRAME_S = 1 / 12  # between two drawings: about as often as samples arrive


class Source(Protocol):
    """What the app shows: a feed, or a test's replacement."""

    def run(self) -> None: ...
    def stop(self) -> None: ...
    def take(self) -> list[ScreenEvent]: ...
    def request(self, request: Request) -> None: ...


class LiveApp(App[None]):
    """Shows `source` until it or a key ends the app; `model` keeps the last state.

    Without a source, `model` does not change. `failure` is the exception that ended the source, if any; `interrupted`
    is True after Ctrl-C or SIGTERM.
    """

    CSS_PATH = "live.tcss"
    TITLE = "cablerep"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "side", "Side", tooltip="change to the other side, from the next set on"),
        Binding("t", "tare", "Tare", tooltip="zero the load cell; only between sets, with no load"),
        Binding("T", "force_tare", "Tare under load", show=False, tooltip="zero the load cell even under load"),
        Binding("p", "profile", "Profile", tooltip="choose the exercise; between sets"),
        Binding("e", "end_set", "End set", tooltip="end the set now, without waiting for the rest"),
        Binding("n", "note", "Note", tooltip="write a note on this set"),
        Binding("b", "sound", "Sound", tooltip="sound off, bell or voice: reps, hold reached, too fast, rest over"),
        Binding("c", "colours", "Colours", show=False, tooltip="dark or light"),
        Binding("question_mark", "help", "Help", key_display="?", tooltip="this page"),
        Binding("q", "leave", "Quit", tooltip="quit; every rep is stored already"),
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True),
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
    ]

    def __init__(self, source: Source | None, model: LiveModel, profiles: Sequence[Profile] | None = None) -> None:
        """`profiles` are those to choose from; None: all known ones."""
        super().__init__()
        self.model = model
        self.failure: BaseException | None = None
        self.interrupted = False
        self.sound = MODES[0]
        self._voice: Voice | None = None
        self._source = source
        self._profiles = known()[0] if profiles is None else profiles
        for theme in (themes.DARK, themes.LIGHT):
            self.register_theme(theme)
        self.theme = themes.fitting().name

    def compose(self) -> ComposeResult:
        yield StatusBar()
        with Horizontal(id="above"):
            yield Count()
            yield PhasePanel()
            yield HoldRing()
        with Vertical(id="between"):
            yield TempoGuide()
            yield EccentricBand()
        with Horizontal(id="below"):
            yield ForceCurve()
            yield RepList()
        yield Banner()
        yield Footer(show_command_palette=False)
        yield Compact()

    def on_mount(self) -> None:
        with contextlib.suppress(NotImplementedError, RuntimeError):  # on Windows, and in tests on another thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.action_interrupt)
        if self._source is not None:
            self.set_interval(_FRAME_S, self.turn)
            self.run_worker(self._source.run, thread=True, exit_on_error=False)

    def on_unmount(self) -> None:
        """Stop the thread however the app ends; the app waits for it."""
        if self._source is not None:
            self._source.stop()
        if self._voice is not None:
            self._voice.stop()

    def turn(self) -> None:
        """Take new events and draw."""
        for event in self._source.take() if self._source else ():
            before = SoundState.of(self.model)
            self.model.apply(event)
            if not isinstance(event, RepsRecalled):
                self._play(cues_of(before, SoundState.of(self.model)))
        self.draw()

    def draw(self) -> None:
        """Draw the model."""
        if not self.screen_stack:
            return  # the app is ending, and its thread may still emit events
        base = self.screen_stack[0]
        small = base.has_class("small")
        for panel in base.query(Panel):
            if isinstance(panel, Compact) == small:
                panel.show(self.model)

    def on_resize(self, event: Resize) -> None:
        base = self.screen_stack[0]
        base.set_class(event.size.width < MIN_WIDTH or event.size.height < MIN_HEIGHT, "small")
        base.set_class(event.size.height >= _TALL, "tall")
        self.call_after_refresh(self.draw)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state == WorkerState.ERROR:
            self.failure = event.worker.error
        if event.state in (WorkerState.ERROR, WorkerState.SUCCESS):
            self.turn()
            self.exit()

    def _fatal_error(self) -> None:
        """Leave an exception to the command line, which reports it in one line; Textual would print a traceback."""
        self.failure = self.failure or sys.exception()
        self._close_messages_no_wait()

    def _play(self, cues: Sequence[str]) -> None:
        for cue in cues:
            if self.sound == "voice" and self._voice is not None:
                self._voice.speak(cue)
            elif self.sound == "bell":
                self.bell()

    # -- keys

    def _request(self, request: Request) -> None:
        if self._source is not None:
            self._source.request(request)

    def action_leave(self) -> None:
        self.exit()

    def action_interrupt(self) -> None:
        self.interrupted = True
        self.action_leave()

    def action_side(self) -> None:
        self._request(keys.side())

    def action_tare(self) -> None:
        self._request(keys.tare())

    def action_force_tare(self) -> None:
        self._request(keys.tare(forced=True))

    def action_end_set(self) -> None:
        self._request(keys.end_set())

    def action_profile(self) -> None:
        if not self._profiles:
            self.model.show_message("there are no exercise profiles")
            return
        self.push_screen(ProfileDialog(self._profiles), self._choose)

    def _choose(self, profile: Profile | None) -> None:
        if profile is not None:
            self._request(keys.exercise(profile))

    def action_note(self) -> None:
        if not self.model.set:
            self.model.show_message("no set yet to write a note on")
            return
        session = self.model.board.session if self.model.board else 0
        number = self.model.set
        self.push_screen(NoteDialog(), lambda text: self._note(session, number, text or ""))

    def _note(self, session: int, number: int, text: str) -> None:
        if text:
            self._request(keys.note(session, number, text))

    def action_sound(self) -> None:
        program = speech_program()
        modes = MODES if program else MODES[:-1]
        self.sound = modes[(modes.index(self.sound) + 1) % len(modes)]
        self._voice = Voice(program) if program and self.sound == "voice" else None
        self.model.show_message(f"sound: {self.sound}")

    def action_colours(self) -> None:
        self.theme = (themes.LIGHT if self.theme == themes.DARK.name else themes.DARK).name

    def action_help(self) -> None:
        bindings = [binding for binding in self.BINDINGS if isinstance(binding, Binding) and binding.tooltip]
        self.push_screen(HelpDialog((key.key_display or key.key, key.tooltip) for key in bindings))
