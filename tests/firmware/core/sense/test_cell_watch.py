"""When a load cell is no longer trusted, and what it says of its rate."""

import pytest

from cablerep_fw.core.link import wire
from cablerep_fw.core.sense import cell_watch
from cablerep_fw.core.sense.cell_watch import CellWatch
from cablerep_fw.core.sense.cell_word import GAIN_BITS, SATURATED
from cablerep_fw.core.sense.ring import NO_LOAD


def test_its_faults_are_the_bits_of_the_table():
    names = {
        cell_watch.SILENT: "load cell silent",
        cell_watch.SATURATION: "load cell saturated",
        cell_watch.BITS: "load cell gain bits",
        cell_watch.STUCK: "load cell stuck",
    }
    for bit, name in names.items():
        assert bit == 1 << wire.FAULTS.index(name)


@pytest.mark.parametrize("counts, fault", [(GAIN_BITS, cell_watch.BITS), (SATURATED, cell_watch.SATURATION)])
def test_a_bad_reading_is_no_load_and_latches(counts, fault):
    watch = CellWatch(200)
    assert watch.take(counts) == NO_LOAD
    assert watch.take(5) == 5
    assert (watch.faults, watch.rejected) == (fault, 1)
    watch.clear()
    assert watch.faults == 0


def test_sixteen_repeats_are_believed_and_no_more():
    watch = CellWatch(200)
    assert [watch.take(7) for _ in range(20)] == [7] * 17 + [NO_LOAD] * 3
    assert watch.faults == cell_watch.STUCK
    assert watch.take(8) == 8
    assert watch.take(7) == 7


@pytest.mark.parametrize("rate_hz", [50, 200, 1000])
def test_half_a_second_of_silence_is_a_fault_that_comes_back(rate_hz):
    watch = CellWatch(rate_hz)
    for _ in range(rate_hz // 2):
        watch.sample()
    assert watch.faults == 0
    for _ in range(2):
        watch.sample()
    assert watch.faults == cell_watch.SILENT
    watch.clear()
    for _ in range(rate_hz // 2):
        watch.sample()
    assert watch.faults == 0, "a cell that was mended meanwhile gets its time"
    for _ in range(2):
        watch.sample()
    assert watch.faults == cell_watch.SILENT


def test_the_slowest_cell_is_not_silent():
    watch = CellWatch(1000)
    for sample in range(5000):
        watch.sample()
        if sample % 100 == 0:
            watch.take(sample)
    assert watch.faults == 0


@pytest.mark.parametrize("every, hz10", [(1, 2000), (20, 100), (5, 400)])
def test_measures_the_rate_over_ten_seconds_and_begins_again(every, hz10):
    watch = CellWatch(200)
    for sample in range(1, 2001):
        watch.sample()
        if sample % every == 0:
            watch.take(sample)
    watch.measure()
    assert watch.hz10 == hz10
    assert (watch.readings, watch.samples) == (0, 0)
    watch.measure()
    assert watch.hz10 == hz10, "less than a second says too little"
