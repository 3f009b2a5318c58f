"""Random cuts of board, power, monitor, store and cable lose nothing: a few of the 10 000 of tests/campaigns."""

import os

import pytest

pytest.importorskip("littlefs", reason="the board's flash needs littlefs-python")

import cuts
import kills


def test_cuts_of_every_kind_lose_nothing() -> None:
    ledger = cuts.chapter(seed=20, number=0, cuts=45)
    assert ledger.problems == []
    assert all(tally.cuts for tally in ledger.tallies.values()), "every kind was tried"
    assert len(ledger.made) > 20
    assert sum(tally.at_risk for tally in ledger.tallies.values()) > 5


@pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals and kill -9 are POSIX")
def test_killed_processes_lose_nothing() -> None:
    ledger = kills.round_of(seed=20, number=0, kills=6)
    assert ledger.problems == []
    assert len(ledger.made) > 5
