"""What the host learns of a board, as frozen records in the contract's names and units.

`decoding.py` makes them from the wire's messages, `link.py` those about the port. Readers need to know neither.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cablerep_fw.core.sense import ring

UNCOMPARABLE_FLAGS = frozenset({"swing", "range_over"})  # contract: left out of losses, records and advice


@dataclass(frozen=True, slots=True)
class Hello:
    """The board, its settings and the state of its session, `samples` after it began."""

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
    angle_sensor: int = 0  # 0: none
    angle_per_turn: int = 4096  # counts; negative: it counts the other way
    angle_zero: int = 0  # count with the cable straight back
    lifter: int = 0  # number of the lifter of the next set, 0 for nobody
    free_mm: float | None = None  # from the swivel's axis to the strap at travel 0, None until the stack is known

    @property
    def mm_per_count(self) -> float:
        """Travel of one encoder count; negative if the encoder is mounted the other way round."""
        return self.um_per_count / 1000

    @property
    def n_per_count(self) -> float:
        """Force of one load cell count."""
        return self.mn_per_count / 1000


@dataclass(frozen=True, slots=True)
class Rep:
    """A completed rep: the one list of its fields, in the order of the contract's JSON.

    Each name is the wire's with the suffix of its unit. The store's columns, the JSON objects and their schema, the
    Parquet schema and the tables are derived from this class; tables have a column for each field that words/en.toml
    names under [figure]. A field that is added later must allow None: reps stored before do not have it.

    `rep` counts the full reps of the set and is None on any other kind; `amended` says that the end of the set
    changed an earlier report of this rep. Force, work and power are None where no force was known; chord,
    direction, bow and drift are None where the cable's bearing was not.
    """

    set: int
    rep: int | None
    kind: str
    start_s: float
    top_s: float
    release_s: float
    end_s: float
    concentric_s: float
    hold_s: float
    eccentric_s: float
    rom_mm: float
    concentric_mean_m_s: float
    concentric_peak_m_s: float
    eccentric_mean_m_s: float
    eccentric_peak_m_s: float
    force_mean_n: float | None
    force_peak_n: float | None
    work_j: float | None
    power_mean_w: float | None
    chord_mm: float | None
    direction_deg: float | None
    bow_mm: float | None
    drift_mm: float | None
    flags: tuple[str, ...]
    known_s: float
    # Not in the contract's object: what the host needs to store and acknowledge the rep.
    session: int
    seq: int
    side: str
    amended: bool
    paused: bool | None  # for 0.5 s or more on the way out; None if stored before this was known

    @property
    def comparable(self) -> bool:
        """Whether it may count in losses, records and advice: it is full.

        A thrown or overlong rep, or one with a pause of 0.5 s or more on the way out, says nothing about fatigue.
        """
        return self.kind == "full" and not self.paused and not UNCOMPARABLE_FLAGS & set(self.flags)


@dataclass(frozen=True, slots=True)
class SetOver:
    """A completed set; `rom_mm` is the reference ROM, `load_n` the median force of the holds, None if unknown."""

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
    lifter: int = 0  # 0 for nobody, and from firmware that knows no lifters


@dataclass(frozen=True, slots=True)
class Rejected:
    """A movement that is not a rep, and why."""

    reason: str
    start_s: float
    end_s: float
    known_s: float
    rom_mm: float


@dataclass(frozen=True, slots=True)
class Phase:
    """The phase changed at `at_s`; `set` is 0 outside a set, `rep` counts its full reps so far."""

    phase: str
    cue: str
    set: int
    rep: int
    at_s: float
    known_s: float
    travel_mm: float


@dataclass(frozen=True, slots=True)
class Samples:
    """Consecutive raw samples from number `first` on, as the wire's pairs of travel and load counts.

    `angles` has the counts of the angle sensor for each pair, -1 where there is no new reading; it is empty for a
    board without that sensor.
    """

    first: int
    pairs: tuple[int, ...]
    angles: tuple[int, ...] = ()

    def rows(self) -> Iterator[tuple[int, int, int | None]]:
        """Yield (number, travel counts, load counts or None) of each sample that was read."""
        number = self.first
        for travel, load in zip(self.pairs[::2], self.pairs[1::2], strict=True):
            if travel == ring.GAP:
                number += max(load, 0)
                continue
            yield number, travel, None if load == ring.NO_LOAD else load
            number += 1

    def angle_rows(self) -> Iterator[tuple[int, int]]:
        """Yield (travel counts, angle counts) of each sample that has a reading of the angle sensor."""
        for travel, angle in zip(self.pairs[::2], self.angles, strict=False):
            if angle >= 0 and travel != ring.GAP:
                yield travel, angle

    def numbered_angles(self) -> Iterator[tuple[int, int, int]]:
        """Yield (number, travel counts, angle counts) of each sample that has a reading of the angle sensor."""
        if not self.angles:
            return
        number = self.first
        for travel, load, angle in zip(self.pairs[::2], self.pairs[1::2], self.angles, strict=True):
            if travel == ring.GAP:
                number += max(load, 0)
                continue
            if angle >= 0:
                yield number, travel, angle
            number += 1

    @property
    def stop(self) -> int:
        """The number of the sample that should begin the next batch."""
        number = self.first
        for travel, load in zip(self.pairs[::2], self.pairs[1::2], strict=True):
            number += max(load, 0) if travel == ring.GAP else 1
        return number


@dataclass(frozen=True, slots=True)
class Health:
    """The board's own counters since its session began."""

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
    illegal: int  # encoder transitions that no movement produces
    jitter_counts: tuple[int, ...]  # samples by the error of their period, in the table's classes
    free_mm: float | None = None  # from the swivel's axis to the strap at travel 0
    angle_hz: float = 0.0


