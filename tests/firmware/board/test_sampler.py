"""The sampler's timer: sample k at k periods, late ticks told as missed, a dead timer started again on its grid."""

import pytest
from fake_chip import Chip
from hypothesis import given, settings
from hypothesis import strategies as st

from cablerep_fw.core.sense.ring import GAP, NO_LOAD, Ring


class Travel:
    """An encoder whose count is the time: what stands in the ring tells when it was taken."""

    def __init__(self, chip):
        self.chip = chip
        self.broken = False

    def start(self):
        self.began = self.chip.now_us

    def take(self):
        if self.broken:
            raise MemoryError
        return self.chip.now_us - self.began


def made(chip, size=1024):
    ring = Ring(size)
    module = chip.load("sampler")
    encoder = Travel(chip)
    return ring, encoder, module.Sampler(encoder, module.NoCell(), ring)


def entries(ring):
    """Return what stands in the ring as {sample number: time taken} and the number of periods."""
    taken, number = {}, 0
    while ring.waiting():
        travel, load = ring.travel[ring.tail], ring.load[ring.tail]
        ring.tail = (ring.tail + 1) & ring.mask
        if travel == GAP:
            number += load
            continue
        assert load == NO_LOAD
        number += 1
        taken[number] = travel
    return taken, number


@pytest.mark.parametrize("rate_hz", [50, 200, 300, 1000])
def test_takes_sample_k_at_k_periods(chip, rate_hz):
    ring, _, sampler = made(chip)
    sampler.start(rate_hz)
    chip.pass_us(500_000)
    period_us = round(1_000_000 / rate_hz)
    taken, number = entries(ring)
    assert number == 500_000 // period_us
    assert taken == {k: k * period_us for k in range(1, number + 1)}
    assert (sampler.missed, sampler.jitter.worst_us, sampler.faults) == (0, 0, 0)


@pytest.mark.parametrize("rate_hz", [49, 1001, 0])
def test_refuses_a_rate_outside_its_range(chip, rate_hz):
    _, _, sampler = made(chip)
    with pytest.raises(ValueError, match=f"50 to 1000 Hz, not {rate_hz}"):
        sampler.start(rate_hz)


def hold_up(chip, us):
    """Switch interrupts off for `us`: what was due then comes in one burst, each tick late."""
    timer = next(timer for timer in chip.timers if timer.due is not None)
    end = chip.now_us + us
    chip.now_us = end
    while timer.due is not None and timer.due <= end:
        timer.tick()


def test_a_stretch_without_interrupts_is_missed_samples_and_no_shift(chip):
    ring, _, sampler = made(chip)
    sampler.start(200)
    chip.pass_us(102_000)
    hold_up(chip, 45_000)  # a sector of flash erased
    chip.pass_us(100_000)
    taken, number = entries(ring)
    assert number == 49
    assert all(abs(at - 5000 * k) <= 2500 for k, at in taken.items())
    assert sampler.missed == 49 - len(taken) == 8  # the tick due at 145 ms came 2 ms late, at 147: still a sample
    assert sampler.jitter.worst_us <= 2500


@settings(deadline=None, max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 30_000), st.integers(0, 60_000)), max_size=6), st.sampled_from([50, 200, 1000])
)
def test_whatever_holds_it_up_no_sample_stands_at_another_period(stretches, rate_hz):
    with Chip().installed() as chip:
        chip.now_us = 0x3FFFFFFF - 50_000  # the µs clock wraps meanwhile
        ring, _, sampler = made(chip)
        sampler.start(rate_hz)
        period_us = 1_000_000 // rate_hz
        began = chip.now_us
        for run_us, held_us in stretches:
            chip.pass_us(run_us)
            hold_up(chip, held_us)
            sampler.heartbeat()
        taken, number = entries(ring)
        number += ring.unmarked
        assert number == (chip.now_us - began) // period_us
        assert all(abs(at - period_us * k) <= period_us // 2 for k, at in taken.items())
        assert len(taken) + sampler.missed == number


def test_a_dead_timer_is_started_again_on_the_old_grid(chip):
    ring, encoder, sampler = made(chip)
    sampler.start(200)
    chip.pass_us(50_000)
    encoder.broken = True
    chip.pass_us(7_000)  # the exception ends the timer, silently
    encoder.broken = False
    assert not sampler.heartbeat(), "two periods without a tick are no death"
    chip.pass_us(26_500)
    assert sampler.heartbeat()
    chip.pass_us(50_000)
    taken, number = entries(ring)
    assert all(at == 5000 * k for k, at in taken.items())
    assert number == chip.now_us // 5000
    assert sampler.missed == number - len(taken)
    assert (sampler.restarts, sampler.faults) == (1, chip.load("sampler").RESTARTED)
    assert not sampler.heartbeat()
    sampler.clear()
    assert sampler.faults == 0


def test_a_full_ring_counts_what_it_loses(chip):
    ring, _, sampler = made(chip, size=8)
    sampler.start(1000)
    chip.pass_us(20_000)
    assert ring.overruns == 20 - 7
    entries(ring)
    chip.pass_us(3_000)
    taken, _ = entries(ring)
    assert [at % 1000 for at in taken.values()] == [0] * 3


def test_a_new_start_begins_with_an_empty_ring(chip):
    ring, _, sampler = made(chip)
    sampler.start(1000)
    chip.pass_us(10_000)
    sampler.start(100)
    assert ring.waiting() == 0
    chip.pass_us(100_000)
    assert entries(ring)[1] == 10


def test_jitter_is_seen_and_binned(chip):
    _, _, sampler = made(chip)
    sampler.start(1000)
    chip.pass_us(5_900)
    hold_up(chip, 130)  # the tick at 6 ms comes 30 µs late, and the next one's period is 30 µs short
    chip.pass_us(5_000)
    assert list(sampler.jitter.bins) == [8, 0, 0, 2, 0, 0]
    assert sampler.jitter.worst_us == 30


def test_a_stopped_sampler_takes_nothing(chip):
    ring, _, sampler = made(chip)
    sampler.start(1000)
    sampler.stop()
    chip.pass_us(10_000)
    assert ring.waiting() == 0
