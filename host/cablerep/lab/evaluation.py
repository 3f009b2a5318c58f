"""Scores the detector on many recordings, simulated in memory or read from files, on all cores.

A case is a small description sent to a worker, which simulates or reads the recording itself.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cablerep_fw.core.detect import tuning
from cablerep_fw.reference.tuning_reasons import TABLE
from cablerep_sim import scenarios
from cablerep_sim.errors import CablerepError
from cablerep_sim.replay import Replay
from cablerep_sim.trace.trace import Trace, from_arrays, open_trace
from cablerep_sim.truth import file as truth
from cablerep_sim.truth import score
from cablerep_sim.truth.score import Score

from ..device.events import Event, Rejected, Rep, SetOver
from ..device.session import Session
from .invariants import violations
from .pool import spread

Changes = Mapping[str, int]  # constants of the detector (cablerep_fw.reference.tuning_reasons) by name


@dataclass(frozen=True)
class SimulatedCase:
    """A scenario to simulate in memory."""

    scenario: str
    seed: int
    rate_hz: int
    options: tuple[tuple[str, str], ...] = ()  # of the scenario, as in an address


@dataclass(frozen=True)
class FileCase:
    """A trace with a truth file."""

    path: Path


Case = SimulatedCase | FileCase


@dataclass(frozen=True)
class Failure:
    """A case that could not be scored, with the reason."""

    name: str
    reason: str


@dataclass
class Detection:
    """The detector's result on one trace: `reps` in the order of their events, with amendments.

    `violations` are breaches of the contract's invariants, see lab/invariants.py.
    """

    reps: list[Rep] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    sets: list[SetOver] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def settled(self) -> list[Rep]:
        """Return the reps after amendments, without rejected ones."""
        last = {rep.start_s: rep for rep in self.reps}
        return [rep for rep in last.values() if rep.kind != "rejected"]


def detect(trace: Trace, changes: Changes | None = None, limits: Mapping[str, int] | None = None) -> Detection:
    """Replay `trace` through the detector with a profile's `limits` and collect its events.

    Raises TraceError, and ValueError for `changes` and `limits`.
    """
    session = Session()
    found = Detection()
    events: list[Event] = []
    for data in Replay(trace, table=constants(changes or {}), limits=limits):
        for event in session.feed(data):
            events.append(event)
            if isinstance(event, Rep):
                found.reps.append(event)
            elif isinstance(event, Rejected):
                found.rejected.append(event)
            elif isinstance(event, SetOver):
                found.sets.append(event)
    found.violations = violations(events)
    return found


def constants(changes: Changes) -> array[int]:
    """Return the detector's constants with `changes` applied. Raises KeyError for an unknown name."""
    indices = {row[0]: index for index, row in enumerate(TABLE)}
    values: array[int] = tuning.defaults()
    for name, value in changes.items():
        values[indices[name]] = value
    return values


def find(folders: Sequence[Path]) -> tuple[list[FileCase], list[Path]]:
    """Return the traces with and without a truth file in `folders` (folders or single files).

    Raises CablerepError for a folder that does not exist or has no trace.
    """
    cases: list[FileCase] = []
    without: list[Path] = []
    for folder in folders:
        if folder.is_dir():
            paths = sorted(p for p in folder.iterdir() if p.name.endswith((".csv", ".csv.gz")))
        elif folder.exists():
            paths = [folder]
        else:
            raise CablerepError(f"{folder}: there is no such folder or trace; create one with cablerep simulate")
        if not paths:
            raise CablerepError(
                f"{folder}: no trace (.csv or .csv.gz) in this folder; create some with cablerep simulate"
            )
        for path in paths:
            if truth.path_beside(path).exists():
                cases.append(FileCase(path))
            else:
                without.append(path)
    return cases, without


def evaluate(
    cases: Sequence[Case], changes: Sequence[Changes] = ({},), workers: int | None = None
) -> Iterator[tuple[int, Score | Failure]]:
    """Score every case with every set of `changes`; yield (index in `changes`, result) in order.

    `workers` is the number of processes, by default one per core.
    """
    jobs = [(index, case, change) for index, change in enumerate(changes) for case in cases]
    return spread(_run, jobs, workers)


def _run(job: tuple[int, Case, Changes]) -> tuple[int, Score | Failure]:
    index, case, changes = job
    if isinstance(case, SimulatedCase):
        return index, _run_simulated(case, changes)
    return index, _run_file(case, changes)


def _run_simulated(case: SimulatedCase, changes: Changes) -> Score | Failure:
    name = f"{case.scenario}-{case.seed:04d}"
    try:
        recording = scenarios.build(case.scenario, case.seed, case.rate_hz, **dict(case.options))
    except CablerepError as error:
        return Failure(name, str(error))
    trace = from_arrays(name, recording.meta, recording.t_us, recording.travel, recording.load, recording.angle)
    return _score(name, case.scenario, trace, recording.truth, changes)


def _run_file(case: FileCase, changes: Changes) -> Score | Failure:
    try:
        expected = truth.load(truth.path_beside(case.path))
        trace = open_trace(case.path)
        scenario = trace.meta.get("scenario", expected.truth)
        return _score(case.path.name, scenario, trace, expected, changes)
    except CablerepError as error:
        return Failure(str(case.path), str(error))


def _score(name: str, scenario: str, trace: Trace, expected: truth.Truth, changes: Changes) -> Score | Failure:
    try:
        found = detect(trace, changes, expected.limits)
    except ValueError as error:
        return Failure(name, str(error))
    result = score.score(name, scenario, expected, found.reps, len(found.sets))
    result.violations = found.violations
    return result


def sweep(fraction: float) -> list[tuple[str, int, dict[str, int]]]:
    """Return (name, value, change) for each constant of the detector made smaller and larger by `fraction`."""
    steps = []
    for name, default, _, _ in TABLE:
        for factor in (1 - fraction, 1 + fraction):
            value = round(default * factor)
            steps.append((name, value, {name: value}))
    return steps
