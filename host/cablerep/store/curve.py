"""The curve of a rep, travel and force from its start to its end, and the sixteen-bit integers it is stored as.

Fifty points a second: a body's movement has nothing above 5 Hz, and a rep of five seconds takes one kilobyte.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 50
STEP_MM = 0.1  # of the stored travel: what an encoder count is worth; 3.2 m fit, and a rep is 2 m at most
STEP_N = 0.1  # of the stored force: 3.2 kN fit, 330 kg

_STORED = np.dtype("<i2")
_LIMIT = np.iinfo(_STORED).max

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curve:
    """A rep's travel from its start position in mm, and its force in N or None; point i is i / rate_hz s after start_s.

    Both arrays have one length; the last point is at the rep's end or less than 1 / rate_hz before it.
    """

    rate_hz: int
    travel_mm: Floats
    force_n: Floats | None

    @property
    def at_s(self) -> Floats:
        """Seconds of each point from the rep's start."""
        return np.arange(len(self.travel_mm)) / self.rate_hz


def packed(curve: Curve) -> tuple[bytes, bytes | None] | None:
    """Return travel and force as the store keeps them, or None where a value does not fit sixteen bits."""
    travel = np.rint(curve.travel_mm / STEP_MM)
    force = None if curve.force_n is None else np.rint(curve.force_n / STEP_N)
    if any(values is not None and np.abs(values).max(initial=0) > _LIMIT for values in (travel, force)):
        return None
    return travel.astype(_STORED).tobytes(), None if force is None else force.astype(_STORED).tobytes()


def unpacked(rate_hz: int, travel: bytes, force: bytes | None) -> Curve:
    """Return the curve that `packed` made into bytes."""
    return Curve(rate_hz, _scaled(travel, STEP_MM), None if force is None else _scaled(force, STEP_N))


def _scaled(data: bytes, step: float) -> Floats:
    return np.frombuffer(data, _STORED).astype(np.float64) * step
