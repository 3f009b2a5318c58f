"""Sway: the slow unsteadiness of a leg that stands or holds. It is no part of the intended movement.

A sum of sines, so it has exact derivatives. Half of its power is at 0.3 to 1 Hz and half at 1 to 3 Hz, as measured on
legs that people hold up (see docs/simulation.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .movement import Array

BANDS_HZ = ((0.3, 1.0), (1.0, 3.0))  # each with the same power
LARGEST_MM = 15.0  # to either side (contract)
_SINES = 4  # in each band; their sum stays below four times its rms
_SEATED_MM = 40.0  # below this travel sway shrinks with it: a seated stack holds the cable still


@dataclass(frozen=True)
class Sway:
    """Displacement in mm at any instant; its rms runs linearly through the points (`knots_s`, `rms_mm`)."""

    knots_s: tuple[float, ...]
    rms_mm: tuple[float, ...]
    frequencies_hz: tuple[float, ...]
    phases: tuple[float, ...]

    @classmethod
    def draw(cls, rng: np.random.Generator, knots: Sequence[tuple[float, float]]) -> Sway:
        """Draw frequencies and phases for the rms given by `knots` (instant in s, mm)."""
        frequencies = [rng.uniform(*band) for band in BANDS_HZ for _ in range(_SINES)]
        phases = rng.uniform(0, 2 * np.pi, len(frequencies))
        knots = sorted(knots)
        return cls(tuple(t for t, _ in knots), tuple(mm for _, mm in knots), tuple(frequencies), tuple(phases))

    @property
    def largest_rms_mm(self) -> float:
        return max(self.rms_mm, default=0.0)

    def displacement(self, t_s: Array, travel_mm: Array) -> Array:
        """Return mm at the instants `t_s`, at which the intended movement is at `travel_mm`."""
        total = self._sum(t_s, [1.0] * len(self.frequencies_hz), travel_mm)
        result: Array = np.clip(total, -LARGEST_MM, LARGEST_MM)
        return result

    def speed(self, t_s: Array, travel_mm: Array) -> Array:
        """Return mm/s; the rms changes too slowly to matter."""
        # A sine's derivative leads it by a quarter of a turn.
        return self._sum(t_s, [2 * np.pi * hz for hz in self.frequencies_hz], travel_mm, np.pi / 2)

    def acceleration(self, t_s: Array, travel_mm: Array) -> Array:
        """Return mm/s²."""
        return self._sum(t_s, [-((2 * np.pi * hz) ** 2) for hz in self.frequencies_hz], travel_mm)

    def _sum(self, t_s: Array, factors: Sequence[float], travel_mm: Array, lead: float = 0.0) -> Array:
        total = np.zeros(len(t_s))
        if not any(self.rms_mm):
            return total
        rms = np.interp(t_s, self.knots_s, self.rms_mm) * np.clip(travel_mm / _SEATED_MM, 0, 1)
        moving = np.flatnonzero(rms)
        if not len(moving):
            return total
        t_s = t_s[moving]
        for hz, phase, factor in zip(self.frequencies_hz, self.phases, factors, strict=True):
            total[moving] += factor * np.sin(2 * np.pi * hz * t_s + (phase + lead))
        total *= rms * (2 / len(self.frequencies_hz)) ** 0.5
        return total
