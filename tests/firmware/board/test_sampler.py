"""The sampler: sample k in period k, missed periods as gaps, a dead timer restarted, the cell's readings judged."""

import pytest
from fake_chip import Chip
from hypothesis import given, settings
from hypothesis import strategies as st
from sampler_bench import Bench

from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import GAP, NO_LOAD

WRAP = 1 << 30
COUNTS = 1 << 24


class Clocked(Bench):
    """A bench whose encoder counts microseconds: each travel in the ring is the instant at which it was sampled."""

    def start(self, rate_hz):
        self.encoder.block.clock = self.chip
        self.sampler.start(rate_hz)

    def instants(self):
        """Take what is in the ring: {period from 1: µs since the start}, and the number of periods."""
        taken, number = self.periods()
        return {k: travel + self.period for k, travel in taken.items()}, number


def hold_up(chip, us):
    """Switch interrupts off for `us`: the ticks due meanwhile follow in one burst."""
    timer = next(timer for timer in chip.timers if timer.due is not None)
    end = chip.now_us + us
    chip.now_us = end
    while timer.due is not None and timer.due <= end:
        timer.tick()


def fault(name):
    return 1 << wire.FAULTS.index(name)


def test_the_names_of_other_modules_are_repeated_correctly(chip):
    module = chip.load("sampler")
    assert (module._GAP, module._NO_LOAD) == (GAP, NO_LOAD)
    assert fault("load cell silent") == module.CELL_SILENT
    assert fault("load cell saturated") == module.CELL_SATURATED
    assert fault("load cell gain bits") == module.CELL_GAIN_BITS
    assert fault("load cell stuck") == module.CELL_STUCK
    assert fault("encoder stopped") == module.ENCODER_STOPPED
    assert fault("sampler restarted") == module.RESTARTED
    fields = [field[0] for field in wire.BY_NAME["health"].fields]
    assert fields[module._OVERRUNS_FIELD] == "overruns"
    assert fields[module._JITTER_US] == "jitter_us"
    assert fields[module._LOAD_HZ10] == "load_hz10"
    assert fields[module._ILLEGAL_FIELD] == "illegal"
    bins = [f"jitter_{limit}" for limit in module.LIMITS_US] + ["jitter_more"]
    assert fields[module._JITTER_BINS : module._JITTER_BINS + 6] == bins


@pytest.mark.parametrize("rate_hz", [50, 200, 300, 1000])
def test_sample_k_is_taken_at_k_periods(chip, rate_hz):
    bench = Clocked(chip)
    bench.start(rate_hz)
    chip.pass_us(500_000)
    period_us = round(1_000_000 / rate_hz)
    taken, number = bench.instants()
    assert number == 500_000 // period_us
    assert taken == {k: k * period_us for k in range(1, number + 1)}
    assert (bench.missed, bench.worst, bench.sampler.faults) == (0, 0, 0)


@pytest.mark.parametrize("rate_hz", [49, 1001, 0])
def test_refuses_a_rate_outside_its_range(chip, rate_hz):
    with pytest.raises(ValueError, match=f"50 to 1000 Hz, not {rate_hz}"):
        Bench(chip).sampler.start(rate_hz)


FRAME = 1 << 17  # the USB controller's start-of-frame interrupt


@pytest.mark.parametrize("rate_hz, away_ms", [(100, 10), (200, 10), (333, 12), (1000, 10)])
def test_usb_frames_are_masked_while_the_main_loop_is_away(chip, rate_hz, away_ms):
    """A collection lasts up to 30 ms, and TinyUSB drops what follows its 16th event, be it one that it cannot spare."""
    bench = Bench(chip, usb=0x50110090)
    bench.sampler.start(rate_hz)
    chip.usb_interrupts = FRAME | 1
    bench.sampler.sync()
    chip.pass_us(1000 * away_ms)
    assert chip.usb_interrupts == 1
    chip.usb_interrupts |= FRAME  # the stack enables it while it answers the host in the middle of a long turn
    chip.pass_us(1000 * away_ms)
    assert chip.usb_interrupts == 1
    bench.sampler.sync()
    assert chip.usb_interrupts == FRAME | 1


@pytest.mark.parametrize("rate_hz, nap_ms", [(200, 5), (1000, 9)])
def test_usb_frames_are_heard_while_the_main_loop_turns(chip, rate_hz, nap_ms):
    """`nap_ms` is the longest sleep of station.Board.idle at this rate."""
    bench = Bench(chip, usb=0x50110090)
    bench.sampler.start(rate_hz)
    chip.usb_interrupts = FRAME
    for _ in range(50):
        bench.sampler.sync()
        chip.pass_us(1000 * nap_ms)
        assert chip.usb_interrupts == FRAME


