"""Truth files: what a trace contains, in the contract's form, written by a simulation, a label or an eye.

Read strictly, because every score against a misread truth is wrong. pydantic does the checking; it is imported only
where a file is read, since importing it takes longer than building a scenario.
"""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from cablerep_fw.core.link import wire
from cablerep_fw.core.settings.settings import Settings

from ..errors import CablerepError
from ..limits import LimitError, put_limits

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

SUFFIX = ".truth.json"
_STRICT = {"strict": True, "allow_inf_nan": False}  # no number from a text or a bool, and none that is not finite
_NOT_GIVEN = -sys.maxsize
# What pydantic calls an error, and what the value must be instead.
_EXPECTED = {
    "float_type": "a number",
    "finite_number": "a number",
    "int_type": "a whole number from 0",
    "int_from_float": "a whole number from 0",
    "tuple_type": "a list",
    "string_type": "text",
    "mapping_type": "an object",
    "dict_type": "an object",
    "dataclass_type": "an object",
}


class TruthError(CablerepError):
    """A truth file that cannot be used; the message names file, key, value and cure."""


@dataclass(frozen=True)
class TruthRep:
    """One rep: instants in s from the first row, lengths in mm, speeds in m/s and positive in both directions.

    Only `kind`, `start_s` and `end_s` are required; the rest is None where a label or an eye cannot tell.
    Raises ValueError where the instants are not in order or a flag does not exist.
    """

    __pydantic_config__ = _STRICT

    kind: Literal["full", "partial"]
    start_s: float
    end_s: float
    top_s: float | None = None
    release_s: float | None = None
    rom_mm: float | None = None
    concentric_mean_m_s: float | None = None
    concentric_peak_m_s: float | None = None
    eccentric_mean_m_s: float | None = None
    eccentric_peak_m_s: float | None = None
    work_j: float | None = None
    work_unknown: bool | None = None  # the load cell gave too little of the concentric for any figure of force
    chord_mm: float | None = None  # on the floor plan; None without an angle sensor, and so are the next three
    direction_deg: float | None = None
    bow_mm: float | None = None
    drift_mm: float | None = None
    flags: tuple[str, ...] | None = None  # of form; None where nobody judged it
    unclear: tuple[str, ...] = ()  # flags that may be reported or not
    prompt: bool | None = None  # its start is not in question and it ends near it, so it can be reported at once

    def __post_init__(self) -> None:
        for names in (self.flags or (), self.unclear):
            if not set(names) <= set(wire.FLAGS):
                raise ValueError(f"the flags {_short(list(names))} are not all among {', '.join(wire.FLAGS)}")
        instants = [t for t in (self.start_s, self.top_s, self.release_s, self.end_s) if t is not None]
        if instants != sorted(instants):
            raise ValueError(f"the instants {instants} are not in order; correct them")

    @property
    def hold_s(self) -> float | None:
        """Duration of the hold in s, or None where the truth does not give it."""
        return None if self.top_s is None or self.release_s is None else self.release_s - self.top_s


@dataclass(frozen=True)
class TruthHold:
    """A hold that was seen by eye, in s."""

    __pydantic_config__ = _STRICT

    top_s: float
    release_s: float
    hold_s: float


@dataclass(frozen=True)
class Truth:
    """What a trace contains. `reps` is None where only their number is known.

    `holds`, good to `holds_tolerance_s`, are seen by eye and need not be all of the trace's.
    Raises ValueError where `reps_total` is neither given nor the number of `reps`.
    """

    __pydantic_config__ = _STRICT

    truth: Literal["analytic", "label", "by_eye"]
    reps_total: int = _NOT_GIVEN  # the number of `reps` then
    tolerance: int = 0
    sets: int | None = None
    reps: tuple[TruthRep, ...] | None = None
    notes: str = ""
    limits: Mapping[str, int] = field(default_factory=dict)  # settings of the wire by which form was judged
    holds: tuple[TruthHold, ...] = ()
    holds_tolerance_s: float = 0.0

    def __post_init__(self) -> None:
        if self.reps_total == _NOT_GIVEN:
            if self.reps is None:
                raise ValueError("there is neither reps nor reps_total; add one of them")
            object.__setattr__(self, "reps_total", len(self.reps))
        for key in ("reps_total", "tolerance", "sets"):
            if (getattr(self, key) or 0) < 0:
                raise ValueError(f"{key} is {getattr(self, key)}; it must be a whole number from 0")
        if self.reps is not None and self.reps_total != len(self.reps):
            raise ValueError(f"reps_total is {self.reps_total}, but reps lists {len(self.reps)}; correct one of them")

    def count(self, kind: str) -> int | None:
        """Return how many reps are of `kind`, or None where the truth does not say."""
        return None if self.reps is None else sum(rep.kind == kind for rep in self.reps)


def path_beside(trace: Path) -> Path:
    """Return where the truth of `trace` (NAME.csv or NAME.csv.gz) is: NAME.truth.json."""
    name = trace.name.removesuffix(".gz").removesuffix(".csv")
    return trace.with_name(name + SUFFIX)


def load(path: Path) -> Truth:
    """Read a truth file. Raises TruthError where it is missing, unreadable or not of the contract's form."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise TruthError(f"{path}: cannot be read ({error.strerror}); put a truth file next to the trace") from error
    return parse(text, str(path))


def save(truth: Truth, path: Path) -> None:
    """Write `truth` to `path` in the contract's form. Raises TruthError where it cannot be written."""
    try:
        path.write_text(to_json(truth), encoding="utf-8")
    except OSError as error:
        raise TruthError(f"{path}: cannot be written ({error.strerror}); choose another folder") from error


def to_json(truth: Truth) -> str:
    """Return the text of a truth file."""
    return json.dumps(to_dict(truth), separators=(", ", ": ")) + "\n"


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
    if truth.holds:
        data["holds"] = [{key: _rounded(key, value) for key, value in asdict(hold).items()} for hold in truth.holds]
        data["holds_tolerance_s"] = truth.holds_tolerance_s
    return data


def parse(text: str | bytes, where: str) -> Truth:
    """Return the Truth in the JSON `text`; every message begins with `where`. Raises TruthError."""
    from pydantic import ValidationError

    try:
        truth = _adapter().validate_json(text)
    except ValidationError as invalid:
        raise TruthError(f"{where}: {_explain(invalid.errors()[0])}") from None
    try:
        put_limits(Settings(), truth.limits)
    except LimitError as error:
        raise TruthError(f"{where}: limits: {error}") from error
    return truth


@functools.cache
def _adapter() -> TypeAdapter[Truth]:
    from pydantic import TypeAdapter

    return TypeAdapter(Truth)


def _explain(error: ErrorDetails) -> str:
    """Say which key is wrong, with its value, and what it must be."""
    key = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"]).removeprefix(".")
    kind, context = error["type"], error.get("ctx", {})
    if kind == "json_invalid":
        return f"is not JSON in UTF-8 ({context['error']}); write it again"
    if kind == "value_error":
        return f"{key}: {context['error']}" if key else str(context["error"])
    if kind == "missing":
        return f"{key} is missing; add it"
    if not key:
        return f"holds {_short(error['input'])}, not an object with the key truth"
    expected = "one of " + context["expected"] if kind == "literal_error" else _EXPECTED.get(kind, error["msg"])
    return f"{key} is {_short(error['input'])}; it must be {expected}"


def _rounded(key: str, value: object) -> object:
    if not isinstance(value, float):
        return value
    return round(value, 4) if key.endswith("_s") and not key.endswith("_m_s") else float(f"{value:.6g}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
