"""Tempo: the four figures as coaches write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep.exercise import tempo
from cablerep.exercise.tempo import Tempo

seconds = st.integers(0, 600).map(lambda tenths: tenths / 10)


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("3-0-1-2", (3, 0, 1, 2)),
        ("3012", (3, 0, 1, 2)),
        ("30X2", (3, 0, 0, 2)),
        ("4-2-x-1", (4, 2, 0, 1)),
        ("2.5 - 0 - 1 - 0", (2.5, 0, 1, 0)),
    ],
)
def test_what_coaches_write(text: str, figures: tuple[float, ...]) -> None:
    assert tempo.parse(text) == Tempo(*figures)


@given(seconds.filter(bool), seconds, seconds, seconds)
def test_what_it_writes_it_reads(eccentric_s: float, bottom_s: float, concentric_s: float, hold_s: float) -> None:
    one = Tempo(eccentric_s, bottom_s, concentric_s, hold_s)
    assert tempo.parse(str(one)) == one


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "0 figures"),
        ("301", "3 figures"),
        ("3-0-1", "3 figures"),
        ("X-0-1-2", "'X' is no number"),
        ("3-0-1-61", "'61' is no number of seconds from 0 to 60"),
        ("3-0--1-2", "5 figures"),
        ("3-0-1e1-2", "'1e1'"),
        ("3-nan-1-2", "'nan'"),
        ("0-0-1-2", "cannot be 0"),
        ("3-0-0-2", "written X, not 0"),
    ],
)
def test_what_is_none_is_told(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tempo.parse(text)


def test_it_is_explained_in_the_order_of_a_rep() -> None:
    one = tempo.parse("3-0-1-2")
    assert one.words == "out in 1 s, hold for 2 s, back in 3 s, no rest at the bottom"
    assert one.rep_s == 6
    assert tempo.parse("31X0").words.startswith("out as fast as control allows, no hold")
