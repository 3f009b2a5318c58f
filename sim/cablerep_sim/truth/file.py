"""Truth files: what a trace holds, told by whoever knows it, in the contract's form.

Read strictly: a truth that is misread makes every score after it wrong.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from cablerep_fw.core.link import wire
from cablerep_fw.core.settings.settings import Settings

from ..errors import CablerepError
from ..limits import LimitError, put_limits

SUFFIX = ".truth.json"
SOURCES = ("analytic", "label", "by_eye")
KINDS = ("full", "partial")


class TruthError(CablerepError):
    """A truth file that cannot be used; the text names file, key, value and cure."""


@dataclass(frozen=True)
class TruthRep:
    """One rep: instants in s from the first row, lengths in mm, speeds in m/s and positive both ways.

    Only `kind`, `start_s` and `end_s` must be known; the rest is None where a label or an eye cannot tell.
    """

    kind: str
    start_s: float
    end_s: float
    top_s: float | None = None
    release_s: float | None = None
    rom_mm: float | None = None
    concentric_mean_m_s: float | None = None
    concentric_peak_m_s: float | None = None
    eccentric_mean_m_s: float | None = None
    eccentric_peak_m_s: float | None = None
    flags: tuple[str, ...] | None = None  # of form; None where nobody judged it
    unclear: tuple[str, ...] = ()  # flags that may be told or not

    @property
    def hold_s(self) -> float | None:
        """Duration of the hold in s, or None where the truth does not tell."""
        return None if self.top_s is None or self.release_s is None else self.release_s - self.top_s


@dataclass(frozen=True)
class Truth:
    """What a trace holds. `reps` is None where only the number is known."""

    truth: str
    reps_total: int
    tolerance: int = 0
    sets: int | None = None
    reps: tuple[TruthRep, ...] | None = None
    notes: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)  # settings of the wire by which form was judged

    def count(self, kind: str) -> int | None:
        """Return how many reps are of `kind`, or None where the truth does not tell."""
        return None if self.reps is None else sum(rep.kind == kind for rep in self.reps)


def path_beside(trace: Path) -> Path:
    """Return where the truth of `trace` (NAME.csv or NAME.csv.gz) stands: NAME.truth.json."""
    name = trace.name.removesuffix(".gz").removesuffix(".csv")
    return trace.with_name(name + SUFFIX)


def load(path: Path) -> Truth:
    """Read a truth file. Raises TruthError where it is missing, unreadable or not of the contract's form."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TruthError(f"{path}: cannot be read ({error.strerror}); give the trace a truth file beside it") from error
    except ValueError as error:
        raise TruthError(f"{path}: is not JSON in UTF-8 ({error}); write it anew") from error
    return parse(data, str(path))


def save(truth: Truth, path: Path) -> None:
    """Write `truth` to `path` in the contract's form. Raises TruthError where the place cannot be written."""
    try:
        path.write_text(json.dumps(to_dict(truth), separators=(", ", ": ")) + "\n", encoding="utf-8")
    except OSError as error:
        raise TruthError(f"{path}: cannot be written ({error.strerror}); choose another folder") from error


def to_dict(truth: Truth) -> dict[str, Any]:
    """Return the contract's object without what is not known: times to 0.1 ms, lengths and speeds to six digits."""
    data: dict[str, Any] = {"truth": truth.truth, "reps_total": truth.reps_total, "tolerance": truth.tolerance}
    if truth.sets is not None:
        data["sets"] = truth.sets
    if truth.reps is not None:
        data["reps"] = [
            {key: _rounded(key, value) for key, value in asdict(rep).items() if value is not None and value != ()}
            | ({} if rep.flags is None else {"flags": rep.flags})
            for rep in truth.reps
        ]
    if truth.limits:
        data["limits"] = dict(truth.limits)
    if truth.notes:
        data["notes"] = truth.notes
    return data


def parse(data: object, where: str) -> Truth:
    """Return the Truth in the decoded JSON `data`; `where` opens the text of every error. Raises TruthError."""
    if not isinstance(data, dict):
        raise TruthError(f"{where}: holds {_short(data)}, not an object with the key truth")
    source = data.get("truth")
    if source not in SOURCES:
        raise TruthError(f"{where}: truth is {_short(source)}; it must be one of {', '.join(SOURCES)}")
    reps: tuple[TruthRep, ...] | None = None
    if "reps" in data:
        if not isinstance(data["reps"], list):
            raise TruthError(f"{where}: reps is {_short(data['reps'])}; it must be a list")
        reps = tuple(_parse_rep(rep, f"{where}: reps[{i}]") for i, rep in enumerate(data["reps"]))
    elif "reps_total" not in data:
        raise TruthError(f"{where}: has neither reps nor reps_total; add one of them")
    total = _count(data, "reps_total", where, 0 if reps is None else len(reps))
    if reps is not None and total != len(reps):
        raise TruthError(f"{where}: reps_total is {total}, but reps lists {len(reps)}; correct one of them")
    sets = _count(data, "sets", where, 0) if "sets" in data else None
    notes = str(data.get("notes", ""))
    return Truth(source, total, _count(data, "tolerance", where, 0), sets, reps, notes, _limits(data, where))


def _limits(data: dict[str, Any], where: str) -> dict[str, int]:
    limits = data.get("limits", {})
    if not isinstance(limits, dict):
        raise TruthError(f"{where}: limits is {_short(limits)}; it must be an object of settings")
    try:
        put_limits(Settings(), limits)
    except LimitError as error:
        raise TruthError(f"{where}: limits: {error}") from error
    return limits


def _parse_rep(data: object, where: str) -> TruthRep:
    if not isinstance(data, dict):
        raise TruthError(f"{where} is {_short(data)}; it must be an object")
    if data.get("kind") not in KINDS:
        raise TruthError(f"{where}: kind is {_short(data.get('kind'))}; it must be one of {', '.join(KINDS)}")
    values: dict[str, Any] = {"kind": data["kind"]}
    for name in ("flags", "unclear"):
        if name in data:
            values[name] = _flags(data[name], f"{where}: {name}")
    for name in (f.name for f in fields(TruthRep) if f.name not in ("kind", "flags", "unclear")):
        value = data.get(name)
        if value is None and name not in ("start_s", "end_s"):
            continue
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise TruthError(f"{where}: {name} is {_short(value)}; it must be a number")
        values[name] = float(value)
    rep = TruthRep(**values)
    instants = [t for t in (rep.start_s, rep.top_s, rep.release_s, rep.end_s) if t is not None]
    if instants != sorted(instants):
        raise TruthError(f"{where}: its instants {instants} are not in order; correct them")
    return rep


def _flags(names: object, where: str) -> tuple[str, ...]:
    if not isinstance(names, list) or not all(name in wire.FLAGS for name in names):
        raise TruthError(f"{where} is {_short(names)}; it must be a list of {', '.join(wire.FLAGS)}")
    return tuple(names)


def _count(data: dict[str, Any], key: str, where: str, default: int) -> int:
    value = data.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TruthError(f"{where}: {key} is {_short(value)}; it must be a whole number from 0")
    return value


def _rounded(key: str, value: object) -> object:
    if not isinstance(value, float):
        return value
    return round(value, 4) if key.endswith("_s") and not key.endswith("_m_s") else float(f"{value:.6g}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
