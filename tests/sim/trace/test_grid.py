"""Rows on the grid: rows that lie on it, interpolation between rows, and samples that stay missed."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cablerep_fw.core.sense.ring import GAP, NO_LOAD
from cablerep_sim.trace.grid import GridCheck, interpolated
from cablerep_sim.trace.grid import on_grid as samples_on_grid
from cablerep_sim.trace.rows import Rows
from cablerep_sim.trace.trace import Trace, from_arrays


def rows(t_us: list[int], travel: list[int] | None = None, load: list[int] | None = None) -> Rows:
    nothing = [NO_LOAD] * len(t_us)
    return Rows(*(np.array(part, np.int64) for part in (t_us, travel or t_us, load or nothing)))


def cut(whole: Rows, size: int) -> list[Rows]:
    return [
        Rows(whole.t_us[at : at + size], whole.travel[at : at + size], whole.load[at : at + size])
        for at in range(0, len(whole.t_us), size)
    ]


def flat(blocks) -> tuple[list[int], list[int]]:
    travel: list[int] = []
    load: list[int] = []
    for block in blocks:
        travel += block[0]
        load += block[1]
    return travel, load


@pytest.mark.parametrize(
    ("t_us", "on_grid"),
    [
        ([7, 10007, 20007], True),
        ([0, 11000, 19000], True),  # a tenth of a period of 10 ms
        ([0, 11001, 20000], False),
        ([0, 8999], False),
        ([0, 10000, 10500, 20000], False),  # two on one grid point
        ([0, 40000], True),  # rows may be missing
    ],
)
@pytest.mark.parametrize("size", [1, 2, 10])
def test_stamps_are_on_the_grid_to_a_tenth_of_a_period(t_us: list[int], on_grid: bool, size: int) -> None:
    check = GridCheck(100)
    for part in cut(rows(t_us), size):
        check.add(part)
    assert check.on_grid == on_grid


def test_30_hz_stamps_rounded_to_milliseconds_are_on_the_grid() -> None:
    check = GridCheck(30)
    check.add(rows([round(k * 1000 / 30) * 1000 for k in range(1000)]))
    assert check.on_grid
    assert check.worst_us == 333


def test_interpolation_is_the_straight_line_between_the_rows() -> None:
    whole = rows([0, 8000, 25000, 31000], [100, 180, 350, 410], [0, 800, 2500, 3100])
    assert flat(interpolated([whole], 100)) == ([0, 100, 200, 300], [0, 1000, 2000, 3000])


def test_a_lone_load_belongs_to_the_nearer_sample() -> None:
    whole = rows([0, 13000, 21000, 33000], load=[NO_LOAD, 50, NO_LOAD, NO_LOAD])
    assert flat(interpolated([whole], 100))[1] == [NO_LOAD, 50, NO_LOAD, NO_LOAD]


def test_samples_in_a_hole_are_missed() -> None:
    # 100 Hz; no row from 23 to 87 ms, and the row at 200.5 ms is close enough to sample 20 to be used for it.
    whole = rows([0, 13000, 23000, 87000, 95000, 200500], [0, 13, 23, 87, 95, 200])
    assert flat(interpolated([whole], 100)) == (
        [0, 10, 20, GAP, 90, GAP, 200],
        [NO_LOAD, NO_LOAD, NO_LOAD, 6, NO_LOAD, 10, NO_LOAD],
    )


def test_three_and_a_half_periods_are_the_longest_step() -> None:
    assert GAP not in flat(interpolated([rows([0, 13000, 48000, 55000])], 100))[0]
    assert GAP in flat(interpolated([rows([0, 13000, 48001, 55000])], 100))[0]


def test_a_gap_of_an_hour_costs_no_memory() -> None:
    whole = rows([0, 1300, 3_600_001_300, 3_600_002_600], [0, 1, 2, 3])
    assert flat(interpolated([whole], 1000)) == ([0, 1, GAP, 3], [NO_LOAD, NO_LOAD, 3_600_000, NO_LOAD])


STEPS = st.lists(st.tuples(st.integers(1, 60_000), st.integers(-99, 99), st.none() | st.integers(-99, 99)), min_size=1)


@settings(deadline=None)
@given(steps=STEPS, rate_hz=st.integers(10, 1000), size=st.integers(1, 40))
def test_every_sample_lies_between_its_rows_whatever_the_chunks(steps, rate_hz: int, size: int) -> None:
    t_us = np.cumsum([step[0] for step in steps]).tolist()
    whole = rows(t_us, [step[1] for step in steps], [NO_LOAD if step[2] is None else step[2] for step in steps])
    check = GridCheck(rate_hz)
    check.add(whole)
    make = samples_on_grid if check.on_grid else interpolated
    travel, load = flat(make([whole], rate_hz))
    assert flat(make(cut(whole, size), rate_hz)) == (travel, load)
    # A sample lies between the rows near its instant, or it is missed and no row is near.
    trace = from_arrays("x", {"rate_hz": rate_hz}, whole.t_us, whole.travel, whole.load)
    number = 0
    for counts, force in zip(travel, load, strict=True):
        if counts == GAP:
            number += force
            continue
        at = t_us[0] + number * 1e6 / rate_hz
        near = [k for k, stamp in enumerate(t_us) if abs(stamp - at) <= 3.5e6 / rate_hz]
        around = [int(whole.travel[k] - whole.travel[0]) for k in near]
        assert min(around) <= counts <= max(around)
        number += 1
    assert number <= trace.samples


def test_samples_counts_the_missed_ones() -> None:
    trace: Trace = from_arrays("x", {"rate_hz": 100}, [0, 10000, 50000], [0, 1, 2], [0, 0, 0])
    assert (trace.rows, trace.samples, trace.duration_s) == (3, 6, 0.05)
