"""The hold clock: large seconds, and a ring or a bar that fills up to the target. Between sets it times the rest."""

import math
from dataclasses import dataclass

from textual.content import Content

from ..model.screen import LiveModel
from ..text.reps import clock
from .block_letters import PIXELS, block_lines, height_of, scale_for, text_width
from .dots import Dots
from .panel import Panel, centred, middle, stack

_THICKNESS = 0.26  # of the radius; the empty ring is a line
_RING_ROWS = 12  # fewer have no room for large seconds inside a ring


@dataclass(frozen=True, slots=True)
class HoldClock:
    """What the panel shows: `fraction` of the target, `inside` in large letters, title and figure in the frame."""

    title: str
    figure: str
    inside: str
    fraction: float
    colour: str


class HoldRing(Panel):
    """Fills clockwise from the top; without a target there is only the clock."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        shown = hold_clock(model)
        self.frame(shown.title, shown.figure)
        style = f"bold {shown.colour}"
        if height >= _RING_ROWS:
            return ring(shown.fraction, shown.inside, style, width, height)
        return bar(shown.fraction, shown.inside, style, width, height)


def hold_clock(model: LiveModel) -> HoldClock:
    """Return what to show: the hold, or between sets the rest."""
    return _hold(model) if model.rest_s is None else _rest(model, model.rest_s)


def _rest(model: LiveModel, rest_s: float) -> HoldClock:
    """Count the rest down to the plan's or the profile's; without one, count it up."""
    target_s, left_s = model.rest_target_s, model.rest_left_s
    if left_s is None:
        return HoldClock("rest", clock(rest_s), str(round(rest_s)) if rest_s < 999.5 else "", 0.0, "$foreground")
    figure = f"{clock(math.ceil(left_s))} left" if left_s > 0 else f"over {clock(-left_s)}"
    inside = str(math.ceil(left_s)) if left_s > 0 else "✓"
    return HoldClock("rest", figure, inside, rest_s / target_s, "$foreground")


def _hold(model: LiveModel) -> HoldClock:
    target_s = model.hold_target_s
    figure = f"of {target_s:g} s" if target_s else ""
    held_s = model.shown_hold_s
    if held_s is None:
        return HoldClock("hold", figure, "–", 0.0, "$hold")
    reached = held_s >= target_s > 0
    figure = f"{held_s:.1f} {figure or 's'}{' ✓' if reached else ''}"
    inside = f"{held_s:.1f}" if held_s < 9.95 else f"{held_s:.0f}"
    return HoldClock("hold", figure, inside, held_s / target_s if target_s else 0.0, "$hold")


def ring(fraction: float, inside: str, style: str, width: int, height: int) -> Content:
    """Draw a ring filled up to `fraction`, with large letters `inside` if they fit."""
    dots = Dots(width, height)
    outer = min(dots.width, dots.height) / 2
    centre_x, centre_y = dots.width / 2 - 0.5, dots.height / 2 - 0.5
    inner = outer * (1 - _THICKNESS)
    for y in range(dots.height):
        for x in range(dots.width):
            radius = math.hypot(x - centre_x, y - centre_y)
            turn = (math.atan2(x - centre_x, centre_y - y) / math.tau) % 1.0
            if inner <= radius <= outer - 0.2 and turn < fraction:
                dots.set(x, y, style)
            elif outer - 1.2 <= radius <= outer - 0.2:
                dots.set(x, y, "$faint")
    return stack(_with_letters(dots.lines(), inside, style, inner, width))


def _with_letters(rows: list[Content], text: str, style: str, inner: float, width: int) -> list[Content]:
    """Put large letters in the middle of `rows`, at the largest scale that fits a circle of `inner` dots."""
    if not text:
        return rows
    scale = 0
    while math.hypot(text_width(text, scale + 1), PIXELS * (scale + 1)) <= inner:
        scale += 1
    lines = block_lines(text, scale, scale) if scale else [text]
    top = (len(rows) - (height_of(scale) if scale else 1)) // 2
    for index, line in enumerate(lines):
        left = (width - len(line)) // 2
        row = rows[top + index]
        rows[top + index] = Content.assemble(row[:left], (line, style), row[left + len(line) :])
    return rows


def bar(fraction: float, text: str, style: str, width: int, height: int) -> Content:
    """Draw large letters with a bar below them that is filled up to `fraction`."""
    across, down = scale_for(3, width, height - 2)
    lines = [centred(line, style, width) for line in block_lines(text, across, down)]
    filled = min(width, round(fraction * width))
    scale = Content.assemble(("█" * filled, style), ("─" * (width - filled), "$line"))
    return middle([*lines, Content(""), scale], height)
