"""What a screen knows beside the board: who lifts, what is planned next, and what that was last time.

Reads the store only when lifter, exercise, side or the number of finished sets changes.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from ..device.coach import Coach
from ..device.events import Event, Hello, SetOver
from ..exercise.profile import Profile
from ..history.last_time import matching_set, past_sets, record_text
from ..history.logbook import Entry, entries
from ..model.goal import Goal, LastTime
from ..model.screen_events import GoalChosen, LastTimeFound, LifterChosen, LiftersKnown, ScreenEvent
from ..people.lifters import NOBODY
from ..people.plans import Plan, Step
from ..store.database import Lifter, Store


@dataclass
class Companion:
    """`lifters` take turns, the first one begins; `plan` is everybody's. `lifter` lifts next."""

    store: Store
    plan: Plan | None = None
    lifters: Sequence[Lifter] = ()
    lifter: Lifter = NOBODY
    asked_free_length: bool = False
    _known: tuple[object, ...] = field(default=(), repr=False)
    _finished: int = 0
    _told: tuple[ScreenEvent, ...] = ()

    def next_lifter(self) -> Lifter:
        """Return who lifts after the present one: the next of those who train together."""
        numbers = [one.number for one in self.lifters]
        if self.lifter.number not in numbers:
            return self.lifters[0] if self.lifters else NOBODY
        return self.lifters[(numbers.index(self.lifter.number) + 1) % len(numbers)]

    def handle(self, event: Event) -> None:
        """Note that a set is over."""
        self._finished += isinstance(event, SetOver)

    def news(self, profile: Profile | None, side: str) -> Iterator[ScreenEvent]:
        """Yield what a screen should know about the next set, as far as it has changed."""
        known = (None if profile is None else profile.id, side, self.lifter, self._finished)
        if known == self._known:
            return
        self._known = known
        told = tuple(self._about(profile, side))
        for event in told:
            if event not in self._told:
                yield event
        self._told = told

    def _about(self, profile: Profile | None, side: str) -> Iterator[ScreenEvent]:
        yield LiftersKnown(tuple(self.store.lifters()))
        yield LifterChosen(self.lifter.name)
        if profile is None:
            yield GoalChosen(None)
            yield LastTimeFound(None)
            return
        past = past_sets(self.store, profile.name, profile.id, side, self.lifter)
        today = date.today()
        done = sum(entry.day == today for entry in past)
        step = None if self.plan is None else self.plan.step_of(profile.id)
        yield GoalChosen(None if step is None else self._goal(step, done))
        yield LastTimeFound(_last_time(past, today, done))

    def _goal(self, step: Step, done: int) -> Goal:
        fewest, most = step.rep_range
        following = self.following() if done >= step.sets else None
        then = "" if following is None else following[0].exercise.name
        return Goal(fewest, most, done + 1, step.sets, step.weight_n, step.rest_s, step.stop_percent, then)

    def following(self) -> tuple[Step, str] | None:
        """Return the plan's next exercise and side for the present lifter, by the sets of today; None at its end."""
        if self.plan is None:
            return None
        today = entries(self.store, lifter=self.lifter, since=date.today())
        done = [(entry.exercise_id, entry.side) for entry in today if not entry.set.type]
        return self.plan.next_step(lambda exercise_id, side: done.count((exercise_id, side)))

    def next_side(self, coach: Coach) -> str:
        """Return the side with which the present lifter goes on: the one with fewer sets today, the left one first."""
        today = entries(self.store, lifter=self.lifter, since=date.today())
        sides = [entry.side for entry in today if coach.profile is None or entry.exercise_id == coach.profile.id]
        return "right" if sides.count("right") < sides.count("left") else "left"

    def free_length_asked(self, board: Hello | None) -> str:
        """Return what to ask the lifter about the free length of the cable, once a board has an angle sensor."""
        if board is None or not board.angle_sensor or self.lifter is NOBODY or self.lifter.free_mm is not None:
            return ""
        name = self.lifter.name
        return f"{name}: measure from the low pulley's axis to the strap, then: cablerep lifters free {name!r} MM"

    def begin(self, coach: Coach) -> None:
        """Give the coach the lifter, and the exercise and side that the plan begins with unless others were chosen."""
        coach.lifter = self.lifter.number
        coach.free_mm = self.lifter.free_mm
        following = self.following()
        if following is not None:
            step, side = following
            coach.profile = coach.profile or step.exercise
            if coach.profile.id == step.exercise.id:
                coach.side = coach.side or side

    def after_set(self, coach: Coach) -> str:
        """Choose the plan's next exercise once all sets of the present one are done; return a sentence or ""."""
        following = self.following()
        if self.plan is None or coach.profile is None:
            return ""
        if following is None:
            return "The plan is done."
        step, side = following
        if step.exercise.id == coach.profile.id or self.plan.step_of(coach.profile.id) is None:
            return ""
        coach.choose(step.exercise)
        if side:
            coach.choose_lifter(self.lifter.number, side, self.lifter.free_mm)
        return f"Next: {step.exercise.name}."


def _last_time(past: Sequence[Entry], today: date, done: int) -> LastTime | None:
    entry = matching_set(past, today, done)
    record = record_text(past)
    if entry is None:
        return LastTime("", (), None, None, record) if record else None
    day = f"{entry.day:%a} {entry.day.day} {entry.day:%b}"
    return LastTime(day, tuple(entry.set.reps), entry.load_n, entry.set.rom_mm, record)
