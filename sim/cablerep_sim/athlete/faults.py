"""Deliberate faults of form: what each does to a rep, to the cable, and to the landing of the stack.

They are named as the flags that should find them, so that a list of faults can be requested by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from .movement import Array, Trapezoid
from .rep import Rep

FLAWS = {
    "hold_short": "a tenth of the hold",
    "eccentric_fast": "the eccentric in a third of its time",
    "range_over": "30 % further than the others",
    "range_under": "28 % less far",
    "swing": "thrown: twice the weight and more, then the load floats",
    "slack": "the stack catches in its guides in the eccentric, the cable hangs loose, the stack drops into it",
    "slam": "let go: the stack lands hard; a set done away from the stack is over",
    "off_line": "27 degrees straighter back than the others; shows with an angle sensor only",
    "drift_in_hold": "the foot moves 45 to 60 mm sideways in the hold; shows with an angle sensor only",
}
ON_FLOOR = ("off_line", "drift_in_hold")  # the cable does not change
RANDOM = "random"  # a fault or none is drawn for each rep

_FLAWED_SHARE = 0.35  # of the reps, if they are drawn
_SHARES = (0.16, 0.16, 0.16, 0.16, 0.16, 0.16, 0.04)  # a slam ends most sets, so it is drawn less often
_FLOOR_SHARE = 0.25  # of the other reps, if there is an angle sensor
_THROW_MM_S2 = (11000.0, 14000.0)  # braking, more than gravity's 9807: the load floats
_FASTEST_MM_S = 2800.0  # the contract's 3 m/s, less what chance and tremor add
_THROW = Trapezoid(0.35, 0.65)  # pushed for a third of the time and braked for the rest
_LANDING_MM_S = (500.0, 1200.0)  # dropped from 13 to 73 mm freely, or from higher in somebody's hands
_REBOUND_SHARE = 0.25  # of its speed: rubber buffers and a steel stack
_LOOSE_S = (0.2, 0.45)  # in 0.3 s a stack falls as far as most kickbacks go


@dataclass(frozen=True)
class Flaw:
    """One requested fault, for every rep or for one (`rep` from 1)."""

    name: str
    rep: int | None = None


class Flaws:
    """The requested faults of one athlete's reps; draws from its own generator."""

    def __init__(
        self, asked: Sequence[Flaw] = (), rng: np.random.Generator | None = None, *, on_floor: bool = False
    ) -> None:
        """With `on_floor`, faults that only an angle sensor shows are drawn too."""
        self.asked = tuple(asked)
        self._on_floor = on_floor
        self.rng = rng or np.random.default_rng(0)

    def of(self, number: int) -> frozenset[str]:
        """Return the faults of rep `number`, from 1."""
        names = {flaw.name for flaw in self.asked if flaw.rep in (None, number)}
        if RANDOM in names:
            names.remove(RANDOM)
            if self.rng.random() < _FLAWED_SHARE:
                names.add(str(self.rng.choice([name for name in FLAWS if name not in ON_FLOOR], p=_SHARES)))
            elif self._on_floor and self.rng.random() < _FLOOR_SHARE:
                names.add(str(self.rng.choice(ON_FLOOR)))
        return frozenset(names)

    def spoil(self, rep: Rep, names: frozenset[str]) -> Rep:
        """Return `rep` with these faults, except those that show only in the cable or at the stack."""
        if "hold_short" in names:
            rep = replace(rep, hold_s=0.1 * rep.hold_s, sink_mm=0.0, lean_mm=0.0, settle_mm=0.0)
        if "range_over" in names:
            rep = replace(rep, rom_mm=1.3 * rep.rom_mm)
        if "range_under" in names:
            rep = replace(rep, rom_mm=0.72 * rep.rom_mm, sink_mm=0.72 * rep.sink_mm)
        if "eccentric_fast" in names:
            fastest_s = max(0.3 * rep.back_s, 2 * rep.rom_mm / _FASTEST_MM_S)
            rep = replace(rep, back_s=min(rep.back_s, fastest_s), back_stick=None)
        if "swing" in names:
            braking = self.rng.uniform(*_THROW_MM_S2)
            out_s = max((2 * rep.rom_mm / (_THROW.fall * braking)) ** 0.5, 2 * rep.rom_mm / _FASTEST_MM_S)
            rep = replace(rep, out_s=out_s, out_shape=_THROW, out_stick=None)
        return rep

    def loose_s(self, release_s: float, back_s: float) -> tuple[float, float]:
        """Draw from when until when the cable hangs loose in an eccentric."""
        begin_s = release_s + 0.2 * back_s
        return begin_s, begin_s + min(self.rng.uniform(*_LOOSE_S), 0.5 * back_s)

    def landing_mm_s(self) -> float:
        """Draw the speed at which a released stack lands."""
        return float(self.rng.uniform(*_LANDING_MM_S))

    @staticmethod
    def rebound(landing_mm_s: float) -> tuple[float, float]:
        """Return height in mm and period in s of the bounce after such a landing."""
        period_s = 0.14
        # A bounce leaves the ground at 1.6 times its mean upward speed, see athlete.py.
        return _REBOUND_SHARE * landing_mm_s * period_s / 2 / 1.6, period_s


def loosened(force_n: Array, t_s: Array, loose_s: Sequence[tuple[float, float]]) -> Array:
    """Return the cable's force, 0 while it hangs loose.

    The impact afterwards is left out: the stack drops into the cable within some milliseconds.
    """
    for begin_s, end_s in loose_s:
        force_n = np.where((t_s >= begin_s) & (t_s < end_s), 0.0, force_n)
    return force_n
