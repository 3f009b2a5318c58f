"""Compares a detector's results with the truth: exact counts, and the error of each instant and figure.

Pure: events in, numbers out. The limits are the project's targets, in the units of the table that shows them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from cablerep_fw.core.link import wire

from ..athlete.faults import ON_FLOOR
from .file import Truth, TruthHold, TruthRep


class FoundRep(Protocol):
    """A rep as in the events, with the contract's names and units."""

    @property
    def amended(self) -> bool: ...
    @property
    def kind(self) -> str: ...
    @property
    def start_s(self) -> float: ...
    @property
    def top_s(self) -> float: ...
    @property
    def release_s(self) -> float: ...
    @property
    def end_s(self) -> float: ...
    @property
    def set(self) -> int: ...
    @property
    def known_s(self) -> float: ...
    @property
    def rom_mm(self) -> float: ...
    @property
    def concentric_mean_m_s(self) -> float: ...
    @property
    def concentric_peak_m_s(self) -> float: ...
    @property
    def eccentric_mean_m_s(self) -> float: ...
    @property
    def eccentric_peak_m_s(self) -> float: ...
    @property
    def work_j(self) -> float | None: ...
    @property
    def chord_mm(self) -> float | None: ...
    @property
    def direction_deg(self) -> float | None: ...
    @property
    def bow_mm(self) -> float | None: ...
    @property
    def drift_mm(self) -> float | None: ...
    @property
    def flags(self) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Metric:
    """One column: an error in `unit` and its target: 95 % of all errors lie within `p95` (None: no target).

    `largest` is the target for the largest error, if there is one.
    """

    name: str
    unit: str
    p95: float | None
    largest: float | None = None


METRICS = (
    Metric("start", "ms", 30),
    Metric("top", "ms", 30),
    Metric("release", "ms", 30),
    Metric("end", "ms", 30),
    Metric("hold", "ms", 40),
    Metric("ecc_mean", "%", 1.5),
    Metric("ecc_peak", "%", 4),
    Metric("con_mean", "%", None),
    Metric("con_peak", "%", None),
    Metric("work", "%", None),
    Metric("rom", "x", 1),  # as a multiple of what is allowed: 2 mm or 1 %, whichever is more
    Metric("chord", "%", None),
    Metric("direction", "deg", 3.5),
    Metric("bow", "mm", None),
    Metric("drift", "mm", None),
    Metric("latency", "ms", 150, 1300),  # of reps whose start is not in question and that end near it
    Metric("latency_other", "ms", None, 1300),
)
EXACT_PERCENT = 99.5  # of all recordings
NO_FORCE = "no force"  # counted like a flag: figures of force that must be null

_ROM_MM = 2.0
_ROM_SHARE = 0.01
_OVERLAP = 0.5  # of the shorter one; with less it is another movement


@dataclass(frozen=True)
class FlagCount:
    """How often a flag was due and reported, due and not, not due and reported, not due and not."""

    hits: int = 0
    misses: int = 0
    false_alarms: int = 0
    clear: int = 0

    def __add__(self, other: FlagCount) -> FlagCount:
        return FlagCount(
            self.hits + other.hits,
            self.misses + other.misses,
            self.false_alarms + other.false_alarms,
            self.clear + other.clear,
        )


@dataclass
class Score:
    """How well one recording was read. `errors` has signed values by metric, one for each matched rep.

    `flags` counts the reps whose form the truth knows.
    """

    name: str
    scenario: str
    exact: bool
    expected: str
    found: str
    errors: dict[str, list[float]] = field(default_factory=dict)
    flags: dict[str, FlagCount] = field(default_factory=dict)
    truth: str = "analytic"
    holds: list[float | None] = field(default_factory=list)  # errors in s of holds seen by eye, None: not found
    holds_tolerance_s: float = 0.0
    violations: list[str] = field(default_factory=list)  # of the contract's invariants

    @property
    def badness(self) -> float:
        """The largest error as a multiple of its target; the list of the worst traces is sorted by it."""
        worst = 0.0 if self.exact and not self.violations else 1000.0
        for metric in METRICS:
            limit = metric.largest or metric.p95
            if limit and self.errors.get(metric.name):
                worst = max(worst, max(abs(e) for e in self.errors[metric.name]) / limit)
        return worst


