"""The screen: everything at its place at 80 by 24, words and signs beside every colour, and no size that breaks it."""

import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from test_live_model import Stage

from cablerep.link import Connected, Disconnected, Silent
from cablerep.live_model import LiveModel
from cablerep.screen import LEAST_HEIGHT, LEAST_WIDTH, fits, render
from cablerep_fw.core import wire


def drawn(model: LiveModel, width: int = 80, height: int = 24, colour: bool = False) -> list[str]:
    system = "truecolor" if colour else None
    console = Console(file=io.StringIO(), width=width, force_terminal=colour, color_system=system, legacy_windows=False)
    with console.capture() as capture:
        console.print(render(model, width, height))
    return capture.get().splitlines()


def in_a_set() -> Stage:
    stage = Stage()
    board = stage.board
    stage.model.apply(Connected("/dev/ttyACM0"))
    stage.hear(board.hello(samples=0, um_per_count=1_000_000_000), stage.samples(0, *range(0, 160, 10)))
    for number in range(1, 13):
        stage.hear(board.rep(seq=number, rep=number, start=number * 100))
    stage.hear(board.rep(seq=20, kind=2, start=5000), board.say("health", jitter_us=12, heap_free=120 << 10, missed=2))
    stage.hear(board.say("phase", phase=3, cue=1, set=1, rep=12, at=0, known=600))
    stage.hear(stage.samples(480, 256))
    return stage


def test_a_hold_in_a_set() -> None:
    lines = drawn(in_a_set().model)
    text = "\n".join(lines)
    assert len(lines) == 24, "it fills the terminal to its last row and no further"
    assert max(map(len, lines)) <= 80
    for part in (
        *("/dev/ttyACM0", "● connected", "200 Hz", "■ holding", "seconds", "set 1 · right", "reps + 1 partial"),
        *("hold reached", "256 mm", "2 N", "2 samples missed", "jitter 12 µs", "heap 120 KiB", "Ctrl-C ends"),
    ):
        assert part in text, part
    rows = [line.split() for line in lines if "2.00" in line]
    assert [row[0] for row in rows] == [*map(str, range(6, 13)), "partial"], "the latest that fit"
    assert rows[0][1:] == ["1.69", "2.00", "1.25", "512", "0.68", "1.02", "0.41", "201", "137"]


@pytest.mark.parametrize(
    ("phase", "sign", "words"),
    [
        ("slack", "~", "cable slack"),
        ("rest", "·", "at the bottom"),
        ("concentric", "▲", "pulling out"),
        ("hold", "■", "holding"),
        ("eccentric", "▼", "letting back"),
    ],
)
def test_each_phase_has_a_word_and_a_sign(phase: str, sign: str, words: str) -> None:
    stage = Stage()
    stage.hear(stage.board.hello(), stage.board.say("phase", phase=wire.PHASES.index(phase)))
    lines = drawn(stage.model)
    assert f"{sign} {words}" in lines[2]
    others = [drawn(_in_phase(other))[3:7] for other in wire.PHASES if other != phase]
    assert lines[3:7] not in others, "and a large word of its own"


def _in_phase(phase: str) -> LiveModel:
    stage = Stage()
    stage.hear(stage.board.hello(), stage.board.say("phase", phase=wire.PHASES.index(phase)))
    return stage.model


def test_a_board_that_is_gone_is_the_largest_thing_on_it() -> None:
    stage = in_a_set()
    before = drawn(stage.model)[3:7]
    stage.model.apply(Disconnected("/dev/ttyACM0", "/dev/ttyACM0: the board is gone; plug it in again"))
    text = "\n".join(drawn(stage.model))
    assert drawn(stage.model)[3:7] != before
    for part in ("unplugged, waiting for it", "○ no board", "plug it in again"):
        assert part in text
    assert "seconds" not in text, "no clock runs"
    assert "12" in text, "and the reps stay"
    stage.model.apply(Silent("/dev/ttyACM0", 3.0))
    assert "◌ silent" in drawn(stage.model)[0]


def test_sets_that_are_over_stay_to_be_seen() -> None:
    stage = in_a_set()
    stage.hear(stage.board.set(seq=30, reps=12, partials=1))
    text = "\n".join(drawn(stage.model))
    assert "✓ set 1 (right): 12 reps + 1 partial, range 512 mm, load 182 N, 0:04 min" in text
    assert len(drawn(stage.model)) == 24


def test_a_fault_is_told_of() -> None:
    stage = in_a_set()
    stage.hear(stage.board.say("health", faults=2))
    assert f"fault: {wire.FAULTS[1]}" in "\n".join(drawn(stage.model, width=100))


def test_nothing_yet() -> None:
    text = "\n".join(drawn(LiveModel()))
    for part in ("○ connecting …", "no set yet", "· ready", "– mm", "nothing lost"):
        assert part in text


def test_colours_are_only_added() -> None:
    stage = in_a_set()
    plain = drawn(stage.model)
    with_colours = "\n".join(drawn(stage.model, colour=True))
    assert "\x1b[" in with_colours
    assert re.sub(r"\x1b\[[0-9;]*m", "", with_colours).splitlines() == plain


@settings(max_examples=30)
@given(st.integers(LEAST_WIDTH, 250), st.integers(LEAST_HEIGHT, 90), st.integers(0, 3))
def test_it_fits_every_terminal(width: int, height: int, sets: int) -> None:
    stage = in_a_set()
    for number in range(sets):
        stage.hear(stage.board.set(seq=50 + number))
    lines = drawn(stage.model, width, height)
    assert len(lines) == height
    assert max(map(len, lines)) <= width


def test_long_words_are_cut() -> None:
    stage = in_a_set()
    stage.model.apply(Connected("sim://" + "x" * 300))
    stage.hear(stage.board.say("log", b"y" * 150, level=3))
    lines = drawn(stage.model)
    assert len(lines) == 24
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize(
    ("width", "height", "encoding", "there", "expected"),
    [
        (80, 24, "utf-8", True, True),
        (LEAST_WIDTH + 1, LEAST_HEIGHT, "UTF-8", True, True),
        (LEAST_WIDTH, 24, "utf-8", True, False),
        (80, LEAST_HEIGHT - 1, "utf-8", True, False),
        (80, 24, "cp1252", True, False),
        (80, 24, "utf-8", False, False),
    ],
)
def test_where_it_makes_sense(width: int, height: int, encoding: str, there: bool, expected: bool) -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    assert fits(Console(file=file, width=width, height=height, force_terminal=there, _environ={})) is expected
