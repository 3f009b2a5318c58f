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
        planned = model.goal.sets_text if model.goal is not None else ""
        self.frame(_joined("reps", planned or name), _joined(partial_text(model), load_text(model)))
        digits = count_digits(model)
        goal = [centred(goal_text(model), "bold $foreground", width)] if goal_text(model) else []
        across, down = scale_for(max(2, len(digits)), width, height - len(goal))
        lines = [centred(line, "bold $foreground", width) for line in block_lines(digits, across, down)]
        return middle([*lines, *goal], height)


def count_digits(model: LiveModel) -> str:
    """Return the full reps as digits."""
    return str(min(model.full, _MAX))


def goal_text(model: LiveModel) -> str:
    """Return "of 10" or "of 8–12"; "" without a plan."""
    return f"of {model.goal.reps}" if model.goal is not None and model.goal.reps else ""


def partial_text(model: LiveModel) -> str:
    """Return "+ 1 partial", or "" without partial reps."""
    return f"+ {model.partials} partial" if model.partials else ""


def load_text(model: LiveModel) -> str:
    """Return the load in the chosen unit, with the plate if it is known; "" without a credible load.

    Before the first rep of a planned set it is the planned weight.
    """
    planned_n = model.goal.weight_n if model.goal is not None else None
    if not model.reps and model.load_n is None and planned_n is not None:
        return f"plan {weight_text(planned_n)}"
    if model.load_n is None or model.load_n < 0:  # a reversed cell says nothing about the load
        return ""
    return _joined(weight_text(model.load_n), model.plate if model.finished_set else "")


def _joined(*texts: str) -> str:
    return " · ".join(filter(None, texts))
