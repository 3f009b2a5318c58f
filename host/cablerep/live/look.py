"""How a phase looks: a large word, a sign and a colour each, so that colour is never the only one to tell."""

from dataclasses import dataclass

from .model import LiveModel


@dataclass(frozen=True, slots=True)
class Look:
    """The large word, the sign before the small ones, what the person does, and the colour's name in the themes."""

    word: str
    sign: str
    doing: str
    colour: str


_PHASES = {
    "slack": Look("SLACK", "~", "cable slack", "$slack"),
    "rest": Look("LOW", "·", "at the bottom", "$foreground"),
    "concentric": Look("OUT", "▲", "pulling out", "$out"),
    "hold": Look("HOLD", "■", "holding", "$hold"),
    "eccentric": Look("BACK", "▼", "letting back", "$back"),
}
_WAIT = Look("WAIT", "○", "no board", "$error")
_READY = Look("READY", "·", "pull when you are", "$foreground")
_RESTING = Look("REST", "□", "between sets", "$foreground")
LETTERS = 4  # of the longest word of a rep: all of them are drawn at its scale
SIDES = {"left": "◀ LEFT", "right": "RIGHT ▶", "": ""}


def look(model: LiveModel) -> Look:
    """Return how the present phase looks."""
    if model.state == "waiting":
        return _WAIT
    if model.moving:
        return _PHASES[model.moving]
    if model.rest_s is not None:
        return _RESTING
    if model.phase is None or (model.phase.set == 0 and not model.reps):
        return _READY
    return _PHASES[model.phase.phase]
