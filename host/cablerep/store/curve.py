"""The curve of a rep, travel and force from its start to its end, and the 16-bit integers that the store keeps.

50 points a second: human movement has nothing above 5 Hz, and a rep of five seconds takes one kilobyte.
numpy is imported only when a curve is packed or unpacked, so that the store works without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RATE_HZ = 50
STEP_MM = 0.1  # of stored travel: one encoder count; up to 3.2 m, and a rep is 2 m at most
STEP_N = 0.1  # of stored force: up to 3.2 kN, 330 kg

_STORED = "<i2"
_LIMIT = 0x7FFF


@dataclass(frozen=True, slots=True)
class Curve:
    """A rep's travel from its start position in mm, and its force in N or None. Point i is at start_s + i / rate_hz.

    Both arrays have the same length; the last point is at the rep's end or less than 1 / rate_hz before it.
    """

    rate_hz: int
    travel_mm: Floats
    force_n: Floats | None

    @property
    def at_s(self) -> Floats:
        """Seconds of each point since the rep's start."""
        import numpy as np

        return np.arange(len(self.travel_mm)) / self.rate_hz


def pack(curve: Curve) -> tuple[bytes, bytes | None] | None:
    """Return travel and force as the store keeps them, or None if a value is too large or not a number."""
    import numpy as np

    travel = np.rint(curve.travel_mm / STEP_MM)
    force = None if curve.force_n is None else np.rint(curve.force_n / STEP_N)
    if any(values is not None and not (np.abs(values) <= _LIMIT).all() for values in (travel, force)):
        return None
    return travel.astype(_STORED).tobytes(), None if force is None else force.astype(_STORED).tobytes()


def unpack(rate_hz: int, travel: bytes, force: bytes | None) -> Curve:
    """Return the curve that `pack` packed."""
    return Curve(rate_hz, _scaled(travel, STEP_MM), None if force is None else _scaled(force, STEP_N))


def _scaled(data: bytes, step: float) -> Floats:
    import numpy as np

    return np.frombuffer(data, _STORED).astype(np.float64) * step
