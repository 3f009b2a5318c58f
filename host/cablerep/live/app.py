"""The live screen: an app that takes the feed's events, draws its panels a dozen times a second, and handles keys.

Everything that may block happens on the feed's thread. Everything shown is in the model, which only this thread uses.
"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Protocol

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.events import Resize
from textual.widgets import Footer
from textual.worker import Worker, WorkerState

from ..errors import HistoryError
from ..exercise.facts import facts_of
from ..exercise.library import known
from ..exercise.profile import Profile
from ..model.cues import SoundState, cues_of
from ..model.screen import LiveModel
from ..model.screen_events import RepsRecalled, ScreenEvent
from ..monitor import keys
from ..monitor.keys import Request
from ..people.edits import rpe
from ..people.lifters import NOBODY
from ..units import parse_weight, weight_unit
from . import themes
from .compact import Compact
from .count import Count
from .dialogs import ChoiceDialog, HelpDialog, ProfileDialog, TextDialog
from .eccentric_band import EccentricBand
from .floor_plan import FloorPlanPanel
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
_WIDE = 120  # columns for a curve and a floor plan beside the list of reps
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
        Binding("l", "next_lifter", "Lifter", tooltip="the other lifter's turn; a set that is on ends first"),
        Binding("L", "choose_lifter", "Choose lifter", show=False, tooltip="choose the lifter of the next sets"),
        Binding("w", "weight", "Weight", show=False, tooltip="type the weight of the next sets"),
        Binding("e", "end_set", "End set", tooltip="end the set now, without waiting for the rest"),
        Binding("n", "note", "Note", tooltip="write a note on this set"),
        Binding("x", "correct", "Fix", tooltip="correct this set: side, lifter, weight, RPE, warm-up; or delete it"),
        Binding(
            "b",
            "sound",
            "Sound",
            show=False,
            tooltip="sound off, bell or voice: reps, hold reached, too fast, rest over",
        ),
        Binding("c", "colours", "Colours", show=False, tooltip="dark or light"),
        Binding("question_mark", "help", "Help", key_display="?", tooltip="this page"),
        Binding("q", "leave", "Quit", tooltip="end the set and quit; every rep is stored"),
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
            yield FloorPlanPanel()
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
        base.set_class(self.model.has_angle, "angle")
        for panel in base.query(Panel):
            if isinstance(panel, Compact) == small:
                panel.show(self.model)

    def on_resize(self, event: Resize) -> None:
        base = self.screen_stack[0]
        base.set_class(event.size.width < MIN_WIDTH or event.size.height < MIN_HEIGHT, "small")
        base.set_class(event.size.height >= _TALL, "tall")
        base.set_class(event.size.width >= _WIDE, "wide")
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
        dialog = TextDialog("note on this set", "how it felt, what to change")
        self.push_screen(dialog, lambda text: self._note(session, number, text or ""))

    def _note(self, session: int, number: int, text: str) -> None:
        if text:
            self._request(keys.note(session, number, text))

    def action_next_lifter(self) -> None:
        self._request(keys.next_lifter())

    def action_choose_lifter(self) -> None:
        people = [*self.model.lifters, NOBODY]
        dialog = ChoiceDialog("lifter", [one.name or "nobody" for one in people])
        self.push_screen(dialog, lambda index: None if index is None else self._request(keys.lifter(people[index])))

    def action_weight(self) -> None:
        dialog = TextDialog("weight of the next sets", f"such as 12.5 {weight_unit().symbol}; nothing: none", 20)
        self.push_screen(dialog, self._weigh)

    def _weigh(self, text: str | None) -> None:
        weight_n = self._weight_of(text)
        if text is not None and (weight_n is not None or not text):
            self._request(keys.weight(weight_n))

    def _weight_of(self, text: str | None) -> float | None:
        try:
            return parse_weight(text) if text else None
        except ValueError as error:
            self.model.show_message(str(error))
            return None

    def action_correct(self) -> None:
        """Ask what to correct of the set that is shown."""
        if not self.model.set or self.model.board is None:
            self.model.show_message("no set yet to correct")
            return
        key = (self.model.board.session, self.model.set)
        choices = self._corrections()

        def correct(index: int | None) -> None:
            if index is None:
                return
            changes = choices[index][1]
            if callable(changes):
                changes(key)
            else:
                self._request(keys.edit_set(*key, changes))

        self.push_screen(ChoiceDialog(f"correct set {key[1]}", [text for text, _ in choices]), correct)

    def _corrections(self) -> list[tuple[str, "dict[str, Any] | Callable[[tuple[int, int]], None]"]]:
        """Return what can be corrected: lines to choose from, each with its changes or what to ask first."""
        side = {"left": "right", "right": "left"}.get(self.model.side if self.model.in_set else _side_of(self.model))
        return [
            *([(f"it was the {side} side", {"side": side})] if side else []),
            *((f"it was {one.name or 'nobody'}'s", {"lifter": one.number}) for one in (*self.model.lifters, NOBODY)),
            ("weight …", self._ask_weight),
            ("RPE, how hard it was …", self._ask_rpe),
            ("exercise …", self._ask_exercise),
            ("warm-up set", {"type": "warm-up"}),
            ("drop set", {"type": "drop"}),
            ("working set", {"type": ""}),
            ("delete it", {"deleted": True}),
            ("take it back after deleting", {"deleted": False}),
        ]

    def _ask_weight(self, key: tuple[int, int]) -> None:
        def correct(text: str | None) -> None:
            weight_n = self._weight_of(text)
            if weight_n is not None:
                self._request(keys.edit_set(*key, {"weight_n": weight_n}))

        self.push_screen(TextDialog("weight", f"such as 12.5 {weight_unit().symbol}", 20), correct)

    def _ask_rpe(self, key: tuple[int, int]) -> None:
        def correct(text: str | None) -> None:
            try:
                value = rpe(text or "")
            except HistoryError as error:
                self.model.show_message(str(error))
                return
            if value is not None:
                self._request(keys.edit_set(*key, {"rpe": value}))

        self.push_screen(TextDialog("RPE", "1 to 10 in halves; 10 is the most you can do", 4), correct)

    def _ask_exercise(self, key: tuple[int, int]) -> None:
        def correct(profile: Profile | None) -> None:
            if profile is not None:
                self._request(keys.edit_set(*key, {"exercise": facts_of(profile)}))

        self.push_screen(ProfileDialog(self._profiles), correct)

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


def _side_of(model: LiveModel) -> str:
    """Return the side of the last set: the one that is shown may be the next set's already."""
    return model.reps[-1].side if model.reps else model.side
