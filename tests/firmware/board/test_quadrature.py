"""The encoder's PIO program, unmodified, in an emulator, and what the core makes of its words."""

import random

import pytest
from sampler_bench import Bench

pytest.importorskip("pioemu", reason="PIO programs run in rp2040-pio-emulator, which is not installed")

# Levels of B and A, in the order in which A leads B.
FORWARD = (0b00, 0b01, 0b11, 0b10)


class Encoder:
    """An encoder that takes `steps` of +1, -1, 0 or 2 (both channels at once), `cycles` of the PIO apart."""

    def __init__(self, cycles, place=0):
        self.cycles = cycles
        self.place = place
        self.start = None
        self.steps = []

    def move(self, steps):
        self.steps = list(steps)
        self.start = None

    def pins(self, state):
        if self.start is None:
            self.start = state.clock
        if self.steps and state.clock - self.start >= self.cycles:
            self.start += self.cycles
            self.place += self.steps.pop(0)
        return FORWARD[self.place % 4]


class Reader:
    """The sampler on a Quadrature; `take` samples now and returns the travel."""

    def __init__(self, chip):
        self.bench = bench = Bench(chip, cell=False)
        self.quadrature = chip.load("rp2.quadrature").Quadrature(2)
        bench.sampler._encoder = self.quadrature
        for name, value in zip(("encoder", "encoder_shift", "encoder_fifo"), self.quadrature.fifo, strict=True):
            bench.put(name, value)
        bench.sampler.start(1000)
        bench.sampler.stop()

    def take(self):
        self.bench.put("lay_grid", 1)
        self.bench.sampler._tick(None)
        return self.bench.entries()[-1][0]


def running(chip, cycles, place=0):
    encoder = Encoder(cycles, place)
    chip.sources[2] = encoder.pins
    reader = Reader(chip)
    chip.pass_us(10)
    assert reader.take() == 0
    return encoder, reader


@pytest.mark.parametrize("per_second", [500_000, 1_900_000])
@pytest.mark.parametrize("direction", [1, -1])
def test_counts_every_edge_at_full_rate(chip, per_second, direction):
    encoder, quadrature = running(chip, cycles=25_000_000 / per_second)
    encoder.move([direction] * 500)
    chip.pass_us(500 * 1_000_000 // per_second + 10)
    assert quadrature.take() == 500 * direction
    assert (quadrature.bench.illegal, quadrature.bench.sampler.faults) == (0, 0)


@pytest.mark.parametrize("place", range(4))
def test_starts_at_zero_whatever_the_channels_are(chip, place):
    _, quadrature = running(chip, 50, place)
    assert quadrature.take() == 0
    assert quadrature.bench.illegal == 0


def test_follows_a_walk_with_turns_from_any_state(chip):
    walk = random.Random(1)
    encoder, quadrature = running(chip, 15)
    travel = 0
    for _ in range(40):
        steps = [walk.choice((-1, 0, 1)) for _ in range(walk.randrange(1, 20))]
        encoder.move(steps)
        chip.pass_us(20)
        travel += sum(steps)
        assert quadrature.take() == travel
    assert quadrature.bench.illegal == 0


def test_counts_illegal_transitions_and_passes_over_them(chip):
    encoder, quadrature = running(chip, 50)
    encoder.move([1, 2, 1, 2, 2, -1])
    chip.pass_us(30)
    assert quadrature.take() == 1
    assert quadrature.bench.illegal == 3


def test_a_reading_is_never_older_than_the_call(chip):
    encoder, quadrature = running(chip, 50)
    chip.pass_us(1000)  # the FIFO is full of words from long before the movement
    encoder.move([1] * 10)
    chip.pass_us(25)
    assert quadrature.take() == 10


def test_a_decoder_that_stands_still_is_a_fault_and_never_waited_for(chip):
    encoder, quadrature = running(chip, 50)
    encoder.move([1] * 3)
    chip.pass_us(10)
    assert quadrature.take() == 3
    quadrature.quadrature._machine.active(0)
    assert [quadrature.take() for _ in range(3)][-1] == 3
    assert quadrature.bench.sampler.faults == 1 << 7


def test_both_inputs_are_pulled_up(chip):
    running(chip, 50)
    assert chip.pulls == {2: 2, 3: 2}


def test_the_program_fills_its_block_so_that_it_lies_at_address_0(chip):
    running(chip, 50)
    assert chip.room[0] == 0


def test_gives_way_to_a_driver_that_has_the_first_block(chip):
    chip.room[0] = 20
    running(chip, 50)
    assert list(chip.machines) == [4]


def test_says_so_where_no_block_has_room(chip):
    chip.room = {0: 20, 1: 20}
    with pytest.raises(OSError, match="none of the state machines"):
        chip.load("rp2.quadrature").Quadrature(2)
