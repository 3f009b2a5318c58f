"""Formats scores as lines of text and as one JSON object.

Columns have a fixed width, so that tables do not wrap and can be piped and pasted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from cablerep_sim.truth import score
from cablerep_sim.truth.score import METRICS, Check, Score, Spread, Summary

from .evaluation import Failure

_ALL = "all"
_INSTANTS = ("start", "top", "release", "end")
# Columns of the scenario table: heading, and the metrics whose errors it combines.
_COLUMNS = (
    ("instants ms", _INSTANTS),
    ("hold ms", ("hold",)),
    ("ecc mean %", ("ecc_mean",)),
    ("ecc peak %", ("ecc_peak",)),
    ("ROM x", ("rom",)),
    ("latency ms", ("latency",)),
)
_SHORT_S = 0.5  # a hold reported this much shorter was cut off
_HOLDS_LEGEND = (
    "Holds seen by eye: within the tolerance of the eye, errors of their duration, short by more than 0.5 s."
)
_LEGEND = (
    "Each cell: median / 95th percentile / largest error. ROM as a multiple of its limit, 2 mm or 1 %.",
    "Latency from the end of a movement to its rep event.",
)


def real_lines(scores: Sequence[Score]) -> list[str]:
    """Return the table of real recordings: counts, and the holds that were seen by eye; empty without any."""
    real = [s for s in scores if s.truth != "analytic"]
    if not real:
        return []
    rows = [["real recording", "expected", "found", "", "holds", "within", "median s", "95 % s", "short", "no rep"]]
    for item in real:
        status = "exact" if item.exact else "WRONG"
        rows.append([item.name, item.expected, item.found, status, *_hold_cells([item])])
    rows.append(["all", "", "", f"{sum(s.exact for s in real)}/{len(real)}", *_hold_cells(real)])
    return [*_columns(rows), _HOLDS_LEGEND]


def _hold_cells(scores: Sequence[Score]) -> list[str]:
    found = holds(scores)
    if found is None:
        return ["", "", "", "", "", ""]
    return [
        *(str(found["holds"]), f"{found['within']}"),
        *("-" if found[key] is None else f"{found[key]:.2f}" for key in ("median_s", "p95_s")),
        *(str(found["short"]), str(found["no_rep"])),
    ]


def holds(scores: Sequence[Score]) -> dict[str, Any] | None:
    """Return statistics of the holds seen by eye, with absolute errors; None if there are none."""
    errors = [(error, s.holds_tolerance_s) for s in scores for error in s.holds]
    if not errors:
        return None
    known = [abs(error) for error, _ in errors if error is not None]
    median, p95 = (float(value) for value in np.percentile(known, (50, 95))) if known else (None, None)
    return {
        "holds": len(errors),
        "within": sum(error is not None and abs(error) <= tolerance for error, tolerance in errors),
        "median_s": median,
        "p95_s": p95,
        "short": sum(error is not None and error < -_SHORT_S for error, _ in errors),
        "no_rep": sum(error is None for error, _ in errors),
    }


def violation_lines(scores: Sequence[Score], count: int) -> list[str]:
    """Return the first `count` violations of the contract's invariants, and how many more there are."""
    found = [f"{s.name}: {text}" for s in scores for text in s.violations]
    more = [f"and {len(found) - count} more"] if len(found) > count else []
    return [f"violation of the contract: {text}" for text in found[:count]] + more


def scenario_lines(scores: Sequence[Score]) -> list[str]:
    """Return the table of scenarios: exact recordings, and the spread of the errors."""
    groups = {name: [s for s in scores if s.scenario == name] for name in dict.fromkeys(s.scenario for s in scores)}
    groups[_ALL] = list(scores)
    rows = [["scenario", "exact", *(heading for heading, _ in _COLUMNS)]]
    for name, group in groups.items():
        cells = [_cell(score.spread(group, metrics)) for _, metrics in _COLUMNS]
        rows.append([name, f"{sum(s.exact for s in group)}/{len(group)}", *cells])
    lines = _columns(rows)
    return [*lines, *_LEGEND] if score.spread(scores, _INSTANTS) else lines


def metric_lines(summary: Summary, checks: Sequence[Check]) -> list[str]:
    """Return the table of metrics over all recordings, with the limits that apply."""
    limits = {item.name: item for item in checks}
    rows = [["metric", "reps", "median", "95 %", "limit", "", "largest", "limit", ""]]
    percent = f"{100 * summary.exact_share:.2f}"
    rows.append(["exact %", str(summary.recordings), "", percent, *_limit(limits.get(score.EXACT)), "", "", ""])
    for metric in METRICS:
        found = summary.spreads.get(metric.name)
        if found is None:
            continue
        rows.append(
            [
                *(f"{metric.name} {metric.unit}", str(found.count), _short(found.median)),
                *(_short(found.p95), *_limit(limits.get(metric.name))),
                *(_short(found.largest), *_limit(limits.get(metric.name + score.LARGEST))),
            ]
        )
    return _columns(rows)


