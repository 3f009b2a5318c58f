"""Geometry of a set's strip: a column for each rep with its curve, its force, and bars for hold and lowering.

In tenths of a millimetre on paper, at one scale for all sets of a sheet, so that any two reps can be compared by eye.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ..history.logbook import Target
from ..units import weight_text
from .sheet import RepView, SetView, Sheet

WIDTH = 1860  # of the page between its margins, on both A4 and US letter
GUTTER = 106  # at the left, for the scales
REMARK = 26  # height of a line of remarks
_MIN_COLUMNS, _MAX_COLUMNS = 8, 12
_GAP = 16  # between two columns
_LABEL, _SPACE, _BAR, _FOOT = 32, 10, 29, 4  # heights: rep number, gap between panels, bar with its gap, bottom
_BAR_THICK = 17
_VALUE = 52  # width of a bar's number
_TRAVEL = 0.72  # fraction of the height for travel, if force is drawn below it
_MAX_REMARKS = 3  # lines under a rep; the table has all of them
# Heights available on US letter with 8 mm margins for all rows of reps, and taken by everything else. Measured on the
# page rendered in the widest font that browsers fall back to; a test prints such a page.
_PAGE, _SET_HEAD, _NOTE, _ADVICE = 2060, 84, 36, 40
_NOTE_LETTERS, _ADVICE_LETTERS = 110, 125  # per line
_MIN_HEIGHT, _MAX_HEIGHT = 180, 420  # of a row of reps: curves are illegible below, paper is wasted above
_SQUEEZE = 2.0  # a rep longer than this many median ones gets a time scale of its own and does not flatten the others
_CLIP = 2.5  # likewise, a bar longer than this is cut
SPIKE = 1.6  # likewise, a force peak beyond this leaves the panel
_ROUNDING_S = 1e-6  # of a target computed from a speed
_HATCH = 16  # distance between the hatching lines of the hold

Floats = NDArray[np.float64]
Edges = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scales:
    """The ranges of values that the panels show, the same for all sets of a sheet."""

    columns: int
    longest_s: float
    low_mm: float
    high_mm: float
    force_n: float | None  # from 0; None if no curve has force
    bar_s: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar for a duration, with the lines of its target; `cut`: longer than the scale."""

    name: str
    x: float
    y: float
    width: float
    thick: float
    text: str
    missed: bool
    cut: bool
    hatch: str
    targets_x: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The drawing of a rep. Phases are (name, SVG path); a path is empty if there is nothing to draw."""

    rep: RepView
    remarks: tuple[str, ...]
    x: float
    width: float
    phases: tuple[tuple[str, str], ...]
    hatch: str
    outline: str
    squeezed: bool
    force: str
    bars: tuple[Bar, ...]
    title: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row of columns with the upper and lower edges of its panels."""

    height: float
    travel_y: Edges
    force_y: Edges | None
    bars_y: Edges
    columns: tuple[Column, ...]


def scales(sheet: Sheet) -> Scales:
    """Return the scales that fit all sets of `sheet`."""
    reps = [rep for view in sheet.sets for rep in view.reps]
    if not reps:
        return Scales(_MIN_COLUMNS, 1.0, 0.0, 1.0, None, 1.0)
    durations = [rep.figures.end_s - rep.figures.start_s for rep in reps]
    curves = [rep.curve for rep in reps if rep.curve is not None and len(rep.curve.travel_mm)]
    forces = [_largest(curve.force_n) for curve in curves if curve.force_n is not None]
    times = [time for rep in reps for time in (rep.figures.hold_s, rep.figures.eccentric_s)]
    target = sheet.target
    targets = [] if target is None else [target.hold_s, *(target.min_eccentric_s(rep.figures) for rep in reps)]
    longest_set = max(len(view.reps) for view in sheet.sets)
    return Scales(
        columns=min(max(_MIN_COLUMNS, longest_set), _MAX_COLUMNS),
        longest_s=max(min(max(durations), _SQUEEZE * median(durations)), 0.1),
        low_mm=min([0.0, *(float(curve.travel_mm.min()) for curve in curves)]),
        high_mm=max(rep.figures.rom_mm for rep in reps) or 1.0,
        force_n=min(max(forces), SPIKE * median(forces)) or None if forces else None,
        bar_s=max(min(max(times), _CLIP * median(times)), *targets, 0.1),
    )


