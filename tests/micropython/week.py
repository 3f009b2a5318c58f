"""week.py MINUTES: the sampler's tick and the application at 1 kHz on a 32-bit MicroPython, at rest and in training.

Of each eight minutes at rest the last five seconds are simulated. The others are skipped, since nothing moves: the
clock jumps, so that the tick finds its samples missed, and the counter of even periods grows as it would have. Twice a
day, and at the start, somebody trains, and each sample is simulated: three sets of eight kicks. The tick runs with the
heap locked, as in a hard interrupt. Prints what was expected and what came.
"""

import gc
import sys

import micropython
from board_stand_ins import BLOCK, CLOCK, Cell, stand_in

sys.path.insert(0, sys.path[0] + "/../helpers")

from fake_board import FakeBoard, frame

from cablerep_fw.app import App
from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.sense.ring import Ring
from cablerep_fw.core.settings import settings as keys

RATE_HZ = 1000
SKIP_S = 480  # the clock's register is compared within 8.9 minutes
TRAINING_EVERY = 90  # skips: 12 hours
SETS = 3
KICKS = 8
PER_TURN = 10  # samples
MAX = 0x3FFFFFFF
SAMPLES_MISSED, BINS = 13, 17  # indices into the sampler's state: missed samples, even periods


class Board(FakeBoard):
    """A FakeBoard whose ring the sampler fills."""

    def __init__(self):
        super().__init__()
        stand_in()
        from cablerep_fw.board.rp2 import chip
        from cablerep_fw.board.rp2.quadrature import Quadrature
        from cablerep_fw.board.sampler import Sampler

        self.ring = Ring(64)
        self.sampler = Sampler(Quadrature(2), Cell(chip.fifo(5)), self.ring, chip.clock())
        self.settings.put(keys.RATE_HZ, RATE_HZ)
        self.settings.put(keys.UM_PER_COUNT, 100_000_000)

    def start(self, rate_hz):
        self.sampler.start(rate_hz)

    def save_journal(self, journal):
        journal.mark_saved()
        return True

    def show(self, cue, phase):
        pass

    def faults(self):
        return self.sampler.faults

    def fill_health(self, record):
        self.sampler.fill_health(record)
        record[11] |= self.faults()


class Week:
    def __init__(self):
        self.board = Board()
        self.app = App(self.board)
        self.board.start(RATE_HZ)
        self.app.commands.hello()
        self.board.hears(frame("hello_request", 1, wire.SCHEMA_ID))
        self.decoder = frames.Decoder()
        self.sets = self.reps = self.ticks = self.skipped = self.missed = self.faults = 0
        self.tick = self.board.sampler._tick
        self.number = 0

    def sample(self, counts):
        """Let a period pass with the cable at `counts`."""
        self.number = number = (self.number + 1) & 0xFFFF
        CLOCK[0] = (CLOCK[0] + 1000) & MAX
        BLOCK[8] = counts & 0xFFFFFF
        BLOCK[9] = ((20_000 if counts < 50 else 50_000) + (number * 7 & 31)) << 1 | 1
        micropython.heap_lock()
        self.tick(None)
        micropython.heap_unlock()
        self.ticks += 1
        if number % PER_TURN == 0:
            self.turn()

    def turn(self):
        board = self.board
        board.sampler.sync()
        self.app.turn()
        board.sampler.sync()
        for i in range(board.sent):
            if self.decoder.feed(board.line[i]) == frames.FRAME:
                self.take()
        board.sent = 0

    def take(self):
        """Acknowledge a stored message, and count."""
        message = wire.BY_ID[self.decoder.message_id]
        record = message.unpack(self.decoder.buffer, frames.PAYLOAD)
        if message.name == "set":
            self.sets += 1
            self.reps += record["reps"]
        if message.name == "health":
            self.faults |= record["faults"]
            self.missed = max(self.missed, record["missed"])
        if message.care == wire.KEPT:
            self.app.journal.ack(record["session"], record["seq"])

    def rest(self, seconds):
        for _ in range(int(seconds * RATE_HZ)):
            self.sample(0)

    def train(self):
        for _ in range(SETS):
            for _ in range(KICKS):
                for counts in KICK:
                    self.sample(counts)
            self.rest(14)

    def skip(self):
        """Let eight minutes pass without a tick."""
        periods = SKIP_S * RATE_HZ
        CLOCK[0] = (CLOCK[0] + periods * 1000) & MAX
        state = self.board.sampler.state
        state[BINS] = min(MAX, state[BINS] + periods)
        self.skipped += periods
        self.rest(5)


def ramp(start, end):
    """Return a smooth second from `start` to `end` mm, in counts of 0.1 mm."""
    counts = []
    for i in range(RATE_HZ):
        x = i / RATE_HZ
        counts.append(round(10 * (start + (end - start) * x * x * x * (10 - 15 * x + 6 * x * x))))
    return counts


KICK = ramp(0, 300) + [3000] * (RATE_HZ // 2) + ramp(300, 0) + [0] * (RATE_HZ // 2)


def main(minutes):
    week = Week()
    week.rest(3)
    week.train()
    trained = 1
    gc.collect()
    before = gc.mem_alloc()
    for skip in range(1, minutes * 60 // SKIP_S + 1):
        week.skip()
        if skip % TRAINING_EVERY == 0:
            week.train()
            trained += 1
    gc.collect()
    state = week.board.sampler.state
    print("ticks: %d" % week.ticks)
    print("hours: %.1f" % ((week.ticks + week.skipped) / RATE_HZ / 3600))
    print("sets: %d of %d" % (week.sets, trained * SETS))
    print("reps: %d of %d" % (week.reps, trained * SETS * KICKS))
    print("missed: %d of %d, in a session %d at most" % (state[SAMPLES_MISSED], min(MAX, week.skipped), week.missed))
    print("even periods: %d" % state[BINS])
    print("faults: %d" % week.faults)
    print("sessions: %d" % week.board.sessions)
    print("heap growth: %d" % (gc.mem_alloc() - before))


main(int(sys.argv[1]))
