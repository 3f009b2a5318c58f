"""The loop of a live command: turns of a watch, handed to a view until a set, a signal or an error ends it.

A view shows; it knows neither the port nor the store. Three there are: the screen, plain lines and JSON Lines.
"""

import time
from collections.abc import Callable
from typing import Protocol

from rich.console import Console
from rich.live import Live
from rich.text import Text

from . import tables, terminal
from .contract import contract_object
from .events import BoardText, FramesLost, Health, Hello, Log, Phase, Rejected, Rep, SetOver
from .link import Connected, Disconnected, LinkEvent, Silent
from .live_model import LiveModel
from .screen import render
from .watch import Watch

_FRAME_S = 1 / 12  # between two drawings of the screen: as often as samples arrive


class View(Protocol):
    """Something that shows what a board says."""

    def show(self, event: LinkEvent) -> None:
        """Take one event."""

    def tick(self) -> None:
        """Draw, where there is something to draw; called many times a second."""

    def close(self) -> None:
        """Leave the terminal as it was."""


class ScreenView:
    """The live screen on a terminal of its own, gone when it is closed."""

    def __init__(self, console: Console, model: LiveModel, clock: Callable[[], float] = time.monotonic) -> None:
        self.model = model
        self._console = console
        self._clock = clock
        self._drawn_at = 0.0
        self._live = Live(Text(""), console=console, screen=True, auto_refresh=False)
        self._live.start()

    def show(self, event: LinkEvent) -> None:
        self.model.apply(event)

    def tick(self) -> None:
        if self._clock() - self._drawn_at >= _FRAME_S:
            self._drawn_at = self._clock()
            # A column less than the terminal has: in its last one some terminals break the line.
            size = self._console.size
            self._live.update(render(self.model, size.width - 1, size.height), refresh=True)

    def close(self) -> None:
        self._live.stop()


class PlainView:
    """A line for each thing worth a line."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._session: int | None = None
        self._faults: tuple[str, ...] = ()

    def show(self, event: LinkEvent) -> None:
        line = self._line(event)
        if line:
            self._console.print(line, soft_wrap=True)

    def tick(self) -> None:
        """A line stands when it is printed."""

    def close(self) -> None:
        """Nothing to leave."""

    def _line(self, event: LinkEvent) -> str:
        match event:
            case Hello():
                known, self._session = self._session, event.session
                if known == event.session:
                    return ""
                new = "" if known is None else ", a new session"
                return f"board {event.board}, firmware {event.version}, {event.rate_hz} Hz{new}"
            case Rep():
                return f"{'amended: ' if event.amended else ''}{tables.rep_line(event)}"
            case SetOver():
                return tables.set_line(event.set, event.reps, event.partials, event.rom_mm, event.load_n, event.side)
            case Rejected():
                return f"not counted: {event.rom_mm:.0f} mm at {event.start_s:.1f} s, {event.reason}"
            case Health():
                faults, self._faults = self._faults, event.faults
                return f"fault: {', '.join(event.faults)}" if event.faults and event.faults != faults else ""
        return link_line(event)


class JsonView:
    """The contract's objects as JSON Lines, with the board in place of the trace."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._told: dict[str, object] = {}  # the last HELLO's object

    def show(self, event: LinkEvent) -> None:
        if isinstance(event, Connected | Disconnected | Silent | BoardText | Log | FramesLost):
            terminal.note(f"cablerep: {link_line(event)}")
            return
        thing = contract_object(event, **self._watch.source_of(event)) or self._other(event)
        if thing is not None:
            terminal.print_json(thing)

    def _other(self, event: LinkEvent) -> dict[str, object] | None:
        """Return the object of an event that a recording does not have."""
        if isinstance(event, Phase):
            fields = ("phase", "cue", "set", "rep", "at_s", "known_s", "travel_mm")
            return {"event": "phase", **self._watch.source_of(event), **{name: getattr(event, name) for name in fields}}
        if isinstance(event, Hello):
            names = ("rate_hz", "um_per_count", "mn_per_count", "load_zero", "profile", "side", "version", "port")
            told = {"event": "hello", **self._watch.source_of(event), **{name: getattr(event, name) for name in names}}
            known, self._told = self._told, told
            return None if told == known else told
        return None

    def tick(self) -> None:
        """A line stands when it is printed."""

    def close(self) -> None:
        """Nothing to leave."""


def link_line(event: LinkEvent) -> str:
    """Return what the line itself has to say as one line of text, or nothing."""
    match event:
        case Connected():
            return f"connected to {event.port}"
        case Disconnected():
            return f"{event.why}; waiting for it"
        case Silent():
            return f"{event.port}: nothing heard for {event.seconds:.0f} s; is the firmware running?"
        case BoardText():
            return f"board said: {event.text}"
        case Log():
            return f"board: {event.level}: {event.text}"
        case FramesLost():
            return f"{event.frames} frames lost on the line, {event.total} so far"
    return ""


def follow(
    watch: Watch, view: View, *, sets: int | None = None, also: Callable[[LinkEvent], bool] | None = None
) -> None:
    """Show what the board says until `sets` sets are over, or `also`, which is told everything too, says it is enough.

    Raises what `Watch` raises, and KeyboardInterrupt.
    """
    left = sets
    enough = False
    recalled: int | None = None
    view.show(watch.open())
    while not enough and left != 0:
        for event in watch.turn():
            view.show(event)
            if also is not None:
                enough = also(event) or enough
            if isinstance(event, Hello) and event.session != recalled:
                recalled = event.session
                if isinstance(view, ScreenView):
                    view.model.recall(watch.recalled())
            if isinstance(event, SetOver) and left:
                left -= 1
        view.tick()
