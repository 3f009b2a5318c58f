"""Training sessions: sets grouped by pauses of more than an hour."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from logbook_pages import FIRST, page, rep

from cablerep.history.training import PAUSE, rep_at, set_end, training_sessions


def test_a_pause_of_more_than_an_hour_separates_sessions() -> None:
    sets = [page(1, minute=minute) for minute in (0, 5, 65, 126)]  # each lasts 6.5 s
    assert [len(session.entries) for session in training_sessions(reversed(sets))] == [3, 1]


def test_the_pause_begins_when_the_last_rep_ends() -> None:
    long = page([rep(1), rep(2, start_s=3000.0, end_s=3010.0)])
    (session,) = training_sessions([long, page(1, minute=100)])
    assert (session.at, session.day) == (FIRST, FIRST.astimezone().date())
    assert session.end == FIRST + timedelta(minutes=100, seconds=6.5)


def test_a_shorter_set_on_another_board_does_not_end_the_session() -> None:
    long = page([rep(1), rep(2, start_s=3000.0, end_s=3010.0)])  # until minute 50
    assert len(training_sessions([long, page(1, minute=1), page(1, minute=100)])) == 1


def test_a_set_without_reps_ends_when_it_begins() -> None:
    assert set_end(page(0).set) == FIRST


def test_a_reps_time_is_its_sets_plus_its_offset() -> None:
    one = page(3).set
    assert [rep_at(one, rep) - FIRST for rep in one.reps] == [timedelta(seconds=seconds) for seconds in (0, 10, 20)]


@given(st.lists(st.integers(0, 2000), max_size=12, unique=True))
def test_every_set_is_in_one_session_and_sessions_are_separate(minutes: list[int]) -> None:
    sets = [page(1, minute=minute) for minute in minutes]
    found = training_sessions(sets)
    assert sorted(one.id for session in found for one in session.entries) == sorted(one.id for one in sets)
    assert all(later.at - earlier.end > PAUSE for earlier, later in pairwise(found))
