"""Board, cable, host and store on one simulated clock, cut at random; in the end the store must have every rep once.

All but the hardware is the product's own code: the firmware's application with its journal in flash sectors on a
littlefs, session, link, watch and SQLite store. A message may only be lost if the board had made it no more than a
second before its power failed.
"""

import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from fake_chip import Chip
from ledger import DURABLE_S, Ledger, Made, new_messages
from power_cut import Disk, Flash, PowerCut, RawFlash, uninstall

from cablerep.device.events import Rep, SetOver
from cablerep.device.link import Link
from cablerep.device.session import Session
from cablerep.errors import PortError
from cablerep.monitor.watch import Watch
from cablerep.store.database import Store
from cablerep_fw import storage
from cablerep_fw.app import App
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.sense.ring import GAP, Ring
from cablerep_fw.core.settings.settings import CELL_DELAY, RATE_HZ, Settings
from cablerep_fw.storage import JournalLog, SettingsFile
from cablerep_sim import scenarios
from cablerep_sim.trace.trace import Trace, from_arrays

BOARD = "campaign"
KINDS = ("board", "power", "monitor", "store", "cable", "noise", "moved", "everything")
WHAT = {
    "board": "the board stops between two turns of its loop",
    "power": "the board's power fails, in the middle of a page or of an erasure where it can",
    "monitor": "the monitor is killed, also between two statements of a transaction",
    "store": "the host's disk stops in the middle of a commit or of a checkpoint",
    "cable": "the cable is pulled in the middle of a frame",
    "noise": "bytes on the line are damaged or lost",
    "moved": "the store is moved away under the running monitor",
    "everything": "board and host lose their power together",
}
CHAPTER = 100  # cuts on the same flash and store

_RATE_HZ = 100
_BLOCKS = 40  # of flash
_CAPACITY = 4096  # bytes of a serial line's buffer
_SCENARIOS = ("many-reps", "mixed", "partials", "several-sets", "no-stance", "quick-change", "fatigue", "tiny-rom")
_NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
_PATIENCE_S = 20.0  # for a cut that waits for its moment, such as a write to flash
_DRAIN_S = 120.0  # for the board to deliver everything at the end of a chapter


class Killed(BaseException):
    """The host's process, or its computer, stops here."""


# -- The board


@cache
def _samples(index: int) -> list[tuple[int, int]]:
    """Return the (travel, load) pairs of a set."""
    name = _SCENARIOS[index]
    recording = scenarios.build(name, index + 1, _RATE_HZ)
    trace = from_arrays(name, recording.meta, recording.t_us, recording.travel, recording.load)
    pairs: list[tuple[int, int]] = []
    for travel, load in trace.blocks():
        pairs += [pair for pair in zip(travel, load, strict=True) if pair[0] != GAP]
    return pairs


@cache
def _trace() -> Trace:
    recording = scenarios.build(_SCENARIOS[0], 1, _RATE_HZ)
    return from_arrays("x", recording.meta, recording.t_us, recording.travel, recording.load)


@cache
def _sectors_module() -> ModuleType:
    """Return the firmware's module of flash sectors, loaded where it finds an `rp2`."""
    with Chip().installed() as chip:
        module: ModuleType = chip.load("rp2.flash")
    return module


