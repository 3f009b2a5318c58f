"""Pictures of the live screen as self-contained SVG."""

import re
from pathlib import Path
from xml.etree import ElementTree

from live_stage import in_a_hold

from cablerep.exercise.library import load
from cablerep.live import demo as demonstration
from cablerep.live.picture import picture_of, solid

DOCS = Path(__file__).parents[3] / "docs"


def words(svg: str) -> list[str]:
    root = ElementTree.fromstring(svg)
    return [text for text in ("".join(node.itertext()).replace("\xa0", " ") for node in root.iter()) if text.strip()]


def test_the_svg_is_self_contained() -> None:
    svg = picture_of(in_a_hold().model, 80, 24, "cablerep demo")
    text = " ".join(words(svg))
    for part in ("Glute kickback", "1.3 of 2 s", "cablerep demo", "HOLD 2 s"):
        assert part in text
    assert "url(http" not in svg
    assert "@font-face" not in svg
    assert not re.search("[█▀▄⠁-⣿─│╭╮╰╯]", svg), "all of them are shapes"
    assert svg.count("<path") > 20


def test_blocks_become_rectangles_in_their_cells() -> None:
    text = '<text class="m-r1" x="24.4" y="69" textLength="36.6" clip-path="url(#m-line-2)">a█▄</text>'
    drawn = solid(text)
    assert 'd="M36.6 50.3H49.2V75.1H36.6z' in drawn, "the second cell of the row"
    assert "M48.8 62.5H61.4V75.1H48.8z" in drawn, "and the lower half of the third"
    assert '<path class="m-r1"' in drawn
    assert ">a\xa0\xa0<" in drawn
    plain = text.replace("█▄", "&lt;b")
    assert solid(plain) == plain


def test_the_manuals_picture_is_up_to_date() -> None:
    there = words((DOCS / "live-screen.svg").read_text(encoding="utf-8"))
    assert there == words(demonstration.picture(profile=load("glute-medius-kickback"))), (
        "make it anew: cablerep demo --profile glute-medius-kickback --picture docs/live-screen.svg --force"
    )
