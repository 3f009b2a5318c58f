"""A canvas of Braille dots, two by four per character: fine enough for a ring and a curve."""

from textual.content import Content

_BASE = 0x2800  # Unicode's empty pattern
# Bits of a pattern by column and row (The Unicode Standard, 21.1).
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


class Dots:
    """A canvas of `width` by `height` characters. Each character has one style, that of the last dot set in it."""

    def __init__(self, width: int, height: int) -> None:
        self.width = 2 * width  # in dots
        self.height = 4 * height
        self._patterns = [[0] * width for _ in range(height)]
        self._styles = [[""] * width for _ in range(height)]

    def set(self, x: int, y: int, style: str) -> None:
        """Set the dot `x` from the left and `y` from the top; dots outside the canvas are ignored."""
        if 0 <= x < self.width and 0 <= y < self.height:
            self._patterns[y // 4][x // 2] |= _BITS[x % 2][y % 4]
            self._styles[y // 4][x // 2] = style

    def lines(self) -> list[Content]:
        """Return the rows."""
        return [
            Content.assemble(
                *(
                    (chr(_BASE + pattern) if pattern else " ", style)
                    for pattern, style in zip(patterns, styles, strict=True)
                )
            )
            for patterns, styles in zip(self._patterns, self._styles, strict=True)
        ]
