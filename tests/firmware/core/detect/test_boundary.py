"""Boundaries of movements with a formula: gentle, ordinary, steep, turned, and with tremor on them."""

from itertools import pairwise
from math import pi, sin

import pytest
from pull import Pull

from cablerep_fw.core.detect import tuning
from cablerep_fw.core.detect.motion import Motion
from cablerep_fw.core.detect.phases import OUT, STILL, Phases

RATE_HZ = 200


def boundaries(pull: Pull, tremor_mm: float = 0.0, tremor_hz: float = 8.0) -> tuple[list[float], list[float]]:
    """Return the instants in s at which runs outward began and ended, the filter's lead taken off."""
    table = tuning.defaults()
    per_tick = RATE_HZ // table[tuning.TICK_HZ]
    motion = Motion(RATE_HZ, per_tick, table)
    phases = Phases(motion, table)
    motion.begin(0, 0)
    phases.begin(0)
    set_out: list[float] = []
    at_rest: list[float] = []
    second = 16 * RATE_HZ
    for tick in range(int((pull.s + 0.5) * RATE_HZ / per_tick)):
        instants = [(tick * per_tick + k) / RATE_HZ for k in range(per_tick)]
        mean_mm = sum(pull.mm_at(t) + tremor_mm * sin(2 * pi * tremor_hz * t) for t in instants) / per_tick
        motion.step(round(1000 * mean_mm), 0)
        event = phases.step()
        if event == OUT:
            set_out.append((phases.run.t + phases.run.lead) / second)
        elif event == STILL and phases.still.t > phases.run.t:
            at_rest.append((phases.still.t - phases.still.lead) / second)
    return set_out, at_rest


@pytest.mark.parametrize(
    ("way_mm", "duration_s"),
    [(120, 2.6), (200, 2.0), (300, 1.5), (300, 1.0), (400, 0.7), (500, 0.5), (600, 0.4)],
    ids=lambda value: str(value),
)
def test_a_minimum_jerk_movement_is_bounded_to_a_hundredth(way_mm, duration_s):
    pull = Pull().still(1.5).move(way_mm, duration_s).still(1.5)
    set_out, at_rest = boundaries(pull)
    assert set_out == pytest.approx([pull.boundaries[0]], abs=0.010)
    assert at_rest == pytest.approx([pull.boundaries[1]], abs=0.010)


@pytest.mark.parametrize("speed_mm_s", [300, 1000, 2500])
def test_a_dead_stop_is_bounded_to_a_hundredth(speed_mm_s):
    pull = Pull().still(1.5).slide(0.5 * speed_mm_s, 0.5).still(1.5)
    # A stack that lands stops dead; nothing that has mass sets out like this, so only the end is looked at.
    assert boundaries(pull)[1] == pytest.approx([2.0], abs=0.010)


@pytest.mark.parametrize("tremor_hz", [6.0, 8.0, 10.0, 12.0])
def test_tremor_of_a_millimetre_moves_no_boundary_by_the_promised_thirty_milliseconds(tremor_hz):
    pull = Pull().still(1.5).move(250, 1.6).still(1.5)
    set_out, at_rest = boundaries(pull, 1.0, tremor_hz)
    assert set_out == pytest.approx([pull.boundaries[0]], abs=0.030)
    assert at_rest == pytest.approx([pull.boundaries[1]], abs=0.030)


def test_no_boundary_jumps_as_movements_become_steeper():
    errors = []
    for step in range(60):
        pull = Pull().still(1.5).move(300, 2.4 - 0.03 * step).still(1.5)
        errors.append(boundaries(pull)[0][0] - pull.boundaries[0])
    assert max(abs(b - a) for a, b in pairwise(errors)) < 0.006