def test_a_tick_late_by_exactly_one_period_is_the_sample_of_the_next(chip):
    bench = Clocked(chip)
    bench.start(200)
    chip.pass_us(5000)
    hold_up(chip, 10_000)
    assert bench.instants() == ({1: 5000, 3: 15_000}, 3)


def test_a_stretch_without_interrupts_is_a_gap_and_no_shift(chip):
    bench = Clocked(chip)
    bench.start(200)
    chip.pass_us(102_000)
    hold_up(chip, 45_000)  # one sector erased
    chip.pass_us(100_000)
    taken, number = bench.instants()
    assert number == 49
    assert all(0 <= at - 5000 * k < 5000 for k, at in taken.items())
    assert bench.missed == number - len(taken) == 8  # 105 to 140 ms; the sample of 145 ms is taken at 147 ms
    assert bench.worst == 2000, "that sample is late; the gap itself is not jitter"


def test_a_sample_that_waits_for_a_page_is_taken_and_counted_apart(chip):
    bench = Clocked(chip)
    bench.start(1000)
    chip.pass_us(5_500)
    bench.sampler.writing(True)
    hold_up(chip, 1_200)  # from 5.5 to 6.7 ms
    bench.sampler.writing(False)
    chip.pass_us(5_000)
    taken, number = bench.instants()
    assert (number, len(taken), bench.missed) == (11, 11, 0)
    assert taken[6] == 6_700
    assert (bench.held_up, bench.worst) == (1, 0)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 30_000), st.integers(0, 60_000)), max_size=6), st.sampled_from([50, 200, 1000])
)
def test_no_sample_is_outside_its_period_whatever_holds_it_up(stretches, rate_hz):
    with Chip().installed() as chip:
        chip.now_us = WRAP - 50_000  # the clock wraps meanwhile
        bench = Clocked(chip)
        bench.start(rate_hz)
        chip.pass_us(bench.period)  # the first tick lays the grid
        began = chip.now_us
        for run_us, held_us in stretches:
            chip.pass_us(run_us)
            hold_up(chip, held_us)
            bench.sampler.heartbeat()
        chip.pass_us(2 * bench.period)
        taken, number = bench.instants()
        assert number == (chip.now_us - began) // bench.period + 1
        late = [at - bench.period * k for k, at in taken.items()]
        assert all(-bench.period // 8 <= one < bench.period for one in late)
        assert len(taken) + bench.missed == number


@pytest.mark.parametrize("rate_hz", [50, 200, 1000])
@pytest.mark.parametrize("asleep_us", [0, 27_000])  # a collection before the main loop can look
def test_a_dead_timer_is_restarted_and_its_gap_counted(chip, rate_hz, asleep_us):
    bench = Clocked(chip, cell=False)
    bench.start(rate_hz)
    chip.pass_us(300_000)
    timer = chip.timers[-1]
    timer.due = None  # as an exception leaves it
    died = chip.now_us
    chip.pass_us(2 * bench.period)
    assert not bench.sampler.heartbeat(), "two periods without a tick do not mean that it is dead"
    chip.pass_us(asleep_us)
    while not bench.sampler.heartbeat():
        chip.pass_us(1000)
        assert chip.now_us - died < 200_000
    chip.pass_us(300_000)
    taken, number = bench.instants()
    assert bench.sampler.faults == fault("sampler restarted")
    assert bench.missed == number - len(taken) > 0
    assert bench.missed * bench.period < 200_000
    assert all(abs(at - bench.period * k) <= bench.period // 2 for k, at in taken.items())
    later = [at for k, at in taken.items() if at > died + 200_000]
    assert len(later) >= 100_000 // bench.period, "each tick is a sample again"
    assert not bench.sampler.heartbeat()
    bench.sampler.clear()
    assert bench.sampler.faults == 0


def test_a_full_ring_counts_what_it_loses(chip):
    bench = Clocked(chip, size=8)
    bench.start(1000)
    chip.pass_us(20_000)
    assert bench.overruns == 20 - 7
    bench.entries()
    chip.pass_us(3_000)
    assert bench.entries()[0] == (GAP, 13)


def test_a_new_start_empties_the_ring_and_the_counters(chip):
    bench = Bench(chip)
    bench.sampler.start(1000)
    chip.pass_us(10_000)
    for name in ("missed", "overruns", "worst", "illegal", "held_up"):
        bench.put(name, 7)
    bench.sampler.start(100)
    assert bench.sampler.sync() == 0
    assert [bench.missed, bench.overruns, bench.worst, bench.illegal, bench.held_up] == [0] * 5
    chip.pass_us(100_000)
    assert bench.periods()[1] == 10


def test_jitter_is_binned(chip):
    bench = Bench(chip)
    bench.sampler.start(1000)
    chip.pass_us(5_900)
    hold_up(chip, 130)  # the tick of 6 ms is 30 µs late, and the next period is 30 µs short
    chip.pass_us(5_000)
    assert list(bench.state[17:23]) == [8, 0, 0, 2, 0, 0]
    assert bench.worst == 30


@pytest.mark.parametrize("late_us, index", [(5, 0), (6, 1), (10, 1), (11, 2), (20, 2), (50, 3), (51, 4), (201, 5)])
def test_each_deviation_is_in_its_bin(chip, late_us, index):
    bench = Bench(chip)
    bench.sampler.start(200)
    chip.pass_us(14_990)
    hold_up(chip, 10 + late_us)
    assert bench.state[17 + index] == (2 if index == 0 else 1)


def test_a_stopped_sampler_takes_nothing(chip):
    bench = Bench(chip)
    bench.sampler.start(1000)
    bench.sampler.stop()
    chip.pass_us(10_000)
    assert bench.sampler.sync() == 0


# -- the encoder


def word(count, illegal=0):
    """A word of the decoder, which counts illegal transitions downwards."""
    return (-illegal & 63) << 24 | count & 0xFFFFFF


@settings(deadline=None, max_examples=40)
@given(
    st.integers(0, COUNTS - 1),
    st.lists(st.tuples(st.integers(-(COUNTS // 2) + 1, COUNTS // 2 - 1), st.integers(0, 63)), max_size=12),
)
def test_travel_and_illegal_transitions_across_the_wraps(start, steps):
    with Chip().installed() as chip:
        bench = Bench(chip)
        count, illegal = start, 5
        bench.encoder.block.word = word(count, illegal)
        bench.sampler.start(1000)
        chip.pass_us(1000)
        travel = [0]
        for step, errors in steps:
            count, illegal = count + step, illegal + errors
            travel.append(travel[-1] + step)
            bench.encoder.block.word = word(count, illegal)
            chip.pass_us(1000)
        assert [entry[0] for entry in bench.entries()] == travel
        assert bench.illegal == illegal - 5


def test_a_stopped_decoder_is_a_fault_and_the_travel_stays(chip):
    bench = Bench(chip)
    bench.sampler.start(1000)
    chip.pass_us(1000)
    bench.encoder.block.word = 9
    chip.pass_us(1000)
    bench.encoder.block.queue = [77, 78]  # two old words, and no fresh one
    chip.pass_us(2000)
    assert [travel for travel, _ in bench.entries()] == [0, 9, 9, 9]
    assert bench.sampler.faults == fault("encoder stopped")


# -- the load cell


def test_each_reading_is_passed_on_once(chip):
    bench = Bench(chip)
    bench.sampler.start(1000)
    values = [0, 1, -1, 0x555555, -0x555556, 0x7FFFFE, -0x7FFFFF, *(1 << bit for bit in range(23))]
    for counts in values:
        bench.cell.convert(counts)
        chip.pass_us(2000)
    assert bench.readings() == values
    assert bench.sampler.faults == 0


def test_of_several_readings_the_newest_counts(chip):
    bench = Bench(chip)
    bench.sampler.start(50)
    bench.cell.convert(3)
    bench.cell.convert(4)
    chip.pass_us(20_000)
    assert bench.readings() == [4]


def test_stale_words_are_discarded(chip):
    bench = Bench(chip)
    bench.cell.stale = 2
    bench.sampler.start(1000)
    for counts in (1, 2, 3):
        bench.cell.convert(counts)
        chip.pass_us(1000)
    assert bench.readings() == [3]


@pytest.mark.parametrize("trailing", [1, 2, 3])
@pytest.mark.parametrize("bits", range(8))
def test_every_trailing_bit_must_be_one(chip, trailing, bits):
    bench = Bench(chip)
    bench.put("trailing", trailing)
    bench.sampler.start(1000)
    bits &= (1 << trailing) - 1
    bench.cell.block.queue.append(0x123456 << trailing | bits)
    chip.pass_us(1000)
    good = bits == (1 << trailing) - 1
    assert bench.readings() == ([0x123456] if good else [])
    assert bench.sampler.faults == (0 if good else fault("load cell gain bits"))


@pytest.mark.parametrize("limit", [0x7FFFFF, -0x800000])
def test_a_saturated_reading_is_none(chip, limit):
    bench = Bench(chip)
    bench.sampler.start(1000)
    for counts in (5, limit, 6):
        bench.cell.convert(counts)
        chip.pass_us(1000)
    assert bench.entries() == [(0, 5), (0, NO_LOAD), (0, 6)]
    assert bench.sampler.faults == fault("load cell saturated")


def test_sixteen_repeated_readings_are_believed_and_no_more(chip):
    bench = Bench(chip)
    bench.sampler.start(1000)
    for _ in range(20):
        bench.cell.convert(7)
        chip.pass_us(1000)
    assert bench.readings() == [7] * 17
    assert bench.sampler.faults == fault("load cell stuck")
    for counts in (8, 7):
        bench.cell.convert(counts)
        chip.pass_us(1000)
    assert bench.readings() == [8, 7]


@pytest.mark.parametrize("rate_hz", [50, 200, 1000])
def test_half_a_second_of_silence_is_a_fault_that_returns(chip, rate_hz):
    bench = Bench(chip)
    bench.sampler.start(rate_hz)
    for _ in range(2):
        chip.pass_us(480_000)
        assert bench.sampler.faults == 0, "a cell mended meanwhile has its time"
        chip.pass_us(40_000)
        assert bench.sampler.faults == fault("load cell silent")
        bench.sampler.clear()


def test_the_slowest_cell_is_not_silent(chip):
    bench = Bench(chip)
    bench.sampler.start(1000)
    for number in range(30):
        bench.cell.convert(number)
        chip.pass_us(100_000)
    assert bench.sampler.faults == 0


@pytest.mark.parametrize("every, hz10", [(1, 2000), (20, 100), (5, 400)])
def test_the_cell_s_rate_is_measured_over_ten_seconds(chip, every, hz10):
    bench = Bench(chip)
    bench.sampler.start(200)
    for number in range(1, 3001):
        if number % every == 0:
            bench.cell.convert(number)
        chip.pass_us(5000)
        if number % 100 == 0:
            bench.entries()
    record = [0] * len(wire.BY_NAME["health"].fields)
    bench.sampler.fill_health(record)
    assert record[10] == hz10
    assert bench.samples == 0, "a new window"
    chip.pass_us(100_000)
    bench.sampler.fill_health(record)
    assert record[10] == hz10, "less than a second is too short"


class Polled:
    """What the Sampler knows of a Nau7802."""

    fifo = None
    trailing = stale = 0

    def start(self):
        """It converts already."""


def test_readings_can_be_handed_over(chip):
    bench = Bench(chip, cell=Polled())
    bench.sampler.start(1000)
    for reading in (5, 0xFFFFFF, 0x7FFFFF):
        bench.sampler.hand_over(reading)
        chip.pass_us(2000)
    assert bench.readings() == [5, -1]
    assert bench.sampler.faults == fault("load cell saturated")


def test_without_a_cell_there_is_no_load_and_no_fault(chip):
    bench = Bench(chip, cell=False)
    bench.sampler.start(200)
    chip.pass_us(1_000_000)
    assert {load for _, load in bench.entries()} == {NO_LOAD}
    assert bench.sampler.faults == 0


# -- a counter that only grows reaches 2**30, after 12.4 days at 1 kHz


@pytest.mark.parametrize("name", ["missed", "overruns", "illegal", "held_up", "bins", "unmarked"])
def test_counters_stop_at_their_largest_value(chip, name):
    bench = Bench(chip, size=8)
    bench.sampler.start(1000)
    chip.pass_us(20_000 if name == "unmarked" else 3000)
    largest = WRAP - 1 if name != "unmarked" else (WRAP >> 1) - 1
    bench.put(name, largest - 2)
    for step in range(30):
        if name == "missed":
            hold_up(chip, 5000)
            bench.entries()
        elif name == "illegal":
            bench.encoder.block.word = word(0, step)
            bench.entries()
        elif name == "held_up":
            bench.sampler.writing(True)
            hold_up(chip, 1500)
            bench.entries()
        elif name == "bins":
            bench.entries()
        chip.pass_us(1000)
    assert getattr(bench, name) == largest
