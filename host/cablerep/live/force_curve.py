"""The force of the current rep over time, with the rep before it behind; travel without a load cell."""

import math
from collections.abc import Callable, Sequence

from textual.content import Content

from ..model.screen import LiveModel
from ..model.trail import Point
from ..units import weight, weight_text, weight_unit
from .dots import Dots
from .panel import Panel, stack

_SCALE = 6  # columns of the axis labels
# The top of the scale is a multiple of this, by unit.
_STEPS = {"mm": 20.0, "N": 20.0, "kg": 2.0, "lb": 5.0}
_MIN_S = 4.0  # shortest time axis
_MIN_N, _MIN_MM = 50.0, 100.0  # smallest tops of the scale


class ForceCurve(Panel):
    """A curve that grows from the left during the rep."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        forces = any(point.force_n is not None for point in (*model.curve, *model.curve_before))
        value: Callable[[Point], float | None]
        if forces or not model.curve:
            value, smallest, unit = _force, weight(_MIN_N), weight_unit().symbol
            now = weight_text(model.force_n) if model.force_n is not None else ""
        else:
            value, smallest, unit = _travel_from(model.curve), _MIN_MM, "mm"
            now = "" if model.travel_mm is None else f"{model.travel_mm - model.curve[0].travel_mm:.0f} mm"
        self.frame("travel (no load cell)" if unit == "mm" else "force", now)
        before = _series(model.curve_before, _travel_from(model.curve_before) if unit == "mm" else _force)
        curve = _series(model.curve, value)
        across_s = max(_MIN_S, *(at_s for at_s, _ in (*before, *curve, (0.0, 0.0))))
        step = _STEPS[unit]
        top = step * math.ceil(max(smallest, *(figure for _, figure in (*before, *curve, (0.0, 0.0)))) / step)
        dots = Dots(width - _SCALE, height - 1)
        _trace(dots, before, across_s, top, "$faint")
        _trace(dots, curve, across_s, top, "bold $primary")
        rows = dots.lines()
        scale = [f"{top:.0f}", *[""] * (len(rows) - 2), "0"][: len(rows)]
        lines = [
            Content.assemble((mark.rjust(_SCALE - 2), "$faint"), ("│ ", "$line"), row)
            for mark, row in zip(scale, rows, strict=True)
        ]
        left = f"{unit.rjust(_SCALE - 2)}└"
        right = f" {across_s:.0f} s"
        lines.append(Content.assemble((left + "─" * (width - len(left) - len(right)) + right, "$faint")))
        return stack(lines)


def _force(point: Point) -> float | None:
    return None if point.force_n is None else weight(point.force_n)


def _travel_from(curve: Sequence[Point]) -> Callable[[Point], float]:
    start_mm = curve[0].travel_mm if curve else 0.0
    return lambda point: point.travel_mm - start_mm


def _series(curve: Sequence[Point], value: Callable[[Point], float | None]) -> list[tuple[float, float]]:
    """Return (seconds from the start, value) of the points that have a value."""
    return [(point.at_s - curve[0].at_s, figure) for point in curve for figure in (value(point),) if figure is not None]


def _trace(dots: Dots, series: Sequence[tuple[float, float]], across_s: float, top: float, style: str) -> None:
    """Draw a line through the series without vertical gaps."""
    last: int | None = None
    for at_s, figure in series:
        x = round(at_s / across_s * (dots.width - 1))
        y = round((1 - max(0.0, figure) / top) * (dots.height - 1))
        for between in range(min(y, y if last is None else last), max(y, y if last is None else last) + 1):
            dots.set(x, between, style)
        last = y
