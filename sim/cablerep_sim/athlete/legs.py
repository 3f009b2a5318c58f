"""How unsteady the athlete's legs are: overshoot, swing, sinking, squeezes, sway, and movements that are not symmetric.

The ranges are those measured on people who hold a leg up (docs/simulation.md). Their legs carried no weight, and a
cable's weight steadies a leg, so a heavy stack takes some of it away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .movement import Lopsided, MinimumJerk
from .rep import Overshoot, Rep, Squeeze

_DEEPEST = 0.24  # of the rise: the lowest that a leg settles; at 30 % the hold is over (contract)
_IN_TOP = 0.055  # of the rise: a fall that stays well inside what the contract calls the top
_FALL_S = (0.3, 0.7)
_SWING_HZ = (1.5, 2.5)
_REBOUND = (0.25, 0.60)
_SMALLEST_SWING_MM = 2.0
_RUN_MM_S = 75.0  # peak speed of a swing that is clearly faster than a rest (25 mm/s), sinking and sway included
_LAST_REST_S = 0.15  # of the hold, behind the last swing
_LONGEST_DWELL_S = 0.8  # on the way out; a longer one may be a new start position
_SINK_MM_S = 30.0  # fastest
_SINKING = Lopsided(0.5, 3.0)  # decays; its peak is 2.34 times its mean
_SINK_PEAK = 2.35
_SQUEEZE_MM = (4.0, 15.0)
_SQUEEZE_S = (0.25, 0.7)
_SQUEEZE_SHARE = 0.15  # of the holds that are long enough for one
_SWAY_MM = (0.3, 2.5)  # rms of most legs under load; free ones reach 5
_SWAY_AT_ROM_MM = 200.0  # a shorter range is a smaller angle of the same joint, and sways less
_TIRED_SHARE = 0.6  # how much more unsteady the last rep is than the first
_STEADYING_KG = 20.0  # with this weight half of what a weight can take away is gone
_QUICK_START, _EVEN_OUT = Lopsided(0.8, 1.5), Lopsided(2.0, 2.0)
_LATE_LOWERING = Lopsided(2.3, 1.5)


@dataclass(frozen=True)
class Unsteadiness:
    """What was asked for; None is drawn for real legs and absent for still ones.

    `overshoot` is the largest fall behind the top as a fraction of the rise, `sway_mm` the rms of the sway in every
    hold and stand, or through the whole set with `sway_whole`.
    """

    real: bool = False
    overshoot: float | None = None
    sway_mm: float | None = None
    sway_whole: bool = False
    lopsided: bool | None = None


class Legs:
    """Makes the reps of one athlete as unsteady as asked; draws from a generator of its own."""

    def __init__(self, asked: Unsteadiness | None = None, rng: np.random.Generator | None = None) -> None:
        self.asked = asked or Unsteadiness()
        self.rng = rng or np.random.default_rng(0)
        self.weight_kg = 2.5 * int(self.rng.integers(2, 13))
        looseness = self.rng.uniform(0.3, 1.0)
        drawn_mm = self.rng.uniform(*_SWAY_MM)
        drawn_lopsided = bool(self.rng.random() < 0.5)
        quick = bool(self.rng.random() < 0.4)
        real = self.asked.real
        self._looseness = looseness if real else 0.0
        self._sway_mm = drawn_mm if real else 0.0
        self.lopsided = self.asked.lopsided if self.asked.lopsided is not None else real and drawn_lopsided
        self._out_shape = _QUICK_START if quick else _EVEN_OUT

    @property
    def still(self) -> bool:
        """Nothing is ever added to a rep, and nothing sways."""
        asked = self.asked
        return not (asked.real or asked.overshoot or asked.sway_mm or self.lopsided)

    def sway_rms_mm(self, tired: float = 0.0, rom_mm: float = _SWAY_AT_ROM_MM) -> float:
        """Return the rms in mm of the sway in a hold or a stand, as tired as that."""
        if self.asked.sway_mm is not None:
            return self.asked.sway_mm
        return self._sway_mm * self._load_share() * (1 + _TIRED_SHARE * tired) * min(1.0, rom_mm / _SWAY_AT_ROM_MM)

    def unsteady(self, rep: Rep) -> Rep:
        """Return `rep` as these legs do it."""
        if self.still:
            return rep
        if self.lopsided:
            if isinstance(rep.out_shape, MinimumJerk):
                rep = replace(rep, out_shape=self._out_shape)
            if isinstance(rep.back_shape, MinimumJerk):
                rep = replace(rep, back_shape=_LATE_LOWERING)
        largest = self._largest_fall(rep)
        if largest:
            overshoot = self._overshoot(rep, self.rng.uniform(0, largest))
            rep = replace(rep, overshoot=overshoot, settle_mm=0.0, lean_mm=0.0)
        if self.asked.real and rep.hold_s > 0:
            rep = self._sink(rep)
            rep = self._squeeze(rep)
        return rep

    def _load_share(self) -> float:
        """Return how much of its unsteadiness a leg keeps under the weight: never none."""
        return 0.4 + 0.6 * _STEADYING_KG / (_STEADYING_KG + self.weight_kg)

    def _largest_fall(self, rep: Rep) -> float:
        """Return the deepest fall behind the top, as a fraction of the rise."""
        if self.asked.overshoot is not None:
            return self.asked.overshoot
        wanted = _DEEPEST * self._looseness * self._load_share() * (1 + _TIRED_SHARE * rep.tired)
        return min(wanted, _DEEPEST)

    def _overshoot(self, rep: Rep, fraction: float) -> Overshoot | None:
        """Draw a fall of that fraction of the rise and the swings behind it, as far as the hold has time for them."""
        rng = self.rng
        fall_s = rng.uniform(*_FALL_S)
        half_s = 0.5 / rng.uniform(*_SWING_HZ)
        rebound = rng.uniform(*_REBOUND)
        time_s = rep.hold_s - _LAST_REST_S
        if time_s < 0.2:
            return None
        fall_mm = fraction * _judged_mm(rep)
        # A fall that leaves the top and is followed by the release would be the beginning of the eccentric.
        bounces = rebound * fall_mm * np.pi / 2 / half_s > _RUN_MM_S and time_s > _FALL_S[0] + 2 * half_s
        if not bounces:
            fall_mm = min(fall_mm, _IN_TOP * _judged_mm(rep))
        fall_s = min(fall_s, time_s - 2 * half_s if bounces else 0.8 * time_s)
        swings = 0
        while (
            swings < 4
            and fall_mm * rebound ** (swings + 1) > _SMALLEST_SWING_MM
            and fall_s + (swings + 1) * half_s < time_s
        ):
            swings += 1
        return Overshoot(fall_mm, fall_s, half_s, rebound, swings)

    def _sink(self, rep: Rep) -> Rep:
        """Let the hold sink, faster at first; never as deep that it would be over."""
        rate_mm_s = self.rng.uniform(0, _SINK_MM_S) * self._looseness
        room_mm = max(_DEEPEST * _judged_mm(rep) - (rep.overshoot.fall_mm if rep.overshoot else rep.settle_mm), 0.0)
        sink_mm = min(rate_mm_s * rep.hold_s / _SINK_PEAK, room_mm, 0.7 * _IN_TOP * _judged_mm(rep))
        return replace(rep, sink_mm=sink_mm, sink_shape=_SINKING)

    def _squeeze(self, rep: Rep) -> Rep:
        """Let some holds push further outward for a moment."""
        rng = self.rng
        wanted = rng.random() < _SQUEEZE_SHARE
        distance_mm = min(rng.uniform(*_SQUEEZE_MM), 0.7 * _IN_TOP * _judged_mm(rep))
        duration_s = rng.uniform(*_SQUEEZE_S)
        after_s = rng.uniform(0.5, 0.9) * (rep.hold_s - duration_s)
        busy_s = rep.overshoot.duration_s if rep.overshoot else 0.0
        if not wanted or after_s < busy_s + _LAST_REST_S:
            return rep
        return replace(rep, squeeze=Squeeze(distance_mm, duration_s, after_s))


def _judged_mm(rep: Rep) -> float:
    """Return the rise by which the contract judges the hold: from the newest possible start, a long pause included."""
    stick = rep.out_stick
    return rep.rom_mm * (1 - stick.at) if stick is not None and stick.gap_s > _LONGEST_DWELL_S else rep.rom_mm
