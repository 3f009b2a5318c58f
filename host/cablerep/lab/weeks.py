"""Weeks of training of several people on one machine, simulated into a store: for trying out history, plans and advice.

Each set is a simulated recording, replayed through the engine like a trace, and stored as a board reports it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from cablerep_fw.core.link import wire
from cablerep_sim.board.address import parse
from cablerep_sim.replay import Replay

from ..device.events import Hello, Rep, SetOver
from ..device.session import Session
from ..exercise.facts import facts_of
from ..people.plans import Plan, Step
from ..store.database import Lifter, Store, StoredSet
from ..units import kilograms

BOARD = "simulated"
_TRAINING_DAYS = (0, 3, 5)  # of a week: Monday, Thursday, Saturday
_BETWEEN_SETS = timedelta(minutes=2)
_PLATE_KG = 7.5  # without a planned weight
_GAIN = 0.04  # of the weight, each week
_CHILDS_PLAY = "clean?reps=3&hold_s=0.3&plate_kg=1&ratio=1&seed={}&rate={}"
_EXTRA_HOLD_S = 0.4  # beyond the tempo's hold: the simulated holds vary by some 4 %
_SLOWER = 1.25  # times the tempo: phases are timed from 25 mm/s on, which omits a fifth of a smooth movement


@dataclass(frozen=True, slots=True)
class Course:
    """Who trains what: `days` a week for `weeks` weeks from `first` on, a set of each in turn.

    `mistakes`: on the first day one set is stored for the wrong leg, and a child plays with the cable at the end.
    """

    people: Sequence[Lifter]
    plan: Plan
    first: datetime
    weeks: int = 3
    days: int = 2
    rate_hz: int = 100
    seed: int = 1
    first_session: int = 1  # of the board: higher than those that the store has
    mistakes: bool = False

    @property
    def sets(self) -> int:
        """How many sets it has."""
        return self.weeks * self.days * sum(1 for _ in _sets(self)) + self.mistakes


def simulate(store: Store, course: Course) -> Iterator[StoredSet]:
    """Store the course set by set, and yield each set. Raises StoreError."""
    session = course.first_session - 1
    for week in range(course.weeks):
        for day in _TRAINING_DAYS[: course.days]:
            at = course.first + timedelta(days=7 * week + day)
            wrong_leg = course.mistakes and week == day == 0
            for step, side, lifter in _sets(course):
                session += 1
                stored_side = "left" if wrong_leg and side == "right" else side
                wrong_leg = wrong_leg and stored_side == side
                reps = min(step.rep_range[0] + week, step.rep_range[1])
                weight_kg = kilograms(step.weight_n) if step.weight_n is not None else _PLATE_KG
                weight_kg *= (1 + _GAIN * week) * (1 + 0.2 * course.people.index(lifter))
                address = _address(step, reps, weight_kg, course.seed + session, course.rate_hz)
                yield _store(store, address, step, session, at, stored_side, lifter)
                at += _BETWEEN_SETS if lifter is course.people[-1] else _BETWEEN_SETS / 2
            if course.mistakes and week == day == 0:
                session += 1
                step, address = course.plan.exercise[0], _CHILDS_PLAY.format(course.seed, course.rate_hz)
                yield _store(store, address, step, session, at, "left", course.people[-1])


def _sets(course: Course) -> Iterator[tuple[Step, str, Lifter]]:
    """Yield the sets of a day: of each exercise each side, everybody in turn."""
    for step in course.plan.exercise:
        for _ in range(step.sets):
            for side in step.sides_in_turn:
                for lifter in course.people:
                    yield step, side, lifter


def _address(step: Step, reps: int, weight_kg: float, seed: int, rate_hz: int) -> str:
    tempo = step.exercise.tempo
    options = {
        "reps": f"{reps}",
        "hold_s": f"{tempo.hold_s + _EXTRA_HOLD_S:g}",
        "concentric_s": f"{_SLOWER * tempo.concentric_s:g}" if tempo.concentric_s else "",
        "eccentric_s": f"{_SLOWER * tempo.eccentric_s:g}",
        "plate_kg": f"{weight_kg:.2f}",
        "ratio": "1",
        "seed": f"{seed}",
        "rate": f"{rate_hz}",
    }
    return "glute-kickback?" + "&".join(f"{name}={quote(value)}" for name, value in options.items() if value)


def _store(store: Store, address: str, step: Step, session: int, at: datetime, side: str, lifter: Lifter) -> StoredSet:
    profile = step.exercise
    replay = Replay(parse(address).open(), session=session, board_id=BOARD, limits=profile.limits())
    replay.engine.detector.set_side(wire.SIDES.index(side), lifter.number)
    link = Session()
    for data in replay:
        for event in link.feed(data):
            if isinstance(event, Hello):
                store.add_session(event, "simulated", at)
            elif isinstance(event, Rep):
                store.add(BOARD, event, at)
            elif isinstance(event, SetOver):
                store.add(BOARD, event, at, facts=facts_of(profile))
                number = event.set
    stored = store.set_of(BOARD, session, number)
    assert stored is not None, "the recording has a set"
    return stored
