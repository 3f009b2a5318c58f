"""The application: samples, bytes and time in turns, from the sampler's ring to the host's line.

It never waits: without a host it counts, cues and stores.
"""

from array import array

from . import __version__
from .core import lifetime
from .core.commands import Commands
from .core.compat import const, micropython
from .core.engine import Engine
from .core.link import wire
from .core.link.journal import Journal
from .core.link.outbox import Outbox
from .core.settings.settings import RATE_HZ, SIDE

# Bytes from the host a turn: a host that floods the line must not keep the loop from the ring. At 0.2 ms a byte
# on an RP2040 this is 13 ms, in which 13 samples arrive at most.
_BYTES = const(64)
# A page of flash in half a second at most while the cable moves, because programming delays a sample. A host that is
# there acknowledges sooner than that, and nothing has to be written.
_SAVE_MS = const(500)
_RETRY_MS = const(2000)  # after a write that failed
_FAULT = const(4)  # place in wire.CUES
_SHORT_PRESS = const(1)
_LOAD = const(2)  # what a press tares
_DEFAULT_HZ = const(200)
# Turns in which the last reply may leave before the port goes back to the REPL.
_LAST_TURNS = const(100)


class App:
    """The application on `board`, see cablerep_fw.board."""

    def __init__(self, board):
        self.board = board
        self.journal = Journal()
        board.load_journal(self.journal)
        self.outbox = Outbox()
        values = board.settings.values
        if not board.takes_rate(values[RATE_HZ]):
            board.settings.put(RATE_HZ, _DEFAULT_HZ)
        self.engine = Engine(board.settings, self.journal, self.outbox, board.new_session())
        text = "%s %s %s" % (__version__, board.board_id, board.port)
        self.commands = Commands(board, self.engine, text.encode())
        self._health = wire.BY_NAME["health"]
        self._record = array("i", [0] * len(self._health.fields))
        # 16-bit fields stop at their end instead of beginning anew.
        self._short = bytes([i for i, field in enumerate(self._health.fields) if field[1] == "H"])
        self._overruns = self._health.place("overruns")
        self._bad_frames = self._health.place("bad_frames")
        self._present = False
        self._cue = -1
        self._phase = -1
        self._session = 0  # the three below belong to it
        self._told = 0  # samples when a second was last over
        self._seq = 0  # sequence number of the newest message that was seen
        self._saved = 0  # samples when the journal was last written to flash, or was complete there
        self._unsaved = True  # messages may have come that are not in flash
        self._retry = False  # the last write failed
        self._fault = False

    def run(self):
        """Run until the board has enough or the host asks for the REPL."""
        board = self.board
        board.start(board.settings.values[RATE_HZ])
        self.commands.hello()
        while board.running() and not self.commands.repl_wanted:
            self.turn()
            board.idle()
        if self.commands.repl_wanted:
            self._part()

    @micropython.native
    def turn(self):
        """One pass of the loop. Does not allocate, but where the host asks for something."""
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
            self._told = self._saved = self._seq = 0
        if samples - self._told >= detector.rate_hz:
            self._told = samples
            self._fault = board.faults() != 0
            if reporter.attached:
                self._tell_health()
            if detector.idle():
                board.tidy_journal(self.journal)
        engine.pump()
        if board.host_present():
            self._present = True
            board.write(self.outbox)
        elif self._present:
            self._present = False
            self._lose_host()
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
                    self._saved = samples
        if self._unsaved:
            self._save(samples, idle)
        if lifetime.due(detector):
            detector = None  # freed before the next session's is made
            engine.finish()
            self.commands.renew()

    def _lose_host(self):
        """The host has gone: forget what was under way, and the command it did not finish."""
        self.engine.reporter.detach()
        self.commands.take(0)

    def _tell_health(self):
        record = self._record
        for i in range(len(record)):
            record[i] = 0
        self.engine.fill_health(record)
        record[self._overruns] = self.board.ring.overruns
        record[self._bad_frames] = self.commands.bad_frames()
        self.board.fill_health(record)
        for i in self._short:
            if record[i] > 0xFFFF:
                record[i] = 0xFFFF
        self.outbox.send(self._health, record)

    def _pressed(self, press):
        """A person at the board: a short press tares the load cell, a long one names the other side."""
        if press == _SHORT_PRESS:
            self.commands.tare(_LOAD)
        else:
            self.commands.set_side(2 if self.engine.settings.values[SIDE] == 1 else 1)

    def _save(self, samples, idle):
        """Write messages to flash that no host has acknowledged in time. While nobody lifts, as fast as it goes."""
        journal = self.journal
        if journal.next_unsaved() < 0:
            self._unsaved = self._retry = False
            return
        wait_ms = _RETRY_MS if self._retry else 0 if idle and not self.engine.reporter.attached else _SAVE_MS
        if samples - self._saved < wait_ms * self.engine.detector.rate_hz // 1000:
            return
        self._saved = samples
        self._retry = not self.board.save_journal(journal)

    def _part(self):
        """Let the last frames leave, and the board go back to the REPL."""
        for _ in range(_LAST_TURNS):
            if not self.outbox.used or not self.board.host_present():
                break
            self.board.write(self.outbox)
            self.board.idle()
        self.board.repl()


def run():
    """Run on this board, unless the REPL was asked for (by a message, or by the button held at the start)."""
    from .board import this_board

    board = this_board()
    if board is not None:
        App(board).run()
