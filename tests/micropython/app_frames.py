"""app_frames.py SAMPLES BYTES: run the application on a fake board and write the bytes that it sends.

Runs on CPython and MicroPython; a test compares the two files. On MicroPython it also prints in how many turns the heap
was touched, without a command and with one of QUIET.
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


# Commands that begin no session and write no file.
QUIET = (
    frame("hello_request", 10, wire.SCHEMA_ID),
    frame("hello_request", 10, wire.SCHEMA_ID ^ 1),
    frame("hello_request", 10, wire.SCHEMA_ID),
    frame("stream", 11, 1),
    frame("ack", 1001, 1),
    frame("tare", 12, 1),
    frame("get", 13, 1),
    frame("set_setting", 14, 15, 40),  # the cell's rate, from the next start on
    frame("set_setting", 14, 200, 40),
    frame("side", 15, 2, 0),
    frame("profile", 16, 0, 0, 12000, 20000, 2000, 0, 0, 0, 0, 3, 0, 0, 0, 0),  # the defaults
    frame("clear_faults", 17),
    frame("end_set", 18),
)


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
    touched = commanded = 0
    quiet = 0  # index of the next command
    for i in range(len(travel)):
        board.ring.push(travel[i], load[i])
        if i % _PER_TURN == 0:
            if i == 3000 // _PER_TURN * _PER_TURN:
                board.hears(frame("hello_request", 6, wire.SCHEMA_ID) + frame("stream", 7, 1))
                board.notes.clear()
            if i > 4000 and quiet < len(QUIET) and board.taken == board.received:
                board.hears(QUIET[quiet])
                quiet += 1
            heard = board.taken < board.received
            before = mem_total()
            app.turn()
            grown = mem_total() - before
            if grown and not board.asked:
                if not heard:
                    touched += 1
                elif quiet:
                    print("command", quiet, "took", grown)
                    commanded += 1
            board.asked.clear()  # the fake board's own memory
    print(
        "touched",
        touched,
        "commanded",
        commanded,
        quiet,
        "sent",
        board.sent,
        "kept",
        app.journal.kept,
        "seq",
        app.engine.reporter.seq,
    )
    with open(path, "wb") as file:
        file.write(board.line[: board.sent])


main(*sys.argv[1:])
