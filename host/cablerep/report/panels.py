"""The geometry of a sheet's two small panels: left against right, and the figures over the last visits.

Tenths of a millimetre on paper, as in `report_strip`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .sheet import Balance, Sheet, Trend

CHART_WIDTH, CHART_HEIGHT = 250, 165
_TOP, _BOTTOM, _SIDES = 58, 34, 16  # room for the heading, the dates, and a half marker
_TREND = 4  # charts that fit beside the balance
_ROOM = 0.15  # of the values' span above and below them
BALANCE_WIDTH, BALANCE_HEIGHT = 300, 22
_FULL_PERCENT = 20.0  # a difference that fills its half of the bar
EVEN_PERCENT = 10.0  # what two legs of a healthy person may differ by: Bishop et al. 2018 review 10 to 15 %


@dataclass(frozen=True, slots=True)
class Dot:
    """A value of the trend."""

    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Series:
    """One side's values, the latest last, and the line through them."""

    side: str
    path: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure over the visits."""

    trend: Trend
    series: tuple[Series, ...]
    target_y: float | None
    latest: str  # this visit's value or values
    words: str


@dataclass(frozen=True, slots=True)
class Beam:
    """A line of the balance with its bar, which grows from the middle towards the larger side."""

    balance: Balance
    x: float
    width: float
    words: str
    uneven: bool


def charts(sheet: Sheet) -> list[Chart]:
    """Return the charts of the trend; none where this is the first visit of its exercise."""
    if len(sheet.visits) < 2:
        return []
    return [_chart(trend, sheet.visits) for trend in sheet.trends[:_TREND]]


def _chart(trend: Trend, visits: tuple[datetime, ...]) -> Chart:
    values = [point.value for point in trend.points] + ([] if trend.target is None else [trend.target])
    low, high = min(values), max(values)
    room = _ROOM * (high - low) or 0.1 * abs(high) or 1.0
    low, high = low - room, high + room
    step = (CHART_WIDTH - 2 * _SIDES) / (len(visits) - 1)

    def down(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (CHART_HEIGHT - _TOP - _BOTTOM)

    series = []
    for side in sorted({point.side for point in trend.points}):
        dots = tuple(
            Dot(_SIDES + point.visit * step, down(point.value), f"{point.value:.{trend.digits}f}")
            for point in trend.points
            if point.side == side
        )
        path = f"M{'L'.join(f'{dot.x:.1f} {dot.y:.1f}' for dot in dots)}"
        series.append(Series(side, path, dots))
    now = len(visits) - 1
    latest = dict.fromkeys(f"{one.value:.{trend.digits}f}" for one in trend.points if one.visit == now)
    words = "; ".join(
        f"{one.side or 'both sides'}: {', '.join(dot.text for dot in one.dots)} {trend.unit}" for one in series
    )
    return Chart(
        trend=trend,
        series=tuple(series),
        target_y=None if trend.target is None else down(trend.target),
        latest=" / ".join(latest),
        words=f"{trend.name} over {len(visits)} visits, {words}",
    )


def beams(sheet: Sheet) -> Iterator[Beam]:
    """Yield the lines of the balance; none where one side was not trained."""
    middle = BALANCE_WIDTH / 2
    for balance in sheet.balance:
        percent = balance.percent or 0.0
        width = min(abs(percent) / _FULL_PERCENT, 1.0) * middle
        even = round(abs(percent)) == 0
        words = "even" if even else f"{'right' if percent > 0 else 'left'} +{abs(percent):.0f} %"
        yield Beam(balance, middle if percent > 0 else middle - width, width, words, abs(percent) > EVEN_PERCENT)
