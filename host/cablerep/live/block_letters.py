"""Large letters made of half blocks, readable across a room.

A pixel is one column wide and half a row high, which is about square; scales enlarge both.
"""

PIXELS = 7  # height of a letter

# Seven rows of pixels, one group each; five pixels wide except for "." and ":".
_GLYPHS = {
    "A": ".###. #...# #...# ##### #...# #...# #...#",
    "B": "####. #...# #...# ####. #...# #...# ####.",
    "C": ".###. #...# #.... #.... #.... #...# .###.",
    "D": "####. #...# #...# #...# #...# #...# ####.",
    "E": "##### #.... #.... ####. #.... #.... #####",
    "F": "##### #.... #.... ####. #.... #.... #....",
    "G": ".###. #...# #.... #.### #...# #...# .###.",
    "H": "#...# #...# #...# ##### #...# #...# #...#",
    "I": "##### ..#.. ..#.. ..#.. ..#.. ..#.. #####",
    "K": "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
    "L": "#.... #.... #.... #.... #.... #.... #####",
    "M": "#...# ##.## #.#.# #.#.# #...# #...# #...#",
    "N": "#...# ##..# #.#.# #.#.# #..## #...# #...#",
    "O": ".###. #...# #...# #...# #...# #...# .###.",
    "P": "####. #...# #...# ####. #.... #.... #....",
    "R": "####. #...# #...# ####. #.#.. #..#. #...#",
    "S": ".#### #.... #.... .###. ....# ....# ####.",
    "T": "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#..",
    "U": "#...# #...# #...# #...# #...# #...# .###.",
    "W": "#...# #...# #...# #.#.# #.#.# ##.## #...#",
    ".": ". . . . . . #",
    "Y": "#...# #...# .#.#. ..#.. ..#.. ..#.. ..#..",
    ":": ". . # . # . .",
    "✓": "..... ....# ...## #.##. ###.. .#... .....",
    "–": "..... ..... ..... ##### ..... ..... .....",
    "0": ".###. #...# #..## #.#.# ##..# #...# .###.",
    "1": "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###.",
    "2": ".###. #...# ....# ...#. ..#.. .#... #####",
    "3": "##### ...#. ..#.. ...#. ....# #...# .###.",
    "4": "...#. ..##. .#.#. #..#. ##### ...#. ...#.",
    "5": "##### #.... ####. ....# ....# #...# .###.",
    "6": "..##. .#... #.... ####. #...# #...# .###.",
    "7": "##### ....# ...#. ..#.. .#... .#... .#...",
    "8": ".###. #...# #...# .###. #...# #...# .###.",
    "9": ".###. #...# #...# .#### ....# ...#. .##..",
}
_HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


def text_width(text: str, across: int = 1) -> int:
    """Return the columns of `text`, with `across` columns per pixel. Raises KeyError for an unknown character."""
    return across * max(0, sum(len(_GLYPHS[character].split()[0]) + 1 for character in text) - 1)


def height_of(down: int = 1) -> int:
    """Return the rows of a line, with `down` half rows per pixel."""
    return -(-PIXELS * down // 2)


def scale_for(letters: int, width: int, height: int) -> tuple[int, int]:
    """Return the largest scales (across, down) at which `letters` letters fit, at least 1 each.

    Letters may be stretched to twice their height but not widened: narrow letters read as well.
    """
    down = max(1, 2 * height // PIXELS)
    across = min(down, max(1, width // (6 * letters - 1)))
    return across, min(2 * across, down)


def block_lines(text: str, across: int = 1, down: int = 1) -> list[str]:
    """Return `text` as `height_of(down)` lines. Raises KeyError for a character without a glyph."""
    glyphs = [_GLYPHS[character].split() for character in text]
    rows = [".".join(glyph[row] for glyph in glyphs) for row in range(PIXELS if text else 0)]
    pixels = ["".join(pixel * across for pixel in row) for row in rows for _ in range(down)]
    if len(pixels) % 2:
        pixels.insert(0, "." * len(pixels[0]))  # keep the baseline at the bottom
    return [
        "".join(_HALVES[upper == "#", lower == "#"] for upper, lower in zip(pixels[row], pixels[row + 1], strict=True))
        for row in range(0, len(pixels), 2)
    ]
