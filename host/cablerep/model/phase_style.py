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


PHASES = {
    "slack": PhaseStyle("slack", "SLACK", "~", words.label("doing", "slack"), "slack"),
    "rest": PhaseStyle("pause", "PAUSE", "·", words.label("doing", "rest"), "foreground"),
    "concentric": PhaseStyle("concentric", "LIFT", "▲", words.label("doing", "concentric"), "lift"),
    "hold": PhaseStyle("hold", "HOLD", "■", words.label("doing", "hold"), "hold"),
    "eccentric": PhaseStyle("eccentric", "LOWER", "▼", words.label("doing", "eccentric"), "lower"),
}
TENSION = PhaseStyle("tension", "TAUT", "△", "taking up tension", "foreground")
WAIT = PhaseStyle("wait", "WAIT", "○", "no board", "error")
READY = PhaseStyle("ready", "READY", "·", "start when you like", "foreground")
RESTING = PhaseStyle("resting", "REST", "□", "between sets", "foreground")
# Verdicts on a rep, by its most important flag, in at most LETTERS letters.
VERDICTS = {
    "slam": "SLAM",
    "eccentric_fast": "FAST",
    "swing": "SWING",
    "slack": "SLACK",
    "hold_short": "SHORT",
    "range_over": "FAR",
    "range_under": "CUT",
}
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
        return PhaseStyle("good", "GOOD", "✓", name, "success")
    return PhaseStyle(flag, VERDICTS[flag], "!", f"{name}: {words.flags(rep.flags)}", "warning")
