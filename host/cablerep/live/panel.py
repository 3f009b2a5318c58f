"""The base of all panels: each draws the model for its own size, and updates only if the picture changed."""

from textual.content import Content
from textual.widgets import Static

from ..model.screen import LiveModel

Lines = list[Content]


class Panel(Static):
    """A part of the screen. Subclasses implement `draw`, and may put a title and a figure into the frame."""

    def __init__(self) -> None:
        super().__init__()
        self._drawn = Content("")

    def show(self, model: LiveModel) -> None:
        """Draw `model` and update the widget if the result is new."""
        width, height = self.content_size
        if width < 1 or height < 1:
            return
        drawn = self.draw(model, width, height)
        if not drawn.is_same(self._drawn):
            self._drawn = drawn
            self.update(drawn, layout=False)

    def draw(self, model: LiveModel, width: int, height: int) -> Content:
        """Return the picture in `width` by `height` characters."""
        raise NotImplementedError

    def frame(self, title: str, figure: str = "") -> None:
        """Set the texts in the upper and the lower edge of the frame."""
        if (self.border_title, self.border_subtitle) != (title, figure):
            self.border_title, self.border_subtitle = title, figure


def stack(lines: Lines) -> Content:
    """Join `lines` vertically."""
    return Content("\n").join(lines)


def middle(lines: Lines, height: int) -> Content:
    """Centre `lines` vertically in `height` rows."""
    return stack([Content("")] * max(0, (height - len(lines)) // 2) + lines)


def centred(text: str, style: str, width: int) -> Content:
    """Centre `text` in `width` columns."""
    return Content.styled(" " * max(0, (width - Content(text).cell_length) // 2) + text, style)


def ends(left: Content, right: Content, width: int) -> Content:
    """Return a line with `left` and `right` at its ends; `left` is truncated if there is no room for both."""
    room = width - right.cell_length - 1
    if left.cell_length > room:
        left = left.truncate(max(0, room), ellipsis=True)
    return Content.assemble(left, " " * max(0, width - left.cell_length - right.cell_length), right)