def score(name: str, scenario: str, truth: Truth, reps: Iterable[FoundRep], sets: int) -> Score:
    """Compare one recording's rep and amendment events, in order, and its number of sets with the truth.

    If the truth is only a number, full and partial reps together must match it within its tolerance.
    """
    first, last = _settle(reps)
    found = [rep for rep in last.values() if rep.kind in ("full", "partial")]
    full = sum(rep.kind == "full" for rep in found)
    reported = f"{full} full, {len(found) - full} partial, {sets} sets"
    holds = [_hold_error(hold, found) for hold in truth.holds]
    if truth.reps is None:
        exact = abs(len(found) - truth.reps_total) <= truth.tolerance
        tolerance = f" ± {truth.tolerance}" if truth.tolerance else ""
        result = Score(name, scenario, exact, f"{truth.reps_total}{tolerance} in all", reported)
        result.truth, result.holds, result.holds_tolerance_s = truth.truth, holds, truth.holds_tolerance_s
        return result
    pairs = match(truth.reps, found)
    exact = len(pairs) == len(found) == len(truth.reps) and all(a.kind == b.kind for a, b in pairs)
    expected = f"{truth.count('full')} full, {truth.count('partial')} partial"
    if truth.sets is not None:
        exact = exact and sets == truth.sets
        expected += f", {truth.sets} sets"
    result = Score(name, scenario, exact, expected, reported, {metric.name: [] for metric in METRICS})
    for true, rep in pairs:
        for key, error in _errors(true, rep, first[rep.start_s]).items():
            result.errors[key].append(error)
    result.flags = {name: _flag_count(name, pairs) for name in wire.FLAGS}
    result.flags[NO_FORCE] = _count(
        (true.work_unknown, rep.work_j is None) for true, rep in pairs if true.work_unknown is not None
    )
    result.truth, result.holds, result.holds_tolerance_s = truth.truth, holds, truth.holds_tolerance_s
    return result


def _hold_error(hold: TruthHold, found: Sequence[FoundRep]) -> float | None:
    """Return the error in s of the hold of the rep that contains the middle of a true hold, None without such a rep."""
    middle_s = (hold.top_s + hold.release_s) / 2
    rep = next((rep for rep in found if rep.start_s <= middle_s <= rep.end_s), None)
    return None if rep is None else rep.release_s - rep.top_s - hold.hold_s


def _flag_count(name: str, pairs: Sequence[tuple[TruthRep, FoundRep]]) -> FlagCount:
    return _count(
        (name in true.flags, name in rep.flags)
        for true, rep in pairs
        if true.flags is not None and name not in true.unclear
        if true.direction_deg is not None or name not in ON_FLOOR
    )


def _count(cases: Iterable[tuple[bool, bool]]) -> FlagCount:
    """Count cases of (due, reported)."""
    results = list(cases)
    return FlagCount(*(results.count(case) for case in ((True, True), (True, False), (False, True), (False, False))))


def flag_counts(scores: Iterable[Score]) -> dict[str, FlagCount]:
    """Return the counts of each flag in all of `scores`, without flags that no truth knows."""
    total = dict.fromkeys((*wire.FLAGS, NO_FORCE), FlagCount())
    for item in scores:
        for name, count in item.flags.items():
            total[name] += count
    return {name: count for name, count in total.items() if count != FlagCount()}


def _settle(reps: Iterable[FoundRep]) -> tuple[dict[float, FoundRep], dict[float, FoundRep]]:
    """Return each rep as first reported and as last amended, by its start."""
    first: dict[float, FoundRep] = {}
    last: dict[float, FoundRep] = {}
    for rep in reps:
        if not rep.amended:
            first[rep.start_s] = rep
        last[rep.start_s] = rep
    return first, last


def match(truth: Sequence[TruthRep], found: Sequence[FoundRep]) -> list[tuple[TruthRep, FoundRep]]:
    """Pair each true rep, in order of time, with the found one that overlaps it by half of the shorter or more."""
    pairs = []
    unmatched = sorted(found, key=lambda rep: rep.start_s)
    for true in sorted(truth, key=lambda rep: rep.start_s):
        best = max(unmatched, key=lambda rep: _overlap(true, rep), default=None)
        if best is not None and _overlap(true, best) >= _OVERLAP:
            pairs.append((true, best))
            unmatched.remove(best)
    return pairs


def _overlap(true: TruthRep, rep: FoundRep) -> float:
    common = min(true.end_s, rep.end_s) - max(true.start_s, rep.start_s)
    return common / max(min(true.end_s - true.start_s, rep.end_s - rep.start_s), 1e-3)


