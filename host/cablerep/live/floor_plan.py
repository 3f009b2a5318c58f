"""The floor plan on the terminal: pulley at the top, the lifter below it, the leg going down and to the side."""

from itertools import pairwise

from textual.content import Content

from .. import words
from ..model.floor_plan import FloorPlan, Place
from ..model.screen import LiveModel
from .dots import Dots
from .panel import Panel, centred, stack

_OLDER = 5  # kicks shown faint behind the newest


class FloorPlanPanel(Panel):
    """Where the strap goes, seen from above: the wanted sector, the last kicks, and the one that is on."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        plan = model.floor_plan
        directed = [rep for rep in model.reps if rep.direction_deg is not None]
        self.frame("floor plan", words.direction(directed[-1].direction_deg) if directed else "")
        if plan is None or height < 3:
            return Content.styled("kicks seen from above", "$faint")
        dots = Dots(width, height - 1)
        scale = min((dots.height - 1) / (1.1 * plan.radius_mm), dots.width / (2.2 * plan.radius_mm))
        for start, end in plan.edges():
            _line(dots, [start, end], scale, "$line")
        for kick in plan.kicks[-_OLDER - 1 : -1]:
            _line(dots, kick.points(), scale, "$faint")
        if plan.kicks:
            _newest(dots, plan, scale)
        _line(dots, plan.path, scale, "bold $primary")
        return stack([centred("▽ pulley", "$faint", width), *dots.lines()])


def _newest(dots: Dots, plan: FloorPlan, scale: float) -> None:
    kick = plan.kicks[-1]
    style = "bold $warning" if kick.off_line else "bold $success"
    _line(dots, kick.points(), scale, style)
    _line(dots, kick.drift(), scale, style)


def _line(dots: Dots, places: list[Place] | tuple[Place, ...], scale: float, style: str) -> None:
    """Draw the line through some places."""
    for (right, back), (next_right, next_back) in pairwise(places):
        steps = max(1, round(max(abs(next_right - right), abs(next_back - back)) * scale))
        for step in range(steps + 1):
            share = step / steps
            x = dots.width / 2 + (right + (next_right - right) * share) * scale
            dots.set(round(x), round((back + (next_back - back) * share) * scale), style)
