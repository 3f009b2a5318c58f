"""The picture of a terminal: shapes for blocks, words at their cells, nothing from a server."""

import xml.etree.ElementTree as ElementTree

from rich.text import Text

from cablerep.svg_terminal import svg

NS = "{http://www.w3.org/2000/svg}"


def drawn(*lines: str | Text, width: int = 12) -> ElementTree.Element:
    whole = Text("\n").join(line if isinstance(line, Text) else Text(line) for line in lines)
    return ElementTree.fromstring(svg(whole, width, len(lines), "a <title>"))


def shapes(root: ElementTree.Element, name: str) -> list[dict[str, str]]:
    return [dict(one.attrib) for one in root[-2].iter(NS + name)]


def box(shape: dict[str, str]) -> tuple[float, ...]:
    return tuple(float(shape[name]) for name in ("x", "y", "width", "height"))


def test_blocks_are_rectangles_without_seams() -> None:
    root = drawn("██ ▀▄", "▌▕▏▉")
    assert [box(shape) for shape in shapes(root, "rect")] == [
        (0, 0, 20, 20),
        (30, 0, 10, 10),
        (40, 10, 10, 10),
        (0, 20, 5, 20),
        (18.75, 20, 1.25, 20),
        (20, 20, 1.25, 20),
        (30, 20, 8.75, 20),
    ]


def test_frames_meet_at_the_edges_of_their_cells() -> None:
    root = drawn("╭──╮", "│  │", "╰──╯")
    assert [shape["d"] for shape in shapes(root, "path")] == [
        "M5 20V15Q5 10 10 10H10",
        "M10 10H30",
        "M35 20V15Q35 10 30 10H30",
        "M5 20V40",
        "M35 20V40",
        "M5 40V45Q5 50 10 50H10",
        "M10 50H30",
        "M35 40V45Q35 50 30 50H30",
    ]


def test_words_stand_at_their_cells() -> None:
    root = drawn("  ab  c&d")
    words = [(one.text, one.get("x"), one.get("textLength")) for one in root[-1].iter(NS + "text")]
    assert words == [("ab", "20", "20"), ("c&d", "60", "30")]


def test_styles() -> None:
    root = drawn(Text.assemble(("x", "bold red"), (" ", "reverse"), ("y", "italic dim"), "z"))
    x, y, z = list(root[-1].iter(NS + "text"))
    assert x.get("font-weight") == "bold"
    assert y.get("font-style") == "italic"
    assert len({x.get("fill"), y.get("fill"), z.get("fill")}) == 3
    (behind,) = shapes(root, "rect")
    assert (box(behind), behind["fill"]) == ((10, 0, 10, 20), z.get("fill")), "reversed: the ink is behind"


def test_it_needs_nothing_from_elsewhere() -> None:
    text = svg(Text("x"), 4, 1, "t")
    assert text.count("http") == 1, "the name space alone"
    assert "@font-face" not in text
    assert "<script" not in text
    assert drawn("x").find(NS + "title").text == "a <title>"  # type: ignore[union-attr]


def test_what_does_not_fit_is_cut() -> None:
    root = ElementTree.fromstring(svg(Text("a\nb\nc"), 4, 2, "t"))
    assert [one.text for one in root[-1].iter(NS + "text")] == ["a", "b"]
