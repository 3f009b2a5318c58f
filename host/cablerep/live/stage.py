"""The phase in one large word, and how long it has lasted."""

from textual.content import Content

from ..block_letters import block_lines, scale_for
from ..live_model import LiveModel
from .look import LETTERS, look
from .part import Part, ends, middle, stack

_SMALL_ROWS = 2  # above and below the large word


class Stage(Part):
    """What the lifter does now."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        seen = look(model)
        style = f"bold {seen.colour}"
        clock = Content.styled(f"{model.phase_s:.1f} s", style) if model.moving else Content("")
        head = ends(Content.styled(f"{seen.sign} {seen.doing}", style), clock, width)
        across, down = scale_for(max(LETTERS, len(seen.word)), width, height - 2 * _SMALL_ROWS)
        word = [Content.styled(line, style) for line in block_lines(seen.word, across, down)]
        self.set_class(model.too_fast, "alarm")
        self.frame(model.profile.name if model.profile else "free exercise")
        room = height - 2 * _SMALL_ROWS
        return stack([head, Content(""), *middle(word, room).split("\n"), Content(""), self._cue(model)][:height])

    def _cue(self, model: LiveModel) -> Content:
        """Return the word that helps now."""
        cue = model.phase.cue if model.phase and model.moving else ""
        if model.too_fast:
            return Content.styled(" ! too fast: slower ", "bold $background on $error")
        if cue == "hold_reached":
            return Content.styled(" ✓ hold reached ", "bold $background on $hold")
        if model.moving == "hold" and model.hold_target_s:
            return Content.styled(f"hold {model.hold_target_s:g} s", "$faint")
        return Content("")
