"""The manual uses the labels that the program shows, and describes the board's own signals as they are."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from textual.binding import Binding

from cablerep import words
from cablerep.live.app import LiveApp
from cablerep.model import phase_style
from cablerep_fw.core import signals
from cablerep_fw.core.link import wire

DOCS = Path(__file__).parents[2] / "docs"


def table(page: str, heading: str) -> list[list[str]]:
    """Return the rows of the first table below a heading of a page, as cells."""
    section = (DOCS / page).read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.parametrize(("heading", "kind"), [("Flags", "flag"), ("Why a movement was not counted", "rejection")])
def test_numbers_page_gives_every_label_and_name(heading: str, kind: str) -> None:
    rows = [(label, name.strip("`")) for label, name, *_ in table("numbers.md", heading)]
    assert rows == [(label, name) for name, label in words.table(kind).items()]


def test_lifter_page_gives_every_flag() -> None:
    assert [row[0] for row in table("lifter.md", "What the screen shows")] == list(words.table("flag").values())


def test_lights_page_gives_every_fault() -> None:
    assert [row[0] for row in table("lights.md", "Faults")] == list(words.table("fault").values())


def bursts(shown: Callable[[int], object], ms: int) -> int:
    """Return how often a signal starts within its first `ms` milliseconds."""
    states = [False, *(bool(shown(at)) for at in range(ms))]
    return sum(now and not before for before, now in pairwise(states))


def test_lights_page_describes_the_leds_patterns() -> None:
    rest, hold, moving = (wire.PHASES.index(phase) for phase in ("rest", "hold", "concentric"))
    reached, fast, over, fault = (
        wire.CUES.index(cue) for cue in ("hold_reached", "eccentric_fast", "set_ended", "fault")
    )
    seen = {
        "a short blink every two seconds": bursts(lambda ms: signals.lit(0, rest, ms), 2000) == 1,
        "on": all(signals.lit(0, moving, ms) for ms in range(2000)),
        "off during a hold": not any(signals.lit(0, hold, ms) for ms in range(2000)),
        "quick blinking, five times a second": bursts(lambda ms: signals.lit(reached, hold, ms), 1000) == 5,
        "flicker": bursts(lambda ms: signals.lit(fast, moving, ms), 1000) > 10,
        "slow blinking": bursts(lambda ms: signals.lit(over, rest, ms), 1200) == 2,
        "two blinks every two seconds": bursts(lambda ms: signals.lit(fault, rest, ms), 2000) == 2,
    }
    rows = [row[0] for row in table("lights.md", "The LED")]
    assert dict.fromkeys(rows[:-2], True) == seen
    assert rows[-2:] == [
        "five quick flashes and a pause, five times",
        "off for more than ten seconds",
    ]  # board/crash.py


def test_lights_page_describes_the_buzzers_sounds() -> None:
    tones = {
        "a high tone": signals.tone(wire.CUES.index("hold_reached"), 0),
        "a low, longer tone": signals.tone(wire.CUES.index("eccentric_fast"), 0),
        "two high tones": signals.tone(wire.CUES.index("set_ended"), 0),
    }
    assert [row[0] for row in table("lights.md", "The buzzer")] == list(tones)
    assert tones["a low, longer tone"] < tones["a high tone"] == tones["two high tones"]
    assert [bursts(lambda ms, cue=cue: signals.tone(cue, ms), 2000) for cue in (1, 2, 3)] == [1, 1, 2]


def test_live_screen_page_has_every_large_word() -> None:
    styles = [*phase_style.PHASES.values()]
    styles += [phase_style.TENSION, phase_style.WAIT, phase_style.READY, phase_style.RESTING]
    text = (DOCS / "live-screen.md").read_text(encoding="utf-8").split("### The large word")[1].split("## Keys")[0]
    assert not [style.word for style in styles if f"{style.sign} {style.word}" not in text]
    verdicts = [words.label("moment", flag).upper() for flag in phase_style.VERDICTS]
    assert not [word for word in verdicts if f"! {word}" not in text]


def test_live_screen_page_has_every_key() -> None:
    keys = {binding.key for binding in LiveApp.BINDINGS if isinstance(binding, Binding)}
    named = {
        "question_mark" if key == "?" else key for row in table("live-screen.md", "Keys") for key in row[0].split(", ")
    }
    assert not keys - named - {"ctrl+q", "ctrl+c"}
