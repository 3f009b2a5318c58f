"""allocation.py SAMPLES HOST CHUNK [PLACE=VALUE]...: print where the heap was touched while samples were taken.

HOST is "host" for one that listens and wants samples, else "alone". Only on MicroPython, whose unix port counts the
bytes ever allocated; unlike `mem_alloc` that shows the frames of large functions too.
"""

import gc
import sys

import micropython
from sample_file import configured, push, read, ring_for

from cablerep_fw.core import lifetime
from cablerep_fw.core.engine import Engine
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.link.outbox import Outbox
from cablerep_fw.core.sense.ring import GAP


@micropython.native
def turn(engine, ring, journal, outbox):
    """What the board does each time round, the link and the host's answers included."""
    engine.feed(ring)
    engine.pump()
    while journal.sent:
        journal.ack(journal.session_of(journal.tail), journal.number_of(journal.tail))
    while outbox.used:
        outbox.pop()
    lifetime.due(engine.detector)


def main(samples, host, chunk, *words):
    travel, load = read(samples)
    chunk = int(chunk)
    settings = configured(words)
    ring = ring_for(settings)
    journal = Journal(256)
    outbox = Outbox(24)
    engine = Engine(settings, journal, outbox, 1000000007)
    if host == "host":
        engine.reporter.attach()
        engine.reporter.streaming = True
    total = micropython.mem_total
    taken = 0
    for i in range(len(travel)):
        before = total()
        if travel[i] == GAP:
            ring.skip(load[i])
        else:
            push(ring, travel[i], load[i])
        if i % chunk == 0:
            turn(engine, ring, journal, outbox)
        grown = total() - before
        if grown:
            print("entry %d: %d bytes" % (i, grown))
            taken += grown
    engine.finish()
    print("touched", taken)
    samples = engine.detector.decimator.samples
    print("samples", samples, "kept", engine.reporter.seq, "dropped", outbox.dropped, outbox.dropped_samples)

    # Once more, where an allocation is an error and not a number.
    gc.collect()
    engine.restart(7)
    for i in range(0, len(travel) - chunk, chunk):
        micropython.heap_lock()
        try:
            for k in range(i, i + chunk):
                if travel[k] == GAP:
                    ring.skip(load[k])
                else:
                    push(ring, travel[k], load[k])
            turn(engine, ring, journal, outbox)
        finally:
            micropython.heap_unlock()
    print("locked", engine.detector.decimator.samples)


main(*sys.argv[1:])
