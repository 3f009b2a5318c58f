"""Board and monitor as real processes, killed: the store holds each rep exactly once. See also test_cuts.

What should be there is known from replaying the same source: a virtual board that loses nothing counts the same.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flash_log
import pytest
from processes import Cablerep

from cablerep.device.events import Rep
from cablerep.lab.replay import replayed
from cablerep.store.curve import Curve
from cablerep.store.database import Store, StoredRep, StoredSet
from cablerep_sim.board.address import parse

pytestmark = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals and kill -9 are POSIX")

REPS = 6
SOURCE = f"glute-kickback?reps={REPS}"
SPEED = 12  # times real time: a set of 45 s in 4 s, still slow enough to be killed in


class Desk:
    """The board's port and flash, and the store."""

    def __init__(self, folder: Path) -> None:
        self.port = folder / "port"
        self.flash = folder / "flash"
        self.store = folder / "store.sqlite"

    @contextmanager
    def board(self, options: str = "") -> Iterator[Cablerep]:
        arguments = ("--pty", "--link", self.port, "--state", self.flash, "--speed", SPEED)
        with Cablerep("board", SOURCE + options, *arguments) as board:
            assert board.line() == str(self.port)
            yield board

    def monitor(self, *arguments: object) -> Cablerep:
        return Cablerep("monitor", "--port", self.port, "--store", self.store, "--json", *arguments)

    def sets(self) -> list[StoredSet]:
        with Store(self.store, must_exist=True) as store:
            return store.sets()

    def journalled(self) -> int:
        """Return how many messages are in the board's flash."""
        return flash_log.journalled(self.flash)

    def curves(self, one: StoredSet) -> dict[StoredRep, Curve]:
        with Store(self.store, must_exist=True) as store:
            return {rep: curve for rep in one.reps if (curve := store.curve(rep)) is not None}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture(scope="module")
def counted() -> list[tuple[float, str, int | None]]:
    reps = {event.start_s: event for event in replayed(parse(SOURCE).open()) if isinstance(event, Rep)}
    assert len(reps) == REPS
    return [(rep.start_s, rep.kind, rep.rep) for rep in reps.values()]


def reps_of(one: StoredSet) -> list[tuple[float, str, int | None]]:
    return [(rep.start_s, rep.kind, rep.rep) for rep in one.reps]


def test_a_monitor_that_is_killed_in_mid_set(desk: Desk, counted: list[tuple[float, str, int | None]]) -> None:
    with desk.board():
        for reps in (1, 2):  # at the moment at which a rep has just been shown, twice
            with desk.monitor() as monitor:
                monitor.until("rep", reps)
        with desk.monitor("--sets", 1) as monitor:
            status, out, err = monitor.end()
    assert status == 0, err
    (one,) = desk.sets()
    assert one.over
    assert reps_of(one) == counted
    assert out.count('"event": "rep"') < REPS, "what was told before the kill is not told again"
    for rep, curve in desk.curves(one).items():  # of as many as a monitor was there for, from beginning to end
        assert curve.travel_mm.max() == pytest.approx(rep.rom_mm, abs=1.0), "whole or not at all"


def test_a_board_that_counted_alone_and_lost_its_power(
    desk: Desk, counted: list[tuple[float, str, int | None]]
) -> None:
    with desk.board("&start=now"):
        deadline = time.monotonic() + 30
        while desk.journalled() <= len(counted):  # each rep, and the set
            assert time.monotonic() < deadline, "the set is not in the journal"
            time.sleep(0.05)
    with desk.board("&start=now"), desk.monitor() as monitor:
        monitor.until("set")
    with desk.board("&start=now"), desk.monitor() as monitor:
        monitor.until("rep")
    # Nobody heard when the first session began, so its set may stand anywhere among those of the others; only their
    # sets can be unfinished.
    over = [one for one in desk.sets() if one.over]
    assert over
    assert all(reps_of(one) == counted for one in over)
    assert any(desk.curves(one) == {} for one in over), "nobody heard the samples of the first"
