"""Progress: the heaviest set of each day that kept its tempo, the best day, and when there is a trend."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logbook_pages import ASKED, FIRST, page, rep

from cablerep.history.logbook import Target
from cablerep.history.progress import MIN_DAYS, MIN_SPAN_DAYS, missed_reps, progress


def test_a_heavier_set_without_its_tempo_does_not_count() -> None:
    heavy = page(day=0, minute=9, load_n=200.0, eccentric_mean_m_s=0.4)
    (one,) = progress([page(day=0, load_n=150.0), page(day=0, minute=5, load_n=160.0), heavy])
    (day,) = one.days
    assert (day.load_n, day.kept, day.sets) == (160.0, 2, 3)
    assert one.has_target


def test_a_day_without_a_kept_tempo_has_no_load() -> None:
    (one,) = progress([page(day=0, hold_s=0.5), page(day=1, load_n=None), page(day=2, load_n=140.0)])
    assert [(day.load_n, day.kept, day.sets) for day in one.days] == [(None, 0, 1), (None, 1, 1), (140.0, 1, 1)]
    assert one.loads == [((FIRST + timedelta(days=2)).date(), 140.0)]


def test_a_day_without_a_kept_tempo_shows_its_heaviest_set() -> None:
    sets = [page(day=0, hold_s=0.5, load_n=150.0), page(day=0, minute=5, hold_s=0.5, load_n=160.0), page(day=1)]
    (one,) = progress(sets)
    assert [day.missed for day in one.days] == [sets[1], None]
    assert one.best is not None
    assert one.best.best == sets[2]


@pytest.mark.parametrize("reason", [{"flags": ("swing",)}, {"flags": ("range_over",)}, {"paused": True}])
@pytest.mark.parametrize("target", [ASKED, None])
def test_a_thrown_set_is_no_record(reason: dict[str, object], target: Target | None) -> None:
    thrown = [rep(n, **reason) if n <= 2 else rep(n) for n in range(1, 7)]
    sets = [page(day=0, load_n=100.0, target=target), page(thrown, day=0, minute=5, load_n=200.0, target=target)]
    (one,) = progress(sets)
    assert [(day.load_n, day.kept, day.sets) for day in one.days] == [(100.0, 1, 2)]
    assert [missed_reps(entry) for entry in sets] == [0, 2]


def test_one_miss_in_five_still_counts() -> None:
    (one,) = progress([page([rep(1, hold_s=0.5), *(rep(n) for n in range(2, 6))])])
    assert (one.days[0].kept, missed_reps(page([rep(1, hold_s=0.5)]))) == (1, 1)


def test_time_under_tension_of_each_week_even_without_training() -> None:
    (one,) = progress([page(2, day=0), page(3, day=6), page(1, day=14, hold_s=0.1)])  # Monday, Sunday, Monday
    assert [(week.monday, week.tension_s) for week in one.weeks] == [
        (FIRST.date(), pytest.approx(5 * 6.5)),
        (FIRST.date() + timedelta(days=7), 0),
        (FIRST.date() + timedelta(days=14), pytest.approx(6.5)),
    ]


def test_without_a_target_every_set_counts() -> None:
    (one,) = progress([page(target=None, hold_s=0.1, load_n=99.0)])
    assert (one.has_target, one.days[0].kept, one.days[0].load_n) == (False, 1, 99.0)


def test_exercises_and_sides_are_separate() -> None:
    found = progress(
        [page(side="right"), page(side="left"), page(exercise="Hip abduction"), page(0, exercise="Nothing done")]
    )
    assert [(one.exercise, one.side) for one in found] == [
        ("Hip abduction", ""),
        ("Kickback", "left"),
        ("Kickback", "right"),
    ]


def test_the_best_day_is_the_first_of_equals() -> None:
    (one,) = progress([page(day=day, load_n=load) for day, load in ((0, 150.0), (2, 170.0), (4, 170.0), (6, 160.0))])
    assert one.best is not None
    assert one.best.day == (FIRST + timedelta(days=2)).date()
    (none,) = progress([page(load_n=None)])
    assert none.best is None


@pytest.mark.parametrize(("when", "trend"), [([0, 1, 6], False), ([0, 7], False), ([0, 1, 7], True)])
def test_a_trend_needs_three_days_over_a_week(when: list[int], trend: bool) -> None:
    (one,) = progress([page(day=day, load_n=100.0 + day) for day in when])
    assert (one.trend_n_per_week is not None) == trend


@given(st.floats(-20, 20), st.sets(st.integers(0, 60), min_size=1, max_size=12))
def test_the_trend_is_the_slope_of_the_loads(per_week: float, when: set[int]) -> None:
    (one,) = progress([page(day=day, load_n=500 + per_week * day / 7) for day in when])
    if len(when) < MIN_DAYS or max(when) - min(when) < MIN_SPAN_DAYS:
        assert one.trend_n_per_week is None
    else:
        assert one.trend_n_per_week == pytest.approx(per_week, abs=1e-6)
