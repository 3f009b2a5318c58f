"""Large letters made of half blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep import words
from cablerep.live.block_letters import block_lines, height_of, scale_for, text_width
from cablerep.model import phase_style

WORDS = sorted(
    {style.word for style in phase_style.PHASES.values()}
    | {
        words.label("moment", name).upper()
        for name in (*phase_style.VERDICTS, "good", "tension", "wait", "ready", "resting")
    }
)


def pixels(lines: list[str]) -> list[str]:
    upper = {"█": "#", "▀": "#", "▄": ".", " ": "."}
    lower = {"█": "#", "▀": ".", "▄": "#", " ": "."}
    return [row for line in lines for row in ("".join(upper[c] for c in line), "".join(lower[c] for c in line))]


def test_letters_are_half_blocks() -> None:
    assert pixels(block_lines("T1.")) == [
        ".............",
        "#####...#....",
        "..#....##....",
        "..#.....#....",
        "..#.....#....",
        "..#.....#....",
        "..#.....#....",
        "..#....###..#",
    ]


@pytest.mark.parametrize("word", [*WORDS, "0123456789.:", "✓", "–"])
def test_every_large_word_has_glyphs(word: str) -> None:
    lines = block_lines(word)
    assert len(lines) == height_of()
    assert len({len(line) for line in lines}) == 1
    assert len(set(map(tuple, (pixels(block_lines(letter)) for letter in word)))) == len(set(word)), "no two alike"


def test_no_large_word_is_longer_than_the_others_scale() -> None:
    assert max(map(len, WORDS)) == phase_style.LETTERS


def test_no_text_gives_no_lines() -> None:
    assert block_lines("") == []


def test_unknown_letters_raise_keyerror() -> None:
    with pytest.raises(KeyError):
        block_lines("Q")


@given(st.text("HOLD0123456789", min_size=1, max_size=4), st.integers(1, 5), st.integers(1, 9))
def test_scaled_letters_have_the_same_shape(word: str, across: int, down: int) -> None:
    large = block_lines(word, across, down)
    assert len(large) == height_of(down)
    assert {len(line) for line in large} == {text_width(word, across)}
    rows = pixels(large)[-7 * down :]
    assert [row[::across] for row in rows[::down]] == pixels(block_lines(word))[1:]


@given(st.integers(1, 6), st.integers(1, 300), st.integers(1, 100))
def test_the_chosen_scale_fits(letters: int, width: int, height: int) -> None:
    across, down = scale_for(letters, width, height)
    word = "H" * letters
    assert text_width(word, across) <= max(width, text_width(word))
    assert height_of(down) <= max(height, height_of())
    assert across <= down <= 2 * across
