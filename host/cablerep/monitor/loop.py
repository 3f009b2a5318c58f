"""The loop of a live command: turns of a watch, handed to a view until a set, a signal or an error ends it.

A view shows; it knows neither the port nor the store. Three there are: the screen (live/feed.py), plain lines and JSON
Lines.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rich.console import Console

from .. import words
from ..device.coach import Coach
from ..device.events import (
    BoardText,
    Connected,
    Disconnected,
    Event,
    FramesLost,
    FramesMalformed,
    Health,
    Hello,
    Log,
    MessagesLost,
    Phase,
    Rejected,
    Rep,
    SetOver,
    Silent,
    StoreNotice,
)
from ..device.link import Link
from ..device.session import Session
from ..exercise.profile import Profile
from ..store.database import Store
from ..text import console as terminal
from ..text.contract import contract_object
from ..text.reps import rep_line, set_line
from .watch import Watch


class View(Protocol):
    """Something that shows what a board says."""

    def show(self, event: Event) -> None:
        """Take one event."""

    def advise(self, sentence: str) -> None:
        """Take a sentence of the coach to the lifter."""

    def recall(self, reps: Iterable[Rep]) -> None:
        """Take the reps of the board's present session that were stored before it was met."""

    def tick(self) -> bool:
        """Do what is due, many times a second; return whether somebody still looks."""


class PlainView:
    """A line for each thing worth a line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._session: int | None = None
        self._faults: tuple[str, ...] = ()

    def show(self, event: Event) -> None:
        line = self._line(event)
        if line:
            self._console.print(line, soft_wrap=True)

    def advise(self, sentence: str) -> None:
        self._console.print(sentence, soft_wrap=True)

    def recall(self, reps: Iterable[Rep]) -> None:
        """They were printed when they came."""

    def tick(self) -> bool:
        """A line stands when it is printed."""
        return True

    def _line(self, event: Event) -> str:
        match event:
            case Hello():
                known, self._session = self._session, event.session
                if known == event.session:
                    return ""
                new = "" if known is None else ", a new session"
                return f"board {event.board}, firmware {event.version}, {event.rate_hz} Hz{new}"
            case Rep():
                return f"{'amended: ' if event.amended else ''}{rep_line(event)}"
            case SetOver():
                return set_line(event.set, event.reps, event.partials, event.rom_mm, event.load_n, event.side)
            case Rejected():
                return f"not counted: {event.rom_mm:.0f} mm at {event.start_s:.1f} s, {words.rejection(event.reason)}"
            case Health():
                faults, self._faults = self._faults, event.faults
                if not event.faults or event.faults == faults:
                    return ""
                return f"fault: {', '.join(map(words.fault, event.faults))}"
        return link_line(event)


# What JSON Lines have no object for: it goes to standard error.
_NOTES = Connected | Disconnected | Silent | BoardText | Log | FramesLost | FramesMalformed | StoreNotice


class JsonView:
    """The contract's objects as JSON Lines, with the board in place of the trace."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._told: dict[str, object] = {}  # the last HELLO's object

    def show(self, event: Event) -> None:
        if isinstance(event, _NOTES):
            terminal.note(f"cablerep: {link_line(event)}")
            return
        thing = contract_object(event, **self._watch.source_of(event)) or self._other(event)
        if thing is not None:
            terminal.print_json(thing)

    def _other(self, event: Event) -> dict[str, object] | None:
        """Return the object of an event that a recording does not have."""
        if isinstance(event, Phase):
            fields = ("phase", "cue", "set", "rep", "at_s", "known_s", "travel_mm")
            return {"event": "phase", **self._watch.source_of(event), **{name: getattr(event, name) for name in fields}}
        if isinstance(event, Hello):
            names = ("rate_hz", "um_per_count", "mn_per_count", "load_zero", "profile", "side", "version", "port")
            told = {"event": "hello", **self._watch.source_of(event), **{name: getattr(event, name) for name in names}}
            known, self._told = self._told, told
            return None if told == known else told
        if isinstance(event, MessagesLost):
            source = {"board": event.board, "session": event.session}
            return {"event": "lost", **source, "messages": event.count, "ranges": [list(gap) for gap in event.ranges]}
        return None

    def advise(self, sentence: str) -> None:
        terminal.note(f"cablerep: {sentence}")

    def recall(self, reps: Iterable[Rep]) -> None:
        """They were printed when they came."""

    def tick(self) -> bool:
        """A line stands when it is printed."""
        return True


