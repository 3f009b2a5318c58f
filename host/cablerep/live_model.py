"""What the live screen shows, as data: events in, no terminal and no clock.

Time is the board's, from its sample numbers, so the hold clock stands still with the samples and not with the host.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from .events import (
    BoardText,
    FramesLost,
    Health,
    Hello,
    Log,
    Phase,
    Rejected,
    Rep,
    Samples,
    SetOver,
)
from .link import Connected, Disconnected, LinkEvent, Silent

_HISTORY_S = 3.0  # of travel kept, to find where a phase began that is told of a moment later
_TRAIL = 3000  # samples at most: that time at 1 kHz
_LEAST_REACH_MM = 100.0  # shortest travel that fills the bar
_WORD_S = 12.0  # how long a message stays: long enough to be read between two reps


@dataclass
class LiveModel:
    """The state of one board as its events tell it; `apply` takes them in order."""

    port: str = ""
    state: str = "connecting"  # then: connected, silent, waiting
    board: Hello | None = None
    phase: Phase | None = None
    now_s: float = 0.0  # on the board's clock
    travel_mm: float | None = None  # of the newest sample, from an arbitrary origin
    force_n: float | None = None
    bottom_mm: float = 0.0  # travel at which the present or last rep began
    reach_mm: float = _LEAST_REACH_MM  # travel that fills the bar
    set: int = 0
    side: str = ""
    reps: list[Rep] = field(default_factory=list)  # of the present or last set
    sets: deque[SetOver] = field(default_factory=lambda: deque(maxlen=8))
    health: Health | None = None
    frames_lost: int = 0
    _said: tuple[float, str] = (0.0, "")  # when, and what, was last said to the person
    _reps: dict[float, Rep] = field(default_factory=dict)
    _trail: deque[tuple[float, float]] = field(default_factory=lambda: deque(maxlen=_TRAIL))  # seconds, mm

    @property
    def full(self) -> int:
        """Full reps of the present or last set."""
        return sum(rep.kind == "full" for rep in self.reps)

    @property
    def partials(self) -> int:
        """Partial reps of the present or last set."""
        return sum(rep.kind == "partial" for rep in self.reps)

    @property
    def phase_s(self) -> float:
        """How long the present phase has lasted."""
        return max(0.0, self.now_s - self.phase.at_s) if self.phase else 0.0

    @property
    def height(self) -> float | None:
        """How far the cable is pulled out, from 0 at the rep's start to 1 at the furthest that was reached."""
        if self.travel_mm is None:
            return None
        return min(1.0, max(0.0, (self.travel_mm - self.bottom_mm) / self.reach_mm))

    @property
    def word(self) -> str:
        """The latest message for the person at the screen, while it is fresh."""
        said_s, text = self._said
        return text if self.now_s - said_s < _WORD_S else ""

    def say(self, text: str) -> None:
        """Show a message to the person at the screen."""
        self._said = (self.now_s, text)

    def recall(self, reps: Iterable[Rep]) -> None:
        """Show reps of the present session that were stored before this program began."""
        for rep in reps:
            self._take_rep(rep)

    def apply(self, event: LinkEvent) -> None:
        """Take one event."""
        match event:
            case Connected():
                self.port = event.port
                self.state = "connecting"
            case Disconnected():
                self.state = "waiting"
                self.say(event.why)
            case Silent():
                self.state = "silent"
                self.say(f"nothing heard for {event.seconds:.0f} s: is the firmware running?")
            case Hello():
                self._take_hello(event)
            case Samples():
                self._take_samples(event)
            case Phase():
                self._take_phase(event)
            case Rep():
                self._take_rep(event)
                if event.amended:
                    self.say(f"the end of the set made a rep {event.kind}")
            case SetOver():
                self.sets.append(event)
            case Rejected():
                if event.rom_mm >= _LEAST_REACH_MM or event.reason != "outlier":
                    self.say(f"not counted: {event.rom_mm:.0f} mm, {event.reason.replace('_', ' ')}")
            case Health():
                self.health = event
            case Log():
                self.say(event.text if event.level == "info" else f"{event.level}: {event.text}")
            case BoardText():
                self.say(f"board said: {event.text}")
            case FramesLost():
                self.frames_lost = event.total

    def _take_hello(self, hello: Hello) -> None:
        self.state = "connected"
        self.side = hello.side
        if self.board is None or self.board.session != hello.session:
            self.phase = None
            self.now_s = 0.0
            self.travel_mm = None
            self._trail.clear()
            self._begin_set(0)
            self._said = (0.0, self._said[1])
            if self.board is not None:
                self.say("the board began a new session")
        self.board = hello
        self.now_s = max(self.now_s, hello.samples / max(1, hello.rate_hz))

    def _take_samples(self, samples: Samples) -> None:
        hello = self.board
        if hello is None:
            return
        self.state = "connected"
        for number, travel, load in samples.rows():
            self.now_s = number / hello.rate_hz
            self.travel_mm = travel * hello.um_per_count / 1000
            self._trail.append((self.now_s, self.travel_mm))
            if load is not None:
                self.force_n = (load - hello.load_zero) * hello.mn_per_count / 1000
        while self._trail and self._trail[0][0] < self.now_s - _HISTORY_S:
            self._trail.popleft()
        if self.travel_mm is not None and self.phase and self.phase.phase in ("concentric", "hold", "eccentric"):
            self.reach_mm = max(self.reach_mm, self.travel_mm - self.bottom_mm)

    def _take_phase(self, phase: Phase) -> None:
        self.phase = phase
        self.now_s = max(self.now_s, phase.known_s)
        if phase.set and phase.set != self.set:
            self._begin_set(phase.set)
        if phase.phase == "concentric":
            self.bottom_mm = self._travel_at(phase.at_s)

    def _travel_at(self, instant_s: float) -> float:
        for at_s, travel_mm in self._trail:
            if at_s >= instant_s:
                return travel_mm
        return self.bottom_mm if self.travel_mm is None else self.travel_mm

    def _take_rep(self, rep: Rep) -> None:
        if rep.set != self.set:
            self._begin_set(rep.set)
        self._reps[rep.start_s] = rep
        self.reps = sorted(self._reps.values(), key=lambda one: one.start_s)
        self.reach_mm = max(_LEAST_REACH_MM, *(one.rom_mm for one in self._reps.values()))
        self.side = rep.side or self.side

    def _begin_set(self, number: int) -> None:
        self.set = number
        self._reps.clear()
        self.reps = []
        self.reach_mm = _LEAST_REACH_MM
