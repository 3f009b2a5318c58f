"""The count: the largest text on the screen."""

from textual.content import Content

from ..model.screen import LiveModel
from ..units import weight_text
from .block_letters import block_lines, scale_for
from .panel import Panel, centred, middle

_MAX = 999


class Count(Panel):
    """The full reps of the set, with the partial reps and the load in the frame."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        name = f"{'last set' if model.finished_set else 'set'} {model.set}" if model.set else "no set yet"
        self.frame(_joined("reps", name), _joined(partial_text(model), load_text(model)))
        digits = count_digits(model)
        across, down = scale_for(max(2, len(digits)), width, height)
        return middle([centred(line, "bold $foreground", width) for line in block_lines(digits, across, down)], height)


def count_digits(model: LiveModel) -> str:
    """Return the full reps as digits."""
    return str(min(model.full, _MAX))


def partial_text(model: LiveModel) -> str:
    """Return "+ 1 partial", or "" without partial reps."""
    return f"+ {model.partials} partial" if model.partials else ""


def load_text(model: LiveModel) -> str:
    """Return the load in the chosen unit, with the plate if it is known; "" without a credible load."""
    if model.load_n is None or model.load_n < 0:  # a reversed cell says nothing about the load
        return ""
    return _joined(weight_text(model.load_n), model.plate if model.finished_set else "")


def _joined(*texts: str) -> str:
    return " · ".join(filter(None, texts))
