"""The geometry of a set's strip: a column for each rep with its curve, its force, and bars of hold and way back.

Tenths of a millimetre on paper, in one scale for all sets of a sheet, so that the eye can hold any rep against any
other.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor
from statistics import median

import numpy as np
from numpy.typing import NDArray

from ..history.logbook import Target
from .sheet import RepView, SetView, Sheet

WIDTH = 1860  # of the page between its margins: what A4 and US letter both have
GUTTER = 106  # at the left, for the scales
REMARK = 26  # height of a line of remarks
_FEWEST_COLUMNS, _MOST_COLUMNS = 8, 12
_GAP = 16  # between two columns
_LABEL, _SPACE, _BAR, _FOOT = 32, 10, 29, 4  # heights: the rep's number, between panels, a bar with its room, the end
_BAR_THICK = 17
_VALUE = 52  # width of a bar's number
_TRAVEL = 0.72  # of the height of both curves, where there is force
_MOST_REMARKS = 3  # lines under a rep; the table has all of them
# Heights on a page of US letter with margins of 8 mm: of all lines of reps, and of what stands beside them: measured on
# the rendered page with the widest font that browsers fall back to, see the test that prints it.
_PAGE, _SET_HEAD, _NOTE, _ADVICE = 2060, 84, 36, 40
_NOTE_LETTERS, _ADVICE_LETTERS = 110, 125  # in a line
_SHORTEST, _TALLEST = 180, 420  # of a line of reps: below that a curve is a scratch, above it wastes the paper
_SQUEEZE = 2.0  # a rep longer than so many usual ones is drawn in a scale of its own, or it would flatten all others
_CLIP = 2.5  # likewise for bars
SPIKE = 1.6  # likewise for force: a jerk goes beyond the panel, or the others' force would be a flat line
_ROUNDING_S = 1e-6  # of a target that is figured out from a speed
_HATCH = 16  # between two lines of the hold's hatching

Floats = NDArray[np.float64]
Edges = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Scales:
    """What the height and width of a panel are worth, the same for all sets of a sheet."""

    columns: int
    longest_s: float
    low_mm: float
    high_mm: float
    force_n: float | None  # from 0; None where no curve has force
    bar_s: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a time, and the line of its target; `cut` where it is longer than the scale."""

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
    """A rep's drawing; phases are (name, SVG path), paths are empty where there is nothing to draw."""

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
class Line:
    """A row of columns with the upper and lower edges of its panels."""

    height: float
    travel_y: Edges
    force_y: Edges | None
    bars_y: Edges
    columns: tuple[Column, ...]


def scales(sheet: Sheet) -> Scales:
    """Return the scales that suit all sets of `sheet`."""
    reps = [rep for one in sheet.sets for rep in one.reps]
    if not reps:
        return Scales(_FEWEST_COLUMNS, 1.0, 0.0, 1.0, None, 1.0)
    lasted = [rep.figures.end_s - rep.figures.start_s for rep in reps]
    curves = [rep.curve for rep in reps if rep.curve is not None and len(rep.curve.travel_mm)]
    forces = [_largest(curve.force_n) for curve in curves if curve.force_n is not None]
    times = [time for rep in reps for time in (rep.figures.hold_s, rep.figures.eccentric_s)]
    target = sheet.target
    wanted = [] if target is None else [target.hold_s, *(target.shortest_back_s(rep.figures) for rep in reps)]
    most = max(len(one.reps) for one in sheet.sets)
    return Scales(
        columns=min(max(_FEWEST_COLUMNS, most), _MOST_COLUMNS),
        longest_s=max(min(max(lasted), _SQUEEZE * median(lasted)), 0.1),
        low_mm=min([0.0, *(float(curve.travel_mm.min()) for curve in curves)]),
        high_mm=max(rep.figures.rom_mm for rep in reps) or 1.0,
        force_n=min(max(forces), SPIKE * median(forces)) or None if forces else None,
        bar_s=max(min(max(times), _CLIP * median(times)), *wanted, 0.1),
    )


