"""The ring: it fills while a hold comes to its target, and between sets while the rest comes to its own."""

import math
from dataclasses import dataclass

from textual.content import Content

from ..text.reps import clock
from .block_letters import PIXELS, block_lines, height_of, width_of
from .dots import Dots
from .model import LiveModel
from .part import Part, stack

_THICK = 0.26  # of the radius; the empty ring is a line


@dataclass(frozen=True, slots=True)
class _Clock:
    """What the ring shows: `share` of it full, `inside` it large letters, title and figure in the frame."""

    title: str
    figure: str
    inside: str
    share: float
    colour: str


class HoldRing(Part):
    """Clockwise from the top, full at the target; without a target there is only the clock."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        clock = _hold(model) if model.rest_s is None else _rest(model, model.rest_s)
        self.frame(clock.title, clock.figure)
        return ring(clock.share, clock.inside, f"bold {clock.colour}", width, height)


def _rest(model: LiveModel, rest_s: float) -> _Clock:
    target_s = model.profile.rest.between_sets_s if model.profile else 0.0
    figure = f"{clock(rest_s)} of {clock(target_s)}" if target_s else clock(rest_s)
    inside = "✓" if rest_s >= target_s > 0 else str(round(rest_s)) if rest_s < 99.5 else ""
    return _Clock("rest", figure, inside, rest_s / target_s if target_s else 0.0, "$foreground")


def _hold(model: LiveModel) -> _Clock:
    target_s = model.hold_target_s
    figure = f"of {target_s:g} s" if target_s else ""
    held_s = _held_s(model)
    if held_s is None:
        return _Clock("hold", figure, "–", 0.0, "$hold")
    done = held_s >= target_s > 0
    figure = f"{held_s:.1f} {figure or 's'}{' ✓' if done else ''}"
    inside = "✓" if done else str(int(round(held_s, 1)))
    return _Clock("hold", figure, inside, held_s / target_s if target_s else 0.0, "$hold")


def _held_s(model: LiveModel) -> float | None:
    """Return how long the present hold has lasted, or the one that was just let go."""
    if model.moving == "hold":
        return model.phase_s
    if model.moving == "concentric" or model.phase is None:
        return None
    if model.moving == "eccentric":
        return model.held_s
    return model.reps[-1].hold_s if model.reps else None


def ring(share: float, inside: str, style: str, width: int, height: int) -> Content:
    """Draw a ring that is full to `share` with large letters `inside`, where those fit."""
    dots = Dots(width, height)
    outer = min(dots.width, dots.height) / 2
    centre_x, centre_y = dots.width / 2 - 0.5, dots.height / 2 - 0.5
    inner = outer * (1 - _THICK)
    for y in range(dots.height):
        for x in range(dots.width):
            away = math.hypot(x - centre_x, y - centre_y)
            turn = (math.atan2(x - centre_x, centre_y - y) / math.tau) % 1.0
            if inner <= away <= outer - 0.2 and turn < share:
                dots.set(x, y, style)
            elif outer - 1.2 <= away <= outer - 0.2:
                dots.set(x, y, "$faint")
    return stack(_with_letters(dots.lines(), inside, style, inner, width))


def _with_letters(rows: list[Content], word: str, style: str, inner: float, width: int) -> list[Content]:
    """Lay large letters over the middle of `rows`, at the largest scale that a circle of `inner` dots has room for."""
    if not word:
        return rows
    scale = 0
    while math.hypot(width_of(len(word), scale + 1), PIXELS * (scale + 1)) <= inner:
        scale += 1
    lines = block_lines(word, scale, scale) if scale else [word]
    top = (len(rows) - (height_of(scale) if scale else 1)) // 2
    for place, line in enumerate(lines):
        left = (width - len(line)) // 2
        row = rows[top + place]
        rows[top + place] = Content.assemble(row[:left], (line, style), row[left + len(line) :])
    return rows
