"""Braille dots as Unicode numbers them."""

from cablerep.live.dots import Dots


def test_each_dot_sets_its_braille_bit() -> None:
    """The Unicode Standard: dots 1 to 8 are the bits from the lowest; 1 to 3 and 7 go down the left."""
    order = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    for bit, (x, y) in enumerate(order):
        dots = Dots(1, 1)
        dots.set(x, y, "bold")
        assert dots.lines()[0].plain == chr(0x2800 + (1 << bit))


def test_dots_outside_the_canvas_are_ignored() -> None:
    dots = Dots(2, 1)
    for x, y in ((-1, 0), (4, 0), (0, -1), (0, 4)):
        dots.set(x, y, "bold")
    assert [line.plain for line in dots.lines()] == ["  "]
    dots.set(3, 0, "bold")
    assert dots.lines()[0].plain == " ⠈"
