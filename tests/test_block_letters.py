"""Large letters: half blocks that show the pixels they stand for."""

import pytest

from cablerep.block_letters import HEIGHT, block_lines


def pixels(lines: list[str]) -> list[str]:
    upper = {"█": "#", "▀": "#", "▄": ".", " ": "."}
    lower = {"█": "#", "▀": ".", "▄": "#", " ": "."}
    return [row for line in lines for row in ("".join(upper[c] for c in line), "".join(lower[c] for c in line))]


def test_a_word() -> None:
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


@pytest.mark.parametrize("word", ["SLACK", "REST", "OUT", "HOLD", "BACK", "WAIT", "0123456789.", ""])
def test_every_word_of_the_screen_has_its_letters(word: str) -> None:
    lines = block_lines(word)
    assert len(lines) == HEIGHT
    assert len({len(line) for line in lines}) == 1
    assert len(set(map(tuple, (pixels(block_lines(letter)) for letter in word)))) == len(set(word)), "no two alike"


def test_an_unknown_letter_is_an_error() -> None:
    with pytest.raises(KeyError):
        block_lines("Q")
