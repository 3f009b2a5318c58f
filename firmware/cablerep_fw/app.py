"""The application: samples, bytes and time in turns, from the sampler's ring to the host's line.

It never waits: without a host it counts, cues and stores.
"""

import gc

from . import __version__
from .core import lifetime
from .core.commands import Commands
from .core.compat import const, micropython
from .core.engine import Engine
from .core.link import codes
from .core.link.journal import Journal
from .core.link.outbox import Outbox
from .core.link.tables import LAYOUTS
from .core.settings.settings import RATE_HZ, SIDE

# Max. bytes from the host per turn, so that a host that floods the line cannot keep the loop from the ring. At 0.2 ms a
# byte on an RP2040 this is 13 ms, in which at most 13 samples arrive.
_BYTES = const(64)
# While the cable moves, at most one page of flash is written in this time, because programming delays a sample. An
# attached host acknowledges sooner, and then nothing has to be written.
_SAVE_MS = const(500)
_RETRY_MS = const(2000)  # after a failed write
_FAULT = const(4)  # index into wire.CUES
_OVERRUNS = const(2)  # fields of HEALTH; a test compares them with wire.py
_BAD_FRAMES = const(8)
_SHORT = const(72)  # ord("H"), the format of a 16-bit field
_SHORT_PRESS = const(1)
_LOAD = const(2)  # a press tares the load
_DEFAULT_HZ = const(200)
# A Pico W leaves 42 KB of heap less than a Pico. With half the messages there is room for the rest.
_MESSAGES = const(256)
_FEWER_MESSAGES = const(128)
_ROOM = const(60_000)  # bytes free before the application allocates its 43 KB: a Pico has 80 KB, a Pico W 38
# Turns for sending the last reply before the port is handed to the REPL.
_LAST_TURNS = const(100)


class App:
    """The application on `board`; see cablerep_fw.board for its interface."""

    def __init__(self, board):
        self.board = board
        self.journal = Journal(_journal_size())
        board.load_journal(self.journal)
        self.outbox = Outbox()
        values = board.settings.values
        if not board.takes_rate(values[RATE_HZ]):
            board.settings.put(RATE_HZ, _DEFAULT_HZ)
        self.engine = Engine(board.settings, self.journal, self.outbox, board.new_session())
        text = "%s %s %s" % (__version__, board.board_id, board.port)
        self.commands = Commands(board, self.engine, text.encode())
        self._health = LAYOUTS[codes.HEALTH]
        self._record = self._health.record()
        self._present = False
        self._cue = -1
        self._phase = -1
        self._session = 0  # the next three belong to it
        self._second_at = 0  # sample number at the start of the present second
        self._seq = 0  # newest sequence number seen
        self._saved_at = 0  # sample number at the last write to flash, or when a message arrived after all were saved
        self._unsaved = True  # there may be messages that are not in flash
        self._retry = False  # the last write failed
        self._fault = False

    def run(self):
        """Run until the board stops or the host asks for the REPL."""
        board = self.board
        board.start(board.settings.values[RATE_HZ])
        self.commands.hello()
        while board.running() and not self.commands.repl_wanted:
            self.turn()
            board.idle()
        if self.commands.repl_wanted:
            self._leave()

    @micropython.native
    def turn(self):
        """One pass of the loop. Allocates only to answer the host."""
        board = self.board
        engine = self.engine
        reporter = engine.reporter
        engine.feed(board.ring)
        for _ in range(_BYTES):
            byte = board.read()
            if byte < 0:
                break
            self.commands.take(byte)
        detector = engine.detector  # a command may have begun another session
        samples = detector.decimator.samples
        if reporter.session != self._session:
            self._session = reporter.session
            self._second_at = self._saved_at = self._seq = 0
        if samples - self._second_at >= detector.rate_hz:
            self._second_at = samples
            self._fault = board.faults() != 0
            if reporter.attached:
                self._send_health()
            if detector.is_rested():
                board.tidy_journal(self.journal)
        engine.pump()
        if board.host_present():
            self._present = True
            board.write(self.outbox)
        elif self._present:
            self._present = False
            self._host_left()
        idle = detector.idle()
        cue = _FAULT if self._fault and idle and not detector.cue else detector.cue
        if cue != self._cue or detector.phase != self._phase:
            self._cue = cue
            self._phase = detector.phase
            board.show(cue, detector.phase)
        press = board.button()
        if press:
            self._pressed(press)
        if reporter.seq != self._seq:
            self._seq = reporter.seq
            if not self._unsaved:
                self._unsaved = True
                if reporter.attached:
                    self._saved_at = samples
        if self._unsaved:
            self._save(samples, idle)
        if lifetime.due(detector):
            detector = None  # freed before the next session's is made
            engine.finish()
            self.commands.renew()

    def _host_left(self):
        """Discard what was on its way to the host, and the command that it did not finish."""
        self.engine.reporter.detach()
        self.commands.take(0)

    def _send_health(self):
        record = self._record
        for i in range(len(record)):
            record[i] = 0
        self.engine.fill_health(record)
        record[_OVERRUNS] = self.board.ring.overruns
        record[_BAD_FRAMES] = self.commands.bad_frames()
        self.board.fill_health(record)
        for i in range(len(record)):  # 16 bits: saturate instead of wrapping
            if record[i] > 0xFFFF and self._health.letters[i] == _SHORT:
                record[i] = 0xFFFF
        self.outbox.send(self._health, record)

    def _pressed(self, press):
        """Handle the button: a short press tares the load cell, a long one switches sides."""
        if press == _SHORT_PRESS:
            self.commands.tare(_LOAD)
        else:
            self.commands.set_side(2 if self.engine.settings.values[SIDE] == 1 else 1)

    def _save(self, samples, idle):
        """Write messages to flash that no host has acknowledged in time; between sets, as fast as possible."""
        journal = self.journal
        if journal.next_unsaved() < 0:
            self._unsaved = self._retry = False
            return
        wait_ms = _RETRY_MS if self._retry else 0 if idle and not self.engine.reporter.attached else _SAVE_MS
        if samples - self._saved_at < wait_ms * self.engine.detector.rate_hz // 1000:
            return
        self._saved_at = samples
        self._retry = not self.board.save_journal(journal)

    def _leave(self):
        """Send the last frames, then hand the port to the REPL."""
        for _ in range(_LAST_TURNS):
            if not self.outbox.used or not self.board.host_present():
                break
            self.board.write(self.outbox)
            self.board.idle()
        self.board.repl()


def _journal_size():
    gc.collect()
    small = hasattr(gc, "mem_free") and gc.mem_free() < _ROOM
    return _FEWER_MESSAGES if small else _MESSAGES


def run():
    """Run on this board, unless the REPL was asked for (by a message, or by the button held at the start)."""
    from .board import this_board

    board = this_board()
    if board is not None:
        App(board).run()
