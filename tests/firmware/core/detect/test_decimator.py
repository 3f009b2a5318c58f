"""Samples to ticks: means, bridged gaps, outliers and breaks, in chunks of any size."""

from dataclasses import dataclass, field
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cablerep_fw.core.detect import decimator, tuning
from cablerep_fw.core.detect.decimator import Decimator
from cablerep_fw.core.sense.ring import GAP, LIMIT_COUNTS, NO_LOAD, Ring

RATES = (50, 100, 200, 333, 500, 1000)
UM = 1_000_000  # 1 um a count
MM = 1000


@dataclass
class Taken:
    """What came out of a decimator."""

    source: Decimator
    travel: list[int] = field(default_factory=list)
    force: list[int] = field(default_factory=list)
    told: list[int] = field(default_factory=list)


def take(samples: list, rate_hz: int = 200, chunks: list[int] | None = None, um: int = UM, mn: int = UM) -> Taken:
    """Run samples, numbers or (travel, load), through a decimator; `chunks` are repeated until all are taken."""
    taken = Taken(Decimator(rate_hz, um, mn, 0, tuning.defaults()))
    ring = Ring(64)
    chunks = chunks or [40]
    at = turn = 0
    while at < len(samples):
        for sample in samples[at : at + chunks[turn % len(chunks)]]:
            ring.push(*(sample if isinstance(sample, tuple) else (sample, NO_LOAD)))
            at += 1
        turn += 1
        head = ring.head
        while (answer := taken.source.take(ring, head)) != decimator.EMPTY:
            if answer == decimator.TICK:
                taken.travel.append(taken.source.state[decimator._TRAVEL_UM])
                taken.force.append(taken.source.state[decimator._FORCE_MN])
            else:
                taken.told.append(answer)
                if answer == decimator.BROKEN:
                    taken.source.resume()
        assert ring.tail == head
    return taken


def line(speed_mm_s: float, rate_hz: int, seconds: float, start_um: int = 0) -> list[int]:
    return [start_um + round(speed_mm_s * 1000 * k / rate_hz) for k in range(int(seconds * rate_hz))]


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_tick_is_the_mean_of_its_samples_at_about_100_hz(rate_hz: int) -> None:
    travel = line(400, rate_hz, 1.0)
    taken = take(travel, rate_hz)
    size = taken.source.per_tick
    assert 50 <= rate_hz / size <= 150
    means = [sum(travel[i : i + size]) / size for i in range(0, len(travel) - size + 1, size)]
    assert len(taken.travel) == len(means)
    # Relative to the first sample; the scale is right to 1 in 32 000, and rounds down twice.
    assert taken.travel == [pytest.approx(mean, rel=1 / 32000, abs=2) for mean in means]


@given(st.integers(-LIMIT_COUNTS, LIMIT_COUNTS - 500 * MM))
def test_the_encoders_start_value_does_not_matter(start: int) -> None:
    assert take(line(300, 200, 1, start)).travel == take(line(300, 200, 1)).travel


def test_the_encoders_orientation_does_not_matter() -> None:
    travel = line(700, 200, 0.4) + line(-900, 200, 0.3, 280 * MM)
    assert take([-counts for counts in travel], um=-UM).travel == take(travel).travel


samples = st.lists(
    st.one_of(
        st.tuples(st.integers(-5 * MM, 5 * MM), st.integers(-1000, 1000) | st.just(NO_LOAD)),
        st.tuples(st.just(GAP), st.integers(1, 30)),
        st.tuples(st.integers(-LIMIT_COUNTS, LIMIT_COUNTS), st.just(NO_LOAD)),
    ),
    min_size=1,
    max_size=120,
)


@settings(deadline=None)
@given(samples, st.lists(st.integers(1, 50), min_size=1, max_size=5), st.sampled_from(RATES))
def test_chunks_change_nothing(given_samples: list, chunks: list[int], rate_hz: int) -> None:
    whole = take(given_samples, rate_hz, [50])
    parts = take(given_samples, rate_hz, chunks)
    assert (parts.travel, parts.force, parts.told) == (whole.travel, whole.force, whole.told)
    assert vars(parts.source).keys() == vars(whole.source).keys()
    for counter in ("samples", "missed", "outliers", "jumps"):
        assert getattr(parts.source, counter) == getattr(whole.source, counter)


@settings(deadline=None)
@given(samples, st.sampled_from(RATES))
def test_every_sample_period_is_counted_once(given_samples: list, rate_hz: int) -> None:
    source = take(given_samples, rate_hz).source
    gaps = [load for travel, load in given_samples if travel == GAP]
    assert source.samples == sum(gaps) + len(given_samples) - len(gaps)
    assert source.missed == sum(gaps)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("part_missing", [0.01, 0.1, 1.0, 1.9])
