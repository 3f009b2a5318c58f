"""What the live screen shows, as data: events in, no terminal and no clock.

Time is the board's, from its sample numbers, so the hold clock stands still with the samples and not with the host,
and a demonstration that runs faster than life is measured as life is.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from statistics import median

from .. import words
from ..device.events import (
    BoardText,
    Connected,
    Disconnected,
    FramesLost,
    FramesMalformed,
    Health,
    Hello,
    Log,
    MessagesLost,
    Phase,
    Rejected,
    Rep,
    Reply,
    Samples,
    SetOver,
    Silent,
    StoreNotice,
)
from ..exercise.profile import Profile
from .news import Coached, Plated, Recalled, Shown, Told
from .trail import Point, Trail

MOVING = ("concentric", "hold", "eccentric")  # phases of a rep
_LEAST_REACH_MM = 100.0  # shortest travel that fills a bar
_WORD_S = 12.0  # how long a message stays: long enough to be read between two reps
_CURVE_STEP_S = 0.02  # between two points of a rep's curve: a force changes little in less
_CURVE_MOST = 3000  # points: the longest hold that a profile may ask for, a minute
# A profile's limit is a mean. A way back from rest to rest that is as smooth as a limb can make it peaks so much above
# its mean (minimum jerk: Flash and Hogan, J. Neurosci. 5, 1985), and there the board's cue sounds.
_PEAK_OF_MEAN = 1.875
_USUAL = ("take_up", "walk_in")  # movements that belong to every set and need no word
_ASKED = {"tare": ("taring", "load cell tared"), "end_set": ("the end of the set", "set ended")}  # by keys


@dataclass
class LiveModel:
    """The state of one board as its events tell it; `apply` takes them in order."""

    port: str = ""
    state: str = "connecting"  # then: connected, silent, waiting
    board: Hello | None = None
    profile: Profile | None = None
    phase: Phase | None = None
    now_s: float = 0.0  # on the board's clock
    travel_mm: float | None = None  # of the newest sample, from an arbitrary origin
    force_n: float | None = None
    bottom_mm: float = 0.0  # travel at which the present or last rep began
    reach_mm: float = _LEAST_REACH_MM  # travel that fills a bar: the furthest of this set and the one before
    held_s: float = 0.0  # the latest hold that is over
    set: int = 0
    side: str = ""
    plate: str = ""  # the last set's load as a plate of the stack, where those are known
    reps: list[Rep] = field(default_factory=list)  # of the present or last set
    sets: deque[SetOver] = field(default_factory=lambda: deque(maxlen=8))
    curve: list[Point] = field(default_factory=list)  # of the present or last rep
    curve_before: list[Point] = field(default_factory=list)  # of the one before it
    health: Health | None = None
    frames_lost: int = 0
    frames_malformed: int = 0
    messages_lost: int = 0  # of the board's present session, for good
    _said: tuple[float, str] = (0.0, "")  # when, and what, was last said to the person
    _reps: dict[float, Rep] = field(default_factory=dict)
    _trail: Trail = field(default_factory=Trail)

    @property
    def full(self) -> int:
        """Full reps of the present or last set."""
        return sum(rep.kind == "full" for rep in self.reps)

    @property
    def partials(self) -> int:
        """Partial reps of the present or last set."""
        return sum(rep.kind == "partial" for rep in self.reps)

    @property
    def moving(self) -> str:
        """The phase of the rep that is under way, or nothing."""
        return self.phase.phase if self.phase and self.phase.phase in MOVING and self.state != "waiting" else ""

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
    def return_m_s(self) -> float | None:
        """Speed of the way back while there is one, see `trail.WINDOW_S`."""
        speed = self._trail.speed_m_s() if self.moving == "eccentric" else None
        return None if speed is None else max(0.0, -speed)

    @property
    def too_fast(self) -> bool:
        """Whether the board says that the way back is too fast now."""
        return self.phase is not None and self.moving == "eccentric" and self.phase.cue == "eccentric_fast"

    @property
    def hold_target_s(self) -> float:
        """Shortest hold that the profile asks for; 0: none."""
        return self.profile.min_hold_s if self.profile else 0.0

    @property
    def return_band_m_s(self) -> tuple[float, float] | None:
        """Speeds between which the way back is neither too slow on the whole nor too fast at any instant."""
        if self.profile is None or not self.profile.eccentric_max_m_s:
            return None
        full = sorted((rep.rom_mm for rep in self.reps if rep.kind == "full"), reverse=True)
        slowest, _ = self.profile.eccentric_band_m_s(median(full[:3]) if full else None)
        return slowest, max(slowest, _PEAK_OF_MEAN * self.profile.eccentric_max_m_s)

    @property
    def last_set(self) -> SetOver | None:
        """The set that is over and after which no rep has begun."""
        over = self.sets[-1] if self.sets else None
        return over if over and self.board and (over.session, over.set) == (self.board.session, self.set) else None

    @property
    def rest_s(self) -> float | None:
        """How long the rest after the last set has lasted; None during a set and before the first one."""
        over = self.last_set
        return None if over is None or self.moving else max(0.0, self.now_s - over.end_s)

    @property
    def load_n(self) -> float | None:
        """The set's load: the median force while holding once it is over, until then the latest rep's mean."""
        if self.last_set is not None:
            return self.last_set.load_n
        return self.reps[-1].force_mean_n if self.reps else None

    @property
    def verdict(self) -> tuple[str, ...]:
        """What was wrong with the latest rep, in the profile's sentences."""
        return tuple(self.sentence(flag) for flag in self.reps[-1].flags) if self.reps else ()

    @property
    def word(self) -> str:
        """The latest message for the person at the screen, while it is fresh."""
        said_s, text = self._said
        return text if self.now_s - said_s < _WORD_S else ""

    def sentence(self, flag: str) -> str:
        """Return what a lifter should read about `flag`."""
        return self.profile.sentence(flag) if self.profile else words.flag(flag)

    def say(self, text: str) -> None:
        """Show a message to the person at the screen."""
        self._said = (self.now_s, text)

    def apply(self, event: Shown) -> None:
        """Take one event."""
        match event:
            case Connected():
                self.port = event.port
                self.state = "connecting"
            case Disconnected():
                self.state = "waiting"
                self.say(event.reason)
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
                before = self._reps.get(event.start_s)
                self._take_rep(event)
                # What was said before a rep is no longer news once there is a rep to speak of.
                changed = before is not None and before.kind != event.kind
                self.say(f"the end of the set made a rep {event.kind}" if changed else "")
            case SetOver():
                self.sets.append(event)
            case Rejected():
                if event.reason not in _USUAL and (event.rom_mm >= _LEAST_REACH_MM or event.reason != "outlier"):
                    self.say(f"not counted: {event.rom_mm:.0f} mm, {words.rejection(event.reason)}")
            case Reply():
                self._take_reply(event)
            case Health():
                self.health = event
            case Log():
                self.say(event.text if event.level == "info" else f"{event.level}: {event.text}")
            case BoardText():
                self.say(f"board said: {event.text}")
            case FramesLost():
                self.frames_lost = event.total
            case FramesMalformed():
                self.frames_malformed = event.total
            case MessagesLost():
                self.messages_lost = event.count
                self.say(f"{event.count} messages of the board never arrived; sets may lack reps")
            case StoreNotice():
                self.say(event.text)
            case Recalled():
                for rep in event.reps:
                    self._take_rep(rep)
            case Coached():
                self.profile = event.profile
                self.side = event.side or self.side
            case Told():
                self.say(event.text)
            case Plated():
                self.plate = event.text

    def _take_hello(self, hello: Hello) -> None:
        self.state = "connected"
        self.side = hello.side
        if self.board is None or self.board.session != hello.session:
            self.phase = None
            self.now_s = 0.0
            self.travel_mm = None
            self._trail.clear()
            self.curve = []
            self.curve_before = []
            self._begin_set(0)
            self._said = (0.0, self._said[1])
            if self.board is not None and self.board.profile == hello.profile:
                self.say("the board began a new session")  # another profile makes one too, and is told of by the coach
        self.board = hello
        self.now_s = max(self.now_s, hello.samples / max(1, hello.rate_hz))

    def _take_samples(self, samples: Samples) -> None:
        hello = self.board
        if hello is None:
            return
        self.state = "connected"
        for number, travel, load in samples.rows():
            self.now_s = number / max(1, hello.rate_hz)
            self.travel_mm = travel * hello.um_per_count / 1000
            if load is not None:
                self.force_n = (load - hello.load_zero) * hello.mn_per_count / 1000
            point = Point(self.now_s, self.travel_mm, self.force_n)
            self._trail.add(point)
            if self.moving:
                self._draw(point)
        if self.moving and self.travel_mm is not None:
            self.reach_mm = max(self.reach_mm, self.travel_mm - self.bottom_mm)

    def _draw(self, point: Point) -> None:
        """Add a point to the rep's curve, where it is time for one."""
        curve = self.curve
        if len(curve) < _CURVE_MOST and (not curve or point.at_s - curve[-1].at_s >= _CURVE_STEP_S):
            curve.append(point)

    def _take_phase(self, phase: Phase) -> None:
        before = self.phase
        if before is not None and before.phase == phase.phase:
            phase = replace(phase, at_s=before.at_s)  # only the cue is new: the board then gives the time of that
        self.phase = phase
        self.now_s = max(self.now_s, phase.known_s)
        if phase.set and phase.set != self.set:
            self._begin_set(phase.set)
        was = before.phase if before else ""
        if phase.phase == "concentric" and was not in ("concentric", "hold"):  # a sticking point is not a new rep
            self._begin_rep(phase.at_s)
        if before and was == "hold" and phase.phase != "hold":
            self.held_s = phase.at_s - before.at_s

    def _begin_rep(self, instant_s: float) -> None:
        self.curve_before, self.curve = self.curve, []
        since = list(self._trail.since(instant_s))
        if since:
            self.bottom_mm = since[0].travel_mm
        elif self.travel_mm is not None:
            self.bottom_mm = self.travel_mm
        for point in since:
            self._draw(point)

    def _take_rep(self, rep: Rep) -> None:
        if rep.set != self.set:
            self._begin_set(rep.set)
        self._reps[rep.start_s] = rep
        self.reps = sorted(self._reps.values(), key=lambda one: one.start_s)
        self.reach_mm = max(_LEAST_REACH_MM, *(one.rom_mm for one in self._reps.values()))
        self.side = rep.side or self.side

    def _take_reply(self, reply: Reply) -> None:
        """Say what became of a key's command; the coach answers for his own, and the program's are of no interest."""
        if reply.command in _ASKED:
            what, done = _ASKED[reply.command]
            self.say(done if reply.status == "done" else f"{what}: {reply.status}")

    def _begin_set(self, number: int) -> None:
        self.set = number
        self._reps.clear()
        self.reps = []
