"""The phase panel: a word, a sign and a colour for each phase."""

import pytest
from live_stage import ECCENTRIC, HOLD, Kickback, Stage, in_a_hold

from cablerep.device.events import Disconnected
from cablerep.live import stage as stage_module
from cablerep.live.block_letters import block_lines
from cablerep.live.look import look
from cablerep.live.model import LiveModel
from cablerep_fw.core.link import wire


def drawn(model: LiveModel, width: int = 31, height: int = 7) -> list[str]:
    return stage_module.Stage().draw(model, width, height).plain.splitlines()


@pytest.mark.parametrize(
    ("phase", "word", "words"),
    [
        ("slack", "SLACK", "~ cable slack"),
        ("rest", "LOW", "· at the bottom"),
        ("concentric", "OUT", "▲ pulling out"),
        ("hold", "HOLD", "■ holding"),
        ("eccentric", "BACK", "▼ letting back"),
    ],
)
def test_each_phase_has_a_word_and_a_colour(phase: str, word: str, words: str) -> None:
    stage = Stage()
    stage.begin()
    stage.hear(stage.phase(wire.PHASES.index(phase), 0.0, set=1), stage.samples(250, 1))
    lines = drawn(stage.model)
    assert lines[0].startswith(words)
    assert [line.rstrip() for line in lines[2:6]] == [line.rstrip() for line in block_lines(word)]
    assert lines[0].endswith("1.2 s") == (phase in ("concentric", "hold", "eccentric")), "a clock for the rep's phases"


def test_words_outside_a_rep() -> None:
    stage = Stage()
    assert look(stage.model).word == "READY"
    stage.begin()
    stage.hear(stage.board.rep(), stage.board.set())
    assert look(stage.model).word == "REST"
    stage.model.apply(Disconnected("x", "pulled"))
    assert look(stage.model).word == "WAIT"


def test_cues_are_shown() -> None:
    stage = in_a_hold()
    assert drawn(stage.model)[6] == "hold 2 s"
    stage.hear(stage.phase(HOLD, 3.9, cue=1, set=1))
    assert drawn(stage.model)[6] == " ✓ hold reached "
    stage.hear(stage.phase(ECCENTRIC, 3.95, cue=1, set=1))
    assert drawn(stage.model)[6:] in ([], [""]), "it is for the hold"
    stage.hear(stage.phase(ECCENTRIC, 4.0, cue=2, set=1))
    part = stage_module.Stage()
    assert part.draw(stage.model, 31, 7).plain.endswith(" ! too fast: slower ")
    assert part.has_class("alarm")


def test_the_frame_shows_exercise_and_side() -> None:
    part = stage_module.Stage()
    model = LiveModel(profile=Kickback(), side="left")
    part.draw(model, 31, 7)
    assert (part.border_title, part.border_subtitle) == ("Glute kickback", "◀ LEFT")
    model = LiveModel(side="right")
    part.draw(model, 31, 7)
    assert (part.border_title, part.border_subtitle) == ("free exercise", "RIGHT ▶")


def test_a_larger_panel_has_a_larger_word() -> None:
    lines = drawn(in_a_hold().model, 48, 16)
    assert len(lines) == 16
    assert max(map(len, lines)) == 48
    assert [line for line in lines if "█" in line] == [line for line in block_lines("HOLD", 2, 3) if "█" in line]
