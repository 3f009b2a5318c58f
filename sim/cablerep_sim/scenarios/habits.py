"""An athlete's habits in one set: range, tempo, shapes and how much they vary from rep to rep.

Ranges are those of glute kickbacks on a cable unless a scenario says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..athlete.movement import HalfCosine, MinimumJerk, Plateau, Shape, Trapezoid
from ..athlete.rep import Rep
from .stage import Stage

Range = tuple[float, float]

# Glute kickbacks: leg length times hip extension gives 150 to 450 mm of cable; tempos are those that coaches prescribe.
ROM_MM = (150.0, 450.0)
CONCENTRIC_S = (0.6, 2.0)
HOLD_S = (0.0, 4.0)
ECCENTRIC_S = (1.0, 4.0)
BOTTOM_S = (0.0, 1.2)
STANCE_MM = (150.0, 500.0)
TREMOR_MM = (0.05, 0.8)
REPS = (6, 15)
SHAPES = ("jerk", "plateau", "trapezoid")
_SHAPE_SHARES = (0.6, 0.25, 0.15)
SINK_MM_S = 8.0  # mean speed of sinking in a hold; the peak is 1.875 times that, below the 25 mm/s of a run
_SHORTEST_SINK_S = 0.3  # a shorter hold has no time to sink


@dataclass(frozen=True)
class Habits:
    """Mean values of a set and their spread: durations in s, distances in mm."""

    reps: int
    rom_mm: float
    concentric_s: float
    hold_s: float
    eccentric_s: float
    bottom_s: float
    stance_mm: float
    tremor_mm: float
    wander_mm: float  # spread of the start position
    spread: float  # of range and tempo, as a share
    fade: float  # how much slower the last rep is than the first, as a share
    shape: str  # family of both strokes: one of SHAPES, or "swing"

    def rep(self, rng: np.random.Generator, at_mm: float, tired: float = 0.0) -> Rep:
        """Draw one rep from the position `at_mm`; `tired`, from 0 at the first rep to 1 at the last, slows it down."""
        rom_mm = self.rom_mm * _near_one(rng, self.spread)
        hold_s = self.hold_s * _near_one(rng, 2 * self.spread)
        slower = 1 + self.fade * tired
        aim_mm = self.stance_mm + self.wander_mm * float(np.clip(rng.standard_normal(), -2.5, 2.5))
        return Rep(
            rom_mm=rom_mm,
            out_s=self.concentric_s * slower * _near_one(rng, 2 * self.spread),
            hold_s=hold_s,
            back_s=self.eccentric_s * _near_one(rng, 2 * self.spread),
            out_shape=self._shape(rng),
            back_shape=self._shape(rng),
            sink_mm=sink_mm(rng.uniform(0, 0.04) * rom_mm, hold_s),
            short_mm=max(aim_mm, 0.0) - at_mm,
            tired=tired,
        )

    def bottom(self, rng: np.random.Generator) -> float:
        """Draw one pause at the bottom in s."""
        return self.bottom_s * rng.uniform(0.6, 1.4)

    def but(self, **changes: float) -> Habits:
        """Return these habits with some of them changed."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def limits(self) -> dict[str, int]:
        """Return the limits that a coach would set for this athlete, as settings of the wire.

        They leave room for chance, which shortens a hold or an eccentric by up to 30 %. The mean speed between two
        boundaries is up to half above that of the whole stroke.
        """
        return {
            "profile": 1,
            "hold_target": round(500 * self.hold_s),
            "eccentric_max": min(round(2200 * self.rom_mm / self.eccentric_s), 3000000),
            "over_part": 115,
            "under_part": 85,
            "learn_reps": 3,
        }

    def _shape(self, rng: np.random.Generator) -> Shape:
        if self.shape == "plateau":
            return Plateau(rng.uniform(0.2, 0.45), rng.uniform(0.2, 0.45))
        if self.shape == "trapezoid":
            return Trapezoid(rng.uniform(0.1, 0.4), rng.uniform(0.1, 0.4))
        if self.shape == "swing":
            return HalfCosine()
        return MinimumJerk(rng.uniform(-0.5, 0.5))


def draw(
    stage: Stage,
    *,
    reps: tuple[int, int] = REPS,
    rom_mm: Range = ROM_MM,
    concentric_s: Range = CONCENTRIC_S,
    hold_s: Range = HOLD_S,
    eccentric_s: Range = ECCENTRIC_S,
    bottom_s: Range = BOTTOM_S,
    stance_mm: Range = STANCE_MM,
    tremor_mm: Range = TREMOR_MM,
    wander_mm: Range = (0.0, 10.0),
    spread: Range = (0.01, 0.06),
    fade: Range = (0.0, 0.35),
    shape: str | None = None,
) -> Habits:
    """Draw the habits of one set within the ranges; options override them."""
    drawn = str(stage.rng.choice(SHAPES, p=_SHAPE_SHARES))
    legs = stage.athlete.legs
    if legs.lopsided:
        drawn = "jerk"
    legs.weight_kg = stage.options.numbers.get("plate_kg", stage.machine.get("plate_kg", legs.weight_kg))
    habits = Habits(
        reps=stage.whole("reps", *reps),
        rom_mm=stage.number("rom_mm", *rom_mm),
        concentric_s=stage.number("concentric_s", *concentric_s),
        hold_s=stage.number("hold_s", *hold_s),
        eccentric_s=stage.number("eccentric_s", *eccentric_s),
        bottom_s=stage.number("bottom_s", *bottom_s),
        stance_mm=stage.number("stance_mm", *stance_mm),
        tremor_mm=stage.number("tremor_mm", *tremor_mm),
        wander_mm=stage.between(*wander_mm),
        spread=stage.between(*spread),
        fade=stage.between(*fade),
        shape=shape or drawn,
    )
    if stage.options.flaws or stage.options.switches.get("judged"):
        stage.limits = habits.limits()
    return habits


def sink_mm(wanted_mm: float, hold_s: float) -> float:
    """Return how far a hold of `hold_s` sinks: `wanted_mm`, but no faster than a hold may."""
    return min(wanted_mm, SINK_MM_S * hold_s) if hold_s > _SHORTEST_SINK_S else 0.0


def _near_one(rng: np.random.Generator, spread: float) -> float:
    """Draw a factor around 1, at most two and a half spreads away."""
    return 1 + spread * float(np.clip(rng.standard_normal(), -2.5, 2.5))
