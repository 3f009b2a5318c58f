"""Steadiness: a position is reported once, after one second without movement."""

from random import Random

import pytest

from cablerep.device.events import Samples
from cablerep.setup.steadiness import Steadiness, Still
from cablerep_fw.core.sense.ring import NO_LOAD

RATE = 100


def fed(steadiness: Steadiness, travel, load=None) -> list[Still]:
    """Feed ten samples at a time; return what was told."""
    told = []
    load = load or [NO_LOAD] * len(travel)
    for at in range(0, len(travel), 10):
        pairs = [value for pair in zip(travel[at : at + 10], load[at : at + 10], strict=True) for value in pair]
        still = steadiness.take(Samples(at, tuple(pairs)))
        if still is not None:
            told.append(still)
    return told


def way(start: int, end: int, seconds: float) -> list[int]:
    count = round(seconds * RATE)
    return [start + (end - start) * step // count for step in range(count)]


def test_each_position_is_reported_once() -> None:
    travel = [0] * 300 + way(0, 5000, 1.5) + [5000] * 400 + way(5000, 9000, 1.5) + [9001] * 300
    told = fed(Steadiness(RATE), travel)
    assert [round(one.travel) for one in told] == [0, 5000, 9001]
    assert all(one.load is None for one in told)


def test_stillness_takes_one_second() -> None:
    assert fed(Steadiness(RATE), [0] * 90) == []
    assert len(fed(Steadiness(RATE), [0] * 100)) == 1
    pause = way(0, 5000, 1) + [5000] * 80 + way(5000, 9000, 1)
    assert fed(Steadiness(RATE), pause) == []


def test_sway_is_still_but_drift_is_not() -> None:
    random = Random(1)
    held = [5000 + random.randrange(-10, 10) for _ in range(200)]
    walking = way(5000, 5300, 3)  # 100 counts a second of the 5000 seen
    steadiness = Steadiness(RATE)
    told = fed(steadiness, way(0, 5000, 2) + held + walking)
    assert [round(one.travel, -1) for one in told] == [5000]
    assert told[0].travel_noise == pytest.approx(5.8, abs=1.5), "20 counts wide, evenly: 20 / sqrt(12)"


def test_the_end_of_a_movement_does_not_bias_the_mean() -> None:
    crawl = way(0, 4960, 2) + way(4960, 5000, 0.5) + [5000] * 150
    (told,) = fed(Steadiness(RATE), crawl)
    assert told.travel == 5000


def test_noisy_loads_are_distinguished() -> None:
    random = Random(2)
    load = []
    for counts in (-100_000, 50_000, 200_000):
        load += [round(counts + random.gauss(0, 150)) for _ in range(300)]
    travel = [0] * len(load)
    told = fed(Steadiness(RATE, by_load=True), travel, load)
    assert [one.load for one in told] == pytest.approx([-100_000, 50_000, 200_000], abs=5 * 150 / 50**0.5)
    assert all(one.load_noise == pytest.approx(150, rel=0.4) for one in told)


def test_a_changing_load_is_not_still() -> None:
    random = Random(3)
    growing = [step * 400 + round(random.gauss(0, 100)) for step in range(500)]
    assert fed(Steadiness(RATE, by_load=True), [0] * 500, growing) == []


def test_missing_input_is_named() -> None:
    steadiness = Steadiness(RATE, by_load=True)
    assert steadiness.lack == ", no samples arrived"
    assert fed(steadiness, [0] * 200) == []
    assert "no load cell readings arrived" in steadiness.lack
    fed(steadiness, [0] * 200, [5] * 200)
    assert steadiness.lack == ""
