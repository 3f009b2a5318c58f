"""The last reps with their figures and flags."""

from collections.abc import Callable

from textual.content import Content

from .. import words
from ..device.events import Rep
from ..model.goal import velocity_losses
from ..model.screen import LiveModel
from ..text.reps import load_number, number
from ..units import shows_si, weight_unit
from .panel import Panel, stack

_Column = tuple[str, int, Callable[[Rep], str]]  # heading with its unit, columns, value
# A narrow terminal omits the last ones.
_COLUMNS: tuple[_Column, ...] = (
    ("lift s", 7, lambda rep: f"{rep.concentric_s:.2f}"),
    ("hold s", 7, lambda rep: f"{rep.hold_s:.2f}"),
    ("lower s", 8, lambda rep: f"{rep.eccentric_s:.2f}"),
    ("mm", 5, lambda rep: f"{rep.rom_mm:.0f}"),
)
_SI_COLUMNS: tuple[_Column, ...] = (
    ("lift m/s", 9, lambda rep: f"{rep.concentric_mean_m_s:.2f}"),
    ("force N", 9, lambda rep: load_number(rep.force_mean_n)),
    ("power W", 9, lambda rep: number(rep.power_mean_w, 0)),
)
_NAME = 3  # columns of the rep number
_FORM = 12  # columns of the flags, at least
_FORM_WIDE = 26  # columns of the flags before an optional figure is added
_NEEDED = 4  # figures that are always shown


class RepList(Panel):
    """The newest rep first; above it, faint, the rep of last time that stands beside the next one."""

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        last = model.last_time
        self.frame("last reps", f"last time {last.summary}" if last is not None and last.day else "")
        wanted = _columns(model)
        columns = [
            column
            for index, column in enumerate(wanted)
            if _NAME + sum(size for _, size, _ in wanted[: index + 1]) + (_FORM if index < _NEEDED else _FORM_WIDE)
            <= width
        ]
        head = "rep".rjust(_NAME) + "".join(name.rjust(size) for name, size, _ in columns) + "  form"
        lines = [Content.styled(head, "$faint")]
        if model.ghost is not None:
            figures = "".join(figure(model.ghost).rjust(size) for _, size, figure in columns)
            ghost = f"{str(model.full + 1).rjust(_NAME)}{figures}  last time"
            lines.append(Content.styled(ghost, "$faint").truncate(width, ellipsis=True))
        for index, rep in enumerate(reversed(model.reps[-(height - len(lines)) :])):
            figures = "".join(figure(rep).rjust(size) for _, size, figure in columns)
            name = ("–" if rep.rep is None else str(rep.rep)).rjust(_NAME)
            room = max(0, width - _NAME - len(figures) - 2)
            remarks, style = form_text(rep, judged=model.judged, room=room)
            weight = "bold " if index == 0 else ""
            lines.append(
                Content.assemble(
                    (name + figures + "  ", f"{weight}$foreground"),
                    Content.styled(remarks, f"{weight}{style}").truncate(room, ellipsis=True),
                )
            )
        if not model.reps and model.ghost is None:
            lines += [Content(""), Content.styled("  no reps yet", "$faint")]
        return stack(lines[:height])


def _columns(model: LiveModel) -> tuple[_Column, ...]:
    """Return the columns: the mean force of the lift in the chosen unit; newtons with speed and power.

    The velocity loss comes with them, or before the load where a plan says at which loss to stop.
    """
    losses = velocity_losses(model.reps)
    loss: _Column = ("loss %", 8, lambda rep: f"{100 * losses[rep.start_s]:.0f}" if rep.start_s in losses else "–")
    if shows_si():
        return (*_COLUMNS, loss, *_SI_COLUMNS)
    if model.goal is not None and model.goal.stop_percent:
        return (*_COLUMNS[1:], loss, _COLUMNS[0])
    return (
        *_COLUMNS,
        (f"{words.figure('pull_n')} {weight_unit().symbol}", 9, lambda rep: load_number(rep.force_mean_n)),
    )


def form_text(rep: Rep, judged: bool, room: int) -> tuple[str, str]:
    """Return a rep's flags as text, and its colour. Without a profile, a rep is not called good.

    Flags that do not fit into `room` characters are counted: "! short hold +1".
    """
    kind = "" if rep.kind == "full" else words.kind(rep.kind)
    remarks = [*filter(None, (kind, *map(words.flag, rep.flags)))]
    if remarks:
        shown = next(
            (n for n in range(len(remarks), 1, -1) if len(_remarks(remarks, n)) <= room),
            1,
        )
        return _remarks(remarks, shown), "$warning"
    return ("✓ good", "$success") if judged else ("", "$faint")


def _remarks(remarks: list[str], shown: int) -> str:
    more = len(remarks) - shown
    return f"! {', '.join(remarks[:shown])}{f' +{more}' if more else ''}"