def link_line(event: Event) -> str:
    """Return what the line itself has to say as one line of text, or nothing."""
    match event:
        case Connected():
            return f"connected to {event.port}"
        case Disconnected():
            return f"{event.reason}; waiting for it"
        case Silent():
            return f"{event.port}: nothing heard for {event.seconds:.0f} s; is the firmware running?"
        case BoardText():
            return f"board said: {event.text}"
        case Log():
            return f"board: {event.level}: {event.text}"
        case FramesLost():
            return f"{event.frames} frames lost on the line, {event.total} so far"
        case FramesMalformed() if event.total & (event.total - 1) == 0:  # 1, 2, 4 ...: there may be hundreds a second
            return f"ignored a message with impossible contents ({event.reason}), {event.total} so far"
        case MessagesLost():
            return lost_line(event)
        case StoreNotice():
            return event.text
    return ""


def lost_line(event: MessagesLost) -> str:
    """Return which messages are lost for good."""
    ranges = ", ".join(f"{first}" if first == last else f"{first} to {last}" for first, last in event.ranges)
    return f"{event.count} messages of this session never arrived (numbers {ranges}); its sets may lack reps"


def follow(
    watch: Watch,
    view: View,
    *,
    sets: int | None = None,
    also: Callable[[Event], bool] | None = None,
    coach: Coach | None = None,
) -> None:
    """Show what the board says until `sets` sets are over, the view is left, or `also` says that it is enough.

    `also` and the `coach` are told everything too. Raises what `Watch` raises, and KeyboardInterrupt.
    """
    left = sets
    enough = False
    recalled: int | None = None
    view.show(watch.open())
    while not enough and left != 0:
        for event in watch.turn():
            view.show(event)
            sentence = coach.handle(event) if coach is not None else ""
            if sentence:
                view.advise(sentence)
            if also is not None:
                enough = also(event) or enough
            if isinstance(event, Hello) and event.session != recalled:
                recalled = event.session
                view.recall(watch.recalled())
            if isinstance(event, SetOver) and left:
                left -= 1
        enough = not view.tick() or enough


@dataclass(frozen=True, slots=True)
class Plan:
    """What is watched: boards on `ports`, one after the other, and the sides on which they begin ("": their own).

    `sets` is how many end a board, None waits for ever. `stream` asks for raw samples, `curves` keeps those of reps.
    """

    ports: tuple[str | None, ...]
    sides: tuple[str, ...] = ("",)
    sets: int | None = None
    profile: Profile | None = None
    stream: bool = False
    curves: bool = True


def attend(plan: Plan, store_path: Path, view_of: Callable[[Watch, Coach], View]) -> None:
    """Follow the boards of `plan`, each in a view of its own, their reps kept. Raises what `follow` and Store raise."""
    profile = plan.profile
    with Store(store_path) as store:
        for port, side in zip(plan.ports, plan.sides, strict=True):
            link = Link(port, Session(stream=plan.stream))
            coach = Coach(link.session, profile, side)
            with Watch(link, store, curves=plan.curves) as watch:
                view = view_of(watch, coach)
                if store.backup is not None:
                    view.show(StoreNotice(f"the store was updated; the old one is in {store.backup}"))
                    store.backup = None
                follow(watch, view, sets=plan.sets, coach=coach)
                if not view.tick():
                    return
            profile = coach.profile
