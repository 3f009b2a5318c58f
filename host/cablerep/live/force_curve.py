"""The force of the rep under way over its time, the rep before it faint behind; travel where there is no load cell."""

import math
from collections.abc import Callable, Sequence

from textual.content import Content

from .dots import Dots
from .model import LiveModel
from .part import Part, stack
from .trail import Point

_SCALE = 6  # columns of the figures beside the curve
_STEP = 20.0  # the height is a multiple of this
_LEAST_S = 4.0  # that the width stands for
_LEAST_N, _LEAST_MM = 50.0, 100.0  # that the height stands for


class ForceCurve(Part):
    """A curve that grows from the left while the rep goes on."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        forces = any(point.force_n is not None for point in (*model.curve, *model.curve_before))
        value: Callable[[Point], float | None]
        if forces or not model.curve:
            value, least, unit = _force, _LEAST_N, "N"
            now = f"{round(model.force_n)} N" if model.force_n is not None else ""
        else:
            value, least, unit = _travel_from(model.curve), _LEAST_MM, "mm"
            now = "" if model.travel_mm is None else f"{model.travel_mm - model.curve[0].travel_mm:.0f} mm"
        self.frame("force" if unit == "N" else "travel (no load cell)", now)
        before = _series(model.curve_before, _force if unit == "N" else _travel_from(model.curve_before))
        curve = _series(model.curve, value)
        across_s = max(_LEAST_S, *(at_s for at_s, _ in (*before, *curve, (0.0, 0.0))))
        most = _STEP * math.ceil(max(least, *(figure for _, figure in (*before, *curve, (0.0, 0.0)))) / _STEP)
        dots = Dots(width - _SCALE, height - 1)
        _trace(dots, before, across_s, most, "$faint")
        _trace(dots, curve, across_s, most, "bold $primary")
        rows = dots.lines()
        scale = [f"{most:.0f}", *[""] * (len(rows) - 2), "0"][: len(rows)]
        lines = [
            Content.assemble((mark.rjust(_SCALE - 2), "$faint"), ("│ ", "$line"), row)
            for mark, row in zip(scale, rows, strict=True)
        ]
        left = f"{unit.rjust(_SCALE - 2)}└"
        right = f" {across_s:.0f} s"
        lines.append(Content.assemble((left + "─" * (width - len(left) - len(right)) + right, "$faint")))
        return stack(lines)


def _force(point: Point) -> float | None:
    return point.force_n


def _travel_from(curve: Sequence[Point]) -> Callable[[Point], float]:
    start_mm = curve[0].travel_mm if curve else 0.0
    return lambda point: point.travel_mm - start_mm


def _series(curve: Sequence[Point], value: Callable[[Point], float | None]) -> list[tuple[float, float]]:
    """Return (seconds from the start, value) where there is a value."""
    return [(point.at_s - curve[0].at_s, figure) for point in curve for figure in (value(point),) if figure is not None]


def _trace(dots: Dots, series: Sequence[tuple[float, float]], across_s: float, most: float, style: str) -> None:
    """Draw a line through the series, without gaps between columns of dots."""
    last: int | None = None
    for at_s, figure in series:
        x = round(at_s / across_s * (dots.width - 1))
        y = round((1 - max(0.0, figure) / most) * (dots.height - 1))
        for between in range(min(y, y if last is None else last), max(y, y if last is None else last) + 1):
            dots.set(x, between, style)
        last = y
