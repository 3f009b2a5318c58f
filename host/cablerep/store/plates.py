"""The plates of a stack, identified by the cable force of each at rest, and the plate that a load belongs to.

The force identifies a plate, not its label: pulleys halve the weight, friction adds to it, and labels are wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate's number, counted from the top, and the cable force while the load hangs still.

    `printed_n` is the weight printed on it, as a force; None if nobody gave it.
    """

    number: int
    load_n: float
    printed_n: float | None = None


def printed(number: str) -> str:
    """Return the key under which a calibration keeps what is printed on a plate."""
    return f"{number} printed"


def plates_as_values(plates: Sequence[Plate]) -> dict[str, float]:
    """Return plates as a calibration keeps them: forces, and printed weights where they are known."""
    values = {str(plate.number): plate.load_n for plate in plates}
    return values | {printed(str(one.number)): one.printed_n for one in plates if one.printed_n is not None}


def step_n(plates: Sequence[Plate]) -> float:
    """Return the typical force of one more plate; 0 if fewer than two are known."""
    in_order = sorted(plates, key=lambda plate: plate.number)
    steps = [(two.load_n - one.load_n) / (two.number - one.number) for one, two in pairwise(in_order)]
    return median(steps) if steps else 0.0


def plate_of(load_n: float | None, plates: Sequence[Plate]) -> int | None:
    """Return the number of the plate nearest to `load_n`, or None if it is more than half a step away."""
    if load_n is None or not plates:
        return None
    nearest = min(plates, key=lambda plate: abs(plate.load_n - load_n))
    return nearest.number if abs(nearest.load_n - load_n) <= step_n(plates) / 2 else None
