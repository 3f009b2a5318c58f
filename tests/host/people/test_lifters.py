"""Lifters: names, their numbers on boards, and sets that change hands."""

from pathlib import Path

import pytest
from stored_reps import HELLO, NOON, REP

from cablerep.errors import LifterError
from cablerep.people import lifters
from cablerep.store.database import Store


@pytest.fixture
def store() -> Store:
    store = Store(Path(":memory:"))
    store.add(HELLO.board, REP, NOON)
    return store


def test_two_computers_give_a_person_the_same_number(store: Store) -> None:
    other = Store(Path(":memory:"))
    lifters.add(other, "Ben")
    assert lifters.add(store, "Ana") == lifters.add(other, "Ana")


def test_every_lifter_gets_a_number_of_their_own() -> None:
    taken: list[int] = []
    for index in range(255):
        taken.append(lifters.number_of(f"lifter {index}", taken))
    assert sorted(taken) == list(range(1, 256))
    with pytest.raises(LifterError, match="255"):
        lifters.number_of("one more", taken)


@pytest.mark.parametrize("name", ["", "  ", "a" * 41, "nobody", "ALL", "a\x1bb", "-x"])
def test_unusable_names_are_refused(store: Store, name: str) -> None:
    with pytest.raises(LifterError):
        lifters.add(store, name)


def test_a_name_is_taken_in_any_case(store: Store) -> None:
    lifters.add(store, "Ana")
    with pytest.raises(LifterError, match="already"):
        lifters.add(store, "ANA")
    lifters.add(store, "Ben")
    with pytest.raises(LifterError, match="already"):
        lifters.rename(store, "Ben", "ana")
    assert lifters.rename(store, "ana", "ANA").name == "ANA", "the case of a name may change"


def test_the_beginning_of_a_name_is_enough(store: Store) -> None:
    for name in ("Ana", "Anton", "Ben"):
        lifters.add(store, name)
    known = store.lifters()
    assert lifters.find(known, "ben").name == "Ben"
    assert lifters.find(known, "ana").name == "Ana"
    assert lifters.find(known, "Nobody") == lifters.NOBODY
    with pytest.raises(LifterError, match="Ana, Anton"):
        lifters.find(known, "an")
    with pytest.raises(LifterError, match="Ana, Anton, Ben"):
        lifters.find(known, "Carl")


def test_the_free_length_of_a_strap_stays_with_its_lifter(store: Store) -> None:
    lifters.add(store, "Ana")
    lifters.set_free_length(store, "ana", 420)
    assert lifters.rename(store, "Ana", "Anna").free_mm == 420
    assert store.lifters()[0].free_mm == 420
    for name, free_mm in (("Anna", 0), ("Anna", 5001), ("nobody", 420)):
        with pytest.raises(LifterError):
            lifters.set_free_length(store, name, free_mm)


def test_sets_are_given_once(store: Store) -> None:
    ana = lifters.add(store, "Ana")
    assert lifters.give(store, store.sets(), ana) == 1
    assert lifters.give(store, store.sets(), ana) == 0
    assert [one.lifter_name for one in store.sets()] == ["Ana"]
