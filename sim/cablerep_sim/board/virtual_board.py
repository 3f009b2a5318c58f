"""A board without hardware: the firmware's own application, with samples from a trace and a link in place of USB.

Only the board layer differs from a Pico's, so a host that works with it has been tested against the real loop.
"""

import secrets
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cablerep_fw.app import App
from cablerep_fw.core.link import wire
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.link.outbox import Outbox
from cablerep_fw.core.sense.ring import Ring
from cablerep_fw.core.settings.settings import CELL_HZ, HOLD_MAX, REST, Settings
from cablerep_fw.storage import SETTINGS_PATH, JournalLog, SettingsFile

from ..errors import SourceError
from .address import Source
from .flash_file import FlashFile
from .links import Link
from .playback import Playback

_RING = 512  # samples: half a second at 1 kHz
_NAP_S = 0.05  # longest wait of the loop when no sample is due
_STEP_S = 0.004  # shortest wait: a turn for each millisecond of samples would only cost time
# A host that has not sent HELLO by then is some other serial program, and the set begins without it.
_HELLO_S = 1.0
# A host that has may want samples, which it requests after reading the board's HELLO.
_REQUESTS_S = 0.2
# At full speed the board waits this long for an acknowledgement; a host commits within tens of milliseconds. A host
# that acknowledges nothing, such as a calibration, says hello again after 2 s of silence, and would miss samples.
_ACK_S = 1.0
_LAST_READ_S = 1.0  # for a host to read what the board sends as it ends
# After the end of the trace, in seconds of samples: the filters settle, then the set must end by itself.
_SETTLE_S = 1
_HEALTH = {field[0]: index for index, field in enumerate(wire.BY_NAME["health"].fields)}


