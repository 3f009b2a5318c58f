"""The state of the live screen as data: events in, no terminal and no clock.

Time is the board's, from its sample numbers. So the hold clock stops when samples stop, and a demo that runs faster
than real time shows the right durations.

A side, exercise or lifter that is chosen during a set is for the next one; until then it is in `next_side` and so on.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING

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
from ..store.records import Lifter
from .floor_plan import RANGE_FLAGS, FloorPlan, FloorTrail, is_on_other_side, line_advice, plan_of, range_advice
from .goal import Goal, LastTime, velocity_losses
from .screen_events import (
    ExerciseChosen,
    GoalChosen,
    LastTimeFound,
    LifterChosen,
    LiftersKnown,
    Message,
    PlateFound,
    RepsRecalled,
    ScreenEvent,
    WeightTyped,
)
from .trail import Point, Trail

if TYPE_CHECKING:  # Profile needs pydantic, which does not run everywhere this module does
    from ..exercise.profile import Profile

REP_PHASES = ("concentric", "hold", "eccentric")
_MIN_TRAVEL_MM = 100.0  # shortest travel that fills a bar
_AT_STACK_MM = 30.0  # as the contract says
_NEW_START_S = 1.0  # a rest this long may be a new start position (contract)
_RESUME_S = 30.0  # after a restart: a set that begins later is another one
_MESSAGE_S = 12.0  # how long a message is shown: time to read it between two reps
_VERDICT_S = 1.5  # how long the verdict on a rep stays when the next one has begun
_CURVE_STEP_S = 0.02  # between two points of a curve: force changes little in less
_CURVE_MAX = 3000  # points: the longest hold that a profile may ask for, a minute
# A profile limits the mean speed. The smoothest possible movement peaks at this multiple of its mean (minimum jerk:
# Flash and Hogan, J. Neurosci. 5, 1985), and there the board's cue sounds.
_PEAK_OVER_MEAN = 1.875
_USUAL = ("take_up", "walk_in")  # rejections that occur in every set
_UNDER_LOAD = "refused under load"  # as in wire.STATUSES
# Commands of keys: what to call them, and what to report when they succeed.
_KEY_COMMANDS = {"tare": ("tare", "load cell tared"), "end_set": ("end of set", "set ended")}


@dataclass
class LiveModel:
    """The state of one board; pass its events to `apply` in order."""

    port: str = ""
    state: str = "connecting"  # then: connected, silent, waiting
    board: Hello | None = None
    profile: "Profile | None" = None
    phase: Phase | None = None
    now_s: float = 0.0  # on the board's clock
    travel_mm: float | None = None  # of the newest sample, from an arbitrary origin
    force_n: float | None = None
    bottom_mm: float = 0.0  # travel at the start of the current or last rep
    lowest_mm: float | None = None  # lowest travel of the session, near the stack
    max_travel_mm: float = _MIN_TRAVEL_MM  # travel that fills a bar: the largest of this set and the one before
    held_s: float = 0.0  # duration of the last finished hold
    set: int = 0
    side: str = ""
    lifter: str = ""  # name, "" for nobody
    goal: Goal | None = None  # of the current or last set
    last_time: LastTime | None = None  # what the current or last set is held against
    lifters: tuple[Lifter, ...] = ()  # to choose from
    next_side: str = ""
    next_profile: "Profile | None" = None
    next_lifter: str = ""
    next_goal: Goal | None = None
    next_last_time: LastTime | None = None
    plate: str = ""  # load of the last set as a plate of the stack, if those are known
    printed_n: float | None = None  # what is printed on that plate
    typed_n: float | None = None  # weight typed for the next sets
    reps: list[Rep] = field(default_factory=list)  # of the current or last set
    sets: deque[SetOver] = field(default_factory=lambda: deque(maxlen=8))
    curve: list[Point] = field(default_factory=list)  # of the current or last rep
    curve_before: list[Point] = field(default_factory=list)  # of the rep before
    health: Health | None = None
    frames_lost: int = 0
    frames_malformed: int = 0
    messages_lost: int = 0  # for good
    _message: tuple[float, str] = (0.0, "")  # time and text
    _reps: dict[float, Rep] = field(default_factory=dict)
    _held_n: dict[float, float] = field(default_factory=dict)  # median force of the hold of each rep, by its start
    _lost: dict[int, int] = field(default_factory=dict)  # messages by session
    _interrupted: list[Rep] = field(default_factory=list)  # reps of the set in which the board started again
    _trail: Trail = field(default_factory=Trail)
    _floor: FloorTrail = field(default_factory=FloorTrail)
    _free_mm: float | None = None  # length of the cable at travel 0
    _recalled: bool = False  # the program started during this set: what is chosen now was chosen before it

    @property
    def full(self) -> int:
        """Full reps of the current or last set."""
        return sum(rep.kind == "full" for rep in self.reps)

    @property
    def partials(self) -> int:
        """Partial reps of the current or last set."""
        return sum(rep.kind == "partial" for rep in self.reps)

    @property
    def rep_phase(self) -> str:
        """The phase of the rep in progress, or ""."""
        return self.phase.phase if self.phase and self.phase.phase in REP_PHASES and self.state != "waiting" else ""

    @property
    def phase_s(self) -> float:
        """Duration of the current phase so far."""
        return max(0.0, self.now_s - self.phase.at_s) if self.phase else 0.0

    @property
    def before_first_rep(self) -> bool:
        """Whether the movement started at the stack before the set has a rep: it may only take up the cable."""
        if self.phase is None or self.phase.set or self.lowest_mm is None:
            return False
        return self.bottom_mm - self.lowest_mm < _AT_STACK_MM

    @property
    def taking_up(self) -> bool:
        """Whether the lifter is stepping back from the stack, unless the exercise may start there."""
        may_start_at_stack = self.profile is not None and self.profile.start == "either"
        return self.rep_phase in ("concentric", "hold") and self.before_first_rep and not may_start_at_stack

    @property
    def hold_reached(self) -> bool:
        """Whether the board reports that the hold is long enough."""
        reached = self.phase is not None and self.rep_phase == "hold" and self.phase.cue == "hold_reached"
        return reached and not self.before_first_rep

    @property
    def shown_hold_s(self) -> float | None:
        """Duration of the current hold, or of the one just finished; None where there is none to show."""
        if self.taking_up or self.phase is None or self.rep_phase == "concentric":
            return None
        if self.rep_phase == "hold":
            return self.phase_s
        if self.rep_phase == "eccentric":
            return self.held_s
        return self.reps[-1].hold_s if self.reps else None

    @property
    def extension(self) -> float | None:
        """How far the cable is pulled out, from 0 at the rep's start to 1 at the largest travel."""
        if self.travel_mm is None:
            return None
        return min(1.0, max(0.0, (self.travel_mm - self.bottom_mm) / self.max_travel_mm))

    @property
    def eccentric_m_s(self) -> float | None:
        """Current speed of the eccentric, see `trail.WINDOW_S`; None outside of it."""
        speed = self._trail.speed_m_s() if self.rep_phase == "eccentric" else None
        return None if speed is None else max(0.0, -speed)

    @property
    def too_fast(self) -> bool:
        """Whether the board reports that the eccentric is too fast."""
        return self.phase is not None and self.rep_phase == "eccentric" and self.phase.cue == "eccentric_fast"

    @property
    def hold_target_s(self) -> float:
        """The hold that the profile asks for, 0 for none: the one target of ring, tempo guide, cue and verdict."""
        return self.profile.min_hold_s if self.profile else 0.0

    @property
    def eccentric_band_m_s(self) -> tuple[float, float] | None:
        """Slowest good mean speed and fastest good peak speed of the eccentric."""
        if self.profile is None or not self.profile.eccentric_max_m_s:
            return None
        full = sorted((rep.rom_mm for rep in self.reps if rep.kind == "full"), reverse=True)
        slowest, _ = self.profile.eccentric_band_m_s(median(full[:3]) if full else None)
        return slowest, max(slowest, _PEAK_OVER_MEAN * self.profile.eccentric_max_m_s)

    @property
    def finished_set(self) -> SetOver | None:
        """The last set, if no rep has followed it."""
        over = self.sets[-1] if self.sets else None
        return over if over and self.board and (over.session, over.set) == (self.board.session, self.set) else None

    @property
    def rest_s(self) -> float | None:
        """Duration of the rest since the last set; None during a set and before the first one."""
        over = self.finished_set
        return None if over is None or self.rep_phase else max(0.0, self.now_s - over.end_s)

    @property
    def in_set(self) -> bool:
        """Whether a set has begun and is not over."""
        return bool(self.reps) and self.finished_set is None

    @property
    def judged(self) -> bool:
        """Whether the board judges form by the profile that is shown."""
        return self.profile is not None and self.board is not None and self.board.profile == self.profile.number

    @property
    def rest_target_s(self) -> float:
        """The rest between sets, of the plan or else the profile; 0 for none."""
        if self.goal is not None and self.goal.rest_s:
            return self.goal.rest_s
        return self.profile.rest.between_sets_s if self.profile else 0.0

    @property
    def rest_left_s(self) -> float | None:
        """The rest that is left, negative once it is over; None outside a rest, or without a target."""
        return None if self.rest_s is None or not self.rest_target_s else self.rest_target_s - self.rest_s

    @property
    def load_n(self) -> float | None:
        """The one load: of a finished set its plate's, else the median force of the holds, else what was typed.

        During a set it is the median of the holds so far, or the latest rep's mean force where no samples arrive.
        """
        over = self.finished_set
        if over is not None and self.printed_n is not None:
            return self.printed_n
        if over is not None:
            measured_n = over.load_n
        elif self._held_n:
            measured_n = median(self._held_n.values())
        else:
            measured_n = self.reps[-1].force_mean_n if self.reps else None
        return self.typed_n if measured_n is None or (measured_n < 0 and self.typed_n is not None) else measured_n

    @property
    def velocity_loss(self) -> float | None:
        """The loss of lifting speed from the fastest comparable rep to the latest one, 0 to 1; None before two."""
        losses = list(velocity_losses(self.reps).values())
        return losses[-1] if len(losses) > 1 else None

    @property
    def stop_reached(self) -> bool:
        """Whether the set has lost as much speed as the lifter wants to lose."""
        limit = self.goal.stop_percent if self.goal is not None else 0
        return bool(limit) and 100 * (self.velocity_loss or 0.0) >= limit

    @property
    def ghost(self) -> Rep | None:
        """The rep of last time that stands beside the next full rep."""
        return None if self.last_time is None else self.last_time.ghost(self.full + 1)

    @property
    def announced(self) -> str:
        """What changes with the next set, if something was chosen during this one."""
        changes = []
        if self.next_lifter != self.lifter:
            changes.append(self.next_lifter or "nobody")
        if self.next_profile is not self.profile and self.next_profile is not None:
            changes.append(self.next_profile.name)
        if self.next_side != self.side and self.next_side:
            changes.append(self.next_side)
        return f"next set: {', '.join(changes)}" if changes and self.in_set else ""

    @property
    def range_hint(self) -> str:
        """How the latest rep's range compares with last time's, while the board is still learning this set's range."""
        profile, last = self.profile, self.last_time
        if profile is None or last is None or not last.rom_mm or not self.reps or profile.rom.target_mm:
            return ""
        rep = self.reps[-1]
        if (
            self.full > profile.rom.learn_reps
            or rep.kind == "rejected"
            or {"range_over", "range_under"} & set(rep.flags)
        ):
            return ""
        percent = 100 * rep.rom_mm / last.rom_mm
        if 0 < percent < profile.rom.under_percent:
            return f"short of last time's range: {rep.rom_mm:.0f} of {last.rom_mm:.0f} mm"
        if profile.rom.over_percent and percent > profile.rom.over_percent:
            return f"beyond last time's range: {rep.rom_mm:.0f} instead of {last.rom_mm:.0f} mm"
        return ""

    @property
    def verdict(self) -> tuple[str, ...]:
        """What to improve in the latest rep, in the profile's sentences."""
        return tuple(self._sentence_of(flag, self.reps[-1]) for flag in self.reps[-1].flags) if self.reps else ()

    def _sentence_of(self, flag: str, rep: Rep) -> str:
        """Return the advice for a rep; off the line it depends on which way the leg went."""
        band_deg = self.profile.direction_deg if self.profile else None
        if flag == "off_line" and band_deg is not None and rep.direction_deg is not None:
            return line_advice(rep.direction_deg, rep.side, band_deg)
        if flag in RANGE_FLAGS and band_deg is not None and rep.direction_deg is None:
            return range_advice(self.sentence(flag))
        return self.sentence(flag)

    @property
    def has_angle(self) -> bool:
        """Whether the board has an angle sensor."""
        return self.board is not None and self.board.angle_sensor != 0

    @property
    def floor_plan(self) -> FloorPlan | None:
        """The last set's kicks seen from above, and the one that is on; None without any."""
        band_deg = self.profile.direction_deg if self.profile else None
        return plan_of(self.reps, band_deg, self.side, self._floor) if self.has_angle else None

    @property
    def shows_verdict(self) -> bool:
        """Whether the verdict on the latest rep is shown large: until the next rep is under way."""
        if not self.reps or self.finished_set is not None or self.phase is None:
            return False
        rep = self.reps[-1]
        if not rep.flags and (not self.judged or rep.kind != "full"):
            return False
        recent = self.now_s - rep.known_s < _VERDICT_S
        return self.phase.phase == "rest" or (recent and self.rep_phase == "concentric")

    @property
    def message(self) -> str:
        """The latest message to the person at the screen, or "" once it is old."""
        shown_s, text = self._message
        return text if self.now_s - shown_s < _MESSAGE_S else ""

    def sentence(self, flag: str) -> str:
        """Return what the lifter should read about `flag`."""
        return self.profile.sentence(flag) if self.profile else words.flag(flag)

    def show_message(self, text: str) -> None:
        """Show a message to the person at the screen."""
        self._message = (self.now_s, text)

    def apply(self, event: ScreenEvent) -> None:
        """Process one event."""
        self._process(event)
        if not self.in_set or self._recalled or self.profile is None:
            self.side, self.profile, self.lifter = self.next_side, self.next_profile, self.next_lifter
        if not self.reps or self._recalled:
            self.goal, self.last_time = self.next_goal, self.next_last_time

    def _process(self, event: ScreenEvent) -> None:
        match event:
            case Connected():
                self.port = event.port
                self.state = "connecting"
            case Disconnected():
                self.state = "waiting"
                self.show_message(event.reason)
            case Silent():
                self.state = "silent"
                self.show_message(f"no data for {event.seconds:.0f} s: if it lasts 15 s, plug the board in again")
            case Hello():
                self._apply_hello(event)
            case Samples():
                self._apply_samples(event)
            case Phase():
                self._apply_phase(event)
            case Rep():
                self._recalled = False
                before = self._reps.get(event.start_s)
                self._apply_rep(event)
                # A rep replaces any older message.
                changed = before is not None and before.kind != event.kind
                self.show_message(f"after the set, a rep is {words.kind(event.kind)}" if changed else "")
                self._ask_about_side()
            case SetOver():
                self.sets.append(event)
            case Rejected():
                if event.reason not in _USUAL and (event.rom_mm >= _MIN_TRAVEL_MM or event.reason != "outlier"):
                    self.show_message(f"not counted: {event.rom_mm:.0f} mm, {words.rejection(event.reason)}")
            case Reply():
                self._apply_reply(event)
            case Health():
                self.health = event
                self._free_mm = event.free_mm if event.free_mm is not None else self._free_mm
            case Log():
                self.show_message(event.text if event.level == "info" else f"{event.level}: {event.text}")
            case BoardText():
                self.show_message(f"the board printed: {event.text}")
            case FramesLost():
                self.frames_lost = event.total
            case FramesMalformed():
                self.frames_malformed = event.total
            case MessagesLost():
                self._lost[event.session] = event.count
                self.messages_lost = sum(self._lost.values())
                self.show_message(f"{event.count} messages of the board never arrived; sets may lack reps")
            case StoreNotice():
                self.show_message(event.text)
            case RepsRecalled():
                self._apply_recalled(event)
                self._recalled = True
            case ExerciseChosen():
                self.next_profile = event.profile
                self.next_side = event.side or self.next_side
            case LifterChosen():
                self.next_lifter = event.name
            case LiftersKnown():
                self.lifters = event.lifters
            case GoalChosen():
                self.next_goal = event.goal
            case LastTimeFound():
                self.next_last_time = event.last_time
            case WeightTyped():
                self.typed_n = event.weight_n
            case Message():
                self.show_message(event.text)
            case PlateFound():
                self.plate, self.printed_n = event.text, event.printed_n

    def _apply_hello(self, hello: Hello) -> None:
        self.state = "connected"
        self.next_side = hello.side
        if self.board is None or self.board.session != hello.session:
            self.phase = None
            self.now_s = 0.0
            self.travel_mm = None
            self.lowest_mm = None
            self._trail.clear()
            self._floor.clear()
            self._free_mm = None
            self.curve = []
            self.curve_before = []
            self._begin_set(0)
            self._interrupted = []
            self._message = (0.0, self._message[1])
            if self.board is not None and self.board.profile == hello.profile:
                self.show_message("the board started a new session")  # for a new profile the coach says so
        self.board = hello
        self._free_mm = hello.free_mm if self._free_mm is None else self._free_mm
        self.now_s = max(self.now_s, hello.samples / max(1, hello.rate_hz))

    def _ask_about_side(self) -> None:
        """Ask whether the side is right if the last kicks went where the other leg's go; nothing is changed."""
        band_deg = self.profile.direction_deg if self.profile else None
        if self.reps and is_on_other_side(self.reps, band_deg, self.reps[-1].side):
            self.show_message(words.label("direction", "other_side").format(side=self.reps[-1].side))

    def _apply_samples(self, samples: Samples) -> None:
        hello = self.board
        if hello is None:
            return
        self.state = "connected"
        for number, travel, load in samples.rows():
            self.now_s = number / max(1, hello.rate_hz)
            self.travel_mm = travel * hello.mm_per_count
            self.lowest_mm = self.travel_mm if self.lowest_mm is None else min(self.lowest_mm, self.travel_mm)
            if load is not None:
                self.force_n = (load - hello.load_zero) * hello.n_per_count
            point = Point(self.now_s, self.travel_mm, self.force_n)
            self._trail.add(point)
            if self.rep_phase:
                self._extend_curve(point)
        self._floor.take(samples, hello, self._free_mm)
        if self.rep_phase and self.travel_mm is not None:
            self.max_travel_mm = max(self.max_travel_mm, self.travel_mm - self.bottom_mm)

    def _extend_curve(self, point: Point) -> None:
        curve = self.curve
        if len(curve) < _CURVE_MAX and (not curve or point.at_s - curve[-1].at_s >= _CURVE_STEP_S):
            curve.append(point)

    def _apply_phase(self, phase: Phase) -> None:
        before = self.phase
        if before is not None and before.phase == phase.phase:
            phase = replace(phase, at_s=before.at_s)  # only the cue is new, and at_s is its time
        self.phase = phase
        self.now_s = max(self.now_s, phase.known_s)
        if phase.set and phase.set != self.set:
            self._begin_set(phase.set)
        previous = before.phase if before else ""
        if phase.phase == "concentric" and previous not in ("concentric", "hold"):  # a sticking point is no new rep
            self._begin_rep(phase.at_s)
        elif before and phase.phase == "concentric" and not phase.set and phase.at_s - before.at_s >= _NEW_START_S:
            self._begin_rep(phase.at_s)  # from a new start position, after a step back from the stack
        if before and previous == "hold" and phase.phase != "hold":
            self.held_s = phase.at_s - before.at_s

    def _begin_rep(self, instant_s: float) -> None:
        self.curve_before, self.curve = self.curve, []
        since = list(self._trail.since(instant_s))
        if since:
            self.bottom_mm = since[0].travel_mm
        elif self.travel_mm is not None:
            self.bottom_mm = self.travel_mm
        for point in since:
            self._extend_curve(point)
        self._floor.begin(instant_s)

    def _apply_recalled(self, recalled: RepsRecalled) -> None:
        session = self.board.session if self.board else 0
        for event in recalled.events:
            if isinstance(event, SetOver):
                self.sets.append(event)
            elif event.session == session:
                self._apply_rep(event)
            else:
                self._interrupted.append(event)
        if self._interrupted and not self.set:
            self.reps = [*self._interrupted]
            self.show_message(f"the board started again; the count goes on from {self.full}")

    def _apply_rep(self, rep: Rep) -> None:
        if self.board is not None and rep.session != self.board.session:
            last = self._interrupted[-1] if self._interrupted and not self.set else None
            if last is not None and (rep.session, rep.set) == (last.session, last.set):
                self._interrupted = [one for one in self._interrupted if one.start_s != rep.start_s] + [rep]
                self.reps = [*self._interrupted]
            return  # from before the board's restart
        if rep.set != self.set:
            if rep.start_s > _RESUME_S:
                self._interrupted = []
            self._begin_set(rep.set)
        self._reps[rep.start_s] = rep
        held_n = [
            point.force_n
            for point in (*self.curve_before, *self.curve)
            if point.force_n is not None and rep.top_s <= point.at_s <= rep.release_s
        ]
        if held_n:
            self._held_n[rep.start_s] = median(held_n)
        counted = sum(one.kind == "full" for one in self._interrupted)
        own = sorted(self._reps.values(), key=lambda one: one.start_s)
        own = [replace(one, rep=one.rep + counted) if counted and one.rep is not None else one for one in own]
        self.reps = [*self._interrupted, *own]
        self.max_travel_mm = max(_MIN_TRAVEL_MM, *(one.rom_mm for one in self.reps))
        self.side = rep.side or self.side

    def _apply_reply(self, reply: Reply) -> None:
        """Report the result of a key's command. The coach reports its own commands."""
        if reply.command in _KEY_COMMANDS:
            name, success = _KEY_COMMANDS[reply.command]
            remedy = "; take the load off, or press T to tare anyway" if reply.status == _UNDER_LOAD else ""
            self.show_message(success if reply.status == "done" else f"{name}: {reply.status}{remedy}")

    def _begin_set(self, number: int) -> None:
        if self.set:
            self._interrupted = []
        self.set = number
        self._reps.clear()
        self._held_n.clear()
        self.reps = [*self._interrupted]
        self.side, self.profile, self.lifter = self.next_side, self.next_profile, self.next_lifter
        self.goal, self.last_time = self.next_goal, self.next_last_time
