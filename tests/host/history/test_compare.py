"""Which sets are compared: sides of one day, days of one exercise and side, two by name."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st
from logbook_pages import page

from cablerep.history import compare as comparisons
from cablerep.history.logbook import Entry

DAYS = [
    page(day=0, side="left"),
    page(day=0, minute=5, side="right"),
    page(day=2, side="left", rom_mm=200.0),
    page(day=2, minute=5, side="right", rom_mm=300.0),
    page(day=2, minute=9, side="left", rom_mm=200.0),
    page(day=3, side="left"),  # the right one is to come
    page(day=3, minute=5, side="left", exercise="Hip abduction"),
]


def ids(sets: Sequence[Entry]) -> list[str]:
    return [one.id for one in sets]


def test_sides_are_those_of_the_latest_day_that_has_both() -> None:
    (one,) = comparisons.of_sides(DAYS)
    assert (one.kind, one.exercise, one.side) == ("sides", "Kickback", "")
    assert (one.one.name, ids(one.one.sets)) == ("left", ids([DAYS[2], DAYS[4]]))
    assert (one.other.name, ids(one.other.sets)) == ("right", ids([DAYS[3]]))
    rom = next(told for told in one.differences if told.key == "rom_mm")
    assert rom.percent == 40.0


def test_a_day_is_held_against_the_one_before() -> None:
    left, right = comparisons.of_days(DAYS)
    assert (left.kind, left.exercise, left.side) == ("days", "Kickback", "left")
    assert (left.one.name, ids(left.one.sets)) == ("before", ids([DAYS[2], DAYS[4]]))
    assert (left.other.name, ids(left.other.sets)) == ("latest", ids([DAYS[5]]))
    rom = next(told for told in left.differences if told.key == "rom_mm")
    assert rom.percent == 50.0, "of what it was"
    assert right.side == "right"


def test_two_sets() -> None:
    one = comparisons.of_sets(DAYS[2], DAYS[3])
    assert (one.kind, one.one.name, one.other.name) == ("sets", DAYS[2].id, DAYS[3].id)
    assert next(told for told in one.differences if told.key == "rom_mm").percent == 40.0, "left and right: the index"
    days = comparisons.of_sets(DAYS[0], DAYS[2])
    assert next(told for told in days.differences if told.key == "rom_mm").percent == -100 / 3


def test_sets_without_a_full_rep_are_passed_over() -> None:
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
def test_only_like_meets_like(sets: list[Entry]) -> None:
    for one in comparisons.of_sides(sets):
        assert {each.side for each in one.one.sets} == {"left"}
        assert {each.side for each in one.other.sets} == {"right"}
        both = [*one.one.sets, *one.other.sets]
        assert len({each.day for each in both}) == 1
        assert {each.exercise for each in both} == {one.exercise}
    for one in comparisons.of_days(sets):
        both = [*one.one.sets, *one.other.sets]
        assert {(each.exercise, each.side) for each in both} == {(one.exercise, one.side)}
        assert max(each.day for each in one.one.sets) < min(each.day for each in one.other.sets)