def test_a_gap_is_bridged_by_a_straight_line(rate_hz: int, part_missing: float) -> None:
    travel = line(300, rate_hz, 4.0)
    missing = max(1, int(part_missing * rate_hz))
    at = rate_hz
    taken = take([*travel[:at], (GAP, missing), *travel[at + missing :]], rate_hz)
    assert taken.travel == [pytest.approx(um, abs=3) for um in take(travel, rate_hz).travel]
    assert (taken.source.missed, taken.source.outliers, taken.told) == (missing, 0, [])


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("off_mm", [-2000, -200, 200, 2000])
@pytest.mark.parametrize("speed_mm_s", [0, 3000])
def test_a_single_outlier_is_bridged_and_reported(rate_hz: int, off_mm: int, speed_mm_s: int) -> None:
    start = line(speed_mm_s / 2, rate_hz, 0.1)  # so that the cable does not set out in no time
    travel = start + line(speed_mm_s, rate_hz, 1.0, speed_mm_s * MM // 20)
    wrong = list(travel)
    wrong[rate_hz // 2] += off_mm * MM
    taken = take(wrong, rate_hz)
    assert taken.told == [decimator.OUTLIER]
    assert taken.source.outliers == 1
    assert taken.source.outlier_um == pytest.approx(off_mm * MM, abs=3 * 1000 * MM / rate_hz + 100)
    assert taken.travel == [pytest.approx(um, abs=3) for um in take(travel, rate_hz).travel]


@pytest.mark.parametrize("rate_hz", [50, 200, 1000])
def test_a_persistent_jump_is_a_new_zero_and_not_a_movement(rate_hz: int) -> None:
    travel = line(0, rate_hz, 1.0) + line(0, rate_hz, 1.0, 5000 * MM)
    taken = take(travel, rate_hz)
    assert taken.source.jumps == 1
    assert set(taken.travel) == {0}
    assert taken.told == [decimator.OUTLIER], "told once, not for each sample on the way to being believed"


def test_steps_are_limited_to_the_speed_of_a_cable() -> None:
    """The contract ends at 3 m/s; the position follows no sensor that claims more than twice as much."""
    taken = take([0] * 100 + line(20_000, 200, 0.5))
    steps = [abs(later - earlier) for earlier, later in pairwise(taken.travel)]
    assert max(steps) <= 7 * 1000 * MM // 100


@pytest.mark.parametrize("rate_hz", [50, 200, 1000])
def test_the_fastest_movements_of_the_contract_are_accepted(rate_hz: int) -> None:
    """3 m/s reached in 50 ms, held and lost again in 50 ms: 60 m/s2, which no hand does to a stack."""
    speeds = [0] * rate_hz + [3 * k / (0.05 * rate_hz) for k in range(int(0.05 * rate_hz))] + [3] * (rate_hz // 3)
    speeds += speeds[::-1]
    travel = [0]
    for speed in speeds:
        travel.append(travel[-1] + round(speed * 1000 * MM / rate_hz))
    taken = take(travel, rate_hz)
    assert (taken.source.outliers, taken.told) == (0, [])


@pytest.mark.parametrize("rate_hz", RATES)
def test_two_seconds_are_bridged_and_more_is_a_break(rate_hz: int) -> None:
    for missing, told in ((2 * rate_hz, []), (2 * rate_hz + 1, [decimator.BROKEN])):
        taken = take([0] * rate_hz + [(GAP, missing)] + [700 * MM] * rate_hz, rate_hz)
        assert taken.told == told
        assert taken.source.samples == 2 * rate_hz + missing


def test_after_a_break_the_cable_is_where_it_is_found() -> None:
    taken = take([0] * 200 + [(GAP, 1000)] + [100 * MM] * 200)
    size = taken.source.per_tick
    before = taken.travel[: 200 // size]
    after = taken.travel[200 // size :]
    assert set(before) == {0}
    assert len(after) == pytest.approx(200 // size, abs=1)
    assert max(after) - min(after) <= 1, "no movement out of a gap that nobody saw"


def test_noise_for_two_seconds_is_a_break() -> None:
    """An encoder that has gone mad is no gap, but nobody knows either what happened meanwhile."""
    mad = [(-1) ** k * 10_000 * MM * (1 + k % 3) for k in range(500)]
    taken = take([0] * 100 + mad + [0] * 100)
    assert decimator.BROKEN in taken.told


def test_a_saturated_reading_is_no_reading() -> None:
    quiet = [(0, 5000 + k % 3) for k in range(100)]
    wrong = list(quiet)
    wrong[50] = (0, 0x7FFFFF)
    wrong[70] = (0, -0x800000)
    assert all(5000 <= force <= 5002 for force in take(wrong).force[2:])


def test_without_a_load_cell_there_is_no_force() -> None:
    source = take([0] * 100).source
    assert not source.has_load
    assert source.newest_load() == 0


def test_the_load_holds_between_readings() -> None:
    """A cell of 10 readings a second at 200 samples a second."""
    taken = take([(0, 9000 if k % 20 == 0 else NO_LOAD) for k in range(200)])
    assert taken.source.has_load
    assert set(taken.force) == {9000}
    assert taken.source.newest_load() == 9000


def test_a_reversed_cell_gives_a_positive_force() -> None:
    assert take([(0, -9000)] * 50, mn=-2 * UM).force[-1] == 18000
