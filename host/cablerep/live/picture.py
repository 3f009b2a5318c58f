"""Pictures of the live screen as SVG: the app run without a terminal, and Textual's own export.

The export loads a font from a server and writes blocks as characters, which leave seams in most fonts. Here they
become shapes, so that the picture is self-contained and looks the same in every viewer.
"""

import asyncio
import re
from collections.abc import Iterator
from html import unescape

from ..model.screen import LiveModel
from . import themes
from .app import LiveApp

# Sizes in rich/console.py: export_svg.
_CELL_W, _CELL_H = 12.2, 24.4
_FONT = "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"
_FONT_FACE = re.compile(r"\s*@font-face \{.*?\}\n", re.DOTALL)
_TEXT = re.compile(
    r'<text class="(?P<ink>[\w-]+)" x="(?P<x>[\d.]+)" y="[\d.]+" textLength="[\d.]+" '
    r'clip-path="url\(#(?P<clip>[\w-]+?)-line-(?P<row>\d+)\)">(?P<text>.*?)</text>'
)
_SHAPES = re.compile("[▀-▟─-╿⠀-⣿]")
# Left, top, right and bottom as fractions of the cell.
_BLOCKS = {"█": (0, 0, 1, 1), "▀": (0, 0, 1, 0.5), "▄": (0, 0.5, 1, 1), "▏": (0, 0, 0.125, 1)}
_LAP = 0.4  # pixels by which blocks overlap, to hide seams between edges off the pixel grid
_THIN, _HEAVY = 1.2, 2.6  # width of frame lines in pixels
# Lines from the centre of the cell to its sides: left, up, right, down.
_LINES = {
    **dict(zip("─│└╭╮╰╯", ("lr", "ud", "ur", "rd", "ld", "ur", "lu"), strict=True)),
    **dict(zip("━┃┏┓┗┛═", ("LR", "UD", "RD", "LD", "UR", "LU", "LR"), strict=True)),
}
_DOT = "m-1.9 0a1.9 1.9 0 1 0 3.8 0a1.9 1.9 0 1 0-3.8 0z"  # a circle around the current point; pixels


def picture_of(model: LiveModel, width: int, height: int, title: str, *, light: bool = False) -> str:
    """Return an SVG of the screen that shows `model` on a terminal of `width` by `height` characters."""

    async def draw() -> str:
        app = LiveApp(None, model, ())
        async with app.run_test(size=(width, height)) as pilot:
            app.theme = (themes.LIGHT if light else themes.DARK).name
            await pilot.pause()
            app.draw()
            await pilot.pause()
            return app.export_screenshot(title=title)

    return solid(asyncio.run(draw()))


def solid(svg: str) -> str:
    """Return rich's picture `svg` with blocks, lines and dots as shapes, and with local fonts."""
    svg = _FONT_FACE.sub("", svg).replace("Fira Code, monospace", _FONT)
    return _TEXT.sub(_redrawn, svg)


def _redrawn(found: re.Match[str]) -> str:
    """Return one run of characters as text plus one path in the same colour."""
    text = unescape(found["text"])
    if not _SHAPES.search(text):
        return found[0]
    left, top = float(found["x"]), int(found["row"]) * _CELL_H + 1.5
    path = "".join(
        piece for index, character in enumerate(text) for piece in _shape(character, left + index * _CELL_W, top)
    )
    words = _SHAPES.sub("\N{NO-BREAK SPACE}", text)
    rest = (
        "" if not words.strip() else found[0].replace(found["text"], words.replace("&", "&amp;").replace("<", "&lt;"))
    )
    return f'<path class="{found["ink"]}" d="{path}"/>{rest}'


def _shape(character: str, x: float, y: float) -> Iterator[str]:
    """Yield the outlines of a character whose cell starts at (x, y)."""
    if character in _BLOCKS:
        x0, y0, x1, y1 = _BLOCKS[character]
        yield _box(x + x0 * _CELL_W, y + y0 * _CELL_H, x + x1 * _CELL_W + _LAP, y + y1 * _CELL_H + _LAP)
    elif character in _LINES:
        middle_x, middle_y = x + _CELL_W / 2, y + _CELL_H / 2
        half = (_HEAVY if _LINES[character].isupper() else _THIN) / 2
        for side in _LINES[character].lower():
            yield _box(
                x if side == "l" else middle_x - half,
                y if side == "u" else middle_y - half,
                x + _CELL_W if side == "r" else middle_x + half,
                y + _CELL_H if side == "d" else middle_y + half,
            )
    elif "⠀" <= character <= "⣿":
        pattern = ord(character) - 0x2800
        for bit in range(8):
            if pattern >> bit & 1:
                # Unicode numbers the upper six dots down the columns, the lowest two last.
                column, row = divmod(bit, 3) if bit < 6 else (bit - 6, 3)
                at_x, at_y = x + (column + 0.5) * _CELL_W / 2, y + (row + 0.5) * _CELL_H / 4
                yield f"M{at_x:.1f} {at_y:.1f}{_DOT}"


def _box(x0: float, y0: float, x1: float, y1: float) -> str:
    return f"M{x0:.1f} {y0:.1f}H{x1:.1f}V{y1:.1f}H{x0:.1f}z"
