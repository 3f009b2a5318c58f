"""The last reps: their figures, and in words what was wrong with them."""

from collections.abc import Callable

from textual.content import Content

from .. import words
from ..device.events import Rep
from ..text.reps import NOTHING
from .model import LiveModel
from .part import Part, stack

# Heading with its unit, columns, figure; a narrow terminal leaves out the last ones.
_COLUMNS: tuple[tuple[str, int, Callable[[Rep], str]], ...] = (
    ("out s", 6, lambda rep: f"{rep.concentric_s:.2f}"),
    ("hold s", 7, lambda rep: f"{rep.hold_s:.2f}"),
    ("back s", 7, lambda rep: f"{rep.eccentric_s:.2f}"),
    ("mm", 5, lambda rep: f"{rep.rom_mm:.0f}"),
    ("m/s out", 9, lambda rep: f"{rep.concentric_mean_m_s:.2f}"),
    ("force N", 9, lambda rep: NOTHING if rep.force_mean_n is None else f"{rep.force_mean_n:.0f}"),
    ("power W", 9, lambda rep: NOTHING if rep.power_mean_w is None else f"{rep.power_mean_w:.0f}"),
)
_NAME = 3  # columns of a rep's number
_FORM = 14  # columns that words about form need at least
_FORM_BEFORE = 26  # and columns that they have before a figure that one can do without
_NEEDED = 4  # figures that one cannot do without


class RepList(Part):
    """The newest rep first: that is the one that is looked for."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        self.frame("last reps")
        columns = [
            column
            for place, column in enumerate(_COLUMNS)
            if _NAME + sum(size for _, size, _ in _COLUMNS[: place + 1]) + (_FORM if place < _NEEDED else _FORM_BEFORE)
            <= width
        ]
        head = "rep".rjust(_NAME) + "".join(name.rjust(size) for name, size, _ in columns) + "  form"
        lines = [Content.styled(head, "$faint")]
        for place, rep in enumerate(reversed(model.reps[-(height - 1) :])):
            figures = "".join(figure(rep).rjust(size) for _, size, figure in columns)
            name = ("–" if rep.rep is None else str(rep.rep)).rjust(_NAME)
            remarks, style = form_words(rep, judged=model.profile is not None)
            room = max(0, width - _NAME - len(figures) - 2)
            weight = "bold " if place == 0 else ""
            lines.append(
                Content.assemble(
                    (name + figures + "  ", f"{weight}$foreground"),
                    Content.styled(remarks, f"{weight}{style}").truncate(room, ellipsis=True),
                )
            )
        if not model.reps:
            lines += [Content(""), Content.styled("  no rep yet", "$faint")]
        return stack(lines[:height])


def form_words(rep: Rep, judged: bool) -> tuple[str, str]:
    """Return what is to be said of a rep's form, and its colour; a rep that nobody judged is not called good."""
    kind = "" if rep.kind == "full" else words.kind(rep.kind)
    remarks = ", ".join(filter(None, (kind, words.flags(rep.flags))))
    if remarks:
        return f"! {remarks}", "$warning"
    return ("✓ good", "$success") if judged else ("", "$faint")
