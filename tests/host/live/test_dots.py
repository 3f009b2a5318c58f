"""Braille: a dot is where Unicode has it."""

from cablerep.live.dots import Dots


def test_the_eight_dots_of_a_character() -> None:
    """The Unicode Standard: dots 1 to 8 are the bits from the lowest; 1 to 3 and 7 go down the left."""
    order = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    for bit, (x, y) in enumerate(order):
        dots = Dots(1, 1)
        dots.set(x, y, "bold")
        assert dots.lines()[0].plain == chr(0x2800 + (1 << bit))


def test_what_is_outside_is_not_there() -> None:
    dots = Dots(2, 1)
    for x, y in ((-1, 0), (4, 0), (0, -1), (0, 4)):
        dots.set(x, y, "bold")
    assert [line.plain for line in dots.lines()] == ["  "]
    dots.set(3, 0, "bold")
    assert dots.lines()[0].plain == " ⠈"
