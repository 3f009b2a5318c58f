"""The last seconds of samples, to find where the cable was when a phase began, and its current speed.

The board reports a phase some hundredths of a second after it began, so the samples in between must be at hand.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

LENGTH_S = 3.0  # longer than the delay of any message
MAX_POINTS = 3000  # LENGTH_S at 1 kHz
# The speed is the slope of the least-squares line through this much of the newest travel, so it lags by half of it,
# 0.1 s, and the samples' latency. It passes 14 % of a tremor of 6 Hz and 8 % of one of 10 Hz (response of the line:
# 3 (sin x - x cos x) / x^3 with x = pi f WINDOW_S).
WINDOW_S = 0.2
_MIN_POINTS = 4  # for a slope


@dataclass(frozen=True, slots=True)
class Point:
    """A sample: seconds on the board's clock, millimetres from an arbitrary origin, newtons or None."""

    at_s: float
    travel_mm: float
    force_n: float | None


class Trail:
    """The newest points, LENGTH_S of them, oldest first."""

    def __init__(self) -> None:
        self._points: deque[Point] = deque(maxlen=MAX_POINTS)

    def add(self, point: Point) -> None:
        """Add the newest point; one that is older than the last clears the trail first."""
        points = self._points
        if points and point.at_s <= points[-1].at_s:
            points.clear()
        points.append(point)
        while points[0].at_s < point.at_s - LENGTH_S:
            points.popleft()

    def clear(self) -> None:
        """Remove all points."""
        self._points.clear()

    def since(self, instant_s: float) -> Iterator[Point]:
        """Yield the points from `instant_s` on."""
        return (point for point in self._points if point.at_s >= instant_s)

    def speed_m_s(self) -> float | None:
        """Return the speed over the last WINDOW_S, outward positive; None with too few points."""
        if not self._points:
            return None
        recent = list(self.since(self._points[-1].at_s - WINDOW_S))
        if len(recent) < _MIN_POINTS:
            return None
        mean_s = sum(point.at_s for point in recent) / len(recent)
        mean_mm = sum(point.travel_mm for point in recent) / len(recent)
        covariance = sum((point.at_s - mean_s) * (point.travel_mm - mean_mm) for point in recent)
        return covariance / sum((point.at_s - mean_s) ** 2 for point in recent) / 1000
