"""The loop of a live command: events of a watch go to a view until a set, a signal or an error ends it.

A view only shows; it knows neither the port nor the store. There are three: the screen (live/feed.py), plain lines and
JSON Lines.
"""

import time
from collections.abc import Callable, Iterable, Iterator
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
    Durable,
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
from ..device.link import MUTE, Link
from ..device.session import Session
from ..exercise.profile import Profile
from ..people import lifters
from ..people.plans import Plan
from ..store.database import Store
from ..text import console as terminal
from ..text.contract import contract_object
from ..text.reps import rep_line, set_line
from .companion import Companion
from .watch import Watch

_END_SET_S = 3.0  # how long to wait for the end of a set before leaving: a rep that is on its way takes two
_ASK_AGAIN_S = 0.3


class View(Protocol):
    """Shows the events of a board."""

    def show(self, event: Event) -> None:
        """Show one event."""

    def advise(self, sentence: str) -> None:
        """Show a sentence from the coach to the lifter."""

    def recall(self, events: Iterable[Durable]) -> None:
        """Show reps and sets that were already stored, see `Watch.recalled`."""

    def tick(self) -> bool:
        """Called many times a second; return False to end the loop."""


class PlainView:
    """Prints one line per event, without details that repeat."""

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

    def recall(self, events: Iterable[Durable]) -> None:
        """Nothing: they were printed when they arrived."""

    def tick(self) -> bool:
        """Nothing is pending."""
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
        self._hello: dict[str, object] = {}  # object of the last HELLO

    def show(self, event: Event) -> None:
        if isinstance(event, _NOTES):
            text = link_line(event)
            if text:
                terminal.note(f"cablerep: {text}")
            return
        line = contract_object(event, **self._watch.source_of(event)) or self._other(event)
        if line is not None:
            terminal.print_json(line)

    def _other(self, event: Event) -> dict[str, object] | None:
        """Return the object of an event that does not occur in a recording."""
        if isinstance(event, Phase):
            fields = ("phase", "cue", "set", "rep", "at_s", "known_s", "travel_mm")
            return {"event": "phase", **self._watch.source_of(event), **{name: getattr(event, name) for name in fields}}
        if isinstance(event, Hello):
            names = ("rate_hz", "um_per_count", "mn_per_count", "load_zero", "profile", "side", "version", "port")
            hello = {"event": "hello", **self._watch.source_of(event), **{name: getattr(event, name) for name in names}}
            before, self._hello = self._hello, hello
            return None if hello == before else hello
        if isinstance(event, MessagesLost):
            source = {"board": event.board, "session": event.session}
            return {"event": "lost", **source, "messages": event.count, "ranges": [list(gap) for gap in event.ranges]}
        return None

    def advise(self, sentence: str) -> None:
        terminal.note(f"cablerep: {sentence}")

    def recall(self, events: Iterable[Durable]) -> None:
        """Nothing: they were printed when they arrived."""

    def tick(self) -> bool:
        """Nothing is pending."""
        return True


def link_line(event: Event) -> str:
    """Return an event of the link as one line of text, or ""."""
    match event:
        case Connected():
            return f"connected to {event.port}"
        case Disconnected():
            return f"{event.reason}; waiting for it"
        case Silent():
            return f"{event.port}: no data for {event.seconds:.0f} s. {MUTE}"
        case BoardText():
            return f"the board printed: {event.text}"
        case Log():
            return f"board: {event.level}: {event.text}"
        case FramesLost():
            return f"{event.frames} frames lost on the link, {event.total} so far"
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
    return f"{event.count} messages of the board never arrived (numbers {ranges}); some sets lack reps"


def follow(
    watch: Watch,
    view: View,
    *,
    sets: int | None = None,
    also: Callable[[Event], bool] | None = None,
    coach: Coach | None = None,
) -> None:
    """Show events until `sets` sets are over, the view ends, or `also` returns True.

    `also` and `coach` receive every event too. With a coach, a set that is still on is ended first, so that it is
    stored whole. Raises what `Watch` raises, and KeyboardInterrupt.
    """
    open_set = _OpenSet()
    try:
        _follow(watch, view, sets, also, coach, open_set)
    except KeyboardInterrupt:
        if coach is not None:
            _end_set(watch, view, open_set)
        raise
    if coach is not None:
        _end_set(watch, view, open_set)


