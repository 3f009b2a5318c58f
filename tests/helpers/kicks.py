"""Kicks on the floor plan, as travel of the cable and counts of an angle sensor."""

from dataclasses import dataclass, field

import numpy as np

FREE_MM = 1000.0
PER_TURN = 16384
UM_PER_COUNT = 50


def minimum_jerk(share: np.ndarray) -> np.ndarray:
    share = np.clip(share, 0, 1)
    return share**3 * (10 - 15 * share + 6 * share**2)


@dataclass
class Kicks:
    """A path of the strap in mm, x straight away from the machine, y counter-clockwise of it; append with the verbs."""

    rate_hz: int = 200
    free_mm: float = FREE_MM
    x: list[np.ndarray] = field(default_factory=list)
    y: list[np.ndarray] = field(default_factory=list)
    at: tuple[float, float] = (FREE_MM, 0.0)

    def _add(self, x: np.ndarray, y: np.ndarray) -> "Kicks":
        self.x.append(x)
        self.y.append(y)
        self.at = (float(x[-1]), float(y[-1]))
        return self

    def still(self, duration_s: float, across_mm: float = 0.0, direction_deg: float = 0.0) -> "Kicks":
        """Stand, and drift across a direction by `across_mm` and back."""
        count = round(duration_s * self.rate_hz)
        drift = across_mm * np.sin(np.pi * np.arange(1, count + 1) / count) ** 2
        turn = np.radians(direction_deg)
        return self._add(self.at[0] - drift * np.sin(turn), self.at[1] + drift * np.cos(turn))

    def go(self, x_mm: float, y_mm: float, duration_s: float, bow_mm: float = 0.0) -> "Kicks":
        """Go to a place in a line that is bowed counter-clockwise."""
        count = round(duration_s * self.rate_hz)
        share = minimum_jerk(np.arange(1, count + 1) / count)
        dx, dy = x_mm - self.at[0], y_mm - self.at[1]
        length = np.hypot(dx, dy)
        bow = 4 * share * (1 - share) * bow_mm
        return self._add(self.at[0] + dx * share - bow * dy / length, self.at[1] + dy * share + bow * dx / length)

    def kick(
        self, direction_deg: float, mm: float = 300.0, hold_s: float = 1.5, bow_mm: float = 0.0, drift_mm: float = 0.0
    ) -> "Kicks":
        """Kick, hold, return and rest."""
        start = self.at
        turn = np.radians(direction_deg)
        self.go(start[0] + mm * np.cos(turn), start[1] + mm * np.sin(turn), 1.0, bow_mm)
        self.still(hold_s, drift_mm, direction_deg)
        return self.go(*start, 2.0).still(1.0)

    def columns(self, noise_deg: float = 0.0, seed: int = 1) -> tuple[dict, np.ndarray, np.ndarray, np.ndarray]:
        """Return the keys and the columns t_us, travel and angle of the trace; travel 0 is at `free_mm`."""
        x, y = np.concatenate(self.x), np.concatenate(self.y)
        travel = np.rint((np.hypot(x, y) - self.free_mm) * 1000 / UM_PER_COUNT).astype(np.int64)
        bearing = np.degrees(np.arctan2(y, x)) + np.random.default_rng(seed).normal(0, 1, len(x)) * noise_deg
        angle = np.rint(bearing / 360 * PER_TURN).astype(np.int64) % PER_TURN
        meta = {
            "rate_hz": self.rate_hz,
            "um_per_count": UM_PER_COUNT,
            "angle_per_turn": PER_TURN,
            "free_mm": self.free_mm,
        }
        return meta, np.arange(len(x)) * 1_000_000 // self.rate_hz, travel, angle
