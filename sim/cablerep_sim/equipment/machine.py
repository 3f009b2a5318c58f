"""The machine: the cable's force for a given movement of the hand or foot.

The encoder is on the last pulley, so travel is the movement itself; stretch, slack and touch-down show in the force.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..athlete.movement import Array

G_MM_S2 = 9806.65  # standard gravity
_STILL_MM_S = 5.0  # friction changes its sign within about this speed, because bearings creep


@dataclass(frozen=True)
class Machine:
    """A weight stack behind pulleys. Masses in kg, forces in N at the cable, `ratio` stack travel per cable travel."""

    plate_kg: float = 10.0
    ratio: float = 1.0
    friction_share: float = 0.05  # of the weight
    friction_n: float = 3.0
    stiffness_n_mm: float = 20.0  # cable between stack and pulley: 4 mm steel with fittings, two to four metres
    pulley_kg: float = 0.8  # inertia of the pulleys, as a mass at the cable
    band_n_m: float = 0.0  # elastic band beside the stack, N per metre of travel

    @property
    def weight_n(self) -> float:
        return self.plate_kg * self.ratio * G_MM_S2 / 1000

    def force_n(self, travel_mm: Array, speed_mm_s: Array, acceleration_mm_s2: Array) -> Array:
        """Return the cable's force in N, never negative, because a cable cannot push.

        Until the stretched cable lifts the stack, the seated stack acts like a spring (slack at 0 mm and below). Once
        it is lifted, the cable carries weight, inertia and friction. The force is the smaller of the two.
        """
        inertia_kg = self.plate_kg * self.ratio**2 + self.pulley_kg
        friction = self.friction_n + self.friction_share * self.weight_n
        lifted = self.weight_n + inertia_kg * acceleration_mm_s2 / 1000 + friction * np.tanh(speed_mm_s / _STILL_MM_S)
        seated = self.stiffness_n_mm * np.maximum(travel_mm, 0)
        band = self.band_n_m * np.maximum(travel_mm, 0) / 1000
        return np.maximum(np.minimum(lifted, seated), 0) + band
