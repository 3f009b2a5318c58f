"""The fixed-point scale against exact fractions, to the error that it states."""

from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cablerep_fw.core.detect.calibration import MAX_MILLIONTHS, Scale
from cablerep_fw.core.sense.ring import LIMIT_COUNTS

factors = st.integers(1, MAX_MILLIONTHS)
divisors = st.integers(1, 10)  # samples in a tick
counts = st.integers(-10 * LIMIT_COUNTS, 10 * LIMIT_COUNTS)
MOST = 100_000_000  # um


def exact(millionths: int, divisor: int, value: int) -> Fraction:
    return Fraction(value * millionths, 1_000_000 * divisor)


@given(factors, divisors, counts)
def test_it_is_accurate_to_1_in_32000(millionths: int, divisor: int, value: int) -> None:
    wanted = exact(millionths, divisor, value)
    assume(abs(wanted) < MOST * 0.999)
    # Half a unit in the 15 bits of the factor, and two roundings down.
    assert abs(Scale(millionths, divisor).apply(value) - wanted) <= abs(wanted) / 32_000 + 2


@pytest.mark.parametrize("um_per_count", [1, 20, 98.17, 500])
def test_a_metre_is_accurate_to_30_micrometres(um_per_count: float) -> None:
    scale = Scale(round(um_per_count * 1e6))
    assert scale.apply(round(1e6 / um_per_count)) == pytest.approx(1e6, abs=31 + um_per_count)


@given(factors, divisors, counts)
def test_a_reversed_sensor_gives_the_same_integers(millionths: int, divisor: int, value: int) -> None:
    assert Scale(-millionths, divisor).apply(-value) == Scale(millionths, divisor).apply(value)


@given(factors, divisors, counts, st.integers(1, 1000))
def test_more_counts_are_never_less(millionths: int, divisor: int, value: int, more: int) -> None:
    scale = Scale(millionths, divisor)
    assert scale.apply(value) <= scale.apply(value + more)


@given(factors, divisors, st.integers(0, 10 * LIMIT_COUNTS), st.sampled_from((10_000_000, MOST)))
def test_results_are_clamped_to_the_limit(millionths: int, divisor: int, value: int, most: int) -> None:
    scale = Scale(millionths, divisor, most)
    wanted = exact(millionths, divisor, value)
    assert abs(scale.apply(value)) <= most
    assert abs(scale.apply(-value)) <= most
    if wanted > most and value < 1 << 29:
        assert scale.apply(value) >= most * 0.999, "it is cut there and not before"


@pytest.mark.parametrize("millionths", [0, MAX_MILLIONTHS + 1, -MAX_MILLIONTHS - 1, 10**99])
def test_a_bad_span_is_refused_with_its_value(millionths: int) -> None:
    with pytest.raises(ValueError, match=f"{millionths} millionths a count is out of range: 1 to {MAX_MILLIONTHS}"):
        Scale(millionths)


@pytest.mark.parametrize("millionths", [1, -1, MAX_MILLIONTHS, -MAX_MILLIONTHS])
def test_the_ends_of_the_range_are_accepted(millionths: int) -> None:
    assert Scale(millionths).apply(0) == 0