class CampaignBoard:
    """The board layer (see cablerep_fw.board) on `flash`, at the host's end of `cable`."""

    port = "sim"
    board_id = BOARD

    def __init__(self, flash: Flash, cable: "Cable", dice: random.Random, now_s: float) -> None:
        self.cable = cable
        self.settings = Settings()
        self.ring = Ring(512)
        self.notes: list[str] = []
        self._dice = dice
        self._began_s = now_s
        self._played = 0
        self._pairs: Iterator[tuple[int, int]] = self._play()
        disk = Disk(flash)
        disk.install(storage)
        module = _sectors_module()
        module.open = disk.open  # type: ignore[attr-defined]
        module.rp2.Flash = lambda: RawFlash(flash)
        self._file = SettingsFile()
        self.usable = self._file.load(self.settings) or "no settings file yet" in self._file.note
        _trace().configure(self.settings)
        self.settings.put(RATE_HZ, _RATE_HZ)
        self._log = JournalLog(module.Sectors())
        self.app = App(self)
        self.app.commands.hello()

    def _play(self) -> Iterator[tuple[int, int]]:
        """Yield sets without end, the first one from somewhere in its middle."""
        pairs = _samples(self._dice.randrange(len(_SCENARIOS)))
        at = self._dice.randrange(len(pairs))
        while True:
            yield from pairs[at:]
            pairs, at = _samples(self._dice.randrange(len(_SCENARIOS))), 0

    def turn(self, now_s: float) -> None:
        """Take the samples that are due, and run the loop once."""
        due = int((now_s - self._began_s) * _RATE_HZ)
        while self._played < due:
            self._played += 1
            self.ring.push(*next(self._pairs))
        self.app.turn()

    def idle(self) -> bool:
        """Return whether nothing moves and no set is going on."""
        return bool(self.app.engine.detector.idle())

    def takes_rate(self, rate_hz: int) -> bool:
        return rate_hz == _RATE_HZ

    def new_session(self) -> int:
        return self._dice.randrange(1, 1 << 30)

    def host_present(self) -> bool:
        return self.cable.connected

    def read(self) -> int:
        return self.cable.to_board.pop(0) if self.cable.to_board else -1

    def write(self, outbox: Any) -> None:
        while outbox.used:
            frame = memoryview(outbox.buffers[outbox.first])[outbox.offset : outbox.lengths[outbox.first]]
            sent = self.cable.send(self.cable.to_host, bytes(frame))
            if sent < len(frame):
                outbox.offset += sent
                return
            outbox.pop()

    def save_settings(self) -> bool:
        return self._file.save(self.settings)

    def save_journal(self, journal: Journal) -> bool:
        return self._log.append(journal)

    def tidy_journal(self, journal: Journal) -> None:
        self._log.tidy(journal)

    def load_journal(self, journal: Journal) -> None:
        self._log.load(journal)

    def show(self, cue: int, phase: int) -> None:
        """No lamp to light."""

    def button(self) -> int:
        return 0

    def faults(self) -> int:
        return self._log.faults

    def clear_faults(self) -> None:
        self._log.clear()

    def fill_health(self, record: Any) -> None:
        """No counters of its own."""


