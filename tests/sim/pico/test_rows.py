"""A trace prepared for the chip's pins: on the board's grid, with a realistic encoder and amplifier."""

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.sense.ring import NO_LOAD
from cablerep_fw.core.settings import settings as places
from cablerep_fw.core.settings.settings import Settings
from cablerep_sim.pico.rows import BOARD_RATES_HZ, MAX_EDGES_HZ, MAX_LOAD_HZ, BoardRows
from cablerep_sim.trace.trace import from_arrays


def trace(rate_hz, travel, load=None, t_us=None, **meta):
    travel = np.asarray(travel)
    t_us = np.rint(np.arange(len(travel)) * 1e6 / rate_hz).astype(int) if t_us is None else t_us
    load = np.full(len(travel), NO_LOAD) if load is None else load
    return from_arrays("t", {"rate_hz": rate_hz, **meta}, t_us, travel, load)


def played(rows):
    return [struct.unpack_from("<dii", rows.dump(), at) for at in range(0, len(rows.dump()), 16)]


def samples(trace):
    return [(t, x) for travel, load in trace.blocks() for t, x in zip(travel, load, strict=True)]


@given(
    rate_hz=st.integers(*BOARD_RATES_HZ),
    steps=st.lists(st.integers(-50, 50), min_size=1, max_size=200),
    data=st.data(),
)
def test_at_a_board_rate_row_k_is_sample_k(rate_hz, steps, data):
    travel = np.cumsum([0, *steps])
    load = data.draw(st.lists(st.integers(-(2**23), 2**23 - 1), min_size=len(travel), max_size=len(travel)))
    source = trace(rate_hz, travel, np.where(np.arange(len(travel)) % 20, NO_LOAD, load))
    rows = BoardRows(source)
    step = np.gcd.reduce(travel) or 1
    period_us = (1_000_000 + rate_hz // 2) // rate_hz  # the sampler's, which rounds halves up
    assert [row[0] for row in played(rows)] == [k * period_us for k in range(len(travel))]
    assert [row[1] * step for row in played(rows)] == list(travel)
    assert samples(rows.trace) == [row[1:] for row in played(rows)]
    assert not rows.notes


@given(steps=st.lists(st.integers(-50_000, 50_000), min_size=1, max_size=60), rate_hz=st.sampled_from([50, 200, 1000]))
def test_the_encoder_is_coarse_enough_and_loses_at_most_half_a_count(steps, rate_hz):
    travel = np.cumsum([0, *steps])
    rows = BoardRows(trace(rate_hz, travel, um_per_count="0.5"))
    counts = np.array([row[1] for row in played(rows)])
    assert np.abs(np.diff(counts)).max() * rate_hz <= MAX_EDGES_HZ + rate_hz
    assert np.abs(counts * rows.coarser - travel).max() <= rows.coarser / 2
    assert rows.trace.header.um_per_count == 500_000 * rows.coarser


def test_a_coarse_encoder_is_played_without_loss():
    """Some recorders of 1 mm resolution write µm: a step of 1 mm within 1 ms would be a million edges a second."""
    travel = 1000 * np.array([0, 1, 2, 2, 1, 3])
    rows = BoardRows(trace(1000, travel, um_per_count=1))
    assert rows.coarser == 1000
    assert [row[1] for row in played(rows)] == [0, 1, 2, 2, 1, 3]
    assert not rows.notes


def test_too_fast_a_movement_is_noted():
    rows = BoardRows(trace(1000, [0, 999, 1000]))
    assert rows.coarser == 20
    assert (
        "moves by up to 999000 counts a second; the model's encoder counts every 20 of them as one of 20 µm"
        in (rows.notes[0])
    )


@pytest.mark.parametrize("rate_hz", [10, 30, 49])
def test_a_rate_below_the_boards_is_interpolated_and_noted(rate_hz):
    travel = np.array([0, 60, 120, 60])
    load = np.array([5, NO_LOAD, 7, 9])
    rows = BoardRows(trace(rate_hz, travel, load))
    assert rows.rate_hz == 200
    assert f"the trace of {rate_hz} Hz was interpolated to 200 Hz" in rows.notes[0]
    at_s = np.arange(len(played(rows))) / 200
    wanted = np.interp(at_s, np.arange(4) / rate_hz, travel)
    assert np.abs(np.array([row[1] for row in played(rows)]) * rows.coarser - wanted).max() <= rows.coarser / 2
    readings = [(row[0], row[2]) for row in played(rows) if row[2] != NO_LOAD]
    assert [value for _, value in readings] == [5, 7, 9][: len(readings)]
    for at_us, value in readings:
        true_us = 1e6 * [5, NO_LOAD, 7, 9].index(value) / rate_hz
        assert 0 <= at_us - true_us < 5000, "at the first sample that can know it"


def test_missing_samples_are_interpolated_and_noted():
    rows = BoardRows(trace(200, [0, 1, 19], load=[3, 4, 5], t_us=np.array([0, 5000, 50000])))
    assert [row[0] for row in played(rows)] == [5000 * k for k in range(11)]
    assert [row[1] for row in played(rows)] == [0, *range(1, 20, 2)]
    assert [row[2] for row in played(rows)] == [3, 4, *[NO_LOAD] * 8, 5]
    assert rows.notes == ("t: 8 samples are missing; travel was interpolated across them",)


def test_load_readings_are_limited_to_an_amplifiers_rate():
    rows = BoardRows(trace(1000, np.arange(100), np.arange(100)))
    at = [row[0] for row in played(rows) if row[2] != NO_LOAD]
    assert min(np.diff(at)) >= 1e6 / MAX_LOAD_HZ
    assert max(np.diff(at)) <= 1e6 / MAX_LOAD_HZ + 1000
    assert "no amplifier reads that often" in rows.notes[0]


@pytest.mark.parametrize(("load", "cell", "hz"), [(None, 0, 1), (np.arange(100), 1, 200), (np.full(100, 7), 1, 200)])
def test_without_load_readings_the_setting_is_no_cell(load, cell, hz):
    settings = Settings()
    BoardRows(trace(200, np.arange(100), load)).configure(settings)
    assert settings.values[places.CELL] == cell
    assert settings.values[places.CELL_HZ] == hz
    assert settings.values[places.RATE_HZ] == 200


def test_the_rates_are_the_boards(chip):
    sampler = chip.load("sampler")
    assert (sampler.MIN_HZ, sampler.MAX_HZ) == BOARD_RATES_HZ


@pytest.mark.parametrize("sensor, turn", [("mt6701", 16384), ("as5600", 4096)])
@pytest.mark.parametrize("per_turn", [1000, -1000])
def test_angles_are_in_counts_of_the_sensor_and_an_empty_one_is_the_last(sensor, turn, per_turn):
    angle = np.array([100, NO_LOAD, 350, 999])
    source = from_arrays(
        "t",
        {"rate_hz": 200, "angle_per_turn": per_turn, "angle_zero": 500, "free_mm": 900},
        np.arange(4) * 5000,
        np.arange(4),
        np.full(4, NO_LOAD),
        angle,
    )
    rows = BoardRows(source, sensor)
    expected = [round(counts * turn / 1000) for counts in (100, 100, 350, 999)]
    assert list(np.frombuffer(rows.dump_angles(), "<i4")) == expected
    assert rows.trace.header.angle_per_turn == (turn if per_turn > 0 else -turn)
    assert rows.trace.header.angle_zero == turn // 2
    settings = Settings()
    rows.configure(settings)
    assert settings.values[places.ANGLE_SENSOR] == {"mt6701": 1, "as5600": 2}[sensor]


def test_a_trace_without_angles_has_no_sensor():
    rows = BoardRows(trace(200, [0, 1, 2]))
    assert (rows.angle_sensor, rows.dump_angles()) == (None, None)
