"""Instants and speeds against exact fractions."""

from fractions import Fraction
from math import floor

from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.units import mean_speed, tenths_of_ms

rates = st.integers(10, 1000)


@given(st.integers(0, 1 << 30), rates)
def test_an_instant_is_rounded_down_to_a_tenth_of_a_millisecond(sixteenths: int, rate_hz: int) -> None:
    assert tenths_of_ms(sixteenths, rate_hz) == floor(Fraction(sixteenths, 16 * rate_hz) * 10000)


def test_known_instants() -> None:
    assert tenths_of_ms(16 * 200, 200) == 10000, "200 samples at 200 Hz are a second"
    assert tenths_of_ms(8, 1000) == 5, "half a sample of 1 ms"
    assert tenths_of_ms(-5, 200) == 0, "nothing happened before sample 0"


# 10 m in 0.1 ms would be 100 km/s; what a cable does stays far below the 100 m/s at which the answer is cut.
@given(st.integers(0, 10_000_000), st.integers(1, 10_000_000))
def test_a_mean_speed_is_rounded_down_to_a_micrometre_a_second(way_um: int, duration: int) -> None:
    exact = floor(Fraction(way_um, duration) * 10000)
    assert mean_speed(way_um, duration) == min(exact, 100_000_000)


def test_known_speeds() -> None:
    assert mean_speed(500_000, 20_000) == 250_000, "half a metre in two seconds"
    assert mean_speed(2_000_000, 6_667) == 2_999_850, "2 m in 0.6667 s"
    assert mean_speed(1, 10_000_000) == 0


def test_a_duration_of_zero_gives_no_speed() -> None:
    assert mean_speed(1000, 0) == mean_speed(1000, -3) == 0
