"""The phase panel: a word, a sign and a colour for each phase."""

import pytest
from live_stage import CONCENTRIC, ECCENTRIC, HOLD, REST, Kickback, Stage, in_a_hold

from cablerep.device.events import Disconnected
from cablerep.live import phase_panel
from cablerep.live.block_letters import block_lines
from cablerep.live.hold_ring import hold_clock
from cablerep.model import phase_style
from cablerep.model.screen import LiveModel
from cablerep.model.tempo import positions, sections
from cablerep_fw.core.link import wire


def drawn(model: LiveModel, width: int = 31, height: int = 7) -> list[str]:
    return phase_panel.PhasePanel().draw(model, width, height).plain.splitlines()


@pytest.mark.parametrize(
    ("phase", "word", "words"),
    [
        ("slack", "SLACK", "~ slack cable"),
        ("rest", "PAUSE", "· at the bottom"),
        ("concentric", "LIFT", "▲ lifting"),
        ("hold", "HOLD", "■ holding"),
        ("eccentric", "LOWER", "▼ lowering"),
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


def test_stepping_back_is_shown_as_taking_up_tension() -> None:
    """From the stack 450 mm out, standing there for longer than the hold target, with the board's cue."""
    stage = Stage(Kickback())
    stage.begin()
    stage.hear(stage.phase(REST, 0.0), stage.samples(0, *[0] * 20))
    stage.hear(stage.phase(CONCENTRIC, 0.1), stage.samples(20, *range(0, 450, 3)))
    stage.hear(stage.phase(HOLD, 0.85), stage.samples(170, *[450] * 500), stage.phase(HOLD, 2.9, cue=1))
    model = stage.model
    assert model.taking_up and not model.hold_reached
    text = "\n".join(drawn(model))
    assert "taking up tension" in text
    assert not any(word in text for word in ("hold reached", "holding", " s"))
    assert hold_clock(model).inside == "–"
    assert positions(model, sections(model)) == (None, 0.0)
    # The first rep starts from there.
    stage.hear(stage.phase(CONCENTRIC, 3.35), stage.samples(670, *range(450, 750, 2)))
    assert phase_style.phase_style(model).word == "LIFT"
    stage.hear(stage.phase(HOLD, 4.1), stage.samples(820, *[750] * 500), stage.phase(HOLD, 6.1, cue=1))
    assert model.hold_reached
    assert "hold reached" in drawn(model)[6]


def test_an_exercise_that_starts_at_the_stack_is_not_taking_up_tension() -> None:
    stage = Stage(Kickback(start="either"))
    stage.begin()
    stage.hear(stage.phase(REST, 0.0), stage.samples(0, *[0] * 20))
    stage.hear(stage.phase(CONCENTRIC, 0.1), stage.samples(20, *range(0, 450, 3)), stage.phase(HOLD, 0.85))
    assert phase_style.phase_style(stage.model).word == "HOLD"
    stage.hear(stage.phase(HOLD, 2.9, cue=1))
    assert not stage.model.hold_reached, "it may still be a step back"


@pytest.mark.parametrize(
    ("flags", "word", "text"),
    [
        ((), "GOOD", "✓ rep 7"),
        (("hold_short",), "SHORT", "! rep 7: short hold"),
        (("swing", "slam"), "SLAM", "! rep 7"),
    ],
)
def test_the_verdict_is_large_until_the_next_rep(flags: tuple[str, ...], word: str, text: str) -> None:
    stage = in_a_hold()
    stage.hear(stage.phase(ECCENTRIC, 3.15, set=1), stage.phase(REST, 4.0, set=1))
    stage.rep(flags, seq=7, rep=7, start=11_000, top=18_500, release=31_500, end=40_000, known=41_000)
    lines = drawn(stage.model)
    assert lines[0].startswith(text)
    assert [line.rstrip() for line in lines[2:6]] == [line.rstrip() for line in block_lines(word)]
    stage.hear(stage.phase(CONCENTRIC, 5.0, set=1), stage.samples(1010, 10))
    assert drawn(stage.model)[0].startswith(text), "for a moment"
    stage.hear(stage.samples(1130, 200))
    assert phase_style.phase_style(stage.model).word == "LIFT"


def test_words_outside_a_rep() -> None:
    stage = Stage()
    assert phase_style.phase_style(stage.model).word == "READY"
    stage.begin()
    stage.hear(stage.board.rep(), stage.board.set())
    assert phase_style.phase_style(stage.model).word == "REST"
    stage.model.apply(Disconnected("x", "pulled"))
    assert phase_style.phase_style(stage.model).word == "WAIT"


def test_cues_are_shown() -> None:
    stage = in_a_hold()
    assert drawn(stage.model)[6] == "hold 2 s"
    stage.hear(stage.phase(HOLD, 3.9, cue=1, set=1))
    assert drawn(stage.model)[6] == " ✓ hold reached "
    stage.hear(stage.phase(ECCENTRIC, 3.95, cue=1, set=1))
    assert drawn(stage.model)[6:] in ([], [""]), "it is for the hold"
    stage.hear(stage.phase(ECCENTRIC, 4.0, cue=2, set=1))
    part = phase_panel.PhasePanel()
    assert part.draw(stage.model, 31, 7).plain.endswith(" ! too fast: slower ")
    assert part.has_class("alarm")


def test_the_frame_shows_exercise_and_side() -> None:
    part = phase_panel.PhasePanel()
    model = LiveModel(profile=Kickback(), side="left")
    part.draw(model, 31, 7)
    assert (part.border_title, part.border_subtitle) == ("Glute kickback", "◀ LEFT")
    model = LiveModel(side="right")
    part.draw(model, 31, 7)
    assert (part.border_title, part.border_subtitle) == ("free exercise", "RIGHT ▶")


def test_a_larger_panel_has_a_larger_word() -> None:
    lines = drawn(in_a_hold().model, 60, 16)
    assert len(lines) == 16
    assert max(map(len, lines)) == 60
    assert [line for line in lines if "█" in line] == [line for line in block_lines("HOLD", 2, 3) if "█" in line]
