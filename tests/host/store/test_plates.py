"""Plates: a load belongs to the nearest known plate within half a step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep.store.plates import Plate, plate_of, step_n

STACK = [Plate(number, 10.0 + 24.5 * number) for number in range(1, 11)]


@given(st.integers(1, 10), st.floats(-12.2, 12.2))
def test_a_load_within_half_a_step_belongs_to_its_plate(number: int, off_n: float) -> None:
    assert plate_of(10.0 + 24.5 * number + off_n, STACK) == number


@pytest.mark.parametrize("load_n", [0.0, 22.0, 268.0, 1000.0, None])
def test_a_load_beyond_the_stack_has_no_plate(load_n: float | None) -> None:
    assert plate_of(load_n, STACK) is None


def test_an_unknown_plate_is_not_taken_for_its_neighbour() -> None:
    known = [plate for plate in STACK if plate.number not in (4, 5)]
    assert step_n(known) == pytest.approx(24.5)
    assert plate_of(10.0 + 24.5 * 4, known) is None
    assert plate_of(10.0 + 24.5 * 6, known) == 6


def test_one_plate_matches_only_its_own_load() -> None:
    assert plate_of(100.0, []) is None
    assert plate_of(34.5, STACK[:1]) == 1
    assert plate_of(35.0, STACK[:1]) is None
    assert step_n(STACK[:1]) == 0
