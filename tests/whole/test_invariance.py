"""What must not change the answer: where travel begins, how the encoder is mounted, idle time, chunks, the rate."""

import math

import pytest
from detector_run import Heard, detect
from hypothesis import given, settings
from hypothesis import strategies as st
from pull import Pull

UM_PER_COUNT = 50

# Sets of kickbacks: stance and ROM in mm, then reps of (part of the ROM, way out, hold, way back in s, where it stops
# above its start in mm). All are full reps, so that a count is known.
reps = st.tuples(
    st.floats(0.8, 1.2), st.floats(0.6, 1.8), st.floats(0.2, 4.0), st.floats(0.8, 3.0), st.floats(-10.0, 10.0)
)
movements = st.tuples(st.floats(150, 500), st.floats(75, 400), st.lists(reps, min_size=1, max_size=5))


def pull_of(movement) -> Pull:
    stance_mm, set_mm, wanted = movement
    pull = Pull().still(1.5).move(stance_mm, 1.5).still(2.5)
    for part, out_s, hold_s, back_s, stop_mm in wanted:
        rom_mm = part * set_mm
        # Below about 45 mm/s a minimum-jerk movement barely reaches the speed that makes a phase.
        slowest_s = rom_mm / 45
        pull.rep(rom_mm, min(out_s, slowest_s), hold_s, min(back_s, slowest_s), stop_mm=stop_mm).still(1.4)
    pull.move(-stance_mm, 1.2)
    return pull.still(2.0)


def counts_of(pull: Pull, rate_hz: int = 200) -> list[int]:
    return pull.samples(rate_hz, UM_PER_COUNT)


def heard(travel: list[int], rate_hz: int = 200, **options) -> Heard:
    options.setdefault("um_per_count", UM_PER_COUNT * 1_000_000)
    return detect(travel, rate_hz, **options)


def told(run: Heard, shift: int = 0) -> list[tuple[str, dict]]:
    """Messages but for phases, with their instants moved by `shift` tenths of a millisecond."""
    instants = ("start", "top", "release", "end", "known")
    return [
        (name, {key: value + shift if key in instants else value for key, value in values.items()})
        for name, values in run.messages
        if name != "phase"
    ]


@given(movements, st.integers(-1_000_000, 1_000_000))
@settings(max_examples=10, deadline=None)
def test_an_offset_of_travel_changes_nothing(movement, offset):
    travel = counts_of(pull_of(movement))
    assert heard([counts + offset for counts in travel]).data == heard(travel).data


@given(movements)
@settings(max_examples=10, deadline=None)
def test_the_way_the_encoder_is_mounted_changes_nothing(movement):
    travel = counts_of(pull_of(movement))
    mirrored = heard([-counts for counts in travel], um_per_count=-UM_PER_COUNT * 1_000_000)
    assert mirrored.data == heard(travel).data


@given(movements, st.integers(1, 3000), st.integers(0, 1000))
@settings(max_examples=10, deadline=None)
def test_idle_time_before_and_after_only_moves_the_instants(movement, ticks, after):
    travel = counts_of(pull_of(movement))
    before = 2 * ticks  # samples; at 200 Hz a tick of the detector is two
    idle = heard([travel[0]] * before + travel + [travel[-1]] * after)
    # The end of the input is the only instant that idle time behind may move.
    shifted = told(heard(travel), before * 50)
    assert [m for m in told(idle) if m[0] != "set"] == [m for m in shifted if m[0] != "set"]
    assert idle.kinds == heard(travel).kinds


@given(movements, st.integers(1, 900), st.integers(1, 900))
@settings(max_examples=10, deadline=None)
def test_chunks_change_nothing(movement, one, other):
    travel = counts_of(pull_of(movement))
    assert heard(travel, chunk=one).data == heard(travel, chunk=other).data


@given(movements)
@settings(max_examples=5, deadline=None)
def test_the_sample_rate_changes_no_count_and_moves_instants_by_less_than_two_periods(movement):
    pull = pull_of(movement)
    runs = {rate: heard(counts_of(pull, rate), rate) for rate in (100, 200, 500, 1000)}
    expected = runs[1000]
    assert expected.kinds == "f" * len(movement[-1])
    for rate, run in runs.items():
        assert run.kinds == expected.kinds
        assert len(run.named("set")) == len(expected.named("set"))
        for rep, reference in zip(run.reps, expected.reps, strict=True):
            for instant in ("start", "top", "release", "end"):
                assert rep[instant] == pytest.approx(reference[instant], abs=2 * math.ceil(10_000 / rate)), instant
