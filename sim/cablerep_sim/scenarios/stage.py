"""The stage of one scenario: its random numbers, its options, and the athlete who acts on it.

Draws come from the seed in a fixed order, and an option replaces a number after it was drawn, so that an option
changes nothing but what it names.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..athlete.athlete import Athlete
from ..athlete.faults import Flaws
from ..athlete.legs import Legs
from .options import Options


class Stage:
    """What a scenario works with: it draws numbers, directs `athlete`, and sets machine, load cell and faults."""

    def __init__(
        self,
        rng: np.random.Generator,
        options: Options,
        flaw_rng: np.random.Generator | None = None,
        leg_rng: np.random.Generator | None = None,
    ) -> None:
        """`flaw_rng` is for faults of form alone and `leg_rng` for unsteady legs, so that neither changes the rest."""
        self.rng = rng
        self.options = options
        legs = Legs(options.unsteadiness(), leg_rng)
        self.athlete = Athlete(rng, flaws=Flaws(options.flaws, flaw_rng, on_floor=bool(options.angle)), legs=legs)
        self.exercise = "glute-kickback"
        self.limits: dict[str, int] = {}  # settings of the wire, by which form is judged
        self.machine: dict[str, Any] = {}  # fields of the machine that the scenario fixes
        self.weights: list[tuple[float, float]] = []  # s and kg: a weight that changes, linear between two points
        self.calibrated = True  # the trace's header has the calibration
        self.faults: set[str] = set(options.faults)
        self.offsets: list[tuple[float, float]] = []  # s and mm: what the encoder adds to the travel
        self.angle = options.angle  # the angle sensor, "" for none
        self.walk: list[tuple[float, float]] = []  # s and rad: bearings of a strap that is carried about, not kicked
        self.free_mm: float | None = None  # that the walk was made with
        self.cell: dict[str, Any] = {}  # fields of the load cell that the scenario fixes

    def number(self, name: str, low: float, high: float) -> float:
        """Draw a number from `low` to `high`; the option `name` overrides it."""
        drawn = float(self.rng.uniform(low, high))
        return self.options.numbers.get(name, drawn)

    def whole(self, name: str, low: int, high: int) -> int:
        """Draw a whole number from `low` to `high`, both included; the option `name` overrides it."""
        drawn = int(self.rng.integers(low, high + 1))
        return int(self.options.numbers.get(name, drawn))

    def unless(self, name: str, value: float) -> float:
        """Return `value`; the option `name` overrides it."""
        return self.options.numbers.get(name, value)

    def between(self, low: float, high: float) -> float:
        """Draw a number from `low` to `high`."""
        return float(self.rng.uniform(low, high))

    def shift(self, distance_mm: float, within_s: float = 0.001) -> None:
        """Shift the encoder's zero by this much within `within_s` from now on."""
        reached_mm = self.offsets[-1][1] if self.offsets else 0.0
        self.offsets += [(self.athlete.t_s, reached_mm), (self.athlete.t_s + within_s, reached_mm + distance_mm)]

    def slip(self, distance_mm: float) -> None:
        """Let the encoder's zero have slipped by this much, evenly since the last shift or slip."""
        self.offsets.append((self.athlete.t_s, self.offsets[-1][1] + distance_mm))

    def chance(self, share: float) -> bool:
        """Return True with the probability `share`."""
        return bool(self.rng.random() < share)