@dataclass(frozen=True, slots=True)
class Log:
    """A message from the firmware to a person."""

    level: str
    text: str


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to the command with this tag."""

    tag: int
    command: str
    status: str
    setting: str
    value: int


@dataclass(frozen=True, slots=True)
class BoardText:
    """A line of plain text between frames: a REPL banner, a traceback."""

    text: str


@dataclass(frozen=True, slots=True)
class FramesLost:
    """Frames that were sent and did not arrive, by their numbers; `total` since the program started."""

    frames: int
    total: int


@dataclass(frozen=True, slots=True)
class SchemaMismatch:
    """A board with another message table, whose messages cannot be decoded."""

    theirs: int
    ours: int


@dataclass(frozen=True, slots=True)
class FramesMalformed:
    """A frame that was intact but had no valid content; `total` since the program started.

    `key` is session and sequence number of a message that the board keeps and resends, `payload` its content.
    """

    reason: str
    total: int
    key: tuple[int, int] | None = None
    payload: bytes = b""


@dataclass(frozen=True, slots=True)
class Connected:
    """The port is open; HELLO will tell whether there is a board."""

    port: str


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The port is gone. The link waits for it."""

    port: str
    reason: str


@dataclass(frozen=True, slots=True)
class Silent:
    """The port is open, but nothing has arrived for `seconds`."""

    port: str
    seconds: float


@dataclass(frozen=True, slots=True)
class MessagesLost:
    """Durable messages that the board no longer has and that never arrived: `ranges` of first and last number."""

    board: str
    session: int
    ranges: tuple[tuple[int, int], ...]

    @property
    def count(self) -> int:
        """How many messages they are."""
        return sum(last - first + 1 for first, last in self.ranges)


@dataclass(frozen=True, slots=True)
class StoreNotice:
    """What happened to the store while a board is being listened to, as a sentence for a person."""

    text: str


Durable = Rep | SetOver  # stays in the board's journal until it is acknowledged
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
    | Connected
    | Disconnected
    | Silent
    | MessagesLost
    | StoreNotice
)
