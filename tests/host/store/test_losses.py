"""Losses are visible: messages that never came, sets with fewer reps than reported, conflicts, undecodable messages."""

from dataclasses import replace
from pathlib import Path

import pytest
from stored_reps import HELLO, NOON, REP, SET, reps

from cablerep.store.database import Added, LostMessages, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path / "store.sqlite")
    store.add_session(replace(HELLO, samples=0), "x", NOON)
    return store


def test_missing_messages_are_named_by_number(store: Store) -> None:
    messages = reps(12)
    for rep in (messages[2], messages[4], messages[5], messages[9]):  # 3, 5, 6, 10
        store.add("desk", rep)
    expected = LostMessages("desk", REP.session, NOON, ((1, 2), (4, 4), (7, 9)))
    assert store.losses() == [expected]
    assert store.losses("desk", REP.session) == [expected]
    assert expected.count == 6
    assert store.losses("desk", 1) == []
    for rep in messages:
        store.add("desk", rep)
    assert store.losses() == []


def test_a_set_with_fewer_reps_than_reported_is_incomplete(store: Store) -> None:
    for rep in reps(3):
        store.add("desk", rep)
    assert store.sets()[0].missing == 0, "not reported yet"
    store.add("desk", replace(SET, seq=20, reps=11, partials=2))
    (one,) = store.sets()
    assert (one.full, one.partials, one.reps_reported, one.partials_reported, one.missing) == (3, 0, 11, 2, 10)


def test_a_message_with_a_number_that_is_taken_is_kept_and_reported(store: Store) -> None:
    assert store.add("desk", REP) is Added.NEW
    assert store.add("desk", REP) is Added.REPEATED
    other = replace(REP, rom_mm=REP.rom_mm + 1)
    assert store.add("desk", other) is Added.CONFLICT
    assert store.add("desk", other) is Added.CONFLICT
    assert store.oddities() == (1, 0)
    assert store.sets()[0].reps[0].rom_mm == REP.rom_mm, "the first stands"


def test_undecodable_messages_are_kept_as_they_came(store: Store) -> None:
    for _ in range(2):
        store.add_malformed("desk", REP.session, 9, b"\xff\x00", "rate_hz is 0")
    assert store.oddities() == (0, 1)
    assert store._db.execute("SELECT seq, reason, payload FROM malformed").fetchall() == [
        (9, "rate_hz is 0", b"\xff\x00")
    ]
