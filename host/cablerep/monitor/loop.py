"""The loop of a live command: events of a watch go to a view until a set, a signal or an error ends it.

A view only shows; it knows neither the port nor the store. There are three: the screen (live/feed.py), plain lines and
JSON Lines.
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
from ..store.database import Store
from ..text import console as terminal
from ..text.contract import contract_object
from ..text.reps import rep_line, set_line
from .watch import Watch


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
    return f"{event.count} messages of this session never arrived (numbers {ranges}); its sets may lack reps"


def follow(
    watch: Watch,
    view: View,
    *,
    sets: int | None = None,
    also: Callable[[Event], bool] | None = None,
    coach: Coach | None = None,
) -> None:
    """Show events until `sets` sets are over, the view ends, or `also` returns True.

    `also` and `coach` receive every event too. Raises what `Watch` raises, and KeyboardInterrupt.
    """
    remaining = sets
    done = False
    recalled: int | None = None
    view.show(watch.open())
    while not done and remaining != 0:
        for event in watch.turn():
            view.show(event)
            sentence = coach.handle(event) if coach is not None else ""
            if sentence:
                view.advise(sentence)
            if also is not None:
                done = also(event) or done
            if isinstance(event, Hello) and event.session != recalled:
                recalled = event.session
                view.recall(watch.recalled())
            if isinstance(event, SetOver) and remaining:
                remaining -= 1
        done = not view.tick() or done


@dataclass(frozen=True, slots=True)
class MonitorPlan:
    """The boards to monitor: `ports`, one after the other, each with its first side ("": the board's own).

    Each board is monitored for `sets` sets, or forever if None. `stream` requests raw samples, `curves` stores curves.
    """

    ports: tuple[str | None, ...]
    sides: tuple[str, ...] = ("",)
    sets: int | None = None
    profile: Profile | None = None
    stream: bool = False
    curves: bool = True


def monitor_boards(plan: MonitorPlan, store_path: Path, view_of: Callable[[Watch, Coach], View]) -> None:
    """Monitor the boards of `plan`, each in its own view, and store their reps. Raises what `follow` raises."""
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
