"""The four figures of a kick, from exact places."""

import numpy as np
import pytest

from cablerep_sim.truth.direction import measure
from cablerep_sim.truth.file import TruthRep


class Floor:
    """A strap that goes 300 mm at 40 degrees within 1 s, holds for `hold_s` and drifts 20 mm to its left."""

    def __init__(self, hold_s: float, bow_mm: float = 0.0) -> None:
        self.hold_s, self.bow_mm = hold_s, bow_mm

    def polar(self, t_s):
        u = np.clip(t_s, 0, 1)
        held = np.clip((t_s - 1) / self.hold_s, 0, 1)
        back = np.clip(t_s - 1 - self.hold_s, 0, 1)
        along, across = 300 * (u - back), 20 * held * (1 - back) + 4 * self.bow_mm * u * (1 - u)
        angle = np.radians(40)
        x = 1000 + along * np.cos(angle) - across * np.sin(angle)
        y = 100 + along * np.sin(angle) + across * np.cos(angle)
        return np.hypot(x, y), np.arctan2(y, x)


def rep(hold_s: float) -> TruthRep:
    return TruthRep("full", 0.0, 2 + hold_s, 1.0, 1 + hold_s)


def test_chord_direction_and_drift_over_a_hold() -> None:
    found = measure(Floor(2.0), rep(2.0))  # type: ignore[arg-type]
    assert found.chord_mm == pytest.approx(np.hypot(300, 10), abs=6), "0.1 s of a movement that starts at full speed"
    assert found.direction_deg == pytest.approx(40 + np.degrees(np.arctan(10 / 300)), abs=0.3)
    assert found.drift_mm == pytest.approx(20, abs=1.5)
    assert found.fall_mm == pytest.approx(found.chord_mm, abs=12)


@pytest.mark.parametrize("bow_mm", [25.0, -25.0])
def test_a_bow_is_positive_counter_clockwise(bow_mm: float) -> None:
    assert measure(Floor(2.0, bow_mm), rep(2.0)).bow_mm == pytest.approx(bow_mm, abs=6)  # type: ignore[arg-type]


def test_the_furthest_place_stands_for_a_short_hold() -> None:
    assert measure(Floor(0.1), rep(0.1)).direction_deg == pytest.approx(40, abs=4)  # type: ignore[arg-type]
