"""The lead table against the two onsets that it is made from, through the very boxes of the filter."""

from itertools import pairwise

import numpy as np
import pytest

from cablerep_fw.core.detect import onset, tuning

FINE_S = 0.0005
THRESHOLD = 25.0  # mm/s
TICK_S = 0.01


def _kernel():
    """Impulse response of tick mean and both boxes of the speed filter, in steps of FINE_S."""
    table = tuning.defaults()
    kernel = np.ones(1)
    for length_s in (table[tuning.LONG_MS] / 1000, table[tuning.SHORT_MS] / 1000, TICK_S):
        steps = round(length_s / FINE_S)
        kernel = np.convolve(kernel, np.ones(steps) / steps)
    return kernel


def _lead_of(growth, steepness, kernel, length_s):
    """Lead, as a part of the filter's length, of a speed of c * t**growth whose smoothed crossing is that steep."""
    t = np.arange(-0.6, 4, FINE_S)
    tick = round(TICK_S / FINE_S)
    low, high = 1.0, 1e8
    for _ in range(50):
        c = np.sqrt(low * high)
        speed = c * np.clip(t, 0, None) ** growth
        smoothed = np.convolve(speed, kernel, "same")
        at = int(np.argmax(smoothed > THRESHOLD))
        slope = (smoothed[at + tick // 2] - smoothed[at - tick // 2]) / TICK_S
        low, high = (c, high) if slope * length_s / THRESHOLD < steepness else (low, c)
    return (t[np.argmax(speed > THRESHOLD)] - t[at]) / length_s


@pytest.mark.parametrize("steepness", [2, 4, 6, 8, 12, 24, 48])
def test_lead_is_that_of_the_two_onsets(steepness):
    table = tuning.defaults()
    length_s = (table[tuning.LONG_MS] + table[tuning.SHORT_MS]) / 1000
    kernel = _kernel()
    leads = [_lead_of(growth, steepness, kernel, length_s) for growth in (1, 2)]
    told = onset.lead(16 * steepness) / 256
    # 0.025 of 210 ms is 5 ms: half of what separates the two onsets where they differ most.
    assert min(leads) - 0.012 <= told <= max(leads) + 0.012
    assert told == pytest.approx(sum(leads) / 2, abs=0.025)


def test_lead_grows_with_the_steepness_and_ends():
    leads = [onset.lead(s) for s in range(16 * 80)]
    assert leads[0] == 0
    assert all(a <= b for a, b in pairwise(leads))
    assert leads[-1] == onset.LEAD[-1] < 128  # half of the filter is the most that a symmetric kernel can lead
