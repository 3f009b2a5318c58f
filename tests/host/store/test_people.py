"""What people add to the store: lifters, corrections, and what was true when a set ended."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import old_stores
import pytest
from stored_reps import HELLO, NOON, REP, SET, reps

from cablerep.exercise.facts import Facts, from_json, to_json
from cablerep.store.database import Lifter, Store, StoredSet

KICKBACK = Facts(2, "kickback", "Kickback", "each", 2.0, (2.0, 6.0), 0.15, 0.0, 0.0, 130, 70)
ANA, BEN = Lifter(7, "Ana"), Lifter(9, "Ben")


@pytest.fixture
def store() -> Store:
    """Ana's left set of three reps, stored with its facts, and nobody's right one."""
    store = Store(Path(":memory:"))
    store.add_session(replace(HELLO, samples=0), "x", NOON)
    for one in (ANA, BEN):
        store.add_lifter(one)
    for number, side, lifter in ((1, "left", ANA.number), (2, "right", 0)):
        for rep in reps(3):
            seq, start_s = 10 * number + rep.seq, 100 * number + rep.start_s
            moved = replace(rep, set=number, side=side, seq=seq, start_s=start_s, end_s=start_s + 0.5)
            store.add(HELLO.board, moved, NOON)
        over = replace(SET, set=number, seq=10 * number + 9, side=side, reps=3, partials=0, profile=2, lifter=lifter)
        store.add(HELLO.board, over, NOON, facts=KICKBACK if number == 1 else None, typed_n=None if lifter else 98.0)
    return store


def first(store: Store) -> StoredSet:
    found = store.set_of(HELLO.board, HELLO.session, 1)
    assert found is not None
    return found


def test_sets_know_their_lifter_and_what_was_true(store: Store) -> None:
    mine, nobodys = store.sets()
    assert (mine.lifter_name, mine.facts, mine.typed_n) == ("Ana", KICKBACK, None)
    assert (nobodys.lifter_name, nobodys.facts, nobodys.typed_n) == ("", None, 98.0)
    assert [one.set for one in store.sets(lifter=ANA.number)] == [1]
    assert [one.set for one in store.sets(lifter=0)] == [2]
    assert [(one.name, one.sets) for one in store.lifters()] == [("Ana", 1), ("Ben", 0)]


def test_a_repeated_message_does_not_change_what_was_true(store: Store) -> None:
    over = replace(SET, set=1, seq=19, side="left", reps=3, partials=0, profile=2, lifter=ANA.number)
    store.add(HELLO.board, over, facts=replace(KICKBACK, name="Renamed"))
    assert first(store).facts == KICKBACK


def test_readers_see_corrections_and_the_messages_stay(store: Store) -> None:
    pushups = replace(KICKBACK, number=3, name="Abduction")
    changes = {"side": "right", "lifter": BEN.number, "exercise": pushups, "weight_n": 50.0, "rpe": 8.5, "type": "drop"}
    done = store.edit(first(store), changes)
    assert [edit.field for edit in done] == list(changes)
    after = first(store)
    assert (after.side, after.lifter_name, after.facts, after.profile) == ("right", "Ben", pushups, 3)
    assert (after.weight_n, after.rpe, after.type, after.edited) == (50.0, 8.5, "drop", True)
    assert {rep.side for rep in after.reps} == {"left"}, "as the board reported"
    audit = {edit.field: (edit.was, edit.became) for edit in store.edits(after)}
    assert audit["exercise"] == ("Kickback", "Abduction")
    assert audit["side"] == ("left", "right")
    assert store.edit(after, {"side": "right"}) == [], "the same value is no correction"


def test_corrections_survive_a_late_rep(store: Store) -> None:
    store.edit(first(store), {"side": "right"})
    late = replace(REP, set=1, seq=40, rep=4, side="left", start_s=150.0, end_s=150.5)
    store.add(HELLO.board, late)
    assert (first(store).side, first(store).full) == ("right", 4)


def test_undo_takes_back_the_latest_correction(store: Store) -> None:
    for minutes, side in enumerate(("right", "")):
        store.edit(first(store), {"side": side}, NOON + timedelta(minutes=minutes))
    store.undo_edit(first(store))
    assert first(store).side == "right"
    assert len(store.edits(first(store))) == 3, "the audit keeps everything"


def test_a_deleted_set_is_left_out_until_it_is_taken_back(store: Store) -> None:
    one = first(store)
    store.edit(one, {"deleted": True})
    assert [kept.set for kept in store.sets()] == [2]
    assert [gone.set for gone in store.sets(deleted=True)] == [1]
    assert store.overview().sets == 1
    assert store.sets_named(one.id)[0].deleted, "it is still found by its id"
    store.edit(one, {"deleted": False})
    assert [kept.set for kept in store.sets()] == [1, 2]


def test_a_corrected_note_replaces_the_others_and_can_be_taken_back(store: Store) -> None:
    for minutes, text in enumerate(("knee hurts", "stopped early")):
        store.add_note(first(store), text, NOON + timedelta(minutes=minutes))
    store.edit(first(store), {"note": "all good"})
    assert [note.text for note in first(store).notes] == ["all good"]
    store.undo_edit(first(store))
    assert [note.text for note in first(store).notes] == ["knee hurts\nstopped early"]


def test_a_renamed_lifter_keeps_their_sets(store: Store) -> None:
    store.add_lifter(replace(ANA, name="Anna"))
    assert first(store).lifter_name == "Anna"


def test_an_unknown_number_of_a_lifter_is_shown(store: Store) -> None:
    store.edit(first(store), {"lifter": 200})
    assert first(store).lifter_name == "lifter 200"


def test_facts_survive_json() -> None:
    assert from_json(to_json(KICKBACK)) == KICKBACK


@pytest.mark.parametrize("version", [1, 2, 3, 4])
def test_an_older_store_belongs_to_nobody_and_can_be_given_away(tmp_path: Path, version: int) -> None:
    path = tmp_path / "old.sqlite"
    old_stores.make(path, version, *reps(3), met=True)
    with Store(path) as store:
        assert store.backup is not None
        (one,) = store.sets()
        assert (one.lifter, one.lifter_name, one.full, one.facts) == (0, "", 3, None)
        store.add_lifter(ANA)
        store.edit(one, {"lifter": ANA.number})
    with Store(path) as store:
        assert store.sets()[0].lifter_name == "Ana"
