"""The HX711's PIO program, unmodified, in an emulator against a model of the chip at its two pins."""

import pytest

pytest.importorskip("pioemu", reason="PIO programs run in rp2040-pio-emulator, which is not installed")

from sampler_bench import Bench

DATA, CLOCK = 6, 7
OLD_GAIN = 0x123456  # the first conversion after the start, made before the pulses could choose its gain
CYCLE = 1  # of the state machine, in µs


class Hx711Model:
    """An HX711 at its pins: conversions fall due every `period_us`, each a 24-bit value out of `values`.

    From the datasheet: the line goes low when a conversion is ready; each rising clock edge brings the next bit; from
    the 25th edge on the line is high; the number of pulses chooses the next gain; high for 60 µs switches off.
    """

    def __init__(self, values, period_us=100):
        self.values = list(values)
        self.period_us = period_us
        self.ready_at = period_us
        self.shift = None
        self.pulses = []  # per conversion that was read
        self.clock = 0
        self.high_since = 0
        self.longest_high = 0
        self.shortest_low = 1 << 30
        self.low_since = 0
        self.line = None  # stuck at this level

    def pins(self, state):
        clock = state.pin_values >> 1 & 1
        now = state.clock
        if clock and not self.clock:
            self.high_since = now
            self.shortest_low = min(self.shortest_low, now - self.low_since)
            if self.shift is not None:
                self.pulses[-1] += 1
        if self.clock and not clock:
            self.low_since = now
            self.longest_high = max(self.longest_high, now - self.high_since)
        self.clock = clock
        if self.line is not None:
            return self.line
        return self._level(now)

    def _level(self, now):
        if self.shift is not None and now >= self.ready_at + self.period_us and self.pulses[-1] >= 25:
            self.ready_at += self.period_us
            self.shift = None
        if self.shift is None:
            if now < self.ready_at or not self.values:
                return 1
            self.shift = self.values.pop(0) & 0xFFFFFF
            self.pulses.append(0)
        pulse = self.pulses[-1]
        if pulse == 0:
            return 0
        return 1 if pulse > 24 else self.shift >> (24 - pulse) & 1


def running(chip, values, gain=128, rate_hz=1000, period_us=100):
    """Return the model, and a bench whose sampler reads the cell."""
    model = Hx711Model([OLD_GAIN, *values], period_us)
    chip.sources[DATA] = model.pins
    bench = Bench(chip, cell=chip.load("rp2.hx711").Hx711(DATA, CLOCK, gain))
    bench.sampler.start(rate_hz)
    return model, bench


def readings(chip, bench, us):
    """Return the readings of `us` microseconds."""
    chip.pass_us(us)
    return bench.readings()


PATTERNS = [
    0,
    1,
    -1,
    0x555555,
    -0x555556,
    0x7FFFFE,
    -0x7FFFFF,
    *(1 << bit for bit in range(23)),
    *(-(1 << bit) for bit in range(23)),
]


@pytest.mark.parametrize("gain, pulses", [(128, 25), (32, 26), (64, 27)])
def test_reads_every_pattern_of_bits_at_every_gain(chip, gain, pulses):
    patterns = PATTERNS if gain == 128 else PATTERNS[:7]
    model, bench = running(chip, patterns, gain, period_us=1100)
    assert readings(chip, bench, 1100 * len(patterns) + 2000) == patterns
    assert set(model.pulses) == {pulses}
    assert bench.sampler.faults == 0


def test_a_new_start_discards_old_readings(chip):
    _, bench = running(chip, [1, 2, 3, 4, 5, 6, 7, 8], period_us=1100)
    bench.sampler.stop()
    chip.pass_us(3500)  # three conversions are in the FIFO, and the gain of the next is not known
    bench.sampler.start(1000)
    assert readings(chip, bench, 8000) == [4, 5, 6, 7, 8]


def test_eight_readings_wait_while_interrupts_are_off(chip):
    """A sector's erase may take 100 ms: eight readings at 80 a second."""
    _, bench = running(chip, range(100, 120), period_us=1100)
    bench.entries()
    chip.pass_us(2000)
    before = bench.state[bench.module._READINGS]
    bench.sampler.stop()
    chip.pass_us(12 * 1100)
    bench.sampler._tick(None)
    assert bench.state[bench.module._READINGS] - before == 8


def test_the_clock_keeps_to_the_datasheet(chip):
    model, bench = running(chip, PATTERNS[:5])
    readings(chip, bench, 2000)
    assert 0.2 <= model.longest_high * CYCLE <= 50
    assert model.shortest_low * CYCLE >= 0.2
    assert chip.machines[4].cycles_per_us == 1


def test_a_line_stuck_low_fails_the_gain_bits(chip):
    model, bench = running(chip, [])
    model.line = 0
    assert readings(chip, bench, 3000) == []
    assert bench.sampler.faults == 1 << 3


def test_a_loose_wire_is_silence(chip, monkeypatch):
    monkeypatch.setattr(chip.load("sampler"), "_SILENT_MS", 20)  # half a second of emulated cycles takes 10 s
    model, bench = running(chip, [1])
    assert chip.pulls[DATA] == 2, "without its pull-up a loose line floats"
    model.line = 1
    assert readings(chip, bench, 18_000) == []
    assert bench.sampler.faults == 0
    assert readings(chip, bench, 4_000) == []
    assert bench.sampler.faults == 1 << 1


def test_refuses_a_gain_that_the_chip_has_not(chip):
    with pytest.raises(ValueError, match="128, 64 and 32, not 16"):
        chip.load("rp2.hx711").Hx711(DATA, CLOCK, 16)


def test_shares_the_second_block_with_a_driver(chip):
    chip.claimed.add(4)
    chip.room[1] = 20
    running(chip, [1])
    assert list(chip.machines) == [5]


def test_goes_to_the_first_block_where_the_encoder_had_to_leave_it(chip):
    chip.room[1] = 0
    running(chip, [1])
    assert list(chip.machines) == [1]
