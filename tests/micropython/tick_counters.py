"""tick_counters.py TICKS: run the tick with the heap locked, each word that counts just below 2**30 at the start."""

import sys

import micropython
from board_stand_ins import BLOCK, CLOCK, Cell, stand_in


def main(ticks):
    stand_in()
    from cablerep_fw.board.rp2 import chip
    from cablerep_fw.board.rp2.quadrature import Quadrature
    from cablerep_fw.board.sampler import Sampler
    from cablerep_fw.core.sense.ring import Ring

    ring = Ring(64)
    sampler = Sampler(Quadrature(2), Cell(chip.fifo(5)), ring, chip.clock())
    sampler.start(1000)
    state = sampler.state
    tick = sampler._tick
    tick(None)
    # Missed, overruns, held up, worst, bins, faults apart, illegal, quiet, equal, readings, samples.
    for index in [7, 13] + list(range(15, 23)) + [30, 40, 42, 43, 44]:
        state[index] = (1 << 30) - 10
    state[6] = (1 << 29) - 10
    state[12] = 1
    accepted = 0
    for number in range(ticks):
        CLOCK[0] = (CLOCK[0] + 1000 + number % 700) & 0x3FFFFFFF
        BLOCK[8] = (number & 63) << 24 | number
        BLOCK[9] = number & 0xFFFFF
        state[14] = number & 1
        due = state[9]
        micropython.heap_lock()
        tick(None)
        micropython.heap_unlock()
        accepted += state[9] != due
        if number & 3 == 0:
            sampler.sync()
            ring.tail = ring.head
            sampler.sync()
    print("accepted: %d" % accepted)
    print("largest: %d" % max([state[index] for index in [7, 13] + list(range(15, 23)) + [30, 43, 44]]))


main(int(sys.argv[1]))
