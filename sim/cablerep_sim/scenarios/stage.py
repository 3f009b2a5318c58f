"""The stage of one scenario: the dice, what was asked for, and the athlete who acts on it.

Draws come from the seed in a fixed order, and an option replaces a draw after it was made, so that asking for one
thing changes nothing else.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..athlete.athlete import Athlete
from ..athlete.faults import Flaws
from ..athlete.legs import Legs
from .options import Options


class Stage:
    """What a scenario works on: it draws from it, directs `athlete`, and sets `machine` and `faults`."""

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
        self.athlete = Athlete(rng, flaws=Flaws(options.flaws, flaw_rng), legs=legs)
        self.exercise = "glute-kickback"
        self.limits: dict[str, int] = {}  # by which faults of form are judged: settings of the wire
        self.machine: dict[str, Any] = {}  # what the scenario fixes of the machine
        self.weights: list[tuple[float, float]] = []  # s and kg: a weight that changes, straight from each to the next
        self.calibrated = True  # the trace says what a count is
        self.faults: set[str] = set(options.faults)
        self.offsets: list[tuple[float, float]] = []  # s and mm: what the encoder adds to the travel
        self.cell: dict[str, Any] = {}  # what the scenario fixes of the load cell

    def number(self, name: str, least: float, most: float) -> float:
        """Draw a number between the two, unless the option `name` gives it."""
        drawn = float(self.rng.uniform(least, most))
        return self.options.numbers.get(name, drawn)

    def whole(self, name: str, least: int, most: int) -> int:
        """Draw a whole number, both ends included, unless the option `name` gives it."""
        drawn = int(self.rng.integers(least, most + 1))
        return int(self.options.numbers.get(name, drawn))

    def unless(self, name: str, value: float) -> float:
        """Return `value`, unless the option `name` gives another."""
        return self.options.numbers.get(name, value)

    def between(self, least: float, most: float) -> float:
        """Draw a number between the two."""
        return float(self.rng.uniform(least, most))

    def shift(self, distance_mm: float, within_s: float = 0.001) -> None:
        """Shift the encoder's zero by this much within `within_s` from now on."""
        reached_mm = self.offsets[-1][1] if self.offsets else 0.0
        self.offsets += [(self.athlete.t_s, reached_mm), (self.athlete.t_s + within_s, reached_mm + distance_mm)]

    def slip(self, distance_mm: float) -> None:
        """Let the encoder's zero have slipped by this much, evenly since the last shift or slip."""
        self.offsets.append((self.athlete.t_s, self.offsets[-1][1] + distance_mm))

    def chance(self, share: float) -> bool:
        """Throw a coin that falls on True with the probability `share`."""
        return bool(self.rng.random() < share)