def panels_height(sheet: Sheet, scale: Scales) -> float:
    """Return how tall the panels of a line may be for the sheet to fit on one page, within what the eye wants."""
    rows = [row for one in sheet.sets for row in _rows(one, scale)]
    notes = sum(ceil(len(note.text) / _NOTE_LETTERS) for one in sheet.sets for note in one.entry.set.notes)
    advice = ceil(
        sum(len(f"{one.words} on {one.reps} reps: {one.sentence}   ▲ ") for one in sheet.advice) / _ADVICE_LETTERS
    )
    beside = len(sheet.sets) * _SET_HEAD + notes * _NOTE + advice * _ADVICE + REMARK * sum(map(_remarks, rows))
    return min(max((_PAGE - beside) / max(1, len(rows)), _SHORTEST), _TALLEST)


def lines(one: SetView, sheet: Sheet, scale: Scales, height: float) -> list[Line]:
    """Return the lines of reps of a set, with panels of `height` together."""
    return [_line(row, sheet.target, scale, height) for row in _rows(one, scale)]


def _rows(one: SetView, scale: Scales) -> list[tuple[RepView, ...]]:
    return [one.reps[at : at + scale.columns] for at in range(0, len(one.reps), scale.columns)]


def _remarks(reps: Sequence[RepView]) -> int:
    """Return how many lines of remarks the reps of a line need."""
    return max(len(_fitting(rep.remarks)) for rep in reps)


def _line(reps: Sequence[RepView], target: Target | None, scale: Scales, height: float) -> Line:
    bars_y = height - 2 * _BAR, height
    free = bars_y[0] - _LABEL - _SPACE - (_SPACE if scale.force_n else 0)
    travel_y = _LABEL, _LABEL + free * (_TRAVEL if scale.force_n else 1)
    force_y = (travel_y[1] + _SPACE, bars_y[0] - _SPACE) if scale.force_n else None
    pitch = (WIDTH - GUTTER) / scale.columns
    columns = tuple(
        _column(rep, (GUTTER + place * pitch, pitch - _GAP), target, scale, (travel_y, force_y, bars_y))
        for place, rep in enumerate(reps)
    )
    return Line(height + _remarks(reps) * REMARK + _FOOT, travel_y, force_y, bars_y, columns)


def _column(
    rep: RepView, place: Edges, target: Target | None, scale: Scales, edges: tuple[Edges, Edges | None, Edges]
) -> Column:
    (x, width), (travel_y, force_y, bars_y) = place, edges
    figures = rep.figures
    lasted_s = figures.end_s - figures.start_s
    squeezed = lasted_s > scale.longest_s
    per_s = width / (lasted_s if squeezed else scale.longest_s)
    at_s, travel_mm = _travel(rep)
    across = x + at_s * per_s
    levels = _down(np.append(travel_mm, 0.0), scale.low_mm, scale.high_mm, travel_y)
    down, ground = levels[:-1], float(levels[-1])
    instants = [x + (at - figures.start_s) * per_s for at in _instants(figures_of=rep)]
    return Column(
        rep=rep,
        remarks=_fitting(rep.remarks),
        x=x,
        width=width,
        phases=tuple(
            (name, _area(across, down, begin, end, ground))
            for name, begin, end in zip(("out", "hold", "back"), instants, instants[1:], strict=False)
        ),
        hatch=_hatch(across, down, instants[1], instants[2], ground),
        outline=_path(across, down),
        squeezed=squeezed,
        force="" if force_y is None else _force(rep, across, scale.force_n or 1.0, force_y),
        bars=tuple(_bars(rep, x, width - _VALUE, target, scale.bar_s, bars_y[0])),
        title=_title(rep),
    )


def _instants(figures_of: RepView) -> tuple[float, float, float, float]:
    figures = figures_of.figures
    return figures.start_s, figures.top_s, figures.release_s, figures.end_s


def _travel(rep: RepView) -> tuple[Floats, Floats]:
    """Return seconds and millimetres of the curve; without one, straight lines between what is known of the rep."""
    if rep.curve is not None:
        return rep.curve.at_s, rep.curve.travel_mm
    far = rep.figures.rom_mm
    return np.array(_instants(rep)) - rep.figures.start_s, np.array((0.0, far, far, 0.0))


def _force(rep: RepView, across: Floats, most_n: float, edges: Edges) -> str:
    force_n = None if rep.curve is None else rep.curve.force_n
    if force_n is None:
        return ""
    known = np.isfinite(force_n)
    return _path(across[known], _down(np.clip(force_n[known], 0.0, most_n), 0.0, most_n, edges))


