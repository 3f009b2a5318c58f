"""Geometry of a sheet's two small panels: left vs right, and the trend over the last sessions.

In tenths of a millimetre on paper, as in `strip`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from .. import words
from ..model.floor_plan import FloorPlan, Place
from .sheet import Balance, Sheet, Trend

CHART_WIDTH, CHART_HEIGHT = 250, 165
_TOP, _BOTTOM, _SIDES = 58, 34, 16  # margins for the heading, the dates, and half a marker
_MAX_CHARTS = 4  # fit beside the balance
_MARGIN = 0.15  # above and below the values, as a fraction of their span
BALANCE_WIDTH, BALANCE_HEIGHT = 300, 22
_FULL_PERCENT = 20.0  # the difference that fills one half of the bar
EVEN_PERCENT = 10.0  # normal between the legs of a healthy person: Bishop et al. 2018 review 10 to 15 %


@dataclass(frozen=True, slots=True)
class Dot:
    """A value in a chart."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one side, latest last, and the line through them."""

    side: str
    path: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure over the sessions; `latest` is this session's value, `description` is for screen readers."""

    trend: Trend
    series: tuple[Series, ...]
    target_y: float | None
    latest: str
    description: str


@dataclass(frozen=True, slots=True)
class Beam:
    """A row of the balance with its bar, which grows from the middle towards the larger side."""

    balance: Balance
    x: float
    width: float
    text: str
    uneven: bool


def charts(sheet: Sheet) -> list[Chart]:
    """Return the charts of the trend; none in the first session with the exercise."""
    if len(sheet.sessions) < 2:
        return []
    return [_chart(trend, sheet.sessions) for trend in sheet.trends[:_MAX_CHARTS]]


def _chart(trend: Trend, sessions: tuple[datetime, ...]) -> Chart:
    values = [point.value for point in trend.points] + ([] if trend.target is None else [trend.target])
    low, high = min(values), max(values)
    margin = _MARGIN * (high - low) or 0.1 * abs(high) or 1.0
    low, high = low - margin, high + margin
    step = (CHART_WIDTH - 2 * _SIDES) / (len(sessions) - 1)

    def y_of(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (CHART_HEIGHT - _TOP - _BOTTOM)

    series = []
    for side in sorted({point.side for point in trend.points}):
        dots = tuple(
            Dot(_SIDES + point.session * step, y_of(point.value), f"{point.value:.{trend.digits}f}")
            for point in trend.points
            if point.side == side
        )
        path = f"M{'L'.join(f'{dot.x:.1f} {dot.y:.1f}' for dot in dots)}"
        series.append(Series(side, path, dots))
    now = len(sessions) - 1
    latest = dict.fromkeys(f"{point.value:.{trend.digits}f}" for point in trend.points if point.session == now)
    spoken = "; ".join(
        f"{line.side or 'both sides'}: {', '.join(dot.text for dot in line.dots)} {trend.unit}" for line in series
    )
    return Chart(
        trend=trend,
        series=tuple(series),
        target_y=None if trend.target is None else y_of(trend.target),
        latest=" / ".join(latest),
        description=f"{trend.name} over {len(sessions)} sessions, {spoken}",
    )


def beams(sheet: Sheet) -> Iterator[Beam]:
    """Yield the rows of the balance; none unless both sides were trained."""
    middle = BALANCE_WIDTH / 2
    for balance in sheet.balance:
        percent = balance.percent or 0.0
        width = min(abs(percent) / _FULL_PERCENT, 1.0) * middle
        even = round(abs(percent)) == 0
        text = "even" if even else f"{'right' if percent > 0 else 'left'} +{abs(percent):.0f} %"
        yield Beam(balance, middle if percent > 0 else middle - width, width, text, abs(percent) > EVEN_PERCENT)


FLOOR_WIDTH, FLOOR_HEIGHT = 340, 300
_FLOOR_TOP = 34  # room for the pulley above the start


@dataclass(frozen=True, slots=True)
class KickLine:
    """A kick: the way out, the drift across its end, and its label."""

    path: str
    drift: str
    x: float
    y: float
    text: str
    off_line: bool


@dataclass(frozen=True, slots=True)
class Floor:
    """The floor plan of one side; `sectors` are the wanted ones, as closed paths from the start (`x`, `y`)."""

    side: str
    x: float
    y: float
    sectors: tuple[str, ...]
    kicks: tuple[KickLine, ...]
    description: str


def floors(sheet: Sheet) -> list[Floor]:
    """Return the floor plans, left first; none without an angle sensor."""
    return [_floor(plan) for plan in sheet.floor_plans]


def _floor(plan: FloorPlan) -> Floor:
    scale = (FLOOR_HEIGHT - _FLOOR_TOP - 20) / (1.15 * plan.radius_mm)
    middle = FLOOR_WIDTH / 2

    def line(places: Iterable[Place]) -> str:
        return "M" + "L".join(f"{middle + right * scale:.1f} {_FLOOR_TOP + back * scale:.1f}" for right, back in places)

    edges = [line(edge)[1:] for edge in plan.edges()]
    sectors = tuple(f"M{first}L{second.split('L')[1]}Z" for first, second in zip(edges[::2], edges[1::2], strict=True))
    kicks = []
    for kick in plan.kicks:
        right, back = kick.points()[-1]
        x, y = middle + 1.1 * right * scale, _FLOOR_TOP + 1.1 * back * scale
        kicks.append(KickLine(line(kick.points()), line(kick.drift()), x, y, kick.label, kick.off_line))
    directions = [kick.direction_deg for kick in plan.kicks]
    spoken = ", ".join(words.direction(direction) for direction in directions)
    return Floor(plan.side, middle, _FLOOR_TOP, sectors, tuple(kicks), f"Kicks seen from above: {spoken}")
