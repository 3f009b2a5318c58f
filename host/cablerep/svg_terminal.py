"""A rich renderable as an SVG that looks the same in every viewer: a terminal window, cell by cell.

rich's own export leans on a font from a server and on spaces that some viewers drop. Here each word has its
place, and blocks and frames are drawn as shapes, so no font leaves seams in them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from rich.color import blend_rgb
from rich.color_triplet import ColorTriplet
from rich.console import Console, RenderableType
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme

_CELL_W, _CELL_H = 10, 20  # pixels; whole numbers, so that the edges of blocks fall on pixels
_BASELINE = 15  # of the text below its cell's top
_FONT_PX = 16.6  # a monospaced letter is 0.602 of its height wide (Menlo, DejaVu): these fill the cell's 10
_MARGIN = 12
_TITLE_H = 34
_DIM = 0.45  # how far dim text goes towards the background: still 4.5 to 1 against it (WCAG AA)

# A dark terminal. Every colour that the screen uses stands at least 4.5 to 1 against the background.
THEME = TerminalTheme(
    (13, 17, 23),
    (230, 237, 243),
    [
        *[(72, 79, 88), (255, 123, 114), (63, 185, 80), (227, 179, 65)],
        *[(121, 192, 255), (210, 168, 255), (86, 212, 221), (230, 237, 243)],
    ],
)

# Left, top, right and bottom of a block in eighths of its cell.
_BLOCKS = {
    "█": (0, 0, 8, 8),
    "▀": (0, 0, 8, 4),
    "▄": (0, 4, 8, 8),
    "▕": (7, 0, 8, 8),
    **{character: (0, 0, eighths, 8) for eighths, character in enumerate("▏▎▍▌▋▊▉", 1)},
}
# Strokes of a frame's character, from the middle of the cell (m) to its sides.
_FRAMES = {
    "─": "M{l} {y}H{r}",
    "│": "M{x} {t}V{b}",
    "╭": "M{x} {b}V{yd}Q{x} {y} {xr} {y}H{r}",
    "╮": "M{x} {b}V{yd}Q{x} {y} {xl} {y}H{l}",
    "╰": "M{x} {t}V{yu}Q{x} {y} {xr} {y}H{r}",
    "╯": "M{x} {t}V{yu}Q{x} {y} {xl} {y}H{l}",
}
_ROUND = 5  # pixels; radius of a frame's corner
# Full blocks and lines in a row are one shape, other blocks and frames one each, and all else goes word by word.
_PIECES = re.compile("[█]+|[▀]+|[▄]+|[─]+|[▕▏▎▍▌▋▊▉│╭╮╰╯]|[^ █▀▄─▕▏▎▍▌▋▊▉│╭╮╰╯]+")


@dataclass(frozen=True, slots=True)
class _Run:
    """Characters of one style in a row of cells, from `column` on."""

    row: int
    column: int
    text: str
    ink: str
    paper: str | None
    bold: bool
    italic: bool


def svg(renderable: RenderableType, width: int, height: int, title: str) -> str:
    """Return a picture of `renderable` on a terminal of `width` by `height` cells, at most 1 MB for 80 by 24."""
    console = Console(width=width, height=height, force_terminal=True, color_system="truecolor", legacy_windows=False)
    lines = console.render_lines(renderable, console.options.update(width=width, height=None), pad=False)[:height]
    shapes: list[str] = []
    texts: list[str] = []
    for run in _runs(lines):
        _draw(run, shapes, texts)
    wide = width * _CELL_W + 2 * _MARGIN
    high = height * _CELL_H + _TITLE_H + _MARGIN
    paper, ink = (_hex(colour) for colour in (THEME.background_color, THEME.foreground_color))
    dots = "".join(
        f'<circle cx="{20 + 20 * place}" cy="17" r="6" fill="{_hex(THEME.ansi_colors[colour])}"/>'
        for place, colour in enumerate((1, 3, 2))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" role="img">\n'
        f"<title>{escape(title)}</title>\n"
        f'<rect x="0.5" y="0.5" width="{wide - 1}" height="{high - 1}" rx="8" fill="{paper}" stroke="#30363d"/>\n'
        f'{dots}<text x="{wide / 2:g}" y="22" text-anchor="middle" fill="{ink}" font-family="sans-serif" '
        f'font-size="14">{escape(title)}</text>\n'
        f'<g transform="translate({_MARGIN} {_TITLE_H})" shape-rendering="crispEdges">\n'
        + "\n".join(shapes)
        + "\n</g>\n"
        f'<g transform="translate({_MARGIN} {_TITLE_H})" font-size="{_FONT_PX}" '
        f'font-family="ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace">\n'
        + "\n".join(texts)
        + "\n</g>\n</svg>\n"
    )


def _runs(lines: list[list[Segment]]) -> Iterator[_Run]:
    """Yield the segments as runs with their colours settled."""
    for row, line in enumerate(lines):
        column = 0
        for segment in line:
            style = segment.style or Style()
            ink, paper = _colours(style)
            yield _Run(row, column, segment.text, ink, paper, bool(style.bold), bool(style.italic))
            column += segment.cell_length


def _colours(style: Style) -> tuple[str, str | None]:
    """Return the colour of the characters, and of what is behind them where it is not the terminal's own."""
    ink, paper = THEME.foreground_color, THEME.background_color
    if style.color is not None and not style.color.is_default:
        ink = style.color.get_truecolor(THEME)
    if style.bgcolor is not None and not style.bgcolor.is_default:
        paper = style.bgcolor.get_truecolor(THEME)
    if style.dim:
        ink = blend_rgb(ink, paper, _DIM)
    if style.reverse:
        ink, paper = paper, ink
    return _hex(ink), None if paper == THEME.background_color else _hex(paper)


def _hex(colour: ColorTriplet | tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def _draw(run: _Run, shapes: list[str], texts: list[str]) -> None:
    top = run.row * _CELL_H
    if run.paper:
        shapes.append(_rect(run.column * _CELL_W, top, len(run.text) * _CELL_W, _CELL_H, run.paper))
    look = ' font-weight="bold"' if run.bold else ""
    look += ' font-style="italic"' if run.italic else ""
    for piece in _PIECES.finditer(run.text):
        text = piece[0]
        left = (run.column + piece.start()) * _CELL_W
        wide = len(text) * _CELL_W
        if text[0] in _BLOCKS:
            x0, x1 = (eighths * _CELL_W / 8 for eighths in _BLOCKS[text[0]][::2])
            y0, y1 = (eighths * _CELL_H / 8 for eighths in _BLOCKS[text[0]][1::2])
            shapes.append(_rect(left + x0, top + y0, wide - _CELL_W + x1 - x0, y1 - y0, run.ink))
        elif text[0] in _FRAMES:
            shapes.append(f'<path d="{_stroke(text[0], left, top, wide)}" fill="none" stroke="{run.ink}"/>')
        else:
            place = f'x="{left}" y="{top + _BASELINE}" textLength="{wide}"'
            texts.append(f'<text {place} fill="{run.ink}"{look}>{escape(text)}</text>')


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{colour}"/>'


def _stroke(character: str, left: int, top: int, wide: int) -> str:
    x, y = left + _CELL_W / 2, top + _CELL_H / 2
    places = {"l": left, "r": left + wide, "t": top, "b": top + _CELL_H, "x": x, "y": y}
    places |= {"xl": x - _ROUND, "xr": x + _ROUND, "yu": y - _ROUND, "yd": y + _ROUND}
    return _FRAMES[character].format(**{name: f"{place:g}" for name, place in places.items()})
