"""The tempo guide: a marker that moves at the profile's tempo, above a bar that shows the lifter."""

from textual.content import Content

from ..model.phase_style import phase_style
from ..model.screen import LiveModel
from ..model.tempo import positions, sections
from .panel import Panel, stack

_LABEL = 7  # columns before the track
_NO_TEMPO = "no tempo: press p to choose an exercise profile"


class TempoGuide(Panel):
    """Three lines: the phases, the guide, the lifter."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        length = width - _LABEL
        track = sections(model)
        guide, lifter = positions(model, track)
        look = phase_style(model)
        names = Content.styled("tempo".ljust(_LABEL), "$faint")
        for section in track:
            begin, end = round(section.begin * length), round(section.end * length)
            name = f"▏{section.label}".ljust(end - begin)[: end - begin]
            active = section.phase == model.rep_phase and not model.taking_up
            names += Content.styled(name, f"bold ${look.colour}" if active else "$faint")
        marker = Content("")
        if guide is not None:
            marker = Content.styled(" " * min(length - 1, int(guide * length)) + "▼", "bold $foreground")
        elif model.profile is None:
            marker = Content.styled(_NO_TEMPO, "$faint")
        filled = min(length, round(lifter * length))
        return stack(
            [
                names,
                Content.assemble(("guide".ljust(_LABEL), "$faint"), marker),
                Content.assemble(
                    ("you".ljust(_LABEL), "$faint"),
                    ("█" * filled, f"${look.colour}"),
                    ("─" * (length - filled), "$line"),
                ),
            ]
        )
