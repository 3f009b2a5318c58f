"""What a board says, as frozen records in the contract's names and units.

`decoding.py` makes them of the wire's messages; whoever reads them needs to know nothing of those.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from cablerep_fw.core.sense import ring


@dataclass(frozen=True, slots=True)
class Hello:
    """Who the board is and how it measures, `samples` into its session."""

    schema: int
    session: int
    rate_hz: int
    um_per_count: float
    mn_per_count: float
    load_zero: int
    profile: int
    side: str
    samples: int
    kept: int  # messages in the board's journal
    version: str
    board: str
    port: str


@dataclass(frozen=True, slots=True)
class Rep:
    """A completed rep: the one list of its fields, in the order of the contract's JSON.

    Each name is the wire's with the suffix of its unit. The store's columns, the JSON objects and their schema, the
    Parquet schema and the tables are derived from this class; a string in an annotation is the heading of a table's
    column. A field that is added later must allow None: reps stored before do not have it.

    `rep` counts the full reps of the set and is None on any other kind; `amended` says that the end of the set
    changed an earlier report of this rep. Force, work and power are None where no force was known.
    """

    set: int
    rep: int | None
    kind: str
    start_s: float
    top_s: float
    release_s: float
    end_s: float
    concentric_s: Annotated[float, "out"]
    hold_s: Annotated[float, "hold"]
    eccentric_s: Annotated[float, "back"]
    rom_mm: Annotated[float, "range"]
    concentric_mean_m_s: Annotated[float, "out"]
    concentric_peak_m_s: Annotated[float, "peak"]
    eccentric_mean_m_s: Annotated[float, "back"]
    eccentric_peak_m_s: float
    force_mean_n: Annotated[float | None, "force"]
    force_peak_n: float | None
    work_j: float | None
    power_mean_w: Annotated[float | None, "power"]
    flags: tuple[str, ...]
    known_s: float
    # Not in the contract's object: what the host needs to store and acknowledge the rep.
    session: int
    seq: int
    side: str
    amended: bool


@dataclass(frozen=True, slots=True)
class SetOver:
    """A set that is over, with its reference ROM and the median force while holding."""

    session: int
    seq: int
    set: int
    reps: int
    partials: int
    side: str
    profile: int
    start_s: float
    end_s: float
    known_s: float
    rom_mm: float
    load_n: float | None


@dataclass(frozen=True, slots=True)
class Rejected:
    """A movement that is no rep, and why."""

    reason: str
    start_s: float
    end_s: float
    known_s: float
    rom_mm: float


@dataclass(frozen=True, slots=True)
class Phase:
    """The phase changed `at_s`, known at `known_s`; `set` 0 outside one, `rep` full reps of the set so far."""

    phase: str
    cue: str
    set: int
    rep: int
    at_s: float
    known_s: float
    travel_mm: float


@dataclass(frozen=True, slots=True)
class Samples:
    """Raw samples in a row from number `first` on, as the wire's pairs of travel and load counts."""

    first: int
    pairs: tuple[int, ...]

    def rows(self) -> Iterator[tuple[int, int, int | None]]:
        """Yield (number, travel counts, load counts or None) of the samples that were read."""
        number = self.first
        for travel, load in zip(self.pairs[::2], self.pairs[1::2], strict=True):
            if travel == ring.GAP:
                number += max(load, 0)
                continue
            yield number, travel, None if load == ring.NO_LOAD else load
            number += 1

    @property
    def stop(self) -> int:
        """The number of the sample that should open the next batch."""
        number = self.first
        for travel, load in zip(self.pairs[::2], self.pairs[1::2], strict=True):
            number += max(load, 0) if travel == ring.GAP else 1
        return number


@dataclass(frozen=True, slots=True)
class Health:
    """What the board counts of itself since its session began."""

    samples: int
    missed: int
    overruns: int
    outliers: int
    dropped_samples: int
    dropped: int
    kept: int
    journal_lost: int
    bad_frames: int
    jitter_us: int
    load_hz: float
    faults: tuple[str, ...]
    heap_free: int | None
    illegal: int  # encoder transitions that no movement makes
    jitter_counts: tuple[int, ...]  # samples by how far their period was off, see the table


@dataclass(frozen=True, slots=True)
class Log:
    """A word from the board's application to a person."""

    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the command that carried `tag`."""

    tag: int
    command: str
    status: str
    setting: str
    value: int


@dataclass(frozen=True, slots=True)
class BoardText:
    """A line that was no frame: a REPL's banner, a traceback."""

    text: str


@dataclass(frozen=True, slots=True)
class FramesLost:
    """Frames that the numbering says were sent and that did not arrive, now and since the session object began."""

    frames: int
    total: int


@dataclass(frozen=True, slots=True)
class FramesMalformed:
    """Frames with a valid checksum and contents that make no sense, now and since the session object was created."""

    frames: int
    total: int


@dataclass(frozen=True, slots=True)
class SchemaMismatch:
    """A board whose messages this program must not interpret."""

    theirs: int
    ours: int


Kept = Rep | SetOver  # what the board keeps until it is acknowledged
Event = (
    Hello
    | Rep
    | SetOver
    | Rejected
    | Phase
    | Samples
    | Health
    | Log
    | Reply
    | BoardText
    | FramesLost
    | FramesMalformed
    | SchemaMismatch
)