def _errors(true: TruthRep, rep: FoundRep, first: FoundRep) -> dict[str, float]:
    """Return the signed error of each metric that the truth knows; latency is never negative."""
    errors = {
        "start": 1000 * (rep.start_s - true.start_s),
        "end": 1000 * (rep.end_s - true.end_s),
        # A rep reported before its true end has a wrong end, which counts under `end`; it is not late.
        "latency" if true.prompt else "latency_other": max(0.0, 1000 * (first.known_s - true.end_s)),
    }
    if true.top_s is not None:
        errors["top"] = 1000 * (rep.top_s - true.top_s)
    if true.release_s is not None:
        errors["release"] = 1000 * (rep.release_s - true.release_s)
    if true.hold_s is not None:
        errors["hold"] = 1000 * (rep.release_s - rep.top_s - true.hold_s)
    if true.rom_mm is not None:
        errors["rom"] = (rep.rom_mm - true.rom_mm) / max(_ROM_MM, _ROM_SHARE * true.rom_mm)
    for key, value, expected in (
        ("con_mean", rep.concentric_mean_m_s, true.concentric_mean_m_s),
        ("con_peak", rep.concentric_peak_m_s, true.concentric_peak_m_s),
        ("ecc_mean", rep.eccentric_mean_m_s, true.eccentric_mean_m_s),
        ("ecc_peak", rep.eccentric_peak_m_s, true.eccentric_peak_m_s),
        ("work", rep.work_j, true.work_j),
        ("chord", rep.chord_mm, true.chord_mm),
    ):
        if expected and value is not None:
            errors[key] = 100 * (value / expected - 1)
    for key, value, expected in (
        ("direction", rep.direction_deg, true.direction_deg),
        ("bow", rep.bow_mm, true.bow_mm),
        ("drift", rep.drift_mm, true.drift_mm),
    ):
        if expected is not None and value is not None:
            errors[key] = value - expected
    if "direction" in errors:
        errors["direction"] = (errors["direction"] + 180) % 360 - 180
    return errors


@dataclass(frozen=True)
class Spread:
    """Statistics of the absolute errors of one metric."""

    count: int
    median: float
    p95: float
    largest: float


@dataclass(frozen=True)
class Summary:
    """A group of recordings: their number, how many are exact, and the errors of all their reps."""

    recordings: int
    exact: int
    spreads: Mapping[str, Spread]

    @property
    def exact_share(self) -> float:
        return self.exact / self.recordings if self.recordings else 1.0


def summarise(scores: Sequence[Score]) -> Summary:
    """Summarise the scores of a group."""
    spreads = {}
    for metric in METRICS:
        found = spread(scores, (metric.name,))
        if found is not None:
            spreads[metric.name] = found
    return Summary(len(scores), sum(s.exact for s in scores), spreads)


def spread(scores: Sequence[Score], metrics: Sequence[str]) -> Spread | None:
    """Return statistics of the absolute errors of all `metrics` together, or None if there are none."""
    values = np.abs([error for s in scores for name in metrics for error in s.errors.get(name, ())])
    if not len(values):
        return None
    p50, p95 = np.percentile(values, (50, 95))
    return Spread(len(values), float(p50), float(p95), float(values.max()))


EXACT = "exact"  # the limit on the share of exact recordings, in %
LARGEST = "_max"  # suffix of a limit on the largest error


def targets() -> dict[str, float]:
    """Return the project's targets by name: `exact` in %, each metric's 95th percentile, and largest errors."""
    limits = {EXACT: EXACT_PERCENT}
    limits.update({metric.name: metric.p95 for metric in METRICS if metric.p95 is not None})
    limits.update({metric.name + LARGEST: metric.largest for metric in METRICS if metric.largest is not None})
    return limits


@dataclass(frozen=True)
class Check:
    """One limit compared with a summary. `value` is None if no recording gives it; the limit is then met."""

    name: str
    limit: float
    value: float | None

    @property
    def met(self) -> bool:
        if self.value is None:
            return True
        return self.value >= self.limit if self.name == EXACT else self.value <= self.limit


def check(summary: Summary, limits: Mapping[str, float]) -> list[Check]:
    """Compare `limits`, named as in `targets`, with `summary`."""
    results = []
    for name, limit in limits.items():
        value: float | None
        if name == EXACT:
            value = 100 * summary.exact_share
        else:
            spread = summary.spreads.get(name.removesuffix(LARGEST))
            value = None if spread is None else spread.largest if name.endswith(LARGEST) else spread.p95
        results.append(Check(name, limit, value))
    return results


def by_scenario(scores: Sequence[Score]) -> dict[str, Summary]:
    """Return the summary of each scenario, in the order in which they first appear."""
    return {
        name: summarise([s for s in scores if s.scenario == name]) for name in dict.fromkeys(s.scenario for s in scores)
    }
