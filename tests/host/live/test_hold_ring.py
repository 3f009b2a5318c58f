"""The ring that fills during a hold and a rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_stage import ECCENTRIC, HOLD, REST, Kickback, Stage, in_a_hold

from cablerep.live.block_letters import block_lines
from cablerep.live.hold_ring import HoldRing, bar, ring
from cablerep.model.screen import LiveModel


def dots(lines: list[str]) -> int:
    return sum((ord(character) - 0x2800).bit_count() for line in lines for character in line if "⠀" <= character <= "⣿")


def shown(model: LiveModel) -> tuple[str, str, list[str]]:
    part = HoldRing()
    lines = part.draw(model, 15, 7).plain.splitlines()
    return str(part.border_title), str(part.border_subtitle), lines


def holds(lines: list[str], word: str) -> bool:
    text = "\n".join(lines)
    return all(line.strip() in text for line in block_lines(word))


def test_the_ring_fills_in_proportion() -> None:
    empty, half, whole = (dots(ring(share, "", "bold", 40, 20).plain.splitlines()) for share in (0.0, 0.5, 1.0))
    assert half - empty == pytest.approx((whole - empty) / 2, rel=0.03)
    assert dots(ring(5.0, "", "bold", 40, 20).plain.splitlines()) == whole, "and no further"


def test_without_room_for_a_ring_a_bar_fills() -> None:
    for fraction, filled in ((0.0, 0), (0.5, 8), (1.0, 15), (3.0, 15)):
        lines = bar(fraction, "1.3", "bold", 15, 7).plain.splitlines()
        assert (lines[-1].count("█"), lines[-1].count("─")) == (filled, 15 - filled)
    assert len(HoldRing().draw(in_a_hold().model, 40, 20).plain.splitlines()) == 20


@pytest.mark.parametrize(("height", "width"), [(7, 15), (6, 13), (20, 40)])
@pytest.mark.parametrize("hold_s", [0.0, 9.94, 9.96, 59.9])
def test_large_seconds_fit_the_panel(hold_s: float, width: int, height: int) -> None:
    stage = Stage()
    stage.begin()
    stage.hear(stage.phase(HOLD, 0.0, set=1), stage.samples(round(200 * hold_s), 1))
    lines = HoldRing().draw(stage.model, width, height).plain.split("\n")
    assert len(lines) <= height
    assert max(map(len, lines)) <= width


def test_the_ring_fills_clockwise_from_the_top() -> None:
    lines = ring(0.25, "", "bold", 40, 20).plain.splitlines()
    right_above = [line[20:] for line in lines[:10]]
    others = [line[:20] for line in lines] + [line[20:] for line in lines[10:]]
    assert dots(right_above) > dots(others), "a quarter, thick, has more dots than three that are a line"


@given(st.floats(0, 1.5), st.sampled_from(["", "7", "42", "✓"]), st.integers(4, 60), st.integers(3, 30))
def test_drawing_fits_the_panel(share: float, inside: str, width: int, height: int) -> None:
    lines = ring(share, inside, "bold", width, height).plain.split("\n")
    assert len(lines) == height
    assert {len(line) for line in lines} == {width}


def test_ring_during_a_hold() -> None:
    stage = in_a_hold()  # since 1.85 s, the newest sample is of 3.15 s
    title, figure, lines = shown(stage.model)
    assert (title, figure) == ("hold", "1.3 of 2 s")
    assert holds(lines, "1.3")
    stage.hear(stage.samples(631, *[310] * 150))
    title, figure, lines = shown(stage.model)
    assert figure == "2.0 of 2 s ✓"
    assert holds(lines, "2.0")


def test_the_last_hold_stays_until_the_next_rep() -> None:
    stage = in_a_hold()
    stage.hear(stage.phase(ECCENTRIC, 3.15, set=1))
    assert shown(stage.model)[1] == "1.3 of 2 s"
    stage.rep(seq=7, rep=7, start=11_000, top=18_500, release=31_500)
    stage.hear(stage.phase(REST, 4.0, set=1))
    assert shown(stage.model)[1] == "1.3 of 2 s"
    stage.hear(stage.phase(2, 5.0, set=1))
    _, figure, lines = shown(stage.model)
    assert figure == "of 2 s"
    assert holds(lines, "–")


def test_without_a_target_the_ring_is_a_clock() -> None:
    stage = Stage()
    stage.begin()
    stage.hear(stage.phase(HOLD, 0.0, set=1), stage.samples(1000, 1))
    title, figure, lines = shown(stage.model)
    assert (title, figure) == ("hold", "5.0 s")
    assert holds(lines, "5.0")
    assert shown(LiveModel())[1] == ""


def test_between_sets_the_ring_times_the_rest() -> None:
    stage = Stage(Kickback())
    stage.begin()
    stage.hear(stage.board.rep(), stage.board.set(), stage.samples(200 * 14, 1))
    title, figure, lines = shown(stage.model)
    assert (title, figure) == ("rest", "1:22 left")
    assert holds(lines, "82")
    stage.hear(stage.samples(200 * 96, 1))
    title, figure, lines = shown(stage.model)
    assert figure == "over 0:01"
    assert holds(lines, "✓")
