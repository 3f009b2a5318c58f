"""The status bar and the banner: problems come first."""

import pytest
from live_stage import CONCENTRIC, Kickback, Stage, in_a_hold

from cablerep.device.events import Connected, Disconnected, Silent
from cablerep.live.status_bar import Banner, StatusBar, health_text, sentence
from cablerep.model.screen import LiveModel
from cablerep.model.screen_events import Message
from cablerep_fw.core.link import wire


def bar(model: LiveModel, width: int = 80) -> str:
    return StatusBar().draw(model, width, 1).plain


def test_connection_is_shown() -> None:
    stage = in_a_hold()
    stage.model.apply(Connected("/dev/ttyACM0"))
    assert "○ connecting …" in bar(stage.model)
    stage.hear(stage.samples(900, 1))
    assert bar(stage.model).startswith(" cablerep  /dev/ttyACM0")
    assert "● connected" in bar(stage.model)
    assert "200 Hz, firmware 0.1.0" in bar(stage.model, 120)
    stage.model.apply(Silent("x", 3.0))
    assert "◌ silent" in bar(stage.model)
    stage.model.apply(Disconnected("x", "pulled"))
    assert "○ unplugged, waiting for it" in bar(stage.model)


@pytest.mark.parametrize("width", [80, 120, 200])
def test_a_long_port_stays_on_one_line(width: int) -> None:
    model = LiveModel(port="sim://" + "x" * 300)
    assert len(bar(model, width)) == width


def test_the_worst_loss_is_shown_first() -> None:
    stage = Stage()
    stage.begin()
    assert health_text(None, 0)[0] == "nothing lost"
    stage.hear(stage.board.say("health", jitter_us=12))
    assert health_text(stage.model.health, 0)[0] == "nothing lost"
    assert "jitter 12 µs" in bar(stage.model, 120)
    stage.hear(stage.board.say("health", missed=2, dropped=1, dropped_samples=2, journal_lost=4))
    assert health_text(stage.model.health, 7)[0] == "! 4 reps lost, 2 samples missed"
    assert health_text(None, 7)[0] == "! 7 frames lost"
    assert health_text(None, 0, 3)[0] == "! 3 frames malformed"
    assert health_text(None, 7, 0, 2)[0] == "! 2 messages lost, 7 frames lost"
    stage.hear(stage.board.say("health", missed=2, faults=2))
    assert health_text(stage.model.health, 0)[0] == f"! fault: {wire.FAULTS[1]}"


def test_malformed_frames_are_shown() -> None:
    stage = Stage()
    stage.begin()
    stage.hear(stage.board.say("rejected", reason=0))
    assert "! 1 frame malformed" in bar(stage.model)


def test_a_cue_is_shown_before_the_first_set() -> None:
    assert sentence(LiveModel(profile=Kickback())) == ("Brace.", "")
    assert sentence(LiveModel()) == ("", "")


def test_the_last_rep_is_judged_until_the_next() -> None:
    stage = Stage(Kickback())
    stage.begin()
    stage.rep(("hold_short", "swing"))
    assert sentence(stage.model) == ("! Rep 1: Hold longer at the top. swing", "bad")
    stage.rep(seq=2, rep=2, start=60_000)
    assert sentence(stage.model) == ("✓ Rep 2: good", "good")
    stage.rep(seq=3, kind=2, start=90_000)
    assert sentence(stage.model) == ("Partial: held 2.0 s, lowered in 1.3 s", "")
    stage.model.apply(Message("note kept"))
    assert sentence(stage.model) == ("note kept", "")


def test_a_finished_set_is_summarised() -> None:
    stage = Stage(Kickback())
    stage.begin()
    for number, flags in enumerate((("swing",), ("swing", "slam"), ()), 1):
        stage.rep(flags, seq=number, rep=number, start=100 * number)
    stage.hear(stage.board.set(reps=3))
    assert sentence(stage.model) == ("! Set 1: 3 reps; 2 × swing, 1 × slam", "bad")
    stage.hear(stage.phase(CONCENTRIC, 30.0))
    assert "Set 1" not in sentence(stage.model)[0], "the next set has begun"


def test_only_a_profile_calls_a_set_good() -> None:
    for profile, words in ((Kickback(), "✓ Set 1: 1 rep, all good"), (None, "Set 1: 1 rep")):
        stage = Stage(profile)
        stage.begin()
        stage.rep()
        stage.hear(stage.board.set())
        assert sentence(stage.model)[0] == words


def test_the_banner_is_cut_to_the_screen() -> None:
    model = LiveModel()
    model.apply(Message("y" * 300))
    banner = Banner()
    assert len(banner.draw(model, 80, 1).plain) == 80
    assert banner.draw(model, 80, 3).plain.startswith("\n"), "in the middle of three lines"
    model.apply(Disconnected("x", "pulled"))
    banner.draw(model, 80, 1)
    assert banner.has_class("bad")
