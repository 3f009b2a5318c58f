"""The whole screen as one panel, for terminals too small for all panels.

Count, phase or verdict, hold seconds and load come first; details are added as room allows.
"""

from textual.content import Content

from ..history.logbook import whose
from ..model.phase_style import LETTERS, SIDES, phase_style
from ..model.screen import LiveModel
from .block_letters import block_lines, height_of, text_width
from .count import count_digits, goal_text, load_text, partial_text
from .hold_ring import hold_clock
from .panel import Panel, centred, ends, stack
from .status_bar import STATES, sentence

_LETTER_ROWS = height_of()
# Rows for head, letters, labels, letters and sentence. With fewer there is one line of letters, or none.
_TWO_ROWS = 2 * _LETTER_ROWS + 4
_ONE_ROW = _LETTER_ROWS + 4
_MIN_COLUMNS = 6 * LETTERS - 1  # of the longest large word
_KEYS = "s side  l lifter  x fix  ? help  q quit"
_FEW_KEYS = "s side  l lifter  ? help  q quit"


class Compact(Panel):
    """The essentials of the screen at any size."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        look, hold = phase_style(model), hold_clock(model)
        style = f"bold ${look.colour}"
        text, kind = sentence(model)
        colour = {"bad": "bold $warning", "good": "bold $success"}.get(kind, "$foreground")
        head = _head(model, width)
        label = " ".join(filter(None, ("reps", goal_text(model), partial_text(model))))
        weight = load_text(model)
        clock = f"{hold.title} {hold.figure}".strip()
        if height < _ONE_ROW or width < _MIN_COLUMNS:
            essentials = f"{count_digits(model)} {label.replace('reps of', 'of')}"
            lines = [
                Content.styled(essentials, "bold $foreground"),
                Content.styled(f"{look.sign} {look.word}", style),
                Content.styled(clock, "bold $hold"),
                Content.styled(text, colour),
                Content.styled(weight, "$foreground"),
                head,
            ]
            return stack([line.truncate(width, ellipsis=True) for line in lines][:height])
        figures = _side_by_side(count_digits(model), hold.inside, f"bold {hold.colour}", width)
        below = " · ".join(filter(None, (label, weight)))
        if len(below) + 1 + len(clock) > width:
            below = below.removeprefix("reps ")
        labels = ends(
            Content.styled(below, "$foreground"),
            Content.styled(clock, "bold $hold"),
            width,
        )
        doing = " · ".join(filter(None, (look.text, model.announced)))
        phase = Content.styled(f"{look.sign} {doing}", style).truncate(width, ellipsis=True)
        if height >= _TWO_ROWS + 1:
            word = [phase, *(centred(line, style, width) for line in block_lines(look.word))]
        else:
            word = [Content.styled(f"{look.sign} {look.word}  {look.text}", style).truncate(width, ellipsis=True)]
        blocks = [[head], [*figures, labels], word]
        room = height - sum(map(len, blocks))
        blocks.append([Content.styled(line, colour) for line in wrapped(text, width)[: max(1, room - 1)]])
        spare = max(0, height - sum(map(len, blocks)) - 1)
        lines = []
        for index, block in enumerate(blocks):
            lines += [Content("")] * (index > 0 and spare >= len(blocks) - index) + block
            spare -= index > 0 and spare >= len(blocks) - index
        lines += [Content("")] * (height - len(lines) - 1)
        if len(lines) < height:
            lines.append(
                Content.styled(_KEYS if len(_KEYS) <= width else _FEW_KEYS, "$faint").truncate(width, ellipsis=True)
            )
        return stack(lines[:height])


def _head(model: LiveModel, width: int) -> Content:
    sign, state, colour = STATES[model.state]
    name = whose(model.lifter, model.profile.name if model.profile else "free exercise")
    shown = sign if model.state == "connected" else f"{sign} {state}"
    right = Content.styled(" ".join(filter(None, (SIDES[model.side], shown))), f"bold {colour}")
    return ends(Content.styled(name, "bold $foreground"), right, width)


def _side_by_side(count: str, hold: str, style: str, width: int) -> list[Content]:
    """Return the count on the left and the hold on the right, in large letters; the hold only if it fits."""
    left = block_lines(count)
    right = block_lines(hold) if text_width(count) + 2 + text_width(hold) <= width else [""] * len(left)
    return [
        Content.assemble((one, "bold $foreground"), " " * max(0, width - len(one) - len(two)), (two, style))
        for one, two in zip(left, right or [""] * len(left), strict=True)
    ]


def wrapped(text: str, width: int) -> list[str]:
    """Return `text` as lines of at most `width` characters, broken between words."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()[:width]
    return lines if lines[0] else []
