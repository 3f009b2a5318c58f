"""Sensors: counts for a given travel and force, and each fault at the instant it was set to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.sense.ring import LIMIT_COUNTS, NO_LOAD
from cablerep_sim.equipment.sensors import AngleSensor, Encoder, LoadCell, Sampler, follow
from cablerep_sim.trace.rows import NO_ANGLE

T_S = np.arange(0, 10, 0.005)
TRAVEL_MM = 300 * (1 - np.cos(T_S))


def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def constant(force_n: float):  # type: ignore[no-untyped-def]
    return lambda t_s: np.full(len(t_s), force_n)


@given(st.floats(20, 500), st.booleans())
def test_an_encoder_is_never_further_off_than_half_a_count(um_per_count: float, reversed_: bool) -> None:
    encoder = Encoder(-um_per_count if reversed_ else um_per_count)
    back_mm = encoder.read(TRAVEL_MM, T_S, rng()) * encoder.um_per_count / 1000
    assert np.abs(back_mm - TRAVEL_MM).max() <= um_per_count / 2000 + 1e-9


def test_an_encoder_starts_where_it_was_switched_on() -> None:
    assert Encoder(100.0, zero_counts=-700).read(TRAVEL_MM, T_S, rng())[0] == -700


def test_outliers_of_an_encoder_are_lone() -> None:
    clean, hit = (Encoder(100.0, outliers_s=at).read(TRAVEL_MM, T_S, rng()) for at in ((), (2.0, 7.001)))
    assert np.flatnonzero(clean != hit).tolist() == [400, 1401]
    assert np.abs(clean - hit).max() <= 5000
    far = Encoder(20.0, outliers_s=(2.0,), outlier_mm=1e9).read(TRAVEL_MM, T_S, rng())
    assert np.abs(far).max() == LIMIT_COUNTS


def test_a_load_cell_reads_at_its_own_rate_with_empty_rows_between() -> None:
    load = LoadCell(rate_hz=80.0, noise_n=0.0, mn_per_count=0.5, zero_counts=1000).read(constant(50.0), T_S, rng())
    heard = load[load != NO_LOAD]
    assert len(heard) == pytest.approx(80 * 10, abs=2)
    assert set(heard) == {101000}


def test_a_fast_load_cell_leaves_only_its_newest_reading() -> None:
    load = LoadCell(rate_hz=1000.0, delay_s=0.0, noise_n=0.0, mn_per_count=1.0).read(lambda t_s: t_s, T_S, rng())
    told_s = load[1:] / 1000
    assert (load[1:] != NO_LOAD).all()
    assert ((told_s <= T_S[1:]) & (told_s > T_S[1:] - 0.002)).all()


def test_a_load_cell_is_late_by_its_delay() -> None:
    prompt, late = (
        LoadCell(rate_hz=80.0, delay_s=delay_s, noise_n=0.0, mn_per_count=1.0).read(lambda t_s: 10 * t_s, T_S, rng())
        for delay_s in (0.0, 0.1)
    )
    both = (prompt != NO_LOAD) & (prompt > 1000)
    assert (prompt[both] - late[both]) == pytest.approx(1000, abs=1)


def test_a_reversed_load_cell_counts_down() -> None:
    load = LoadCell(noise_n=0.0, mn_per_count=-0.5, zero_counts=7).read(constant(50.0), T_S, rng())
    assert set(load[load != NO_LOAD]) == {7 - 100_000}


def test_a_load_cell_saturates_in_force_and_in_its_converter() -> None:
    small = LoadCell(noise_n=0.0, mn_per_count=1.0, largest_n=40.0).read(constant(50.0), T_S, rng())
    assert set(small[small != NO_LOAD]) == {40_000}
    fine = LoadCell(noise_n=0.0, mn_per_count=0.001, largest_n=4000.0).read(constant(50.0), T_S, rng())
    assert set(fine[fine != NO_LOAD]) == {0x7FFFFF}


def test_a_load_cell_drifts() -> None:
    load = LoadCell(noise_n=0.0, mn_per_count=1.0, drift_n_min=6.0).read(constant(50.0), T_S, rng())
    heard = load[load != NO_LOAD]
    assert heard[-1] - heard[0] == pytest.approx(1000, abs=20)


def test_a_load_cell_can_fall_silent_repeat_or_be_absent() -> None:
    silent = LoadCell(silent_s=((2.0, 4.0),)).read(constant(50.0), T_S, rng())
    assert (silent[(T_S > 2.02) & (T_S < 4)] == NO_LOAD).all()
    repeated = LoadCell(repeats=True, silent_s=((2.0, 4.0),)).read(constant(50.0), T_S, rng())
    assert len(set(repeated[(T_S > 2.02) & (T_S < 4)])) == 1
    assert (repeated[10:] != NO_LOAD).all()
    assert (LoadCell(absent=True).read(constant(50.0), T_S, rng()) == NO_LOAD).all()


def test_an_interrupted_clock_leaves_all_ones() -> None:
    load = LoadCell(noise_n=0.0, mn_per_count=1.0, outliers_s=(3.0,)).read(constant(50.0), T_S, rng())
    odd = set(load) - {NO_LOAD, 50_000}
    assert len(odd) == 1
    assert bin(odd.pop() + 1).count("1") == 1


def test_a_sampler_never_misses_the_first_sample() -> None:
    t_s = Sampler(200).instants(2.0)
    assert t_s[:2].tolist() == [0.0, 0.005] and len(t_s) == 401
    assert Sampler(200).taken(t_s, rng()).all()
    taken = Sampler(200, missed_s=((-1.0, 0.02), (1.0, 1.1))).taken(t_s, rng())
    assert np.flatnonzero(~taken).tolist() == [*range(1, 5), *range(200, 221)]
    assert 0.4 < Sampler(200, missed_share=0.5).taken(t_s, rng()).mean() < 0.6


@pytest.mark.parametrize("per_turn", [4096, -16384])
def test_an_angle_sensor_counts_either_way_from_its_zero(per_turn: int) -> None:
    t_s = np.arange(0, 2, 0.005)
    sensor = AngleSensor(per_turn=per_turn, zero_counts=10)
    counts = sensor.read(lambda t: np.radians(30 * np.sin(t)), t_s, 200, np.random.default_rng(1))
    known = counts != NO_ANGLE
    assert known[::2].all() and not known[1::2].any(), "100 readings a second"
    degrees = (counts[known] - 10) * 360 / per_turn
    degrees = (degrees + 180) % 360 - 180
    assert degrees == pytest.approx(30 * np.sin(t_s[known]), abs=180 / abs(per_turn) + 0.03)


def test_a_follower_arm_stands_still_until_its_slack_is_used_up() -> None:
    cable = np.concatenate((np.linspace(0, 10, 100), np.linspace(10, 0, 100)))
    arm = follow(cable, 1.0)
    assert np.abs(arm - cable).max() == pytest.approx(1.0)
    assert arm[99] == pytest.approx(9.0) == arm[99 + 19], "the first two of the way back are slack"
    assert arm[-1] == pytest.approx(1.0)
