"""tick_vectors.py: print what the sampler's tick makes of many instants, encoder words and readings, on either Python.

Timer and PIO are arrays; under MicroPython the viper code reads them by address. The ring of the last part is compared
with core.sense.ring's own `push` and `skip`, which the virtual board uses.
"""

import sys
from array import array

PARTS = ("even", "jitter", "held up", "full ring", "counters")


class Dice:
    """Numerical Recipes' generator, reduced to 24 bits."""

    def __init__(self, seed):
        self.state = seed

    def roll(self, sides):
        self.state = (self.state * 1664525 + 1013904223) & 0xFFFFFFFF
        return (self.state >> 8) % sides


class Timer:
    PERIODIC = 1

    def __init__(self, number):
        pass

    def init(self, **options):
        pass

    def deinit(self):
        pass


class Module:
    pass


def prepare():
    """Put what the sampler imports in place; return its module and a function that gives an array's address."""
    machine = Module()
    machine.Timer = Timer
    sys.modules["machine"] = machine
    if sys.implementation.name == "micropython":
        from uctypes import addressof
    else:
        import time

        from cablerep_fw.core import compat

        memory = {}

        def addressof(words):
            memory[4096 * len(memory) + 4096] = words
            return 4096 * len(memory)

        uctypes = Module()
        uctypes.addressof = addressof
        sys.modules["uctypes"] = uctypes
        time.ticks_us = lambda: 0
        compat.ptr32 = lambda place: memory[place] if isinstance(place, int) else place
    from cablerep_fw.board import sampler

    return sampler, lambda words: sampler._signed(addressof(words))


class Encoder:
    def __init__(self, fifo):
        self.fifo = fifo

    def start(self):
        pass


class Cell:
    def __init__(self, fifo, trailing):
        self.fifo = fifo
        self.trailing = trailing
        self.stale = 3

    def start(self):
        return None


def main():
    module, address = prepare()
    from cablerep_fw.core.sense.ring import Ring

    for part in PARTS:
        for seed in range(4):
            run(part, seed, module, address, Ring)


def run(part, seed, module, address, Ring):
    dice = Dice(seed + 1)
    clock = array("i", [0])
    block = array("i", [0] * 12)
    ring = Ring(32)
    twin = Ring(32)
    cell = None if part == "full ring" else Cell((address(block), 12, 9), seed % 3 + 1)
    sampler = module.Sampler(Encoder((address(block), 4, 8)), cell, ring, address(clock))
    rate_hz = (50, 200, 1000, 333)[seed]
    sampler.start(rate_hz)
    state = sampler.state
    period = 1000000 // rate_hz
    now = dice.roll(1 << 24) << 6
    count = dice.roll(1 << 24)
    if part == "counters":
        for index in list(range(13, 23)) + [7, 30]:
            if index != 14:
                state[index] = 0x3FFFFFFF - dice.roll(3)
    for number in range(400):
        now += period
        late = 0
        if part == "jitter":
            late = dice.roll(60)
        elif part != "even" and dice.roll(12) == 0:
            late = dice.roll(6 * period)
            now += dice.roll(3) * period
        if part == "held up":
            sampler.writing(dice.roll(2))
        instant = now + late
        clock[0] = instant & 0x3FFFFFFF
        count += dice.roll(41) - 20 if dice.roll(50) else dice.roll(1 << 23)
        block[8] = dice.roll(64) << 24 | count & 0xFFFFFF
        block[9] = dice.roll(1 << 27)
        if dice.roll(2):
            block[9] = (dice.roll(4) if dice.roll(8) else 0x7FFFFF) << (seed % 3 + 1) | 7 >> (2 - seed % 3)
        block[3] = (dice.roll(8) and 4) << 4 | dice.roll(4) << 12
        missed, last = state[13], state[9]
        sampler._tick(None)
        if cell is None and state[9] != last:
            if number:  # the first tick lays the grid
                twin.skip(state[13] - missed)
            twin.push(state[29], -0x20000000)
        if dice.roll(6) == 0 or part != "full ring":
            sampler.sync()
            entries = read(ring, dice.roll(20) if part == "full ring" else 100)
            print(part, seed, number, entries, list(state)[4:24], list(state)[25:31], list(state)[32:])
            sampler.sync()
            twin.tail = ring.tail
            if cell is None:
                assert twin.head == ring.head == state[4], (twin.head, ring.head)
                assert list(twin.travel) == list(ring.travel) and list(twin.load) == list(ring.load)
                assert (twin.unmarked, twin.overruns) == (state[6], state[7])


def read(ring, most):
    taken = []
    while ring.tail != ring.head and len(taken) < most:
        taken.append((ring.travel[ring.tail], ring.load[ring.tail]))
        ring.tail = (ring.tail + 1) & ring.mask
    return taken


main()
