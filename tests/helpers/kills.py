"""A virtual board and `cablerep monitor` as processes, killed with `kill -9`; then the store must have every rep once.

Each process is forked from this one, which saves starting Python. The board writes down what it makes, in files that
outlive it: `made` has a line for each message before it is sent, and after each turn of the loop the sample number up
to which the messages above have been seen; `turns` has the number of the latest sample.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from struct import pack, unpack
from types import TracebackType
from typing import Any

from ledger import DURABLE_S, Ledger, Made, new_messages, stored

from cablerep.cli.main import main as command_line
from cablerep_fw.core.link.reporter import Reporter
from cablerep_sim.board import server
from cablerep_sim.board.address import parse
from cablerep_sim.board.virtual_board import VirtualBoard

KINDS = ("kill board", "kill monitor", "kill both")
WHAT = {
    "kill board": "kill -9 of the board's process, whose flash is a file",
    "kill monitor": "kill -9 of cablerep monitor",
    "kill both": "kill -9 of both",
}
ROUND = 50  # kills on the same flash and store

_SOURCE = "many-reps?rate=100&start=now&name=campaign"
_SPEED = 15.0
_RATE_HZ = 100
_DRAIN_S = 60.0  # of waiting for the last messages
_POLL_S = 0.05


class Process:
    """A forked process that calls `work`; it is killed at the end of its `with` block."""

    def __init__(self, work: Callable[[], object], output: Path) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                signal.signal(signal.SIGINT, signal.SIG_DFL)
                for number, suffix in ((1, ".out"), (2, ".err")):
                    os.dup2(os.open(output.with_suffix(suffix), os.O_WRONLY | os.O_CREAT | os.O_APPEND), number)
                sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
                sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)
                work()
                status = 0
            finally:
                os._exit(status)

    def __enter__(self) -> "Process":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.kill()

    def kill(self) -> None:
        """`kill -9`, and wait for its end."""
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0


def _run_board(folder: Path, name: str) -> None:
    """Run a virtual board that writes down what it makes."""
    made = os.open(folder / f"{name}.made", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    turns = os.open(folder / f"{name}.turns", os.O_WRONLY | os.O_CREAT)
    newest = (0, 0)
    unseen = False  # lines since the last sample number
    send, idle = Reporter._send_stored, VirtualBoard.idle

    def send_and_note(self: Reporter, samples: int) -> None:
        nonlocal newest, unseen
        for key, content in new_messages(self, *newest):
            os.write(made, json.dumps([*key, content]).encode() + b"\n")
            unseen = True
        newest = (self.session, self.seq)
        send(self, samples)

    def idle_and_note(self: VirtualBoard) -> None:
        nonlocal unseen
        samples = self.app.engine.detector.decimator.samples
        if unseen:
            os.write(made, f"[{samples}]\n".encode())
            unseen = False
        os.pwrite(turns, pack("q", samples), 0)
        idle(self)

    Reporter._send_stored = send_and_note  # type: ignore[method-assign]
    VirtualBoard.idle = idle_and_note  # type: ignore[method-assign]
    server.serve_pty(_source(), lambda port: None, speed=_SPEED, state_dir=folder / "flash", link=folder / "port")


_sources: list[Any] = []


def _source() -> Any:
    """Return the set that all boards play, built once before any fork."""
    if not _sources:
        source = parse(_SOURCE)
        source.open()
        _sources.append(source)
    return _sources[0]


class Desk:
    """One flash and one store, with a board and a monitor that run until they are killed."""

    def __init__(self, folder: Path, name: str, dice: random.Random) -> None:
        self.folder = folder
        self.dice = dice
        self.ledger = Ledger(name, KINDS)
        self.store = folder / "store.sqlite"
        self._boards = 0
        self._board = self._start_board()
        self._monitor = self._start_monitor()

    def _start_board(self) -> Process:
        self._boards += 1
        (self.folder / "port").unlink(missing_ok=True)  # a board that was killed has left it
        name = f"board{self._boards}"
        board = Process(lambda: _run_board(self.folder, name), self.folder / name)
        _wait(lambda: (self.folder / "port").is_symlink())
        return board

    def _start_monitor(self) -> Process:
        arguments = ["monitor", "--port", str(self.folder / "port"), "--store", str(self.store), "--json"]
        return Process(lambda: command_line(arguments), self.folder / "monitor")

    def run(self, kills: int) -> None:
        """Make that many kills, let the board deliver everything, and compare."""
        dice = self.dice
        for _ in range(kills):
            time.sleep(dice.choice((0.05, 0.3, 1.2)) * dice.random())
            kind = dice.choices(KINDS, (4, 5, 1))[0]
            if kind != "kill monitor":
                self._board.kill()
            if kind != "kill board":
                self._monitor.kill()
            self._note_made(killed=kind != "kill monitor")
            self.ledger.count_cut(kind, self.store)
            time.sleep(dice.choice((0.0, 0.0, 0.5)) * dice.random())
            if kind != "kill monitor":
                self._board = self._start_board()
            if kind != "kill board":
                self._monitor = self._start_monitor()
        _wait(self._has_everything)
        self.end()
        self._note_made(killed=True)
        for line in (self.folder / "monitor.out").read_text().splitlines():
            with suppress(ValueError):  # a line that a kill has cut off
                event = json.loads(line)
                if event["event"] in ("rep", "amend", "set"):
                    self.ledger.show(0, (event["session"], event["seq"]))
        self.ledger.compare([self.store])

    def end(self) -> None:
        """Kill both."""
        self._board.kill()
        self._monitor.kill()

    def _note_made(self, *, killed: bool) -> None:
        """Read what the present board has written down. If it was `killed`, its last second may be lost."""
        name = self.folder / f"board{self._boards}"
        if not name.with_suffix(".turns").exists() or not (turns := name.with_suffix(".turns").read_bytes()):
            return
        (samples,) = unpack("q", turns)
        unseen: list[Made] = []
        mine: list[Made] = []
        for line in name.with_suffix(".made").read_bytes().splitlines():
            values = json.loads(line)
            if len(values) == 1:
                for one in unseen:
                    one.at_s = values[0] / _RATE_HZ
                unseen = []
            else:
                made = self.ledger.made.setdefault((values[0], values[1]), Made(values[2], samples / _RATE_HZ))
                unseen.append(made)
                mine.append(made)
        for one in mine:
            one.may_be_lost = killed and samples / _RATE_HZ - one.at_s <= DURABLE_S

    def _has_everything(self) -> bool:
        self._note_made(killed=False)
        there = stored(self.store)
        return all(key in there or one.may_be_lost for key, one in self.ledger.made.items())


def _wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _DRAIN_S
    while not done() and time.monotonic() < deadline:
        time.sleep(_POLL_S)


def round_of(seed: int, number: int, kills: int = ROUND) -> Ledger:
    """Make `kills` kills with a fresh flash and store, and compare."""
    _source()
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    desk = None
    try:
        desk = Desk(folder, f"{seed} {number}", random.Random(f"{seed} {number}"))
        desk.run(kills)
        return desk.ledger
    finally:
        if desk is not None:
            desk.end()
        shutil.rmtree(folder, ignore_errors=True)
