"""The content of a report: a sheet for each exercise of a session, with its sets, the balance of sides and the trend.

Figures and text only; `strip`, `panels` and the template draw them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from .. import words
from ..exercise.profile import SENTENCES, Profile
from ..export.workout import GENERIC_NAME
from ..history import metrics
from ..history.compare import symmetry_index
from ..history.logbook import Entry, Target
from ..history.training import TrainingSession, set_end
from ..model import floor_plan
from ..store.curve import Curve
from ..store.database import StoredRep
from ..text.reps import rep_name
from ..units import shows_si, weight, weight_text, weight_unit

CurveOf = Callable[[StoredRep], Curve | None]
ProfileOf = Callable[[int], Profile | None]  # by number
TREND_SESSIONS = 8  # shown in the trend, including this one


@dataclass(frozen=True, slots=True)
class RepView:
    """A rep as drawn: its figures, its curve if it has one, and the labels of its flags."""

    figures: StoredRep
    curve: Curve | None
    remarks: tuple[str, ...]

    @property
    def label(self) -> str:
        """The number of a full rep, the kind of any other."""
        return rep_name(self.figures)


@dataclass(frozen=True, slots=True)
class SetView:
    """A set as drawn; `number` counts the sheet's sets from 1, figures are medians."""

    number: int
    entry: Entry
    reps: tuple[RepView, ...]
    load: str
    hold_s: float | None
    eccentric_s: float | None
    concentric_s: float | None
    velocity_m_s: float | None
    velocity_loss: metrics.Loss | None
    rom_loss: metrics.Loss | None


