"""pty_board.py SAMPLES RATE SPEED: run the firmware's application behind a pseudo-terminal, on MicroPython.

Line, settings and journal are the board layer's own, with this folder as the flash; only sampler, lamp and button are
replaced. On standard error it says what it keeps, so that a test knows while no host is there.
"""

import gc
import os
import sys
from time import sleep_ms, ticks_diff, ticks_ms

from sample_file import read

from cablerep_fw.app import App
from cablerep_fw.board.stdio_link import StdioLink
from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import Ring
from cablerep_fw.core.settings.settings import Settings
from cablerep_fw.storage import SECTOR, JournalLog, SettingsFile

_HEAP_FREE = [field[0] for field in wire.BY_NAME["health"].fields].index("heap_free")


class Sectors:
    """The journal's flash in a file, see cablerep_fw.storage.JournalLog."""

    count = 12

    def prepare(self):
        try:
            os.stat("flash")
        except OSError:
            with open("flash", "wb") as file:
                file.write(b"\xff" * (self.count * SECTOR))

    def read(self, sector, offset, buffer):
        with open("flash", "rb") as file:
            file.seek(sector * SECTOR + offset)
            file.readinto(buffer)

    def program(self, sector, offset, page):
        old = bytearray(len(page))
        self.read(sector, offset, old)
        self._write(sector * SECTOR + offset, bytes([old[i] & page[i] for i in range(len(page))]))

    def erase(self, sector):
        self._write(sector * SECTOR, b"\xff" * SECTOR)

    def _write(self, place, data):
        with open("flash", "r+b") as file:
            file.seek(place)
            file.write(data)


class PtyBoard:
    """The board layer (see cablerep_fw.board) on samples; they begin with the first host and end standing still.

    Time passes `speed` times as fast as on the wall. Where the loop is late the samples wait: none is ever missed, so
    that what the board counts depends on nothing but the samples.
    """

    port = "pty"
    board_id = "pty0"

    def __init__(self, samples, rate_hz, speed):
        self.ring = Ring(1024)
        self.settings = Settings()
        self.notes = []
        self._travel, self._load = read(samples)
        self._rate_hz = rate_hz
        self._per_ms = rate_hz * speed  # thousandths of a sample
        self._due = 0  # of these
        self._at = 0
        self._begun = False
        self._last_ms = ticks_ms()
        self._waiting = False
        self._seq = 0
        self._settings_file = SettingsFile()
        self._settings_file.load(self.settings)
        self._journal_log = JournalLog(Sectors())
        self._link = StdioLink()
        self._link.open()
        self.app = App(self)

    def takes_rate(self, rate_hz):
        return rate_hz == self._rate_hz

    def start(self, rate_hz):
        pass

    def running(self):
        return True

    def new_session(self):
        data = os.urandom(3)
        return (data[0] | data[1] << 8 | data[2] << 16) + 1

    def idle(self):
        now_ms = ticks_ms()
        elapsed_ms = ticks_diff(now_ms, self._last_ms)
        self._last_ms = now_ms
        self._link.pass_time(elapsed_ms, self._waiting)
        while self._seq < self.app.engine.reporter.seq:
            self._seq += 1
            tell("message %d" % self._seq)
        self._begun = self._begun or self._link.present
        if self._begun:
            self._sample(elapsed_ms)
        if not self.ring.waiting():
            sleep_ms(1)

    def _sample(self, elapsed_ms):
        ring = self.ring
        self._due += elapsed_ms * self._per_ms
        while self._due >= 1000 and ring.waiting() < ring.mask:
            self._due -= 1000
            ring.push(self._travel[self._at], self._load[self._at])
            if self._at + 1 < len(self._travel):
                self._at += 1

    def read(self):
        return self._link.read()

    def write(self, outbox):
        self._link.write(outbox)
        self._waiting = outbox.used > 0

    def host_present(self):
        return self._link.present

    def save_settings(self):
        return self._settings_file.save(self.settings)

    def save_journal(self, journal):
        saved = self._journal_log.append(journal)
        if journal.next_unsaved() < 0 and not self.app.engine.detector.sets.active:
            tell("journal written")
        return saved

    def tidy_journal(self, journal):
        used = len(self._journal_log._order)
        self._journal_log.tidy(journal)
        if used and not self._journal_log._order:
            tell("journal empty")

    def load_journal(self, journal):
        self._journal_log.load(journal)

    def show(self, cue, phase):
        pass

    def button(self):
        return 0

    def fill_health(self, record):
        record[_HEAP_FREE] = gc.mem_free()

    def faults(self):
        return self._settings_file.faults | self._journal_log.faults

    def clear_faults(self):
        pass

    def repl(self):
        self._link.close()


def tell(line):
    sys.stderr.write(line + "\n")


PtyBoard(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])).app.run()
