"""Sounds: what causes one, and the voice."""

import sys
import time
from pathlib import Path

from live_stage import CONCENTRIC, ECCENTRIC, HOLD, Kickback, Stage, in_a_hold

from cablerep.live.sound import Voice
from cablerep.model.cues import SoundState, cues_of


def test_each_cause_has_one_cue() -> None:
    stage = in_a_hold()
    before = SoundState.of(stage.model)
    assert cues_of(before, before) == []
    stage.hear(stage.phase(HOLD, 3.9, cue=1, set=1))
    reached = SoundState.of(stage.model)
    assert cues_of(before, reached) == ["hold reached"]
    stage.hear(stage.phase(ECCENTRIC, 4.0, set=1))
    lowering = SoundState.of(stage.model)
    assert cues_of(reached, lowering) == []
    stage.hear(stage.phase(ECCENTRIC, 4.2, cue=2, set=1))
    fast = SoundState.of(stage.model)
    assert cues_of(lowering, fast) == ["too fast"]
    stage.rep(seq=7, rep=7, start=11_000)
    assert cues_of(fast, SoundState.of(stage.model)) == ["7"]


def test_reps_are_counted_by_set_and_partial_reps_are_silent() -> None:
    stage = Stage()
    stage.begin()
    empty = SoundState.of(stage.model)
    stage.rep(kind=2)
    assert cues_of(empty, SoundState.of(stage.model)) == []
    stage.rep(seq=2, start=60_000)
    one = SoundState.of(stage.model)
    stage.rep(seq=3, start=90_000, set=2)
    assert cues_of(one, SoundState.of(stage.model)) == ["1"], "the first rep of another set"


def test_the_end_of_the_rest_is_announced_once() -> None:
    stage = Stage(Kickback())
    stage.begin()
    stage.hear(stage.board.rep(), stage.board.set(), stage.samples(200 * 14, 1))
    resting = SoundState.of(stage.model)
    stage.hear(stage.samples(200 * 96, 1))
    over = SoundState.of(stage.model)
    assert cues_of(resting, over) == ["rest over"]
    stage.hear(stage.samples(200 * 97, 1))
    assert cues_of(over, SoundState.of(stage.model)) == []


def test_stepping_back_is_silent() -> None:
    stage = Stage(Kickback())
    stage.begin()
    stage.hear(stage.samples(0, *[0] * 20), stage.phase(CONCENTRIC, 0.1), stage.samples(20, *range(0, 450, 3)))
    before = SoundState.of(stage.model)
    stage.hear(stage.phase(HOLD, 0.85), stage.phase(HOLD, 2.9, cue=1))
    assert cues_of(before, SoundState.of(stage.model)) == []


def test_a_new_text_interrupts_the_voice(tmp_path: Path) -> None:
    script = tmp_path / "speak.py"
    log = tmp_path / "log"
    script.write_text(
        f"import sys, time\nopen({str(log)!r}, 'a').write(sys.argv[1] + ' ')\n"
        "time.sleep(30 if sys.argv[1] == '6' else 0)\n"
    )
    voice = Voice((sys.executable, str(script)))
    voice.speak("6")
    deadline = time.monotonic() + 10
    while not (log.exists() and log.read_text()) and time.monotonic() < deadline:
        time.sleep(0.01)
    voice.speak("7")
    while "7" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    voice.stop()
    assert log.read_text() == "6 7 "


def test_a_voice_that_cannot_start_is_silent() -> None:
    voice = Voice(("/no/such/program",))
    voice.speak("1")
    voice.stop()
