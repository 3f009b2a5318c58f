"""Draws a trace: travel, speed and force over time, with the detector's result and the truth.

It shows the raw samples, not the detector's filtered view, so that the result can be checked by eye.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from cablerep_fw.core.sense.ring import GAP, NO_LOAD
from cablerep_sim.trace.header import MILLION
from cablerep_sim.trace.trace import Trace
from cablerep_sim.truth.file import Truth, TruthRep

from .. import words
from ..device.events import Rejected, Rep
from ..errors import CablerepError
from .evaluation import Detection

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".html")

# Blue, yellow and green of the colour-blind safe Okabe-Ito palette; red marks flags and what was not counted.
_COLOURS = {"concentric": "#0072b2", "hold": "#e69f00", "eccentric": "#009e73"}
_REJECTED = "#cc3311"
_PARTIAL_ALPHA = 0.12
_FULL_ALPHA = 0.28
_SPEED_WINDOW_S = 0.1  # one tremor period
_BOUNDARY_M_S = 0.025
_INCHES_PER_S = 0.3
_WIDTH_INCHES = (11.0, 30.0)
_LABEL_INCHES = 0.7  # narrower reps get an upright label
_HEIGHT_INCHES = 8.5
_DPI = 100

Array = npt.NDArray[np.float64]


class Curves(NamedTuple):
    """The samples in physical units; `force_n` is NaN without a new reading."""

    t_s: Array
    travel_mm: Array
    force_n: Array


def curves(trace: Trace) -> Curves:
    """Return the samples of `trace` without missed ones. Raises TraceError."""
    t_s, travel, load = [], [], []
    number = 0
    for block in trace.blocks():
        counts, force = (np.asarray(values, np.int64) for values in block)
        gaps = counts == GAP
        periods = np.where(gaps, force, 1)
        numbers = number + np.cumsum(periods) - 1
        number += int(periods.sum())
        t_s.append(numbers[~gaps] / trace.rate_hz)
        travel.append(counts[~gaps])
        load.append(force[~gaps])
    header = trace.header
    force_counts = np.concatenate(load)
    force_n = (force_counts - header.load_zero) * (header.mn_per_count / MILLION / 1000)
    return Curves(
        np.concatenate(t_s),
        np.concatenate(travel) * (header.um_per_count / MILLION / 1000),
        np.where(force_counts == NO_LOAD, np.nan, force_n),
    )


def speed_m_s(samples: Curves) -> Array:
    """Return the mean speed in the _SPEED_WINDOW_S around each sample."""
    before = np.interp(samples.t_s - _SPEED_WINDOW_S / 2, samples.t_s, samples.travel_mm)
    after = np.interp(samples.t_s + _SPEED_WINDOW_S / 2, samples.t_s, samples.travel_mm)
    result: Array = (after - before) / _SPEED_WINDOW_S / 1000
    return result


def draw(trace: Trace, found: Detection, truth: Truth | None = None, title: str | None = None) -> Figure:
    """Return the picture of `trace` with the detector's result. Raises CablerepError without matplotlib."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise CablerepError(
            "drawing needs matplotlib; install it from your clone of cablerep: pip install '.[plot]'"
        ) from error
    samples = curves(trace)
    reps = found.settled()
    has_force = bool(np.isfinite(samples.force_n).any())
    width = min(max(_INCHES_PER_S * trace.duration_s, _WIDTH_INCHES[0]), _WIDTH_INCHES[1])
    figure = Figure(figsize=(width, _HEIGHT_INCHES), layout="constrained")
    heights = [5.0, 0.35 if truth is None else 0.6, 2.2] + ([1.8] if has_force else [])
    axes: Any = figure.subplots(len(heights), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    # parse_math: a dollar sign in a name is no formula.
    figure.suptitle(title or _title(trace, found, truth), x=0.01, ha="left", fontsize=11, parse_math=False)
    _draw_travel(axes[0], samples, reps, found.rejected, width / trace.duration_s)
    _draw_bars(axes[1], reps, truth)
    _draw_speed(axes[2], samples)
    if has_force:
        known = np.isfinite(samples.force_n)
        axes[3].plot(samples.t_s[known], samples.force_n[known], color="0.25", linewidth=0.8)
        axes[3].set_ylabel("force, N")
    for panel in axes:
        panel.grid(axis="x", color="0.9", linewidth=0.6)
        panel.set_axisbelow(True)
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    axes[-1].set_xlabel("time, s")
    axes[-1].set_xlim(samples.t_s[0], samples.t_s[-1])
    return figure


def _title(trace: Trace, found: Detection, truth: Truth | None) -> str:
    reps = found.settled()
    full = sum(rep.kind == "full" for rep in reps)
    name = Path(trace.name).name
    text = f"{name}   found: {full} full, {len(reps) - full} partial, sets: {len(found.sets)}"
    if truth is None:
        return text
    if truth.reps is None:
        tolerance = f" ± {truth.tolerance}" if truth.tolerance else ""
        return f"{text}   true, {truth.truth}: {truth.reps_total}{tolerance} in all"
    sets = "" if truth.sets is None else f", sets: {truth.sets}"
    return f"{text}   true, {truth.truth}: {truth.count('full')} full, {truth.count('partial')} partial{sets}"


def _draw_travel(
    panel: Axes, samples: Curves, reps: Sequence[Rep], rejected: Sequence[Rejected], inches_per_s: float
) -> None:
    panel.plot(samples.t_s, samples.travel_mm, color="black", linewidth=1.0)
    # Ignore the outermost thousandth, so that outliers do not flatten the movement.
    low, high = np.percentile(samples.travel_mm, (0.1, 99.9))
    room = max(high - low, 20.0)
    panel.set_ylim(low - 0.08 * room, high + 0.30 * room)
    panel.set_ylabel("travel, mm")
    for rep in reps:
        alpha = _FULL_ALPHA if rep.kind == "full" else _PARTIAL_ALPHA
        for name, begin_s, end_s in _phases(rep):
            panel.axvspan(begin_s, end_s, color=_COLOURS[name], alpha=alpha, linewidth=0)
        number = str(rep.rep) if rep.rep is not None else words.kind(rep.kind)
        upright = (rep.end_s - rep.start_s) * inches_per_s < _LABEL_INCHES
        text = (" · " if upright else "\n").join((number, f"hold {rep.hold_s:.2f}", f"ecc {rep.eccentric_s:.2f}"))
        where = (rep.start_s + rep.end_s) / 2
        panel.text(where, high + 0.28 * room, text, rotation=90 * upright, ha="center", va="top", fontsize=7)
        if rep.flags:
            panel.text(
                where, low + 0.02 * room, f"! {words.flags(rep.flags)}",
                color=_REJECTED, rotation=90 * upright, ha="center", va="bottom", fontsize=7, weight="bold",
            )  # fmt: skip
    for item in rejected:
        panel.axvspan(
            item.start_s, item.end_s, facecolor="none", edgecolor=_REJECTED, hatch="///", alpha=0.35, linewidth=0
        )
        where = (item.start_s + item.end_s) / 2
        panel.text(
            where,
            low - 0.06 * room,
            words.rejection(item.reason),
            color=_REJECTED,
            rotation=90,
            ha="center",
            va="bottom",
            fontsize=7,
        )


def _draw_bars(panel: Axes, reps: Sequence[Rep], truth: Truth | None) -> None:
    """Draw the detected phases, and below them the true ones."""
    rows: list[tuple[str, Sequence[Rep | TruthRep]]] = [("found", reps)]
    if truth is not None and truth.reps is not None:
        rows.append(("true", truth.reps))
    elif truth is not None and truth.holds:
        rows.append(("by eye", ()))
        for hold in truth.holds:
            panel.barh(1, hold.release_s - hold.top_s, left=hold.top_s, height=0.8, color=_COLOURS["hold"], alpha=0.9)
    for row, (_, members) in enumerate(rows):
        for rep in members:
            alpha = 0.9 if rep.kind == "full" else 0.4
            for name, begin_s, end_s in _phases(rep):
                panel.barh(row, end_s - begin_s, left=begin_s, height=0.8, color=_COLOURS[name], alpha=alpha)
    panel.set_yticks(range(len(rows)), [name for name, _ in rows])
    panel.set_ylim(len(rows) - 0.5, -0.5)
    panel.tick_params(axis="y", length=0)
    handles: list[Any] = [panel.barh(-9, 0, color=colour, label=name) for name, colour in _COLOURS.items()]
    panel.legend(handles=handles, loc="upper left", bbox_to_anchor=(0, -0.05), ncols=3, fontsize=7, frameon=False)


def _draw_speed(panel: Axes, samples: Curves) -> None:
    speed = speed_m_s(samples)
    panel.axhspan(-_BOUNDARY_M_S, _BOUNDARY_M_S, color="0.9", linewidth=0)
    panel.plot(samples.t_s, speed, color="0.25", linewidth=0.8)
    largest = max(float(np.percentile(np.abs(speed), 99.5)) * 1.3, 2 * _BOUNDARY_M_S)
    panel.set_ylim(-largest, largest)
    panel.set_ylabel("speed, m/s")


def _phases(rep: Rep | TruthRep) -> list[tuple[str, float, float]]:
    """Return (name, begin, end) of the known phases."""
    if rep.top_s is None or rep.release_s is None:
        return [("concentric", rep.start_s, rep.end_s)]
    return [
        ("concentric", rep.start_s, rep.top_s),
        ("hold", rep.top_s, rep.release_s),
        ("eccentric", rep.release_s, rep.end_s),
    ]


def encode(figure: Figure, suffix: str) -> bytes:
    """Return `figure` in the format of `suffix`, one of SUFFIXES."""
    if suffix == ".html":
        return _page(figure).encode()
    buffer = BytesIO()
    _write(figure, buffer, suffix.removeprefix("."))
    return buffer.getvalue()


def _write(figure: Figure, target: BytesIO, suffix: str) -> None:
    """Write the figure reproducibly: no date and no random ids in an SVG."""
    import matplotlib

    undated = {"Date": None} if suffix == "svg" else {}
    with matplotlib.rc_context({"svg.hashsalt": "cablerep"}):
        figure.savefig(target, format=suffix, dpi=_DPI, metadata=undated)


def _page(figure: Figure) -> str:
    """Return a self-contained page with the picture."""
    text = encode(figure, ".svg").decode()
    picture = text[text.index("<svg") :]
    title = html.escape(figure.get_suptitle())
    style = "body{margin:1em;font-family:sans-serif}svg{max-width:none;height:auto}"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{style}</style></head>\n<body>{picture}</body></html>\n"
    )