def panels_height(sheet: Sheet, scale: Scales) -> float:
    """Return the height of a row's panels at which the sheet fits on one page, within legible limits."""
    rows = [row for view in sheet.sets for row in _split(view, scale)]
    notes = sum(ceil(len(note.text) / _NOTE_LETTERS) for view in sheet.sets for note in view.entry.set.notes)
    advice_lines = ceil(
        sum(len(f"{advice.label} on {advice.reps} reps: {advice.sentence}   ▲ ") for advice in sheet.advice)
        / _ADVICE_LETTERS
    )
    other = len(sheet.sets) * _SET_HEAD + notes * _NOTE + advice_lines * _ADVICE + REMARK * sum(map(_remarks, rows))
    return min(max((_PAGE - other) / max(1, len(rows)), _MIN_HEIGHT), _MAX_HEIGHT)


def rows(view: SetView, sheet: Sheet, scale: Scales, height: float) -> list[Row]:
    """Return the rows of a set's reps, with panels of `height` in total."""
    return [_row(reps, sheet.target, scale, height) for reps in _split(view, scale)]


def _split(view: SetView, scale: Scales) -> list[tuple[RepView, ...]]:
    return [view.reps[first : first + scale.columns] for first in range(0, len(view.reps), scale.columns)]


def _remarks(reps: Sequence[RepView]) -> int:
    """Return how many lines of remarks the reps of a row need."""
    return max(len(_fitting(rep.remarks)) for rep in reps)


def _row(reps: Sequence[RepView], target: Target | None, scale: Scales, height: float) -> Row:
    bars_y = height - 2 * _BAR, height
    free = bars_y[0] - _LABEL - _SPACE - (_SPACE if scale.force_n else 0)
    travel_y = _LABEL, _LABEL + free * (_TRAVEL if scale.force_n else 1)
    force_y = (travel_y[1] + _SPACE, bars_y[0] - _SPACE) if scale.force_n else None
    pitch = (WIDTH - GUTTER) / scale.columns
    columns = tuple(
        _column(rep, (GUTTER + index * pitch, pitch - _GAP), target, scale, (travel_y, force_y, bars_y))
        for index, rep in enumerate(reps)
    )
    return Row(height + _remarks(reps) * REMARK + _FOOT, travel_y, force_y, bars_y, columns)


def _column(
    rep: RepView, extent: Edges, target: Target | None, scale: Scales, edges: tuple[Edges, Edges | None, Edges]
) -> Column:
    (x, width), (travel_y, force_y, bars_y) = extent, edges
    figures = rep.figures
    duration_s = figures.end_s - figures.start_s
    squeezed = duration_s > scale.longest_s
    per_s = width / (duration_s if squeezed else scale.longest_s)
    at_s, travel_mm = _travel(rep)
    xs = x + at_s * per_s
    levels = _ys(np.append(travel_mm, 0.0), scale.low_mm, scale.high_mm, travel_y)
    ys, ground = levels[:-1], float(levels[-1])
    instants = [x + (at - figures.start_s) * per_s for at in _instants(rep)]
    return Column(
        rep=rep,
        remarks=_fitting(rep.remarks),
        x=x,
        width=width,
        phases=tuple(
            (name, _area(xs, ys, begin, end, ground))
            for name, begin, end in zip(("lift", "hold", "lower"), instants, instants[1:], strict=False)
        ),
        hatch=_hatch(xs, ys, instants[1], instants[2], ground),
        outline=_path(xs, ys),
        squeezed=squeezed,
        force="" if force_y is None else _force(rep, xs, scale.force_n or 1.0, force_y),
        bars=tuple(_bars(rep, x, width - _VALUE, target, scale.bar_s, bars_y[0])),
        title=_title(rep),
    )


def _instants(rep: RepView) -> tuple[float, float, float, float]:
    figures = rep.figures
    return figures.start_s, figures.top_s, figures.release_s, figures.end_s


def _travel(rep: RepView) -> tuple[Floats, Floats]:
    """Return seconds and millimetres of the curve; without one, straight lines between the rep's four instants."""
    if rep.curve is not None:
        return rep.curve.at_s, rep.curve.travel_mm
    far = rep.figures.rom_mm
    return np.array(_instants(rep)) - rep.figures.start_s, np.array((0.0, far, far, 0.0))


def _force(rep: RepView, xs: Floats, max_n: float, edges: Edges) -> str:
    force_n = None if rep.curve is None else rep.curve.force_n
    if force_n is None:
        return ""
    known = np.isfinite(force_n)
    return _path(xs[known], _ys(np.clip(force_n[known], 0.0, max_n), 0.0, max_n, edges))


