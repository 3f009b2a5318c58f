"""The compact screen: the essentials at any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_stage import ECCENTRIC, REST, Kickback, Stage, in_a_hold

from cablerep.live.block_letters import block_lines
from cablerep.live.compact import Compact, wrapped


def shown(stage: Stage, width: int, height: int) -> list[str]:
    return Compact().draw(stage.model, width, height).plain.split("\n")


def holds(lines: list[str], word: str) -> bool:
    text = "\n".join(lines)
    return all(line.strip() in text for line in block_lines(word))


@pytest.mark.parametrize(("width", "height"), [(60, 20), (40, 15), (79, 23)])
def test_count_phase_hold_verdict_and_load_are_there(width: int, height: int) -> None:
    stage = in_a_hold()
    lines = shown(stage, width, height)
    assert len(lines) == height
    text = "\n".join(lines)
    for large in ("6", "1.3", "HOLD"):
        assert holds(lines, large), large
    for small in ("reps", "kg", "hold 1.3 of 2 s", "✓ Rep 6: good", "Glute kickback", "●", "? help"):
        assert small in text, small
    stage.hear(stage.phase(ECCENTRIC, 3.15, set=1), stage.phase(REST, 4.0, set=1))
    stage.rep(("hold_short",), seq=7, rep=7, start=11_000, top=18_500, release=31_500, end=40_000, known=41_000)
    lines = shown(stage, width, height)
    assert holds(lines, "SHORT")
    assert "! Rep 7: Hold longer at the top." in "\n".join(lines)


@pytest.mark.parametrize(("width", "height"), [(40, 10), (20, 6), (12, 3)])
def test_smaller_screens_keep_the_count_and_the_phase(width: int, height: int) -> None:
    text = "\n".join(shown(in_a_hold(), width, height))
    assert "reps" in text
    assert "HOLD" in text


@given(st.integers(1, 79), st.integers(1, 23))
def test_drawing_fits_any_size(width: int, height: int) -> None:
    lines = shown(in_a_hold(Kickback(name="A very long name of an exercise " * 3)), width, height)
    assert len(lines) <= height
    assert max(map(len, lines)) <= width


def test_text_is_wrapped_between_words() -> None:
    assert wrapped("! Rep 7: Hold longer at the top.", 20) == ["! Rep 7: Hold longer", "at the top."]
    assert wrapped("", 20) == []
    assert wrapped("abcdefgh", 5) == ["abcde"]
