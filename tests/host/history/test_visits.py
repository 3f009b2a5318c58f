"""Visits: sets gathered by the hour between them."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from logbook_pages import FIRST, page, rep

from cablerep.history.visits import PAUSE, rep_at, set_end, visits


def test_a_pause_of_more_than_an_hour_parts_two_visits() -> None:
    sets = [page(1, minute=minute) for minute in (0, 5, 65, 126)]  # each lasts 6.5 s
    assert [len(visit.entries) for visit in visits(reversed(sets))] == [3, 1]


def test_the_pause_begins_where_the_last_rep_ended() -> None:
    long = page([rep(1), rep(2, start_s=3000.0, end_s=3010.0)])
    (visit,) = visits([long, page(1, minute=100)])
    assert (visit.at, visit.day) == (FIRST, FIRST.astimezone().date())
    assert visit.end == FIRST + timedelta(minutes=100, seconds=6.5)


def test_a_set_on_another_board_that_ends_sooner_does_not_end_the_visit() -> None:
    long = page([rep(1), rep(2, start_s=3000.0, end_s=3010.0)])  # until minute 50
    assert len(visits([long, page(1, minute=1), page(1, minute=100)])) == 1


def test_a_set_without_reps_ends_as_it_begins() -> None:
    assert set_end(page(0).set) == FIRST


def test_a_rep_has_the_time_of_its_set_and_its_place_in_it() -> None:
    one = page(3).set
    assert [rep_at(one, rep) - FIRST for rep in one.reps] == [timedelta(seconds=seconds) for seconds in (0, 10, 20)]


@given(st.lists(st.integers(0, 2000), max_size=12, unique=True))
def test_every_set_is_in_one_visit_and_visits_are_apart(minutes: list[int]) -> None:
    sets = [page(1, minute=minute) for minute in minutes]
    found = visits(sets)
    assert sorted(one.id for visit in found for one in visit.entries) == sorted(one.id for one in sets)
    assert all(later.at - earlier.end > PAUSE for earlier, later in pairwise(found))
