"""What a report says: a sheet for each exercise of a visit, with its sets, the balance of the sides and the trend.

Pure figures and words of stored sets; how they look is for `report_strip`, `report_panels` and the template to say.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from ..exercise.profile import SENTENCES, Profile
from ..export.workout import GENERIC_NAME
from ..history import metrics as set_metrics
from ..history.logbook import Entry, Target
from ..history.symmetry import symmetry_index
from ..history.visits import Visit, set_end
from ..store.curve import Curve
from ..store.database import StoredRep
from ..text import form_words
from ..units import kilograms

CurveOf = Callable[[StoredRep], Curve | None]
ProfileOf = Callable[[int], Profile | None]  # by its number
TREND_VISITS = 8  # how many visits the trend shows, this one among them


@dataclass(frozen=True, slots=True)
class RepView:
    """A rep as it is drawn: its figures, its curve if there is one, and what its form deserves in words."""

    figures: StoredRep
    curve: Curve | None
    remarks: tuple[str, ...]

    @property
    def label(self) -> str:
        """The number of a full rep; other kinds by name."""
        return str(self.figures.rep) if self.figures.rep is not None else self.figures.kind


@dataclass(frozen=True, slots=True)
class SetView:
    """A set as it is drawn; `number` counts the sheet's sets from 1, figures are medians, losses parts of 1."""

    number: int
    entry: Entry
    reps: tuple[RepView, ...]
    load: str
    hold_s: float | None
    eccentric_s: float | None
    velocity_m_s: float | None
    velocity_loss: float | None
    rom_loss: float | None


@dataclass(frozen=True, slots=True)
class Balance:
    """One figure of the left and of the right side; `percent` is positive where the right one is larger."""

    name: str
    unit: str
    digits: int
    left: float
    right: float
    percent: float | None


@dataclass(frozen=True, slots=True)
class Point:
    """A figure at one visit, the median over that visit's sets of one side."""

    visit: int  # 0 is the oldest that the trend shows
    side: str
    value: float


@dataclass(frozen=True, slots=True)
class Trend:
    """One figure over the visits."""

    name: str
    unit: str
    digits: int
    target: float | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """A form flag in words, how many reps have it, and what to do about it."""

    words: str
    reps: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that a report says of one exercise in one visit. `visits` are the dates of the trend, the oldest first."""

    title: str
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
    visits: tuple[datetime, ...]
    trends: tuple[Trend, ...]


def sheets(
    visit: Visit, earlier: Sequence[Visit], curve_of: CurveOf, profile_of: ProfileOf = lambda number: None
) -> list[Sheet]:
    """Return a sheet for each exercise of `visit`, in the order they were begun; `earlier` visits make the trend."""
    titles = dict.fromkeys(one.exercise for one in visit.entries)
    return [_sheet(title, visit, earlier, curve_of, profile_of) for title in titles]


def _sheet(title: str, visit: Visit, earlier: Sequence[Visit], curve_of: CurveOf, profile_of: ProfileOf) -> Sheet:
    entries, *past = (_same(title, one) for one in (visit, *earlier))
    shown = [*list(filter(None, past))[1 - TREND_VISITS :], entries]
    target = next((one.target for one in entries if one.target is not None), None)
    reps = [rep for one in entries for rep in one.set.reps]
    return Sheet(
        title=title or GENERIC_NAME,
        at=entries[0].set.at,
        end=max(set_end(one.set) for one in entries),
        boards=tuple(dict.fromkeys(one.set.board for one in entries)),
        target=target,
        sets=tuple(_set_view(number, one, curve_of) for number, one in enumerate(entries, 1)),
        full=sum(one.set.full for one in entries),
        partials=sum(one.set.partials for one in entries),
        clean=sum(rep.kind == "full" and not rep.flags for rep in reps),
        tension_s=sum(rep.end_s - rep.start_s for rep in reps),
        advice=tuple(_advice(entries, profile_of(entries[0].set.profile or 0))),
        balance=tuple(_balance(entries)),
        visits=tuple(members[0].set.at for members in shown),
        trends=tuple(_trends(shown, target)),
    )


def _same(title: str, visit: Visit) -> list[Entry]:
    return [one for one in visit.entries if one.exercise == title]


def _set_view(number: int, one: Entry, curve_of: CurveOf) -> SetView:
    reps = tuple(RepView(rep, curve_of(rep), tuple(map(form_words.short, rep.flags))) for rep in one.set.reps)
    hold_s, eccentric_s, velocity_m_s = (figure([one]) for figure in (_HOLD, _BACK, _VELOCITY))
    losses = set_metrics.velocity_loss(one.set), set_metrics.rom_loss(one.set)
    return SetView(number, one, reps, load_text(one), hold_s, eccentric_s, velocity_m_s, *losses)


def load_text(one: Entry) -> str:
    """Return the load with its unit, its weight and, where it is known, its plate; nothing without a load cell."""
    if one.set.load_n is None:
        return ""
    plate = "" if one.plate is None else f", plate {one.plate}"
    return f"{one.set.load_n:.0f} N ({kilograms(one.set.load_n):.1f} kg{plate})"


def _advice(entries: Iterable[Entry], profile: Profile | None) -> Iterator[Advice]:
    sentences: dict[Any, str] = {**SENTENCES, **(profile.flags if profile else {})}
    counts: Counter[str] = Counter()
    for one in entries:
        counts.update(set_metrics.flag_counts(one.set))
    for flag, count in counts.most_common():
        yield Advice(form_words.short(flag), count, sentences.get(flag, ""))


def _balance(entries: Sequence[Entry]) -> Iterator[Balance]:
    left, right = ([one for one in entries if one.side == side] for side in ("left", "right"))
    for name, unit, digits, figure in _FIGURES:
        pair = figure(left), figure(right)
        if pair[0] is not None and pair[1] is not None:
            yield Balance(name, unit, digits, pair[0], pair[1], symmetry_index(pair[0], pair[1]))


def _trends(shown: Sequence[Sequence[Entry]], target: Target | None) -> Iterator[Trend]:
    targets = {} if target is None else {"Hold": target.hold_s or None, "Way back": target.eccentric_s[0] or None}
    for name, unit, digits, figure in _FIGURES:
        points = [
            Point(place, side, value)
            for place, entries in enumerate(shown)
            for side in dict.fromkeys(one.side for one in entries)
            if (value := figure([one for one in entries if one.side == side])) is not None
        ]
        if points:
            yield Trend(name, unit, digits, targets.get(name), tuple(points))


Figure = Callable[[Iterable[Entry]], float | None]


def _of_reps(name: str) -> Figure:
    """Return what gives the median of a rep's figure over the full reps of some sets."""
    return lambda entries: _median(getattr(rep, name) for one in entries for rep in one.full)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(median(known)) if known else None


def _load(entries: Iterable[Entry]) -> float | None:
    return _median(one.set.load_n for one in entries)


_HOLD, _BACK, _RANGE, _VELOCITY = map(_of_reps, ("hold_s", "eccentric_s", "rom_mm", "concentric_mean_m_s"))
# Name, unit, digits, and the figure of some sets: what balance and trend compare.
_FIGURES: tuple[tuple[str, str, int, Figure], ...] = (
    ("Load", "N", 0, _load),
    ("Hold", "s", 1, _HOLD),
    ("Way back", "s", 1, _BACK),
    ("Range", "mm", 0, _RANGE),
    ("Velocity out", "m/s", 2, _VELOCITY),
)
