"""The current phase as one large word, with its duration; after a rep, the verdict on it."""

from textual.content import Content

from ..model.phase_style import LETTERS, SIDES, phase_style
from ..model.screen import LiveModel
from .block_letters import block_lines, scale_for
from .panel import Panel, ends, stack

_SMALL_ROWS = 3  # above and below the large word


class PhasePanel(Panel):
    """What the lifter is doing now."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        look = phase_style(model)
        style = f"bold ${look.colour}"
        timed = model.rep_phase and not model.taking_up
        clock = Content.styled(f"{model.phase_s:.1f} s", style) if timed else Content("")
        head = ends(Content.styled(f"{look.sign} {look.text}", style), clock, width)
        room = height - _SMALL_ROWS
        across, down = scale_for(LETTERS, width, room)
        word = [Content.styled(line, style) for line in block_lines(look.word, across, down)]
        self.set_class(model.too_fast, "alarm")
        self.frame(model.profile.name if model.profile else "free exercise", model.announced or SIDES[model.side])
        above = max(0, room - len(word)) // 2
        below = max(0, room - len(word) - above)
        blank = Content("")
        return stack([head, blank, *[blank] * above, *word, *[blank] * below, _cue(model)])


def _cue(model: LiveModel) -> Content:
    """Return the cue for this moment."""
    if model.too_fast:
        return Content.styled(" ! too fast: slower ", "bold $background on $error")
    if model.hold_reached:
        return Content.styled(" ✓ hold reached ", "bold $background on $hold")
    if model.rep_phase == "hold" and model.hold_target_s and not model.taking_up:
        return Content.styled(f"hold {model.hold_target_s:g} s", "$faint")
    return Content("")
