"""Left against right: the index, what a difference rests on, and when it gets a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logbook_pages import page, rep

from cablerep.history.symmetry import Difference, Group, change, differences, symmetry_index

SOME = st.floats(1e-3, 1e4)


@given(SOME, SOME)
def test_the_index_is_antisymmetric_and_bounded(left: float, right: float) -> None:
    index, mirrored = symmetry_index(left, right), symmetry_index(right, left)
    assert index is not None
    assert mirrored is not None
    assert index == pytest.approx(-mirrored)
    assert -200 < index < 200
    assert (index > 0) == (right > left)


@given(SOME, SOME, st.floats(0.01, 100))
def test_the_index_has_no_unit(left: float, right: float, factor: float) -> None:
    assert symmetry_index(factor * left, factor * right) == pytest.approx(symmetry_index(left, right), abs=1e-6)


@pytest.mark.parametrize(
    ("left", "right", "index"), [(100, 100, 0), (90, 110, 20), (110, 90, -20), (0, 5, 200), (5, 0, -200), (0, 0, None)]
)
def test_the_index_as_robinson_has_it(left: float, right: float, index: float | None) -> None:
    assert symmetry_index(left, right) == index


def test_a_change_is_of_what_was_before() -> None:
    assert change(80, 100) == pytest.approx(25)
    assert change(100, 80) == pytest.approx(-20)
    assert change(0, 5) is None


def figure(told: list[Difference], key: str) -> Difference:
    return next(one for one in told if one.key == key)


def test_each_figure_says_what_it_rests_on() -> None:
    left = Group("left", [page(6, side="left"), page(4, side="left", load_n=None)])
    right = Group("right", [page(3, side="right", hold_s=2.6)])
    told = differences(left, right, symmetry_index)
    assert [one.key for one in told] == ["reps", "load_n", "rom_mm", "hold_s", "eccentric_s", "concentric_mean_m_s"]
    hold = figure(told, "hold_s")
    assert hold.one is not None
    assert hold.other is not None
    assert (hold.per, hold.one.n, hold.other.n) == ("rep", 10, 3)
    assert hold.percent == pytest.approx(100 * 0.4 / 2.4)
    assert hold.word == "right longer"
    reps = figure(told, "reps")
    assert reps.one is not None
    assert (reps.per, reps.one.n, reps.one.mean, reps.word) == ("set", 2, 5.0, "")
    load = figure(told, "load_n")
    assert load.one is not None
    assert (load.one.n, load.word) == (1, ""), "nobody has published how far the load errs"


def test_words_are_of_the_second_group_and_only_where_it_is_clear() -> None:
    slow = Group("before", [page(5, concentric_mean_m_s=0.30)])
    same = Group("latest", [page(5, concentric_mean_m_s=0.303)])
    fast = Group("latest", [page(5, concentric_mean_m_s=0.31)])
    few = Group("latest", [page(2, concentric_mean_m_s=0.60)])
    words = [figure(differences(slow, other, change), "concentric_mean_m_s").word for other in (same, fast, few)]
    assert words == ["alike", "latest faster", "too few reps"]
    assert figure(differences(fast, slow, change), "concentric_mean_m_s").word == "before slower"


def test_a_figure_that_one_group_lacks() -> None:
    told = differences(Group("left", [page(5)]), Group("right", [page(5, load_n=None)]), symmetry_index)
    load = figure(told, "load_n")
    assert (load.other, load.percent, load.word) == (None, None, "")
    neither = differences(Group("left", [page(5, load_n=None)]), Group("right", [page(5, load_n=None)]), symmetry_index)
    assert "load_n" not in [one.key for one in neither]
    empty = differences(Group("left", [page(0)]), Group("right", [page(5)]), symmetry_index)
    assert figure(empty, "rom_mm").word == ""


def test_flags_of_a_group() -> None:
    group = Group(
        "left", [page([rep(1, flags=("swing",)), rep(2)]), page([rep(1, flags=("swing", "slack"), kind="partial")])]
    )
    assert group.flags() == {"swing": 2, "slack": 1}
    assert group.reps == 3
