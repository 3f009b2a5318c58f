"""board_allocation.py TURNS: print how many bytes each part of the board layer takes from the heap in that many turns.

The parts run on stand-ins for `machine` and `rp2` that touch the heap for nothing; the link writes to /dev/null.
"""

import select
import sys

import micropython
from board_stand_ins import BLOCK, CLOCK, I2C, stand_in

taken = [0]  # samples


def measured(turns, turn, argument):
    """Return the bytes that `turns` calls of `turn(argument)` take, after one to settle."""
    turn(argument)
    before = micropython.mem_total()
    for _ in range(turns):
        turn(argument)
    return micropython.mem_total() - before


def tick(parts):
    """One interrupt of the sampler, with the heap locked as it is in a hard interrupt."""
    sampler, ring = parts
    CLOCK[0] = (CLOCK[0] + 1000) & 0x3FFFFFFF
    BLOCK[8] = (BLOCK[8] + 7) & 0xFFFFFF
    BLOCK[9] = (BLOCK[9] + 2) & 0xFFFFFF
    micropython.heap_lock()
    sampler._tick(None)
    micropython.heap_unlock()
    sampler.sync()
    taken[0] += (ring.head - ring.tail) & ring.mask
    ring.tail = ring.head


def late_tick(parts):
    """One behind a gap of 50 periods, which adds an entry to the ring."""
    CLOCK[0] = (CLOCK[0] + 50000) & 0x3FFFFFFF
    tick(parts)
    taken[0] -= 1


def main(turns):
    stand_in()
    from cablerep_fw.board.indicator import Indicator
    from cablerep_fw.board.nau7802 import Nau7802
    from cablerep_fw.board.rp2 import chip
    from cablerep_fw.board.rp2.hx711 import Hx711
    from cablerep_fw.board.rp2.quadrature import Quadrature
    from cablerep_fw.board.sampler import Sampler
    from cablerep_fw.board.stdio_link import StdioLink
    from cablerep_fw.core.link import wire
    from cablerep_fw.core.link.outbox import Outbox
    from cablerep_fw.core.sense.ring import Ring

    ring = Ring(64)
    cell = Hx711(6, 7, 128)
    sampler = Sampler(Quadrature(2), cell, ring, chip.clock())
    sampler.start(1000)
    parts = (sampler, ring)
    figures = {"sampler": measured(turns, tick, parts), "sampler late": measured(turns, late_tick, parts)}
    samples = taken[0]
    figures["sampler sync"] = measured(turns, lambda sampler: sampler.sync(), sampler)

    amplifier = Nau7802(I2C(), 128, 80)
    assert amplifier.start() is None
    figures["nau7802 poll"] = measured(turns, lambda chip: chip.poll(), amplifier)

    indicator = Indicator(25, 15, 14)
    indicator.show(1, 3)
    figures["indicator"] = measured(turns, lambda parts: parts.pass_time(1), indicator)

    link = StdioLink()
    link._out = open("/dev/null", "wb")
    link._writable = select.poll()
    link._writable.register(link._out, select.POLLOUT)
    outbox = Outbox(12)
    message = wire.BY_NAME["set"]
    record = message.record()

    def send(link):
        outbox.send(message, record)
        while outbox.used:
            link.write(outbox)

    figures["link write"] = measured(turns // 100, send, link)
    figures["link read"] = measured(turns, lambda link: link.read(), link)
    print("samples: %d" % samples)
    for name in sorted(figures):
        print("%s: %d" % (name, figures[name]))


main(int(sys.argv[1]))