class Cable:
    """The line: bytes on their way, cut off after `left` more bytes, damaged in the next `noise` transfers."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        self.plugged = True
        self.opened = False  # by the host
        self.to_host = bytearray()
        self.to_board = bytearray()
        self.left: int | None = None
        self.noise = 0

    @property
    def connected(self) -> bool:
        """Whether the board sees a host."""
        return self.plugged and self.opened

    def unplug(self) -> None:
        """Lose what is on its way."""
        self.plugged = False
        self.left = None
        self.empty()

    def empty(self) -> None:
        """Drop the bytes on their way."""
        self.to_host.clear()
        self.to_board.clear()

    def send(self, queue: bytearray, data: bytes) -> int:
        """Send as much of `data` as there is room for; return how much was taken."""
        taken = data[: _CAPACITY - len(queue)] if queue is self.to_host else data
        if self.left is not None:
            queue += taken[: self.left]
            self.left -= len(taken)
            if self.left <= 0:
                self.left = 0
            return len(taken)
        queue += self._damaged(taken) if self.noise and taken else taken
        return len(taken)

    def _damaged(self, data: bytes) -> bytes:
        changed = bytearray(data)
        if self._dice.random() < 0.5:
            self.noise -= 1
            at = self._dice.randrange(len(changed))
            if self._dice.random() < 0.3:
                del changed[at : at + self._dice.randrange(1, 40)]
            else:
                changed[at] ^= self._dice.randrange(1, 256)
        return bytes(changed)


class HostPort:
    """An open port of the host, see cablerep.device.port.Port."""

    def __init__(self, cable: Cable) -> None:
        if not cable.plugged:
            raise PortError("there is no such port")
        self._cable = cable
        cable.empty()
        cable.opened = True

    def _check(self) -> None:
        if not self._cable.plugged:
            raise PortError("the board is gone")

    def read(self) -> bytes:
        self._check()
        data = bytes(self._cable.to_host)
        self._cable.to_host.clear()
        return data

    def write(self, data: bytes) -> None:
        self._check()
        self._cable.send(self._cable.to_board, data)

    def close(self) -> None:
        self._cable.opened = False


# -- The host


class Knife:
    """Kills the host at a chosen statement of SQLite, and leaves in `left` what is then on its disk."""

    def __init__(self, dice: random.Random, folder: Path) -> None:
        self._dice = dice
        self._folder = folder
        self._count = 0
        self.mode = ""  # "statement", "commit" or "checkpoint" once it is armed
        self.statements = 0  # left before the cut
        self.left: Path | None = None  # the store as the cut left it

    def execute(self, db: sqlite3.Connection, path: Path, sql: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        """Execute a statement, or die in it."""
        if self.left is not None:
            raise Killed
        if self.mode == "statement":
            self.statements -= 1
            if self.statements < 0:
                self.cut(path)
        wanted = self.mode if self.mode != "statement" else ""
        if wanted and (sql == "COMMIT" if wanted == "commit" else "wal_checkpoint" in sql):
            before = _files(path)
            db.execute(sql, *values)
            self._leave(path, self._torn(before, _files(path)))
        return db.execute(sql, *values)

    def cut(self, path: Path) -> None:
        """Die now. Raises Killed."""
        self._leave(path, _files(path))

    def _leave(self, path: Path, files: tuple[bytes, bytes]) -> None:
        self._count += 1
        folder = self._folder / f"host-{self._count}"
        folder.mkdir()
        self.left = folder / path.name
        for one, data in zip((self.left, _log_of(self.left)), files, strict=True):
            if data:
                one.write_bytes(data)
        raise Killed

    def _torn(self, before: tuple[bytes, bytes], after: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
        """Return database and log as a power cut leaves them: written in part, in the order that SQLite syncs them."""
        if self.mode == "checkpoint":  # the log is only cut off once the database is on the disk
            page = 4096
            pages = range(0, max(len(one) for one in (before[0], after[0])), page)
            choices = [self._dice.choice((before[0], after[0])) for _ in pages]
            mixed = b"".join((one[at:] or after[0][at:])[:page] for one, at in zip(choices, pages, strict=True))
            return mixed, before[1]
        old, new = before[1], after[1]
        first = next((at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), len(old))
        stop = self._dice.randrange(min(first, len(new)), len(new) + 1)
        return before[0], new[:stop] + old[stop:]


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _files(path: Path) -> tuple[bytes, bytes]:
    """Return the bytes of database and log, b"" for one that is not there."""
    database, log = (one.read_bytes() if one.exists() else b"" for one in (path, _log_of(path)))
    return database, log


class _Connection:
    def __init__(self, db: sqlite3.Connection, path: Path, knife: Knife) -> None:
        self._db, self._path, self._knife = db, path, knife

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        return self._knife.execute(self._db, self._path, sql, values)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)


class CutStore(Store):
    """A store whose statements go through a knife."""

    def __init__(self, path: Path, knife: Knife) -> None:
        self._knife = knife
        super().__init__(path)

    def _open(self) -> None:
        super()._open()
        self._db = _Connection(self._db, self.path, self._knife)  # type: ignore[assignment]


# -- The campaign


@dataclass
class World:
    """A chapter: one flash, one store, and the cuts that `run` makes."""

    seed: str
    folder: Path

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        self.now_s = 0.0
        self.ledger = Ledger(self.seed, KINDS)
        self.cable = Cable(self.dice)
        self.knife = Knife(self.dice, self.folder)
        self.path = self.folder / "store.sqlite"
        self.moved: list[Path] = []  # stores that were moved away
        self.board: CampaignBoard | None = None
        self.watch: Watch | None = None
        self._newest = (0, 0)  # session and number of the newest message in the ledger
        self.flash = Flash(_BLOCKS)
        Disk(self.flash, fresh=True)
        self.flash.dice = self.dice
        self._start_board()
        self._start_monitor()

    # -- Time

    def pass_time(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Let all run for `seconds`, or until `until`. Raises PowerCut and Killed."""
        end_s = self.now_s + seconds
        while self.now_s < end_s and not until():
            self.now_s += self.dice.choice((0.01, 0.03, 0.05, 0.08))
            if self.board is not None:
                self._turn_board(self.board)
            if self.watch is not None:
                self._turn_monitor(self.watch)
            if self.cable.left == 0:
                self.cable.unplug()

    def _turn_board(self, board: CampaignBoard) -> None:
        try:
            board.turn(self.now_s)
            if board.idle() and self.dice.random() < 0.002:
                board.settings.put(CELL_DELAY, self.dice.randrange(100))
                board.save_settings()
        finally:
            self._note_made(board)

    def _note_made(self, board: CampaignBoard) -> None:
        """Note the messages that the board has made since the last call."""
        reporter = board.app.engine.reporter
        for key, content in new_messages(reporter, *self._newest):
            self.ledger.made[key] = Made(content, self.now_s)
        self._newest = (reporter.session, reporter.seq)

    def _turn_monitor(self, watch: Watch) -> None:
        for event in watch.turn():
            if isinstance(event, Rep | SetOver):
                self.ledger.show(len(self.moved), (event.session, event.seq))

    # -- What can be started and cut

    def _start_board(self) -> None:
        self.flash.dead, self.flash.cut_after = False, None
        self.board = CampaignBoard(self.flash, self.cable, self.dice, self.now_s)
        if not self.board.usable:
            self.ledger.problems.append(f"{self.seed}: the settings were lost at {self.now_s:.1f} s")

    def _start_monitor(self) -> None:
        self.knife.mode, self.knife.left = "", None
        link = Link(
            "cable",
            Session(),
            open_port=lambda url: HostPort(self.cable),  # type: ignore[arg-type,return-value]
            clock=lambda: self.now_s,
            wait=lambda seconds: None,
        )
        clock = lambda: _NOON + timedelta(seconds=self.now_s)  # noqa: E731
        self.watch = Watch(link, CutStore(self.path, self.knife), curves=False, clock=clock, uptime=lambda: self.now_s)
        plugged, self.cable.plugged = self.cable.plugged, True  # a port that never existed is not waited for
        self.watch.open()
        self.cable.plugged = plugged

    def _stop_board(self) -> None:
        board, self.board = self.board, None
        if board is None:
            return
        journal = board.app.journal
        for slot in ((journal.tail + i) % journal.size for i in range(journal.used)):
            one = self.ledger.made.get((journal.session_of(slot), journal.number_of(slot)))
            if one is not None and journal.ids[slot] and self.now_s - one.at_s <= DURABLE_S:
                one.may_be_lost = True
        self.cable.empty()

    def _kill_monitor(self) -> None:
        """Go on with what the knife left on the disk."""
        watch, self.watch = self.watch, None
        if watch is None:
            return
        if self.knife.left is None:
            with suppress(Killed):
                self.knife.cut(self.path)
        assert self.knife.left is not None
        watch.store._db._db.close()  # type: ignore[attr-defined]
        self.path = self.knife.left
        self.cable.opened = False
        self.cable.to_board.clear()

    def _end_monitor(self) -> None:
        """End it as Ctrl-C does."""
        if self.watch is not None:
            self.watch.link.close()
            self.watch.store.close()
            self.watch = None

    def cut(self, kind: str) -> None:
        """Make one cut of `kind`, and what it cut off work again after a while."""
        dice = self.dice
        if kind == "moved" and not self.path.exists():  # it was moved, and nothing has been written since
            kind = "cable"
        if kind == "power" and dice.random() < 0.7:
            self._end_monitor()  # only what no host takes is written to flash
            self.pass_time(dice.uniform(1, 15))
        if kind == "power":
            self.flash.cut_after = self.flash.operations + dice.choice((0, 0, 1, 2, 7))
        elif kind == "monitor" and dice.random() < 0.7:
            self.knife.mode, self.knife.statements = "statement", dice.randrange(25)
        elif kind == "store":
            self.knife.mode = dice.choice(("commit", "commit", "checkpoint"))
        elif kind == "cable":
            self.cable.left = dice.randrange(1, 400)
        elif kind == "noise":
            self.cable.noise += dice.randrange(1, 12)
        armed = kind == "power" or bool(self.knife.mode) or kind == "cable"
        if armed:
            with suppress(PowerCut, Killed):
                self.pass_time(_PATIENCE_S, lambda: kind == "cable" and not self.cable.plugged)
        self.ledger.count_cut(kind, self.path)
        if kind in ("board", "power", "everything"):
            self._stop_board()
        if kind in ("monitor", "store", "everything"):
            self._kill_monitor()
        if kind == "cable":
            self.cable.unplug()
        if kind == "moved" and self.watch is not None:
            self.moved.append(self.path.with_name(f"moved-{len(self.moved)}.sqlite"))
            self.path.rename(self.moved[-1])
        self.pass_time(dice.choice((0.0, 0.3, 2.0, 10.0)) * dice.random())
        self.cable.plugged = True
        if self.board is None:
            self._start_board()
        if self.watch is None:
            self.pass_time(dice.choice((0.0, 1.0, 30.0)) * dice.random())
            self._start_monitor()

    # -- The result

    def run(self, cuts: int) -> None:
        """Make that many cuts, deliver everything, and compare."""
        for _ in range(cuts):
            self.pass_time(self.dice.choice((0.2, 2.0, 15.0)) * self.dice.random())
            self.cut(self.dice.choices(KINDS, (3, 5, 4, 4, 4, 2, 1, 2))[0])
        self.cable.noise = 0
        board = self.board
        assert board is not None
        self.pass_time(_DRAIN_S, lambda: not board.app.journal.kept)
        self._end_monitor()
        self.ledger.compare([*self.moved, self.path])


def chapter(seed: int, number: int, cuts: int = CHAPTER) -> Ledger:
    """Make `cuts` cuts with a fresh flash and store, and compare."""
    folder = Path(tempfile.mkdtemp(prefix="cuts-"))
    try:
        world = World(f"{seed} {number}", folder)
        world.run(cuts)
        return world.ledger
    finally:
        uninstall(storage)
        shutil.rmtree(folder, ignore_errors=True)
