"""The sampler's tick as viper code on a 32-bit MicroPython: the same as under CPython, and it never raises."""

from collections.abc import Callable

Runner = Callable[..., str]  # see conftest.py


def test_the_tick_gives_the_same_state_and_ring(micropython: Runner, cpython: Runner) -> None:
    lines = micropython("tick_vectors.py").splitlines()
    assert len(lines) > 5000
    assert lines == cpython("tick_vectors.py").splitlines()


def test_a_minute_of_ticks_with_every_counter_below_2_to_the_30(micropython: Runner) -> None:
    """With the heap locked, as in a hard interrupt: one addition beyond a small int would raise MemoryError."""
    ended = dict(line.split(": ") for line in micropython("tick_counters.py", 60_000).splitlines())
    assert ended == {"accepted": "60000", "largest": str(2**30 - 1)}


def test_eight_minutes_of_skipped_rest_lose_no_rep(micropython: Runner) -> None:
    """tests/campaigns/a_week.py does this for a week."""
    figures = dict(line.split(": ") for line in micropython("week.py", 8).splitlines())
    assert (figures["sets"], figures["reps"], figures["faults"]) == ("3 of 3", "24 of 24", "0")
    assert figures["missed"] == "480000 of 480000, in a session 480000 at most"
    assert int(figures["heap growth"]) < 2048
