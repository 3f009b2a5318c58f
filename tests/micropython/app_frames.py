"""app_frames.py SAMPLES BYTES: run the application on a fake board and write the bytes that it sends.

Runs on CPython and MicroPython; a test holds the two files against each other. On MicroPython it also prints in how
many turns without a command the heap was touched.
"""

import sys

sys.path.insert(0, sys.path[0] + "/../helpers")

from fake_board import FakeBoard, frame
from sample_file import read

from cablerep_fw.app import App
from cablerep_fw.core.link import wire

try:
    from micropython import mem_total
except ImportError:

    def mem_total():
        return 0


_PER_TURN = 7  # samples; not the size of any batch


def main(samples, path):
    travel, load = read(samples)
    board = FakeBoard()
    board.line = bytearray(1 << 18)
    board.room = 300
    board.notes.append("a note")
    app = App(board)
    app.commands.hello()
    board.hears(
        b"help()\r\n"
        + frame("hello_request", 1, wire.SCHEMA_ID)
        + frame("stream", 2, 1)
        + frame("get", 3, 1)
        + frame("set_setting", 4, 4, 5)
        + frame("tare", 5, 1)
    )
    touched = 0
    for i in range(len(travel)):
        board.ring.push(travel[i], load[i])
        if i % _PER_TURN == 0:
            if i == 3000 // _PER_TURN * _PER_TURN:
                board.hears(frame("hello_request", 6, wire.SCHEMA_ID) + frame("stream", 7, 1))
            heard = board.taken < board.received
            before = mem_total()
            app.turn()
            grown = mem_total() - before
            if grown and not heard and not board.asked:
                touched += 1
            board.asked.clear()  # the fake board's own memory
    print("touched", touched, "sent", board.sent, "kept", app.journal.kept, "seq", app.engine.reporter.seq)
    with open(path, "wb") as file:
        file.write(board.line[: board.sent])


main(*sys.argv[1:])
