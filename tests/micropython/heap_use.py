"""heap_use.py: print the heap that the whole application takes on the board, modules, buffers and engine included.

Run in an empty folder, since the board looks for its files there. Bytes after a collection; what a board's own modules
take beside it is not counted.
"""

import gc
import sys

from board_stand_ins import CLOCK, stand_in


def main():
    gc.collect()
    before = gc.mem_alloc()
    stand_in()
    sys.modules["machine"].mem32[0x4005800C] = 0
    from cablerep_fw.app import App
    from cablerep_fw.board.rp2.station import Board

    gc.collect()
    modules = gc.mem_alloc()
    board = Board()
    app = App(board)
    board.start(1000)
    app.commands.hello()
    app.engine.reporter.attach()
    app.engine.reporter.streaming = True
    sampler = board._sampler
    for _ in range(3000):
        CLOCK[0] += 1000
        sampler._tick(None)
        sampler.sync()
        app.turn()
        app.outbox.clear()
    gc.collect()
    print("wire: %s" % ("cablerep_fw.core.link.wire" in sys.modules))
    print("modules: %d" % (modules - before))
    print("all: %d" % (gc.mem_alloc() - before))


main()
