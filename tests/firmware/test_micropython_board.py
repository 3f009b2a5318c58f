"""The firmware's application on a 32-bit MicroPython, `cablerep monitor`, and a cable between them that is pulled.

What the store should hold is known from a replay of the same samples on CPython: the same reps with the same numbers,
each exactly once, whatever was unplugged or killed meanwhile.
"""

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from cable import Cable, open_line
from processes import Cablerep

from cablerep.device.events import Hello, Rep, SetOver
from cablerep.lab.replay import replayed
from cablerep.store.database import Store, StoredSet
from cablerep_fw.core.link import wire
from cablerep_fw.core.settings import settings as stored
from cablerep_fw.core.settings.settings import Settings
from cablerep_sim.board.address import parse

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals and kill -9 are POSIX")

ROOT = Path(__file__).parents[2]
REPS = 7
SOURCE = f"glute-kickback?reps={REPS}"
SPEED = 12  # times real time: a set of 47 s in 4 s, still slow enough for a monitor to come back in mid-set
HEAP = "heapsize=512k"  # a Pico 2's RAM; here the compiler and all samples of the set are in it as well
DEADLINE_S = 60  # a board that lives longer hangs


class Board:
    """`pty_board.py` as a process, with `flash` as its folder, on the samples of a file. `line` is its USB."""

    def __init__(self, micropython: str, flash: Path, samples: Path, rate_hz: int) -> None:
        self.line, port = open_line()
        script = ROOT / "tests" / "micropython" / "pty_board.py"
        self._process = subprocess.Popen(
            [micropython, "-X", HEAP, str(script), str(samples), str(rate_hz), str(SPEED)],
            stdin=port,
            stdout=port,
            stderr=subprocess.PIPE,
            text=True,
            cwd=flash,
            env={**os.environ, "MICROPYPATH": f"{ROOT / 'firmware'}:.frozen"},
        )
        self._port = port  # held open, so that the line lasts longer than the process
        self._watchdog = threading.Timer(DEADLINE_S, self._process.kill)
        self._watchdog.start()

    def until(self, line: str) -> None:
        """Wait until the board has said `line` since the last wait."""
        assert self._process.stderr is not None
        said = [""]
        while said[-1] != line:
            said.append(self._process.stderr.readline().rstrip("\n"))
            assert said[-1], f"the board ended without {line!r}, with {said}"

    def kill(self) -> None:
        """`kill -9`: its power is gone."""
        self._watchdog.cancel()
        self._process.kill()
        self._process.communicate()
        for end in (self.line, self._port):
            os.close(end)


class Desk:
    """A board's flash, a cable to the host's port, and the store."""

    def __init__(self, micropython: str, folder: Path) -> None:
        self._micropython = micropython
        self._folder = folder
        self._flash = folder / "flash"
        self._flash.mkdir()
        self._store = folder / "store.sqlite"
        self.cable = Cable(folder / "port")
        trace = parse(SOURCE).open()
        self.rate_hz = trace.rate_hz
        settings = Settings()
        trace.configure(settings)
        settings.put(stored.SIDE, wire.SIDES.index(trace.meta.get("side", "")))
        (self._flash / "cablerep.settings").write_bytes(stored.dump(settings))
        rows = [row for travel, load in trace.blocks() for row in zip(travel, load, strict=True)]
        self.set = self._write("set", rows)
        self.rest = self._write("rest", rows[:1])

    def _write(self, name: str, rows: list[tuple[int, int]]) -> Path:
        path = self._folder / name
        path.write_text("".join(f"{travel} {load}\n" for travel, load in rows))
        return path

    @contextmanager
    def board(self, samples: Path) -> Iterator[Board]:
        """A board with its cable plugged in, on `samples`."""
        board = Board(self._micropython, self._flash, samples, self.rate_hz)
        try:
            with self.cable:
                self.cable.plug(board.line)
                yield board
        finally:
            board.kill()

    def monitor(self, *arguments: object) -> Cablerep:
        return Cablerep("monitor", "--port", self.cable.port, "--store", self._store, "--json", *arguments)

    def stored(self) -> StoredSet:
        """Return the only set, without what tells one session of the same samples from another."""
        with Store(self._store, must_exist=True) as store:
            (one,) = store.sets()
        return anonymous(one)


def anonymous(one: StoredSet) -> StoredSet:
    reps = tuple(replace(rep, board="", session=0) for rep in one.reps)
    return replace(one, board="", session=0, at=None, reps=reps)


@pytest.fixture
def desk(micropython_path: str, tmp_path: Path) -> Desk:
    return Desk(micropython_path, tmp_path)


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> StoredSet:
    """The set as the store holds it after a replay on CPython."""
    with Store(tmp_path_factory.mktemp("counted") / "store.sqlite") as store:
        for event in replayed(parse(SOURCE).open()):
            if isinstance(event, Hello):
                store.add_session(event, "replay")
            elif isinstance(event, Rep | SetOver):
                assert store.add("replay", event)
        (one,) = store.sets()
    assert one.over
    assert len(one.reps) == REPS
    return anonymous(one)


def reps_told(monitor: Cablerep, last: str) -> list[float]:
    """Read what the monitor tells until the event `last`; return when its reps began."""
    starts = []
    for thing in monitor.objects():
        if thing["event"] == "rep":
            starts.append(thing["start_s"])
        if thing["event"] == last:
            break
    return starts


def test_a_cable_pulled_and_a_monitor_killed_in_mid_set(desk: Desk, counted: StoredSet) -> None:
    with desk.board(desk.set) as board:
        with desk.monitor() as monitor:
            told = reps_told(monitor, "rep")
            desk.cable.pull()
            assert any("waiting for it" in line for line in monitor.process.stderr)
            before = desk.stored()
            board.until(f"message {len(before.reps) + 2}")  # the first of the two was said to nobody
            assert desk.stored() == before
            desk.cable.plug(board.line)
            told += reps_told(monitor, "rep")
        assert not desk.stored().over
        with desk.monitor("--sets", 1) as monitor:
            told_anew = reps_told(monitor, "set")
            status, _, err = monitor.end()
    assert status == 0, err
    assert desk.stored() == counted
    starts = [rep.start_s for rep in counted.reps]
    assert told == starts[: len(told)], "each once, and in order"
    assert told_anew == starts[REPS - len(told_anew) :]
    assert len(told) + len(told_anew) <= REPS, "what was told before the kill is not told again"


def test_a_power_cut_after_a_set_that_ended_unplugged(desk: Desk, counted: StoredSet) -> None:
    with desk.board(desk.set) as board:
        monitor = desk.monitor("--sets", 1)
        monitor.until("rep", 2)
        desk.cable.pull()
        board.until("journal written")
        assert not desk.stored().over
    with desk.board(desk.rest) as board, monitor:
        status, _, err = monitor.end()
        board.until("journal empty")
    assert status == 0, err
    assert desk.stored() == counted
