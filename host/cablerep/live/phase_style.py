"""How each phase looks: a large word, a sign and a colour, so that colour is never the only cue."""

from dataclasses import dataclass

from .. import words
from .model import LiveModel


@dataclass(frozen=True, slots=True)
class PhaseStyle:
    """The large word, the sign and text of the small line, and the name of the theme's colour."""

    word: str
    sign: str
    text: str
    colour: str


_PHASES = {
    "slack": PhaseStyle("SLACK", "~", words.label("doing", "slack"), "$slack"),
    "rest": PhaseStyle("PAUSE", "·", words.label("doing", "rest"), "$foreground"),
    "concentric": PhaseStyle("LIFT", "▲", words.label("doing", "concentric"), "$lift"),
    "hold": PhaseStyle("HOLD", "■", words.label("doing", "hold"), "$hold"),
    "eccentric": PhaseStyle("LOWER", "▼", words.label("doing", "eccentric"), "$lower"),
}
_TENSION = PhaseStyle("TAUT", "△", "taking up tension", "$foreground")
_WAIT = PhaseStyle("WAIT", "○", "no board", "$error")
_READY = PhaseStyle("READY", "·", "start when you like", "$foreground")
_RESTING = PhaseStyle("REST", "□", "between sets", "$foreground")
# Verdicts on a rep, by its most important flag, in at most LETTERS letters.
_VERDICTS = {
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
        return _WAIT
    if model.taking_up:
        return _TENSION
    if model.shows_verdict:
        return _verdict(model)
    if model.rep_phase:
        return _PHASES[model.rep_phase]
    if model.rest_s is not None:
        return _RESTING
    if model.phase is None or (model.phase.set == 0 and not model.reps):
        return _READY
    return _PHASES[model.phase.phase]


def _verdict(model: LiveModel) -> PhaseStyle:
    rep = model.reps[-1]
    name = f"rep {rep.rep}" if rep.rep is not None else words.kind(rep.kind)
    flag = next((flag for flag in _VERDICTS if flag in rep.flags), None)
    if flag is None:
        return PhaseStyle("GOOD", "✓", name, "$success")
    return PhaseStyle(_VERDICTS[flag], "!", f"{name}: {words.flags(rep.flags)}", "$warning")
