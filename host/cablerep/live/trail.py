"""The last seconds of samples: where the cable was when something began, and how fast it moves now.

The board tells of a phase some hundredths of a second after it began, so what came in between has to be at hand.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

KEPT_S = 3.0  # longer than any message is late
MOST = 3000  # samples: that time at 1 kHz
# The speed is the slope of the straight line through so much of the newest travel (least squares). It is the speed of
# the window's middle, so it is half of it late: 0.1 s, and the samples' way here. Of a tremor of 6 Hz it passes 14 %,
# of 10 Hz 8 % (the line's response, 3 (sin x - x cos x) / x^3 with x = pi f WINDOW_S).
WINDOW_S = 0.2
_FEWEST = 4  # samples that a slope is worth being drawn through


@dataclass(frozen=True, slots=True)
class Point:
    """A sample in units: seconds on the board's clock, millimetres from an arbitrary origin, newtons or None."""

    at_s: float
    travel_mm: float
    force_n: float | None


class Trail:
    """The newest points, KEPT_S of them, oldest first."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque(maxlen=MOST)

    def add(self, point: Point) -> None:
        """Take the newest point; one that is older than the last begins anew."""
        points = self._points
        if points and point.at_s <= points[-1].at_s:
            points.clear()
        points.append(point)
        while points[0].at_s < point.at_s - KEPT_S:
            points.popleft()

    def clear(self) -> None:
        """Forget everything."""
        self._points.clear()

    def since(self, instant_s: float) -> Iterator[Point]:
        """Yield the points from `instant_s` on."""
        return (point for point in self._points if point.at_s >= instant_s)

    def speed_m_s(self) -> float | None:
        """Return the speed over the last WINDOW_S, outward positive; None where there is too little to tell it from."""
        if not self._points:
            return None
        recent = list(self.since(self._points[-1].at_s - WINDOW_S))
        if len(recent) < _FEWEST:
            return None
        mean_s = sum(point.at_s for point in recent) / len(recent)
        mean_mm = sum(point.travel_mm for point in recent) / len(recent)
        rise = sum((point.at_s - mean_s) * (point.travel_mm - mean_mm) for point in recent)
        return rise / sum((point.at_s - mean_s) ** 2 for point in recent) / 1000
