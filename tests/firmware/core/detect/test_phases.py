"""Boundaries of runs against the formula of the movement, at every rate; what is no movement makes none."""

from math import pi, sin, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pull import Pull
from stages import RATES, Stages, ticks_of

NEAR_S = 0.030  # the contract's tolerance of a phase instant
SLOWEST = 45.0  # mm/s of mean speed: slower minimum-jerk movements hardly reach 25 mm/s in their first quarter


def boundaries(pull: Pull, rate_hz: int, sway=None) -> list[tuple[str, float]]:
    stages = Stages(rate_hz)
    return stages.boundaries(ticks_of(pull, rate_hz, stages.per_tick, sway))


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize(
    ("rom_mm", "out_s", "back_s"), [(500, 1.0, 2.0), (500, 0.5, 0.6), (150, 1.5, 2.0), (60, 0.8, 1.0), (1500, 0.9, 1.2)]
)
def test_a_movement_begins_and_ends_where_its_formula_says(
    rate_hz: int, rom_mm: float, out_s: float, back_s: float
) -> None:
    pull = Pull().still(1).rep(rom_mm, out_s, 1.5, back_s).still(1)
    found = boundaries(pull, rate_hz)
    assert [word for word, _ in found] == ["out", "still", "back", "still"]
    for (_, seen), true in zip(found, pull.boundaries, strict=True):
        assert seen == pytest.approx(true, abs=NEAR_S)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("accel_mm_s2", [150, 240, 400, 830, 1500, 4000, 12000])
def test_boundaries_of_every_steepness(rate_hz: int, accel_mm_s2: float) -> None:
    """With a constant acceleration a the threshold is crossed 25 mm/s / a behind the start and before the end."""
    way_mm = min(400.0, accel_mm_s2 / 2)
    half_s = sqrt(way_mm / accel_mm_s2)
    ramp = Pull().still(1.5).shape(way_mm, 2 * half_s, lambda u: 2 * u * u if u < 0.5 else 1 - 2 * (1 - u) ** 2)
    cross_s = 25 / accel_mm_s2
    (_, start_s), (_, still_s) = boundaries(ramp.still(1.5), rate_hz)
    assert start_s == pytest.approx(1.5 + cross_s, abs=NEAR_S)
    assert still_s == pytest.approx(1.5 + 2 * half_s - cross_s, abs=NEAR_S)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("speed_mm_s", [150, 600, 1500])
def test_a_stack_that_lands_stops_at_once(rate_hz: int, speed_mm_s: int) -> None:
    pull = Pull().still(1).move(500, 1.0).still(1.5).slide(-400, 400 / speed_mm_s)
    end_s = pull.s
    assert boundaries(pull.still(1.5), rate_hz)[-1][1] == pytest.approx(end_s, abs=max(0.020, 1.25 / rate_hz))


@settings(deadline=None, max_examples=30)
@given(st.floats(80, 900), st.floats(0.4, 2.5), st.floats(0.3, 1.0), st.floats(0, 0.03), st.sampled_from(RATES))
def test_it_does_not_matter_how_the_ticks_fall(
    rom_mm: float, out_s: float, hold_s: float, shift_s: float, rate_hz: int
) -> None:
    out_s = min(out_s, rom_mm / SLOWEST)
    pull = Pull().still(1 + shift_s).rep(rom_mm, out_s, hold_s, out_s).still(1)
    found = boundaries(pull, rate_hz)
    assert [word for word, _ in found] == ["out", "still", "back", "still"]
    for (_, seen), true in zip(found, pull.boundaries, strict=True):
        assert seen == pytest.approx(true, abs=NEAR_S)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("tremor_hz", [8, 10, 12])
def test_tremor_on_a_hold_is_no_movement(rate_hz: int, tremor_hz: int) -> None:
    pull = Pull().still(1).move(400, 1.0).still(8).move(-400, 1.5).still(1)
    found = boundaries(pull, rate_hz, lambda t: 2.0 * sin(2 * pi * tremor_hz * t) if 2.5 < t < 9.5 else 0.0)
    assert [word for word, _ in found] == ["out", "still", "back", "still"]


@pytest.mark.parametrize("way_mm", [-120, 120])
def test_sinking_slower_than_the_threshold_is_no_movement(way_mm: float) -> None:
    assert boundaries(Pull().still(1).slide(way_mm, 8.0).still(1), 200) == []


@pytest.mark.parametrize("tremor_hz", [6, 7])
def test_sinking_with_tremor_on_it_is_no_run(tremor_hz: float) -> None:
    """15 mm/s and 8 mm/s of what is left of tremor touch the threshold together, again and again."""
    pull = Pull().still(1).slide(-120, 8).still(2)
    found = boundaries(pull, 200, lambda t: 1.5 * sin(2 * pi * tremor_hz * t) if 1 < t < 9 else 0.0)
    assert [word for word, _ in found] == []


@pytest.mark.parametrize("way_mm", [-3, 3])
def test_a_twitch_is_no_movement(way_mm: float) -> None:
    """Fast enough, but shorter than tremor may be."""
    assert boundaries(Pull().still(1).slide(way_mm, 0.05).still(1), 200) == []


def test_a_run_is_told_when_it_has_proved_itself_and_began_before() -> None:
    stages = Stages()
    pull = Pull().still(1).move(300, 1.0).still(1)
    positions = ticks_of(pull, 200, stages.per_tick)
    for _ in stages.moved(positions):
        if stages.phases.step():
            break
    assert stages.seconds(stages.phases.now()) > stages.seconds(stages.phases.run.t)
    assert stages.phases.run.x == pytest.approx(0, abs=3000), "near where the cable stood"


def test_out_and_straight_back_is_two_runs_without_a_gap() -> None:
    pull = Pull().still(1).move(400, 0.8).move(-400, 0.8).still(1)
    found = boundaries(pull, 200)
    assert [word for word, _ in found] == ["out", "still", "back", "still"]
    turn = 1.8
    assert found[1][1] == pytest.approx(turn, abs=0.1)
    assert found[2][1] == pytest.approx(turn, abs=0.1)
    assert found[1][1] <= found[2][1]


@pytest.mark.parametrize("rate_hz", RATES)
def test_now_is_the_instant_of_the_outputs(rate_hz: int) -> None:
    """On a ramp that began at 0 the position tells the time."""
    stages = Stages(rate_hz)
    pull = Pull().slide(1000, 10)
    for k in stages.moved(ticks_of(pull, rate_hz, stages.per_tick)):
        if k > 60:
            now_s = stages.seconds(stages.phases.now())
            assert now_s == pytest.approx(stages.motion.position / 100_000, abs=1 / rate_hz / 8)
