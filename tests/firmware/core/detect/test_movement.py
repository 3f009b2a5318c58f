"""The peak of a phase against the peak of a minimum-jerk movement, 1.875 times its mean speed."""

from math import pi, sin

import pytest
from pull import Pull

from cablerep_fw.core.detect import tuning
from cablerep_fw.core.detect.motion import Motion, raise_peaks
from cablerep_fw.core.detect.movement import Movement

TICK_S = 0.01


def peak_mm_s(way_mm: float, duration_s: float, tremor_mm: float = 0.0, tremor_hz: float = 7.0) -> float:
    """Return the peak that is told of a movement by `way_mm`, negative: back."""
    table = tuning.defaults()
    motion = Motion(100, 1, table)
    motion.begin(0, 0)
    movement = Movement(motion, table)
    pull = Pull().still(1).move(way_mm, duration_s).still(1)
    for tick in range(int(pull.s / TICK_S)):
        t = tick * TICK_S
        motion.step(round(1000 * (pull.mm_at(t) + tremor_mm * sin(2 * pi * tremor_hz * t))), 0)
        if t >= 1:
            raise_peaks(movement.peaks, motion.filter, motion.speeds, 1 if way_mm > 0 else -1)
    return motion.um_s(movement.peak_over(round(duration_s * 100 * 16))) / 1000


@pytest.mark.parametrize("way", [1, -1], ids=["out", "back"])
@pytest.mark.parametrize(("way_mm", "duration_s"), [(700, 0.45), (500, 0.6), (400, 0.9), (300, 1.3), (300, 2.5)])
def test_the_peak_is_within_the_promised_four_per_cent(way, way_mm, duration_s):
    assert peak_mm_s(way * way_mm, duration_s) == pytest.approx(1.875 * way_mm / duration_s, rel=0.04)


def test_tremor_adds_little_to_a_slow_peak():
    # A millimetre at 7 Hz is 44 mm/s by itself, as fast as a quarter of this movement's peak.
    assert peak_mm_s(-250, 2.8, tremor_mm=1.0) == pytest.approx(1.875 * 250 / 2.8, rel=0.04)
