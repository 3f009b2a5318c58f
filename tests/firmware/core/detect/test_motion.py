"""The filters: exact where physics is simple, deaf to tremor, and as late as they say."""

from math import pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stages import RATES, Stages

THRESHOLD_UM_S = 25_000


def speeds(stages: Stages, positions: list[int]) -> list[int]:
    return [stages.motion.um_s(stages.motion.speed) for _ in stages.moved(positions)]


def tick_hz(stages: Stages) -> float:
    return stages.rate_hz / stages.per_tick


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("speed_mm_s", [-3000, -30, 0, 30, 500, 3000])
def test_a_constant_speed_is_that_speed_and_a_ramp_is_a_ramp(rate_hz: int, speed_mm_s: int) -> None:
    stages = Stages(rate_hz)
    step_um = speed_mm_s * 1000 / tick_hz(stages)
    positions = [round(step_um * k) for k in range(200)]
    for k in stages.moved(positions):
        if k > 60:
            # Positions are rounded to 1 um, which the difference over the long box sees as at most 1 um in 0.1 s.
            assert stages.motion.um_s(stages.motion.speed) == pytest.approx(speed_mm_s * 1000, abs=10)
            assert stages.motion.position == pytest.approx(positions[k - stages.motion.delay], abs=1)


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_delay_is_as_stated(rate_hz: int) -> None:
    """A step of speed is half done, in a linear-phase filter, exactly its delay after it came."""
    stages = Stages(rate_hz)
    speed = 10_000  # um a tick
    at = 100
    positions = [speed * max(0, k - at) for k in range(200)]
    seen = speeds(stages, positions)
    half = speed * tick_hz(stages) / 2
    # The speed between tick k and k + 1 belongs to their middle: the step comes at tick `at`.
    delay = stages.motion.delay
    assert seen[at + delay] < half + speed * tick_hz(stages) / 20
    assert seen[at + delay + 1] > half - speed * tick_hz(stages) / 20
    assert delay / tick_hz(stages) <= 0.12, "of the 150 ms in which a rep has to be told"


@pytest.mark.parametrize("rate_hz", RATES)
def test_position_speed_and_force_belong_to_the_same_instant(rate_hz: int) -> None:
    """At the top of a parabola the speed is zero, the position greatest, and the force the one of then."""
    stages = Stages(rate_hz)
    top = 150
    seen = []
    for k in range(300):
        position = 2_000_000 - 50 * (k - top) ** 2
        if k == 0:
            stages.motion.begin(position, 0)
        stages.motion.step(position, 1_000_000 if k == top else 0)
        seen.append((stages.motion.position, stages.motion.speed, stages.motion.force))
    there = top + stages.motion.delay
    assert max(range(100, 300), key=lambda k: seen[k][0]) == there
    assert abs(seen[there][1]) <= abs(seen[there + 1][1])
    assert abs(seen[there][1]) <= abs(seen[there - 1][1])
    assert [k for k in range(300) if seen[k][2]] == [there]


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("tremor_hz", [6, 7, 8, 9, 10, 11, 12])
def test_tremor_does_not_reach_the_threshold(rate_hz: int, tremor_hz: int) -> None:
    """2 mm at 12 Hz are 150 mm/s, six times the speed of a boundary; none of it may pass for a movement."""
    stages = Stages(rate_hz)
    positions = [round(2000 * sin(2 * pi * tremor_hz * k / tick_hz(stages))) for k in range(400)]
    strongest = max(abs(speed) for speed in speeds(stages, positions)[50:])
    assert strongest < 0.7 * THRESHOLD_UM_S


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_intended_movement_passes(rate_hz: int) -> None:
    """A kickback out and back in two seconds has its speed at half a hertz: 3 % is the most that it may lose."""
    stages = Stages(rate_hz)
    positions = [round(-250_000 * (1 - sin(2 * pi * 0.5 * k / tick_hz(stages)))) for k in range(600)]
    strongest = max(speeds(stages, positions)[300:])
    assert strongest == pytest.approx(250_000 * 2 * pi * 0.5, rel=0.03)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(-3000, 3000), min_size=1, max_size=80), st.integers(-90_000_000, 90_000_000))
def test_an_offset_changes_no_speed(steps: list[int], offset: int) -> None:
    positions = [sum(steps[:k]) for k in range(len(steps))]
    assert speeds(Stages(), [offset + position for position in positions]) == speeds(Stages(), positions)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(-3000, 3000), min_size=1, max_size=80))
def test_the_filters_are_linear(steps: list[int]) -> None:
    """Doubling a movement doubles its speed to the last unit: no rounding creeps in with time."""
    one, two = Stages(), Stages()
    once = [sum(steps[:k]) for k in range(len(steps))]
    single = [one.motion.speed for _ in one.moved(once)]
    double = [two.motion.speed for _ in two.moved([2 * position for position in once])]
    assert double == [2 * speed for speed in single]


def test_after_any_movement_rest_is_rest() -> None:
    stages = Stages()
    *_, last = speeds(stages, [(k * k * 977) % 500_000 for k in range(100)] + [123_456] * 100)
    assert last == 0
    assert stages.motion.position == 123_456


@given(st.integers(-3_000_000, 3_000_000), st.sampled_from(RATES))
def test_units_and_back(um_s: int, rate_hz: int) -> None:
    motion = Stages(rate_hz).motion
    assert abs(motion.um_s(motion.units(um_s)) - um_s) <= rate_hz / (motion.long * motion.short) + 1


def test_the_newest_is_not_delayed() -> None:
    stages = Stages()
    for k in stages.moved(range(0, 10_000, 10), force_mn=77):
        assert stages.motion.newest() == 10 * k
        assert stages.motion.newest_force() == 77


def test_the_history_outlasts_the_filters() -> None:
    """Both boxes and what is looked up behind them lie within the ring that holds the ticks, at every rate."""
    from cablerep_fw.core.detect import motion

    for rate_hz in range(10, 1001):
        filters = Stages(rate_hz).motion
        assert filters.long + filters.short + 2 * filters.delay < motion.SIZE
        assert (filters.long + filters.short) % 2 == 1, "a whole number of ticks of delay"
