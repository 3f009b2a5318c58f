"""The plates of a stack by the force that each leaves in the cable at rest, and which plate a set was done with.

A plate is known by its force and not by its mark: pulleys halve it, and friction and a worn mark lie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate's number, counted from the top, and the force in the cable while the load hangs still."""

    number: int
    load_n: float


def step_n(plates: Sequence[Plate]) -> float:
    """Return the usual force of one plate more; 0 where fewer than two are known."""
    known = sorted(plates, key=lambda plate: plate.number)
    steps = [(two.load_n - one.load_n) / (two.number - one.number) for one, two in pairwise(known)]
    return median(steps) if steps else 0.0


def plate_of(load_n: float | None, plates: Sequence[Plate]) -> int | None:
    """Return the number of the plate whose force is nearest to `load_n`, if it is within half a step, else None."""
    if load_n is None or not plates:
        return None
    nearest = min(plates, key=lambda plate: abs(plate.load_n - load_n))
    return nearest.number if abs(nearest.load_n - load_n) <= step_n(plates) / 2 else None