def _bars(rep: RepView, x: float, room: float, target: Target | None, max_s: float, top: float) -> Iterator[Bar]:
    """Yield the bars of hold and lowering; the lowering target follows the rep's range, a target of 0 is not drawn."""
    hold = (0.0, 0.0) if target is None else (target.hold_s, 0.0)
    lower = (0.0, 0.0) if target is None else (target.min_eccentric_s(rep.figures), target.eccentric_s[1])
    times = (("hold", rep.figures.hold_s, hold), ("lower", rep.figures.eccentric_s, lower))
    for index, (name, time_s, (min_s, max_target_s)) in enumerate(times):
        y, width = top + index * _BAR + _BAR - _BAR_THICK, min(time_s / max_s, 1.0) * room
        edge = np.array((x, x + width)), np.array((y, y))
        yield Bar(
            name=name,
            x=x,
            y=y,
            width=width,
            thick=_BAR_THICK,
            # Rounded down: 1.96 s of 2.0 s was too short and must not read as 2.0.
            text=f"{floor((time_s + _ROUNDING_S) * 10) / 10:.1f}",
            missed=time_s < min_s - _ROUNDING_S,  # longer is fine, see logbook.meets
            cut=time_s > max_s,
            hatch=_hatch(*edge, x, x + width, y + _BAR_THICK) if name == "hold" else "",
            targets_x=tuple(x + level / max_s * room for level in (min_s, max_target_s) if 0 < level <= max_s),
        )


def _fitting(remarks: tuple[str, ...]) -> tuple[str, ...]:
    if len(remarks) <= _MAX_REMARKS:
        return remarks
    return (*remarks[: _MAX_REMARKS - 1], f"+ {len(remarks) - _MAX_REMARKS + 1} more")


def _title(rep: RepView) -> str:
    """Return a description of a rep for tooltips and screen readers."""
    figures = rep.figures
    text = (
        f"{'rep ' if figures.rep is not None else ''}{rep.label}: lift {figures.concentric_s:.2f} s, "
        f"hold {figures.hold_s:.2f} s, lower {figures.eccentric_s:.2f} s, range {figures.rom_mm:.0f} mm"
    )
    force = [] if figures.force_mean_n is None else [f"load {weight_text(figures.force_mean_n)}"]
    missing = ["curve not recorded"] if rep.curve is None else []
    return ", ".join([text, *force, *missing, *rep.remarks])


def _largest(force_n: Floats) -> float:
    return float(force_n[np.isfinite(force_n)].max(initial=0.0))


def _ys(values: Floats, low: float, high: float, edges: Edges) -> Floats:
    top, bottom = edges
    result: Floats = bottom - (values - low) / (high - low) * (bottom - top)
    return result


def _path(xs: Iterable[float], ys: Iterable[float]) -> str:
    points = [f"{x:.0f} {y:.1f}" for x, y in zip(xs, ys, strict=True)]
    return f"M{'L'.join(points)}" if len(points) > 1 else ""


def _area(xs: Floats, ys: Floats, begin: float, end: float, ground: float) -> str:
    """Return the area under the curve from `begin` to `end`; empty if it has no width."""
    end = min(end, float(xs[-1]))
    if end <= begin:
        return ""
    inside = (xs > begin) & (xs < end)
    edge = np.concatenate(([begin], xs[inside], [end]))
    return f"M{begin:.0f} {ground:.1f}L{_path(edge, np.interp(edge, xs, ys))[1:]}L{end:.0f} {ground:.1f}Z"


def _hatch(xs: Floats, ys: Floats, begin: float, end: float, ground: float) -> str:
    """Return slanted lines that fill such an area; an SVG pattern would be printed as a coarse bitmap."""
    rise = np.arange(0.0, ground - float(ys.min()) + 1)
    found = []
    for foot in np.arange(begin - rise[-1] + _HATCH / 2, min(end, float(xs[-1])), _HATCH):
        x, y = foot + rise, ground - rise
        inside = np.flatnonzero((x >= begin) & (x <= end) & (y >= np.interp(x, xs, ys)))
        if len(inside) > 1:
            low, high = inside[0], inside[-1]
            found.append(f"M{x[low]:.0f} {y[low]:.0f}L{x[high]:.0f} {y[high]:.0f}")
    return "".join(found)