class VirtualBoard:
    """The board layer (see cablerep_fw.board) on `link`, with samples from `source`; `run` runs it, `stop` ends it."""

    port = "sim"

    def __init__(
        self,
        source: Source,
        link: Link,
        state_dir: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`state_dir` stands in for the flash, `clock` returns seconds. Raises TraceError, SourceError."""
        self.source = source
        self.link = link
        trace = source.open()
        self.board_id = source.name or "virtual"
        self.ring = Ring(_RING, angle=trace.has_angle)
        self.settings = Settings()
        self.notes = list(trace.notes)
        self._files = _Files(state_dir) if state_dir is not None else None
        if self._files:
            self._note(self._files.load_settings(self.settings))
        trace.configure(self.settings)
        self._rate_hz = trace.rate_hz
        self._playback = Playback(trace, self.ring, source.speed, clock)
        _, _, lowest, highest, *_ = wire.SETTINGS[CELL_HZ]
        self.settings.put(CELL_HZ, min(max(lowest, round(self._playback.wired_hz())), highest))
        self._clock = clock
        self._started = False
        self._connected_s: float | None = None  # when the host connected for which the start waits
        self._hello_s: float | None = None  # and when it sent HELLO
        self._waiting_s: float | None = None  # since when an acknowledgement is outstanding
        self._gave_up = False  # the host does not acknowledge
        self._settles_at = 0  # sample periods after which the filters have settled, once the trace has ended
        self._ends_at = 0  # and after which the set is over in any case
        self._stopped = False
        self._received = b""
        self._at = 0
        self.app = App(self)

    def run(self) -> None:
        """Run the application until it ends. An exception in it is written to the link, as a board does."""
        try:
            self.app.run()
        except Exception:
            self._print(traceback.format_exc())
        finally:
            self.link.close()

    def stop(self) -> None:
        """Make `run` return soon; callable from any thread."""
        self._stopped = True

    # -- the interface of a board, used by the application

    def takes_rate(self, rate_hz: int) -> bool:
        """The trace has one rate."""
        return rate_hz == self._rate_hz

    def start(self, rate_hz: int) -> None:
        """Do nothing: `idle` starts the samples."""

    def running(self) -> bool:
        return not self._stopped

    def new_session(self) -> int:
        return secrets.randbelow((1 << 30) - 1) + 1

    def host_present(self) -> bool:
        return self.link.present()

    def read(self) -> int:
        if self._at == len(self._received):
            self._received = self.link.receive()
            self._at = 0
            if not self._received:
                return -1
        self._at += 1
        return self._received[self._at - 1]

    def write(self, outbox: Outbox) -> None:
        while outbox.used:
            frame = memoryview(outbox.buffers[outbox.first])[outbox.offset : outbox.lengths[outbox.first]]
            sent = self.link.send(frame)
            if sent < len(frame):
                outbox.offset += sent
                return
            outbox.pop()

    def save_settings(self) -> bool:
        return self._files.settings.save(self.settings) if self._files else True

    def save_journal(self, journal: Journal) -> bool:
        return self._files.journal.append(journal) if self._files else True

    def tidy_journal(self, journal: Journal) -> None:
        if self._files:
            self._files.journal.tidy(journal)

    def load_journal(self, journal: Journal) -> None:
        if self._files:
            self._note(self._files.load_journal(journal))

    def show(self, cue: int, phase: int) -> None:
        """No lamp to light."""

    def button(self) -> int:
        return 0

    def faults(self) -> int:
        return self._files.settings.faults | self._files.journal.faults if self._files else 0

    def clear_faults(self) -> None:
        if self._files:
            self._files.settings.faults = 0
            self._files.journal.clear()

    def fill_health(self, record: Any) -> None:
        record[_HEALTH["load_hz10"]] = round(10 * self._playback.load_hz())
        record[_HEALTH["angle_hz10"]] = round(10 * self._playback.angle_hz())
        record[_HEALTH["heap_free"]] = wire.NULL

    def repl(self) -> None:
        """End, because a virtual board has no REPL."""
        self._print("A virtual board has no REPL; it has ended.\n")

    def idle(self) -> None:
        """Play the samples that are due, or wait if there are none."""
        unsent = self.app.outbox.used > 0
        if not self._may_start() or (self.source.speed == 0 and self._must_wait(unsent)):
            self.link.wait(_NAP_S, unsent)
            return
        if self._playback.over and self._set_is_over():
            if self.source.end == "hangup":
                self._stopped = not self._must_wait(unsent)
            if self._stopped or self.source.speed == 0:
                self.link.wait(0 if self._stopped else _NAP_S, unsent)
                return
        if self._playback.play() <= 0:
            self.link.wait(max(_STEP_S, min(_NAP_S, self._playback.until_next_s())), unsent)

    # -- when to play

    def _may_start(self) -> bool:
        """Return whether the samples have started; with `start=attach` they wait for the first host."""
        if not self._started:
            now = self._clock()
            if self.source.start == "attach":
                if not self.link.present():
                    self._connected_s = self._hello_s = None
                    return False
                self._connected_s = now if self._connected_s is None else self._connected_s
                if not self.app.engine.reporter.attached:
                    if now - self._connected_s < _HELLO_S:
                        return False
                elif not self.app.engine.reporter.streaming:
                    self._hello_s = now if self._hello_s is None else self._hello_s
                    if now - self._hello_s < _REQUESTS_S:
                        return False
            self._started = True
            self._playback.begin()
        return True

    def _must_wait(self, unsent: bool) -> bool:
        """Return whether the host still has to read or acknowledge something. A host that never does is given up."""
        if not self.link.present():
            return False
        if unsent:
            return True
        if not self.app.journal.kept or not self.app.engine.reporter.attached:
            self._waiting_s = None
            self._gave_up = False
            return False
        if self._waiting_s is None:
            self._waiting_s = self._clock()
        self._gave_up = self._gave_up or self._clock() - self._waiting_s > _ACK_S
        return not self._gave_up

    def _set_is_over(self) -> bool:
        """Return whether the set has ended after the end of the trace."""
        playback = self._playback
        if not self._ends_at:
            values = self.settings.values
            # A pause may last hold_max before it counts as standing; then the rest at the bottom follows.
            longest_ms = values[HOLD_MAX] + values[REST]
            self._settles_at = playback.played + _SETTLE_S * self._rate_hz
            self._ends_at = self._settles_at + longest_ms * self._rate_hz // 1000
        if playback.played < self._settles_at:
            return False
        return self.app.engine.detector.idle() or playback.played >= self._ends_at

    def _print(self, text: str) -> None:
        """Write plain text to the link as far as the host reads it in time, after a delimiter that ends any frame."""
        data = memoryview(b"\0" + text.encode())
        end = self._clock() + _LAST_READ_S
        while data and self._clock() < end:
            data = data[self.link.send(data) :]
            self.link.wait(_NAP_S if data else 0, True)

    def _note(self, text: str) -> None:
        if text:
            self.notes.append(text)


class _Files:
    """Settings and journal in `folder`, which is created if necessary, by the board's own code. Raises SourceError."""

    def __init__(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SourceError(f"{folder}: cannot keep a board's state there ({error.strerror}); name another") from None
        self.settings = SettingsFile(str(folder / SETTINGS_PATH))
        self.journal = JournalLog(FlashFile(folder / "cablerep.flash"), str(folder / "cablerep.journal"))

    def load_settings(self, settings: Settings) -> str:
        """Load the settings; return what is wrong with the file, "" also if there is none yet."""
        self.settings.load(settings)
        return self.settings.note if self.settings.faults else ""

    def load_journal(self, journal: Journal) -> str:
        """Load the journal; return what is wrong with the file, or ""."""
        self.journal.load(journal)
        return self.journal.note
