"""Tremor: within its frequency band and amplitude, growing along its knots."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cablerep_sim.athlete.tremor import HIGHEST_HZ, LARGEST_MM, LOWEST_HZ, Tremor

T_S = np.arange(0, 20, 0.005)


def tremor(seed: int, *knots: tuple[float, float]) -> Tremor:
    return Tremor.draw(np.random.default_rng(seed), list(knots))


@given(st.integers(0, 1000), st.floats(0, 5))
@settings(max_examples=20)
def test_never_larger_than_its_amplitude_or_than_two_millimetres(seed: int, amplitude_mm: float) -> None:
    largest = np.abs(tremor(seed, (0.0, amplitude_mm)).displacement(T_S)).max()
    assert largest <= min(amplitude_mm, LARGEST_MM) + 1e-12


def test_its_power_lies_between_six_and_twelve_hertz() -> None:
    for seed in range(10):
        power = np.abs(np.fft.rfft(tremor(seed, (0.0, 1.0)).displacement(T_S))) ** 2
        hz = np.fft.rfftfreq(len(T_S), 0.005)
        # The swell widens each line by up to 1.2 Hz.
        assert power[(hz > LOWEST_HZ - 1.3) & (hz < HIGHEST_HZ + 1.3)].sum() > 0.99 * power.sum()


def test_it_grows_along_its_knots_and_is_still_where_they_are_zero() -> None:
    moved = np.abs(tremor(1, (0.0, 0.0), (5.0, 0.0), (15.0, 2.0)).displacement(T_S))
    assert moved[T_S < 5].max() == 0
    assert moved[(T_S > 12) & (T_S < 15)].max() > 2 * moved[(T_S > 6) & (T_S < 8)].max()


def test_acceleration_is_the_second_derivative() -> None:
    # Without swell in the comparison: over one period it changes little.
    one = tremor(2, (0.0, 1.0))
    step = T_S[1] - T_S[0]
    numeric = np.diff(one.displacement(T_S), n=2) / step**2
    given_ = one.acceleration(T_S)[1:-1]
    assert np.corrcoef(numeric, given_)[0, 1] > 0.995