def flag_lines(scores: Sequence[Score]) -> list[str]:
    """Return the table of form flags, empty if no truth has flags."""
    counts = score.flag_counts(scores)
    if not counts:
        return []
    rows = [["flag", "expected", "reported", "sensitivity %", "not expected", "false alarms", "false alarms %"]]
    for name, count in counts.items():
        expected, unexpected = count.hits + count.misses, count.false_alarms + count.clear
        rows.append(
            [
                *(name, str(expected), str(count.hits), _percent(count.hits, expected)),
                *(str(unexpected), str(count.false_alarms), _percent(count.false_alarms, unexpected)),
            ]
        )
    return _columns(rows)


def _percent(count: int, total: int) -> str:
    return f"{100 * count / total:.1f}" if total else "-"


def _limit(item: Check | None) -> list[str]:
    return ["", ""] if item is None else [f"{item.limit:g}", "met" if item.met else "MISSED"]


def worst_lines(scores: Sequence[Score], count: int) -> list[str]:
    """Return the `count` worst recordings: miscounted ones first, then by their largest error."""
    return [f"{s.name:<28} {_problem(s)}" for s in _worst(scores, count)]


def _worst(scores: Sequence[Score], count: int) -> list[Score]:
    return [s for s in sorted(scores, key=lambda s: -s.badness)[:count] if s.badness > 1]


def _problem(item: Score) -> str:
    if item.violations:
        return f"violates the contract: {item.violations[0]}"
    if not item.exact:
        return f"expected {item.expected}; found {item.found}"
    problems = []
    for metric in METRICS:
        limit = metric.largest or metric.p95
        largest = max(item.errors.get(metric.name, []), key=abs, default=0.0)
        if limit and abs(largest) > limit:
            problems.append(f"{metric.name} {largest:+.3g} {metric.unit}")
    return ", ".join(problems)


def as_object(
    scores: Sequence[Score], failures: Sequence[Failure], checks: Sequence[Check], worst: int
) -> dict[str, Any]:
    """Return the contents of all tables as one JSON object."""
    return {
        "all": summary_object(score.summarise(scores)),
        "scenarios": {name: summary_object(group) for name, group in score.by_scenario(scores).items()},
        "flags": {name: asdict(count) for name, count in score.flag_counts(scores).items()},
        "limits": [{**asdict(item), "met": item.met} for item in checks],
        "worst": [
            {"name": s.name, "exact": s.exact, "expected": s.expected, "found": s.found, "errors": _largest(s)}
            for s in _worst(scores, worst)
        ],
        "real": [
            {"name": s.name, "truth": s.truth, "exact": s.exact, "expected": s.expected, "found": s.found}
            | {"hold_errors_s": s.holds}
            for s in scores
            if s.truth != "analytic"
        ],
        "holds": holds(scores),
        "violations": [f"{s.name}: {text}" for s in scores for text in s.violations],
        "failures": [asdict(failure) for failure in failures],
    }


def summary_object(summary: Summary) -> dict[str, Any]:
    """Return a group's counts and spreads as a JSON object."""
    spreads = {name: asdict(found) for name, found in summary.spreads.items()}
    return {"recordings": summary.recordings, "exact": summary.exact, "errors": spreads}


def _largest(item: Score) -> Mapping[str, float]:
    return {name: max(values, key=abs) for name, values in item.errors.items() if values}


def sweep_lines(rows: Sequence[tuple[str, int, int, Summary | str]], defined: Collection[str] = ()) -> list[str]:
    """Return the table of a sweep, the most sensitive constant first.

    Each row is constant, default, changed value and result: a summary, or why the detector refused the value.
    The constants in `defined` are marked as definitions.
    """
    weakest: dict[str, float] = {}
    for name, _, _, outcome in rows:
        share = 2.0 if isinstance(outcome, str) else outcome.exact_share
        weakest[name] = min(weakest.get(name, 2.0), share)
    lines = [["constant", "default", "changed", "exact %", *(f"{name} ms" for name in (*_INSTANTS, "hold")), ""]]
    for name, default, value, outcome in sorted(rows, key=lambda row: (weakest[row[0]], row[0], row[2])):
        row = [name, str(default), str(value)]
        if isinstance(outcome, str):
            lines.append([*row, *[""] * 6, f"refused: {outcome}"])
            continue
        spreads = [outcome.spreads.get(metric) for metric in (*_INSTANTS, "hold")]
        errors = ["-" if found is None else _short(found.p95) for found in spreads]
        lines.append([*row, f"{100 * outcome.exact_share:.2f}", *errors, "definition" if name in defined else ""])
    return _columns(lines)


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Align the first column left and the others right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]).rstrip()
        for row in rows
    ]


def _cell(found: Spread | None) -> str:
    return "-" if found is None else "/".join(_short(value) for value in (found.median, found.p95, found.largest))


def _short(value: float) -> str:
    return f"{value:.0f}" if value >= 99.5 else f"{value:.1f}" if value >= 9.95 else f"{value:.2g}"
