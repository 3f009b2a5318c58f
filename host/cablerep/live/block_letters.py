"""Large letters made of half blocks, so that a count and a phase are read across a room.

A pixel is a column wide and half a row high, which is about square; scales make both of it larger.
"""

PIXELS = 7  # a letter's height

# Seven rows of pixels, a group each; five wide, but for the point.
_GLYPHS = {
    "A": ".###. #...# #...# ##### #...# #...# #...#",
    "B": "####. #...# #...# ####. #...# #...# ####.",
    "C": ".###. #...# #.... #.... #.... #...# .###.",
    "D": "####. #...# #...# #...# #...# #...# ####.",
    "E": "##### #.... #.... ####. #.... #.... #####",
    "H": "#...# #...# #...# ##### #...# #...# #...#",
    "I": "##### ..#.. ..#.. ..#.. ..#.. ..#.. #####",
    "K": "#...# #..#. #.#.. ##... #.#.. #..#. #...#",
    "L": "#.... #.... #.... #.... #.... #.... #####",
    "O": ".###. #...# #...# #...# #...# #...# .###.",
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


def width_of(letters: int, across: int = 1) -> int:
    """Return the columns that `letters` letters of full width take, `across` columns to a pixel."""
    return across * (6 * letters - 1)


def height_of(down: int = 1) -> int:
    """Return the rows that a line takes, `down` half rows to a pixel."""
    return -(-PIXELS * down // 2)


def scale_for(letters: int, width: int, height: int) -> tuple[int, int]:
    """Return the largest scales (across, down) at which `letters` letters fit, at least 1 each.

    Letters may be up to twice as high as their shape is drawn, but not wider: narrow ones read as well.
    """
    down = max(1, 2 * height // PIXELS)
    across = min(down, max(1, width // (6 * letters - 1)))
    return across, min(2 * across, down)


def block_lines(word: str, across: int = 1, down: int = 1) -> list[str]:
    """Return `word` as `height_of(down)` lines. Raises KeyError for a character that has no glyph."""
    glyphs = [_GLYPHS[character].split() for character in word]
    rows = [".".join(glyph[row] for glyph in glyphs) for row in range(PIXELS if word else 0)]
    pixels = ["".join(pixel * across for pixel in row) for row in rows for _ in range(down)]
    if len(pixels) % 2:
        pixels.insert(0, "." * len(pixels[0]))  # its feet stand on the line
    return [
        "".join(_HALVES[upper == "#", lower == "#"] for upper, lower in zip(pixels[row], pixels[row + 1], strict=True))
        for row in range(0, len(pixels), 2)
    ]