def _bars(rep: RepView, x: float, room: float, target: Target | None, most_s: float, top: float) -> Iterator[Bar]:
    """Yield the bar of the hold and that of the way back, whose target suits the rep's range; one of 0 is none."""
    hold = (0.0, 0.0) if target is None else (target.hold_s, 0.0)
    back = (0.0, 0.0) if target is None else (target.shortest_back_s(rep.figures), target.eccentric_s[1])
    times = (("hold", rep.figures.hold_s, hold), ("back", rep.figures.eccentric_s, back))
    for place, (name, time_s, (least_s, longest_s)) in enumerate(times):
        y, width = top + place * _BAR + _BAR - _BAR_THICK, min(time_s / most_s, 1.0) * room
        edge = np.array((x, x + width)), np.array((y, y))
        yield Bar(
            name=name,
            x=x,
            y=y,
            width=width,
            thick=_BAR_THICK,
            # Not rounded: 1.96 s of 2.0 s was too short, and must not read as 2.0.
            text=f"{floor((time_s + _ROUNDING_S) * 10) / 10:.1f}",
            missed=time_s < least_s - _ROUNDING_S,  # longer is no fault, see logbook.meets
            cut=time_s > most_s,
            hatch=_hatch(*edge, x, x + width, y + _BAR_THICK) if name == "hold" else "",
            targets_x=tuple(x + level / most_s * room for level in (least_s, longest_s) if 0 < level <= most_s),
        )


def _fitting(remarks: tuple[str, ...]) -> tuple[str, ...]:
    if len(remarks) <= _MOST_REMARKS:
        return remarks
    return (*remarks[: _MOST_REMARKS - 1], f"+ {len(remarks) - _MOST_REMARKS + 1} more")


def _title(rep: RepView) -> str:
    """Return all of a rep in words, for whoever points at it or has it read aloud."""
    figures = rep.figures
    text = (
        f"{'rep ' if figures.rep is not None else ''}{rep.label}: out {figures.concentric_s:.2f} s, "
        f"hold {figures.hold_s:.2f} s, back {figures.eccentric_s:.2f} s, range {figures.rom_mm:.0f} mm"
    )
    force = [] if figures.force_mean_n is None else [f"mean force {figures.force_mean_n:.0f} N"]
    guess = ["curve not recorded"] if rep.curve is None else []
    return ", ".join([text, *force, *guess, *rep.remarks])


def _largest(force_n: Floats) -> float:
    return float(force_n[np.isfinite(force_n)].max(initial=0.0))


def _down(values: Floats, low: float, high: float, edges: Edges) -> Floats:
    top, bottom = edges
    result: Floats = bottom - (values - low) / (high - low) * (bottom - top)
    return result


def _path(across: Iterable[float], down: Iterable[float]) -> str:
    points = [f"{x:.0f} {y:.1f}" for x, y in zip(across, down, strict=True)]
    return f"M{'L'.join(points)}" if len(points) > 1 else ""


def _area(across: Floats, down: Floats, begin: float, end: float, ground: float) -> str:
    """Return the area between the curve and the ground from `begin` to `end`, or nothing where it has no width."""
    end = min(end, float(across[-1]))
    if end <= begin:
        return ""
    inside = (across > begin) & (across < end)
    xs = np.concatenate(([begin], across[inside], [end]))
    return f"M{begin:.0f} {ground:.1f}L{_path(xs, np.interp(xs, across, down))[1:]}L{end:.0f} {ground:.1f}Z"


def _hatch(across: Floats, down: Floats, begin: float, end: float, ground: float) -> str:
    """Return slanting lines that fill such an area: a pattern is printed as a coarse picture, lines as lines."""
    rise = np.arange(0.0, ground - float(down.min()) + 1)
    found = []
    for foot in np.arange(begin - rise[-1] + _HATCH / 2, min(end, float(across[-1])), _HATCH):
        x, y = foot + rise, ground - rise
        inside = np.flatnonzero((x >= begin) & (x <= end) & (y >= np.interp(x, across, down)))
        if len(inside) > 1:
            low, high = inside[0], inside[-1]
            found.append(f"M{x[low]:.0f} {y[low]:.0f}L{x[high]:.0f} {y[high]:.0f}")
    return "".join(found)
