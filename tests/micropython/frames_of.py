"""frames_of.py SAMPLES FRAMES CHUNK [PLACE=VALUE]...: write the frames that an engine sends over the samples.

Runs on CPython and MicroPython; a test holds the two files against each other.
"""

import sys

from sample_file import configured, push, read, ring_for

from cablerep_fw.core.engine import Engine
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.link.outbox import Outbox


def take(engine, out):
    """Write every frame there is to `out`, and acknowledge what is kept."""
    journal = engine.reporter.journal
    outbox = engine.reporter.outbox
    while True:
        engine.pump()
        while journal.sent:
            journal.ack(journal.session_of(journal.tail), journal.number_of(journal.tail))
        if not outbox.used:
            return
        while outbox.used:
            out.write(outbox.buffers[outbox.first][: outbox.lengths[outbox.first]])
            outbox.pop()


def main(samples, frames, chunk, *words):
    travel, load = read(samples)
    settings = configured(words)
    ring = ring_for(settings)
    engine = Engine(settings, Journal(100), Outbox(64), 1000000007)
    engine.reporter.attach()
    engine.reporter.streaming = True
    with open(frames, "wb") as out:
        for i in range(len(travel)):
            push(ring, travel[i], load[i])
            if i % int(chunk) == 0:
                engine.feed(ring)
                take(engine, out)
        engine.feed(ring)
        engine.finish()
        take(engine, out)
    source = engine.detector.decimator
    print(source.samples, source.missed, source.outliers, ring.overruns)


main(*sys.argv[1:])