@dataclass(frozen=True, slots=True)
class Balance:
    """One figure of both sides; `percent` is positive if the right one is larger."""

    name: str
    unit: str
    digits: int
    left: float
    right: float
    percent: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """A figure in one session: the median over the sets of one side."""

    session: int  # index into the sheet's sessions
    side: str
    value: float


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over the sessions."""

    name: str
    unit: str
    digits: int
    target: float | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """A flag's label, how many reps have it, and what to do about it."""

    label: str
    reps: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a report says about one exercise of a session. `sessions`: start times in the trend, oldest first."""

    title: str
    lifter: str
    at: datetime
    end: datetime
    boards: tuple[str, ...]
    target: Target | None
    sets: tuple[SetView, ...]
    full: int
    partials: int
    clean: int  # full reps without a flag
    tension_s: float
    advice: tuple[Advice, ...]
    balance: tuple[Balance, ...]
    sessions: tuple[datetime, ...]
    trends: tuple[Trend, ...]
    floor_plans: tuple[floor_plan.FloorPlan, ...]


def sheets(
    session: TrainingSession,
    earlier: Sequence[TrainingSession],
    curve_of: CurveOf,
    profile_of: ProfileOf = lambda number: None,
) -> list[Sheet]:
    """Return a sheet for each exercise of `session`, in the order of their first sets.

    `earlier` sessions of the same lifter make the trend.
    """
    earlier = [past for past in earlier if past.lifter == session.lifter]
    titles = dict.fromkeys(entry.exercise for entry in session.entries)
    return [_sheet(title, session, earlier, curve_of, profile_of) for title in titles]


def _sheet(
    title: str,
    session: TrainingSession,
    earlier: Sequence[TrainingSession],
    curve_of: CurveOf,
    profile_of: ProfileOf,
) -> Sheet:
    entries, *past = (_of_exercise(title, members) for members in (session, *earlier))
    shown = [*list(filter(None, past))[1 - TREND_SESSIONS :], entries]
    target = next((entry.target for entry in entries if entry.target is not None), None)
    profile = profile_of(entries[0].set.profile or 0)
    reps = [rep for entry in entries for rep in entry.set.reps]
    return Sheet(
        title=title or GENERIC_NAME,
        lifter=session.lifter,
        at=entries[0].set.at,
        end=max(set_end(entry.set) for entry in entries),
        boards=tuple(dict.fromkeys(entry.set.board for entry in entries)),
        target=target,
        sets=tuple(_set_view(number, entry, curve_of) for number, entry in enumerate(entries, 1)),
        full=sum(entry.set.full for entry in entries),
        partials=sum(entry.set.partials for entry in entries),
        clean=sum(rep.kind == "full" and not rep.flags for rep in reps),
        tension_s=sum(metrics.tension_s(entry.set) for entry in entries),
        advice=tuple(_advice(entries, profile)),
        balance=tuple(_balance(entries)),
        sessions=tuple(members[0].set.at for members in shown),
        trends=tuple(_trends(shown, target)),
        floor_plans=tuple(_floor_plans(entries, profile)),
    )


def _floor_plans(entries: Sequence[Entry], profile: Profile | None) -> Iterator[floor_plan.FloorPlan]:
    """Yield the floor plan of each side that has kicks with a direction."""
    band_deg = profile.direction_deg if profile else None
    for side in sorted({entry.side for entry in entries}):
        reps = [rep for entry in entries if entry.side == side for rep in entry.set.reps]
        plan = floor_plan.plan_of(reps, band_deg, side)
        if plan is not None:
            yield plan


def _of_exercise(title: str, session: TrainingSession) -> list[Entry]:
    return [entry for entry in session.entries if entry.exercise == title]


def _set_view(number: int, entry: Entry, curve_of: CurveOf) -> SetView:
    reps = tuple(RepView(rep, curve_of(rep), tuple(map(words.flag, rep.flags))) for rep in entry.set.reps)
    hold_s, eccentric_s, concentric_s, velocity_m_s = (figure([entry]) for figure in (_HOLD, _LOWER, _LIFT, _VELOCITY))
    losses = metrics.velocity_loss(entry.set), metrics.rom_loss(entry.set)
    return SetView(number, entry, reps, load_text(entry), hold_s, eccentric_s, concentric_s, velocity_m_s, *losses)


def load_text(entry: Entry) -> str:
    """Return the load in the chosen unit, with the plate if known; empty if the load is not known."""
    if entry.load_n is None:
        return ""
    return weight_text(entry.load_n) + ("" if entry.plate is None else f", plate {entry.plate}")


def _advice(entries: Sequence[Entry], profile: Profile | None) -> Iterator[Advice]:
    sentences: dict[Any, str] = {**SENTENCES, **(profile.flags if profile else {})}
    counts: Counter[str] = Counter()
    for entry in entries:
        counts.update(metrics.flag_counts(entry.set))
    for flag, count in counts.most_common():
        yield Advice(words.flag(flag), count, _sentence(flag, sentences.get(flag, ""), entries, profile))


def _sentence(flag: str, sentence: str, entries: Iterable[Entry], profile: Profile | None) -> str:
    """Return the advice about a flag; about the line and the range it depends on where the kicks went."""
    if profile is None or profile.direction_deg is None:
        return sentence
    flagged = [rep for entry in entries for rep in entry.set.reps if flag in rep.flags and rep.kind != "rejected"]
    directions = [(rep.direction_deg, rep.side) for rep in flagged if rep.direction_deg is not None]
    if flag == "off_line":
        advice = Counter(floor_plan.line_advice(*one, profile.direction_deg) for one in directions)
        return " ".join(text for text, _ in advice.most_common()) or sentence
    if flag in floor_plan.RANGE_FLAGS and not directions:
        return floor_plan.range_advice(sentence)
    return sentence


def _balance(entries: Sequence[Entry]) -> Iterator[Balance]:
    left, right = ([entry for entry in entries if entry.side == side] for side in ("left", "right"))
    for name, unit, digits, median_of in _figures():
        pair = median_of(left), median_of(right)
        if pair[0] is not None and pair[1] is not None:
            yield Balance(name, unit, digits, pair[0], pair[1], symmetry_index(pair[0], pair[1]))


def _trends(shown: Sequence[Sequence[Entry]], target: Target | None) -> Iterator[Trend]:
    targets = {} if target is None else {"Hold": target.hold_s or None, "Lower": target.eccentric_s[0] or None}
    for name, unit, digits, median_of in _figures():
        points = [
            Point(index, side, value)
            for index, entries in enumerate(shown)
            for side in sorted({entry.side for entry in entries})  # left first, as in the legend
            if (value := median_of([entry for entry in entries if entry.side == side])) is not None
        ]
        if points:
            yield Trend(name, unit, digits, targets.get(name), tuple(points))


MedianOf = Callable[[Iterable[Entry]], float | None]


def _of_reps(name: str) -> MedianOf:
    """Return a function for the median of one figure over the full reps of some sets."""
    return lambda entries: _median(getattr(rep, name) for entry in entries for rep in entry.full)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(median(known)) if known else None


def _load(entries: Iterable[Entry]) -> float | None:
    return _median(None if entry.load_n is None else weight(entry.load_n) for entry in entries)


_HOLD, _LOWER, _RANGE = map(_of_reps, ("hold_s", "eccentric_s", "rom_mm"))
_LIFT, _VELOCITY = map(_of_reps, ("concentric_s", "concentric_mean_m_s"))


def _figures() -> tuple[tuple[str, str, int, MedianOf], ...]:
    """Return name, unit, digits and median of each figure in the balance and the trend."""
    unit = weight_unit()
    lift = ("Lift speed", "m/s", 2, _VELOCITY) if shows_si() else ("Lift", "s", 1, _LIFT)
    return (
        ("Load", unit.symbol, unit.digits, _load),
        ("Hold", "s", 1, _HOLD),
        ("Lower", "s", 1, _LOWER),
        ("Range", "mm", 0, _RANGE),
        lift,
    )
