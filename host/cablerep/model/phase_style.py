"""How the present moment is named on a screen: a large word, a sign and a line of text; colours are the screen's own.

Every moment has a word and a sign, so that colour is never the only cue.
"""

from dataclasses import dataclass

from .. import words
from .screen import LiveModel


@dataclass(frozen=True, slots=True)
class PhaseStyle:
    """The moment's `name`, the large word, the sign and text of the small line, and which kind of colour it has."""

    name: str
    word: str
    sign: str
    text: str
    colour: str


def _named(name: str, sign: str, text: str, colour: str) -> PhaseStyle:
    return PhaseStyle(name, words.label("moment", name).upper(), sign, text, colour)


PHASES = {
    "slack": _named("slack", "~", words.label("doing", "slack"), "slack"),
    "rest": _named("pause", "·", words.label("doing", "rest"), "foreground"),
    "concentric": _named("concentric", "▲", words.label("doing", "concentric"), "lift"),
    "hold": _named("hold", "■", words.label("doing", "hold"), "hold"),
    "eccentric": _named("eccentric", "▼", words.label("doing", "eccentric"), "lower"),
}
TENSION = _named("tension", "△", "taking up tension", "foreground")
WAIT = _named("wait", "○", "no board", "error")
READY = _named("ready", "·", "start when you like", "foreground")
RESTING = _named("resting", "□", "between sets", "foreground")
# Flags that give a verdict on a rep, the most important first.
VERDICTS = (
    "slam",
    "eccentric_fast",
    "swing",
    "slack",
    "hold_short",
    "range_over",
    "range_under",
    "off_line",
    "drift_in_hold",
)
LETTERS = 5  # of the longest word; all are drawn at the scale of this many
SIDES = {"left": "◀ LEFT", "right": "RIGHT ▶", "": ""}


def phase_style(model: LiveModel) -> PhaseStyle:
    """Return the style of the current phase, or of the verdict on the last rep while that is shown."""
    if model.state == "waiting":
        return WAIT
    if model.taking_up:
        return TENSION
    if model.shows_verdict:
        return _verdict(model)
    if model.rep_phase:
        return PHASES[model.rep_phase]
    if model.rest_s is not None:
        return RESTING
    if model.phase is None or (model.phase.set == 0 and not model.reps):
        return READY
    return PHASES[model.phase.phase]


def _verdict(model: LiveModel) -> PhaseStyle:
    rep = model.reps[-1]
    name = f"rep {rep.rep}" if rep.rep is not None else words.kind(rep.kind)
    flag = next((flag for flag in VERDICTS if flag in rep.flags), None)
    if flag is None:
        return _named("good", "✓", name, "success")
    return _named(flag, "!", f"{name}: {words.flags(rep.flags)}", "warning")
