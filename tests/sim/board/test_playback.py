"""Playing a trace: at its pace, in order, and with its last sample repeated after the end."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.sense.ring import GAP, NO_LOAD, Ring
from cablerep_sim.board.playback import Playback
from cablerep_sim.trace.trace import Trace, from_arrays


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


def trace_of(periods: list[int], rate_hz: int = 100) -> Trace:
    """Return a trace with rows at the grid places in `periods`; travel and load are the place."""
    return from_arrays("x", {"rate_hz": rate_hz}, [k * 1_000_000 // rate_hz for k in periods], periods, periods)


def drain(ring: Ring) -> list[tuple[int, int]]:
    taken = []
    while ring.tail != ring.head:
        taken.append((ring.travel[ring.tail], ring.load[ring.tail]))
        ring.tail = (ring.tail + 1) & ring.mask
    return taken


def test_in_real_time_each_sample_comes_when_it_is_due() -> None:
    ring, clock = Ring(64), Clock()
    playback = Playback(trace_of(list(range(10))), ring, 1.0, clock)
    clock.s = 500.0
    playback.begin()
    assert playback.play() == 1
    assert drain(ring) == [(0, 0)]
    assert playback.until_next_s() == pytest.approx(0.01)
    clock.s += 0.004
    assert playback.play() <= 0
    assert playback.until_next_s() == pytest.approx(0.006)
    clock.s += 0.03
    assert playback.play() == 3
    assert drain(ring) == [(1, 1), (2, 2), (3, 3)]


@pytest.mark.parametrize("speed", [0.5, 4.0])
def test_speed_is_a_multiple_of_real_time(speed: float) -> None:
    ring, clock = Ring(64), Clock()
    playback = Playback(trace_of(list(range(1000))), ring, speed, clock)
    clock.s += 0.1001
    assert playback.play() == 10 * speed + 1


def test_speed_0_plays_a_full_turn() -> None:
    ring, clock = Ring(512), Clock()
    playback = Playback(trace_of(list(range(1000)), 1000), ring, 0.0, clock)
    assert playback.play() == playback.play() == 96
    assert [travel for travel, _ in drain(ring)] == list(range(192))
    assert playback.until_next_s() == 0.0


def test_a_full_ring_is_not_overrun() -> None:
    ring, clock = Ring(16), Clock()
    playback = Playback(trace_of(list(range(1000))), ring, 1.0, clock)
    clock.s += 5
    seen = []
    while playback.play() > 0:
        seen += drain(ring)[:7]
    assert ring.overruns == 0
    assert playback.played == 501


def test_after_the_end_the_cable_stays_where_it_was() -> None:
    ring, clock = Ring(64), Clock()
    trace = from_arrays("x", {"rate_hz": 100}, [0, 10_000, 20_000], [5, 6, 7], [70, 71, NO_LOAD])
    playback = Playback(trace, ring, 1.0, clock)
    clock.s += 0.02
    playback.play()
    assert not playback.over
    clock.s += 0.02
    playback.play()
    assert playback.over
    assert drain(ring) == [(0, 70), (1, 71), (2, NO_LOAD), (2, 71), (2, 71)]
    assert playback.played == 5
    assert playback.load_hz() == pytest.approx(200 / 3), "two readings in three samples"


def test_a_gap_takes_real_time() -> None:
    ring, clock = Ring(64), Clock()
    playback = Playback(trace_of([0, 10, 11]), ring, 1.0, clock)
    clock.s += 0.05
    playback.play()
    assert drain(ring) == [(0, 0), (GAP, 5)]
    clock.s += 0.06
    playback.play()
    assert drain(ring) == [(GAP, 4), (10, 10), (11, 11)]


@given(steps=st.lists(st.integers(1, 300), max_size=50), naps=st.lists(st.floats(0, 3), max_size=60))
def test_the_pace_does_not_change_the_trace(steps: list[int], naps: list[float]) -> None:
    periods = [0, *itertools.accumulate(steps)]
    ring, clock = Ring(64), Clock()
    playback = Playback(trace_of(periods), ring, 1.0, clock)
    number = 0
    for nap in naps:
        clock.s += nap
        playback.play()
        for travel, load in drain(ring):
            if travel == GAP:
                number += load
                continue
            if number <= periods[-1]:
                assert travel == load == number
            else:
                assert travel == load == periods[-1]
            number += 1
        assert number == playback.played
