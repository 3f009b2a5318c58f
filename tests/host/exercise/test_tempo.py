"""Tempo as coaches write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep.exercise import tempo
from cablerep.exercise.tempo import Tempo

seconds = st.integers(0, 600).map(lambda tenths: tenths / 10)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("3-0-1-2", (3, 0, 1, 2)),
        ("3012", (3, 0, 1, 2)),
        ("30X2", (3, 0, 0, 2)),
        ("4-2-x-1", (4, 2, 0, 1)),
        ("2.5 - 0 - 1 - 0", (2.5, 0, 1, 0)),
    ],
)
def test_coaches_notation_parses(text: str, numbers: tuple[float, ...]) -> None:
    assert tempo.parse(text) == Tempo(*numbers)


@given(seconds.filter(bool), seconds, seconds, seconds)
def test_str_round_trips(eccentric_s: float, bottom_s: float, concentric_s: float, hold_s: float) -> None:
    one = Tempo(eccentric_s, bottom_s, concentric_s, hold_s)
    assert tempo.parse(str(one)) == one


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "0 numbers"),
        ("301", "3 numbers"),
        ("3-0-1", "3 numbers"),
        ("X-0-1-2", "'X' is not a number"),
        ("3-0-1-61", "'61' is not a number of seconds from 0 to 60"),
        ("3-0--1-2", "5 numbers"),
        ("3-0-1e1-2", "'1e1'"),
        ("3-nan-1-2", "'nan'"),
        ("0-0-1-2", "cannot be 0"),
        ("3-0-0-2", "write X, not 0"),
    ],
)
def test_invalid_tempos_are_errors(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tempo.parse(text)


def test_the_description_follows_the_order_of_a_rep() -> None:
    one = tempo.parse("3-0-1-2")
    assert one.description == "lift in 1 s, hold for 2 s, lower in 3 s, no rest at the bottom"
    assert one.rep_s == 6
    assert tempo.parse("31X0").description.startswith("lift as fast as control allows, no hold")
