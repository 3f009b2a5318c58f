"""One repetition: how the athlete means to do it, and when each phase of it was planned.

Kept apart from the athlete, because the faults of form change a Rep before it is done and the truth is computed from
its plan.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .movement import MinimumJerk, Shape


@dataclass(frozen=True)
class Stick:
    """A sticking point at the fraction `at` of a phase: the first stroke ends there and a second one takes over.

    `gap_s` is the time between the two strokes: positive is a dwell, negative an overlap that only slows down.
    `back_share` of the distance covered so far is lost in the gap (or gained, in the eccentric).
    """

    at: float = 0.5
    gap_s: float = 0.3
    back_share: float = 0.0


@dataclass(frozen=True)
class Overshoot:
    """What a leg does when it reaches the top with momentum: it falls back by `fall_mm` within `fall_s` and swings.

    `swings` half-swings of `half_s` each follow, the first of them outward, each `rebound` times the one before.
    """

    fall_mm: float
    fall_s: float = 0.5
    half_s: float = 0.25
    rebound: float = 0.4
    swings: int = 2

    @property
    def duration_s(self) -> float:
        return self.fall_s + self.swings * self.half_s

    @property
    def lost_mm(self) -> float:
        """How far below the furthest point the leg comes to rest."""
        return self.fall_mm * sum((-self.rebound) ** i for i in range(self.swings + 1))


@dataclass(frozen=True)
class Squeeze:
    """A further push outward by `distance_mm` within `duration_s`, `after_s` into the hold."""

    distance_mm: float
    duration_s: float
    after_s: float


@dataclass(frozen=True)
class Rep:
    """One repetition as the athlete means it; durations in s, distances in mm."""

    rom_mm: float = 300.0
    out_s: float = 1.0
    hold_s: float = 1.0
    back_s: float = 2.0
    out_shape: Shape = field(default_factory=MinimumJerk)
    back_shape: Shape = field(default_factory=MinimumJerk)
    sink_mm: float = 0.0  # lost during the hold
    sink_shape: Shape = field(default_factory=MinimumJerk)
    lean_mm: float = 0.0  # slowly to and fro during the hold
    settle_mm: float = 0.0  # lost at once after a top reached with momentum
    short_mm: float = 0.0  # how far above its start position it comes to rest; negative: below
    out_stick: Stick | None = None
    back_stick: Stick | None = None
    overshoot: Overshoot | None = None
    squeeze: Squeeze | None = None
    tired: float = 0.0  # from 0 at the first rep of a set to 1 at the last

    @property
    def lost_mm(self) -> float:
        """How far below the furthest point the hold ends, squeezes aside."""
        return self.sink_mm + self.settle_mm + (self.overshoot.lost_mm if self.overshoot else 0.0)


@dataclass(frozen=True)
class RepPlan:
    """When a rep was planned: concentric and eccentric as time windows (from, to) in s, and the number of its set.

    With `passes_on` the lowering goes straight on to the stack: the rep ends where it passes its start position.
    """

    set_number: int
    out_s: tuple[float, float]
    back_s: tuple[float, float]
    passes_on: bool = False
    flaws: frozenset[str] = frozenset()  # faults on purpose
