"""The phase in one large word, and how long it has lasted."""

from textual.content import Content

from .block_letters import block_lines, scale_for
from .look import LETTERS, SIDES, look
from .model import LiveModel
from .part import Part, ends, stack

_SMALL_ROWS = 3  # above and below the large word


class Stage(Part):
    """What the lifter does now."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        seen = look(model)
        style = f"bold {seen.colour}"
        clock = Content.styled(f"{model.phase_s:.1f} s", style) if model.moving else Content("")
        head = ends(Content.styled(f"{seen.sign} {seen.doing}", style), clock, width)
        across, down = scale_for(max(LETTERS, len(seen.word)), width, height - _SMALL_ROWS)
        word = [Content.styled(line, style) for line in block_lines(seen.word, across, down)]
        self.set_class(model.too_fast, "alarm")
        self.frame(model.profile.name if model.profile else "free exercise", SIDES[model.side])
        room = height - _SMALL_ROWS
        above = max(0, room - len(word)) // 2
        below = max(0, room - len(word) - above)
        blank = Content("")
        return stack([head, blank, *[blank] * above, *word, *[blank] * below, self._cue(model)])

    def _cue(self, model: LiveModel) -> Content:
        """Return the word that helps now."""
        cue = model.phase.cue if model.phase and model.moving == "hold" else ""
        if model.too_fast:
            return Content.styled(" ! too fast: slower ", "bold $background on $error")
        if cue == "hold_reached":
            return Content.styled(" ✓ hold reached ", "bold $background on $hold")
        if model.moving == "hold" and model.hold_target_s:
            return Content.styled(f"hold {model.hold_target_s:g} s", "$faint")
        return Content("")
