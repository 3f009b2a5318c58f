"""What the store derives from messages: when sets began, and which sets are none."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from stored_reps import HELLO, NOON, REP, SET, reps

from cablerep.device.events import Rep
from cablerep.store.database import Store

LONG_AGO = NOON.replace(year=2000, month=1, day=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store.sqlite")


def rejected(rep: Rep, seq: int) -> Rep:
    return replace(rep, seq=seq, amended=True, kind="rejected", rep=None)


def test_a_hello_dates_the_sets_of_its_session(store: Store) -> None:
    store.add_session(HELLO, "x", NOON)  # two seconds after the session began; the set began one second after it
    store.add("desk", REP)
    (one,) = store.sets()
    assert (one.at, one.at_guessed) == (NOON - timedelta(seconds=1), False)


def test_a_clock_that_was_not_set_at_the_first_hello_is_corrected(store: Store) -> None:
    store.add_session(HELLO, "x", LONG_AGO)
    store.add("desk", REP, LONG_AGO)
    (one,) = store.sets()
    assert one.at_guessed
    store.add_session(replace(HELLO, samples=HELLO.samples + 200 * 60), "x", NOON)
    (one,) = store.sets()
    assert (one.at, one.at_guessed) == (NOON - timedelta(seconds=61), False)
    store.add_session(HELLO, "x", LONG_AGO)
    assert store.sets() == [one], "a clock that is not set corrects nothing"


def test_a_clock_that_was_found_wrong_is_corrected(store: Store) -> None:
    store.add_session(HELLO, "x", NOON - timedelta(hours=3))
    store.add("desk", REP)
    store.add_session(HELLO, "x", NOON, corrected=True)
    assert store.sets()[0].at == NOON - timedelta(seconds=1)


def test_a_boards_drift_is_no_correction(store: Store) -> None:
    store.add_session(HELLO, "x", NOON)
    store.add("desk", REP)
    store.add_session(HELLO, "x", NOON + timedelta(seconds=2))
    assert store.sets()[0].at == NOON - timedelta(seconds=1)


def test_without_a_hello_the_date_is_a_guess_from_the_message(store: Store) -> None:
    store.add("desk", REP, NOON)
    (one,) = store.sets()
    assert one.at_guessed
    assert one.at == NOON - timedelta(seconds=REP.known_s - REP.start_s)
    store.add_session(HELLO, "x", NOON)
    assert not store.sets()[0].at_guessed


def test_a_journal_read_after_a_restart_is_dated_before_the_restart(store: Store) -> None:
    hello = replace(HELLO, session=78, samples=200 * 600)
    store.add_session(hello, "x", NOON)  # the board has been on for ten minutes
    late = replace(REP, seq=2, start_s=1000.0, known_s=1006.0, set=2)
    for event in (REP, late):
        store.add("desk", event, NOON)
    first, second = store.sets()
    assert second.at == NOON - timedelta(minutes=10, seconds=6)
    assert first.at == second.at - timedelta(seconds=999), "the sets keep their distance"
    assert first.at_guessed and second.at_guessed


def test_a_set_whose_reps_are_all_rejected_is_void(store: Store) -> None:
    store.add_session(HELLO, "x", NOON)
    first, second = reps(2)
    for event in (first, second):
        store.add("desk", event)
    assert store.sets()[0].full == 2
    store.add("desk", rejected(first, 3))
    store.add("desk", rejected(second, 4))
    assert store.sets() == []
    assert store.overview().sets == 0
    assert store.set_of("desk", REP.session, 1) is None
    store.add("desk", replace(REP, seq=5, set=2, start_s=90.0))
    assert [one.set for one in store.sets(last=1)] == [2], "a limit does not count void sets"


def test_a_rejection_that_arrives_before_its_rep_stays(store: Store) -> None:
    store.add("desk", rejected(REP, 3))
    store.add("desk", REP)
    assert store.sets() == []
    assert [(rep.kind, rep.was) for rep in store.reps_of("desk", REP.session)] == [("rejected", "full")]


def test_a_set_that_was_reported_is_not_void_without_its_reps(store: Store) -> None:
    store.add("desk", SET)
    (one,) = store.sets()
    assert (one.full, one.missing) == (0, 1)


def test_a_rep_that_an_amendment_moves_to_another_set_leaves_nothing_behind(store: Store) -> None:
    store.add("desk", REP)
    store.add("desk", replace(REP, seq=2, set=2, amended=True))
    assert [(one.set, one.full) for one in store.sets()] == [(2, 1)]
    store.add("desk", replace(REP, seq=3, start_s=30.0))
    assert [(one.set, one.full) for one in store.sets()] == [(2, 1), (1, 1)]
