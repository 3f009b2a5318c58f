"""Comparisons: which sets meet, the symmetry index, and when a difference gets a verdict."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from logbook_pages import page, rep

from cablerep.history import compare as comparisons
from cablerep.history.compare import Difference, Group, change, differences, symmetry_index
from cablerep.history.logbook import Entry

DAYS = [
    page(day=0, side="left"),
    page(day=0, minute=5, side="right"),
    page(day=2, side="left", rom_mm=200.0),
    page(day=2, minute=5, side="right", rom_mm=300.0),
    page(day=2, minute=9, side="left", rom_mm=200.0),
    page(day=3, side="left"),  # the right leg has not been trained yet
    page(day=3, minute=5, side="left", exercise="Hip abduction"),
]


def ids(sets: Sequence[Entry]) -> list[str]:
    return [one.id for one in sets]


def test_sides_are_compared_on_the_latest_day_with_both() -> None:
    (one,) = comparisons.of_sides(DAYS)
    assert (one.kind, one.exercise, one.side) == ("sides", "Kickback", "")
    assert (one.first.name, ids(one.first.entries)) == ("left", ids([DAYS[2], DAYS[4]]))
    assert (one.second.name, ids(one.second.entries)) == ("right", ids([DAYS[3]]))
    rom = figure(one.differences, "rom_mm")
    assert rom.percent == 40.0


def test_a_day_is_compared_with_the_day_before() -> None:
    left, right = comparisons.of_days(DAYS)
    assert (left.kind, left.exercise, left.side) == ("days", "Kickback", "left")
    assert (left.first.name, ids(left.first.entries)) == ("before", ids([DAYS[2], DAYS[4]]))
    assert (left.second.name, ids(left.second.entries)) == ("latest", ids([DAYS[5]]))
    rom = figure(left.differences, "rom_mm")
    assert rom.percent == 50.0, "relative to before"
    assert right.side == "right"


def test_left_and_right_sets_are_compared_by_the_symmetry_index() -> None:
    one = comparisons.of_sets(DAYS[2], DAYS[3])
    assert (one.kind, one.first.name, one.second.name) == ("sets", DAYS[2].id, DAYS[3].id)
    assert figure(one.differences, "rom_mm").percent == 40.0, "left and right: the symmetry index"
    days = comparisons.of_sets(DAYS[0], DAYS[2])
    assert figure(days.differences, "rom_mm").percent == -100 / 3


def test_sets_without_a_full_rep_are_skipped() -> None:
    empty = [page(0, side="left"), page(0, side="right"), page(2, day=1, side="left")]
    assert comparisons.of_sides(empty) == comparisons.of_days(empty) == []
    assert comparisons.of_sides([]) == comparisons.of_days([]) == []


@given(
    st.lists(
        st.builds(
            page,
            st.integers(0, 4),
            day=st.integers(0, 3),
            minute=st.integers(0, 99),
            side=st.sampled_from(["left", "right", ""]),
            exercise=st.sampled_from(["", "Kickback", "Hip abduction"]),
        ),
        max_size=12,
    )
)
def test_only_sets_of_one_exercise_are_compared(sets: list[Entry]) -> None:
    for one in comparisons.of_sides(sets):
        assert {each.side for each in one.first.entries} == {"left"}
        assert {each.side for each in one.second.entries} == {"right"}
        both = [*one.first.entries, *one.second.entries]
        assert len({each.day for each in both}) == 1
        assert {each.exercise for each in both} == {one.exercise}
    for one in comparisons.of_days(sets):
        both = [*one.first.entries, *one.second.entries]
        assert {(each.exercise, each.side) for each in both} == {(one.exercise, one.side)}
        assert max(each.day for each in one.first.entries) < min(each.day for each in one.second.entries)


SOME = st.floats(1e-3, 1e4)


@given(SOME, SOME)
def test_index_is_antisymmetric_and_bounded(left: float, right: float) -> None:
    index, mirrored = symmetry_index(left, right), symmetry_index(right, left)
    assert index is not None
    assert mirrored is not None
    assert index == pytest.approx(-mirrored)
    assert -200 < index < 200
    assert (index > 0) == (right > left)


@given(SOME, SOME, st.floats(0.01, 100))
def test_index_does_not_depend_on_the_unit(left: float, right: float, factor: float) -> None:
    assert symmetry_index(factor * left, factor * right) == pytest.approx(symmetry_index(left, right), abs=1e-6)


@pytest.mark.parametrize(
    ("left", "right", "index"), [(100, 100, 0), (90, 110, 20), (110, 90, -20), (0, 5, 200), (5, 0, -200), (0, 0, None)]
)
def test_index_matches_robinsons_definition(left: float, right: float, index: float | None) -> None:
    assert symmetry_index(left, right) == index


def test_change_is_relative_to_the_value_before() -> None:
    assert change(80, 100) == pytest.approx(25)
    assert change(100, 80) == pytest.approx(-20)
    assert change(0, 5) is None


def figure(found: Sequence[Difference], key: str) -> Difference:
    return next(one for one in found if one.key == key)


def test_each_figure_gives_its_number_of_values() -> None:
    left = Group("left", [page(6, side="left"), page(4, side="left", load_n=None)])
    right = Group("right", [page(3, side="right", hold_s=2.6)])
    found = differences(left, right, symmetry_index)
    assert [one.key for one in found] == [
        *("reps", "load_n", "rom_mm", "hold_s", "eccentric_s", "concentric_s", "concentric_mean_m_s"),
    ]
    hold = figure(found, "hold_s")
    assert hold.first is not None
    assert hold.second is not None
    assert (hold.per, hold.first.n, hold.second.n) == ("rep", 10, 3)
    assert hold.percent == pytest.approx(100 * 0.4 / 2.4)
    assert hold.verdict == "right longer"
    reps = figure(found, "reps")
    assert reps.first is not None
    assert (reps.per, reps.first.n, reps.first.mean, reps.verdict) == ("set", 2, 5.0, "")
    load = figure(found, "load_n")
    assert load.first is not None
    assert (load.first.n, load.verdict) == (1, ""), "the error of the load is not published"


def test_verdicts_describe_the_second_group_and_need_a_clear_difference() -> None:
    slow = Group("before", [page(5, concentric_mean_m_s=0.30)])
    same = Group("latest", [page(5, concentric_mean_m_s=0.303)])
    fast = Group("latest", [page(5, concentric_mean_m_s=0.31)])
    few = Group("latest", [page(2, concentric_mean_m_s=0.60)])
    verdicts = [figure(differences(slow, other, change), "concentric_mean_m_s").verdict for other in (same, fast, few)]
    assert verdicts == ["similar", "latest faster", "too few reps"]
    assert figure(differences(fast, slow, change), "concentric_mean_m_s").verdict == "before slower"


def test_figures_missing_in_one_or_both_groups() -> None:
    found = differences(Group("left", [page(5)]), Group("right", [page(5, load_n=None)]), symmetry_index)
    load = figure(found, "load_n")
    assert (load.second, load.percent, load.verdict) == (None, None, "")
    neither = differences(Group("left", [page(5, load_n=None)]), Group("right", [page(5, load_n=None)]), symmetry_index)
    assert "load_n" not in [one.key for one in neither]
    empty = differences(Group("left", [page(0)]), Group("right", [page(5)]), symmetry_index)
    assert figure(empty, "rom_mm").verdict == ""


def test_flags_of_a_group_are_counted() -> None:
    group = Group(
        "left", [page([rep(1, flags=("swing",)), rep(2)]), page([rep(1, flags=("swing", "slack"), kind="partial")])]
    )
    assert group.flags() == {"swing": 2, "slack": 1}
    assert group.reps == 3


def test_the_directions_of_the_legs_are_compared_outward_in_degrees() -> None:
    def legs(side: str, *directions_deg: float) -> Group:
        reps = [rep(number, side=side, direction_deg=value) for number, value in enumerate(directions_deg, 1)]
        return Group(side, [page(reps, side=side)])

    found = differences(legs("left", -38, -40, -36), legs("right", 30, 31, 29), symmetry_index)
    direction = figure(found, "direction_deg")
    assert (direction.first.mean, direction.second.mean, direction.percent) == (38, 30, None)
    assert direction.verdict == "right straighter"
    assert figure(differences(legs("left", -38), legs("right", 30, 31), change), "direction_deg").first.n == 1
    neither = differences(Group("left", [page(5)]), Group("right", [page(5)]), change)
    assert "direction_deg" not in [one.key for one in neither]