class _OpenSet:
    """Whether a set has reps and is not over, and whether its board is there to end it."""

    def __init__(self) -> None:
        self.is_on = False
        self.is_there = True

    def handle(self, event: Event) -> None:
        """Process one event."""
        if isinstance(event, Rep):
            self.is_on = self.is_on or (event.kind != "rejected" and not event.amended)
        elif isinstance(event, SetOver):
            self.is_on = False
        elif isinstance(event, Hello | Disconnected | Silent):
            self.is_there = isinstance(event, Hello)


def _end_set(watch: Watch, view: View, open_set: _OpenSet) -> None:
    """End the set that is on and wait for its message; during a movement, wait for its end."""
    if not open_set.is_on:
        return
    deadline = time.monotonic() + _END_SET_S
    asked_s = 0.0
    while open_set.is_on and open_set.is_there and time.monotonic() < deadline:
        if time.monotonic() - asked_s > _ASK_AGAIN_S:
            asked_s = time.monotonic()
            watch.link.session.command("end_set")
        for event in watch.turn():
            view.show(event)
            open_set.handle(event)
    if open_set.is_on:
        view.advise("The set goes on: the board keeps its end, and the next 'cablerep monitor' stores it.")


def _follow(
    watch: Watch,
    view: View,
    sets: int | None,
    also: Callable[[Event], bool] | None,
    coach: Coach | None,
    open_set: _OpenSet,
) -> None:
    remaining = sets
    done = False
    recalled: int | None = None
    view.show(watch.open())
    while not done and remaining != 0:
        for event in watch.turn():
            view.show(event)
            open_set.handle(event)
            watch.companion.handle(event)
            for sentence in _sentences(watch, coach, event) if coach is not None else ():
                view.advise(sentence)
            if also is not None:
                done = also(event) or done
            if isinstance(event, Hello) and event.session != recalled:
                recalled = event.session
                view.recall(watch.recalled())
            if isinstance(event, SetOver) and remaining:
                remaining -= 1
        done = not view.tick() or done


def _sentences(watch: Watch, coach: Coach, event: Event) -> Iterator[str]:
    """Yield what the coach and the plan have to say about an event."""
    sentences = [coach.handle(event)]
    if isinstance(event, Hello) and not watch.companion.asked_free_length:
        watch.companion.asked_free_length = True
        sentences.append(watch.companion.free_length_asked(event))
    if isinstance(event, SetOver) and watch.is_live(event):
        sentences.append(watch.companion.after_set(coach))
    yield from filter(None, sentences)


@dataclass(frozen=True, slots=True)
class MonitorPlan:
    """The boards to monitor: `ports`, one after the other, each with its first side ("": the board's own).

    Each board is monitored for `sets` sets, or forever if None. `stream` requests raw samples, `curves` stores curves.
    `lifters` are the names of those who train, the first one first; `session` is what they plan. `weight_n` is the
    weight that was typed.
    """

    ports: tuple[str | None, ...]
    sides: tuple[str, ...] = ("",)
    sets: int | None = None
    profile: Profile | None = None
    stream: bool = False
    curves: bool = True
    lifters: tuple[str, ...] = ()
    session: Plan | None = None
    weight_n: float | None = None
    practice: bool = False  # store nothing of what is lifted


def monitor_boards(plan: MonitorPlan, store_path: Path, view_of: Callable[[Watch, Coach], View]) -> None:
    """Monitor the boards of `plan`, each in its own view, and store their reps.

    Raises what `follow` raises, and LifterError for an unknown name.
    """
    profile = plan.profile
    with Store(store_path) as store:
        people = [lifters.find(store.lifters(), name) for name in plan.lifters]
        companion = Companion(store, plan.session, people, people[0] if people else lifters.NOBODY)
        for port, side in zip(plan.ports, plan.sides, strict=True):
            link = Link(port, Session(stream=plan.stream))
            coach = Coach(link.session, profile, side)
            companion.begin(coach)
            with Watch(link, store, curves=plan.curves, companion=companion, practice=plan.practice) as watch:
                watch.weight_n = plan.weight_n
                view = view_of(watch, coach)
                if store.backup is not None:
                    view.show(StoreNotice(f"the store was updated; the old one is in {store.backup}"))
                    store.backup = None
                follow(watch, view, sets=plan.sets, coach=coach)
                if not view.tick():
                    return
            profile = coach.profile
