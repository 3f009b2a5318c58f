"""Tremor: what the muscles add to the intended movement at 6 to 12 Hz, growing with fatigue.

A sum of three sines with a slow swell, because a single sine would be easier to filter than a tired leg.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .movement import Array

LOWEST_HZ = 6.0
HIGHEST_HZ = 12.0
LARGEST_MM = 2.0
_PARTS = 3


@dataclass(frozen=True)
class Tremor:
    """Displacement in mm at any instant; its amplitude is interpolated between (`knots_s`, `amplitudes_mm`).

    `weights` sum to 1, so the displacement never exceeds the amplitude.
    """

    knots_s: tuple[float, ...]
    amplitudes_mm: tuple[float, ...]
    frequencies_hz: tuple[float, ...]
    weights: tuple[float, ...]
    phases: tuple[float, ...]
    swell_hz: float

    @classmethod
    def draw(cls, rng: np.random.Generator, knots: list[tuple[float, float]]) -> Tremor:
        """Draw frequencies, weights and phases; `knots` are points (instant in s, amplitude in mm)."""
        shares = rng.uniform(0.2, 1.0, _PARTS)
        return cls(
            knots_s=tuple(t for t, _ in knots),
            amplitudes_mm=tuple(min(mm, LARGEST_MM) for _, mm in knots),
            frequencies_hz=tuple(rng.uniform(LOWEST_HZ, HIGHEST_HZ, _PARTS)),
            weights=tuple(shares / shares.sum()),
            phases=tuple(rng.uniform(0, 2 * np.pi, _PARTS + 1)),
            swell_hz=float(rng.uniform(0.3, 1.2)),
        )

    def displacement(self, t_s: Array) -> Array:
        """Return mm at the instants `t_s`."""
        return self._sum(t_s, [1.0] * _PARTS)

    def acceleration(self, t_s: Array) -> Array:
        """Return mm/s² at the instants `t_s`, neglecting the slow swell."""
        return self._sum(t_s, [-((2 * np.pi * hz) ** 2) for hz in self.frequencies_hz])

    def _sum(self, t_s: Array, factors: list[float]) -> Array:
        total = np.zeros(len(t_s))
        if not any(self.amplitudes_mm):
            return total
        for hz, weight, phase, factor in zip(self.frequencies_hz, self.weights, self.phases, factors, strict=False):
            total += factor * weight * np.sin(2 * np.pi * hz * t_s + phase)
        swell = 0.7 + 0.3 * np.sin(2 * np.pi * self.swell_hz * t_s + self.phases[-1])
        return total * swell * np.interp(t_s, self.knots_s, self.amplitudes_mm)
