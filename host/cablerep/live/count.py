"""The count: the largest thing on the screen."""

from textual.content import Content

from ..units import kilograms
from .block_letters import block_lines, scale_for
from .model import LiveModel
from .part import Part, centred, middle

_MOST = 999


class Count(Part):
    """Full reps of the set, with the partial ones and the load in its frame."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        name = f"{'last set' if model.last_set else 'set'} {model.set}" if model.set else "no set yet"
        partials = f"+ {model.partials} partial" if model.partials else ""
        self.frame(_joined("reps", name), _joined(partials, load_words(model)))
        digits = str(min(model.full, _MOST))
        across, down = scale_for(max(2, len(digits)), width, height)
        return middle([centred(line, "bold $foreground", width) for line in block_lines(digits, across, down)], height)


def _joined(*parts: str) -> str:
    return " · ".join(filter(None, parts))


def load_words(model: LiveModel) -> str:
    """Return the load as lifters name it: kilograms, and the plate where it is known."""
    if model.load_n is None:
        return ""
    return _joined(f"{kilograms(model.load_n):.1f} kg", model.plate if model.last_set else "")
