"""The page of a report: self-contained, escaped, readable by eye, by screen reader and in grey."""

import builtins
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from logbook_pages import FIRST, page, rep
from rep_curves import drawn
from report_sheets import rendered, usual

from cablerep.errors import OutputError
from cablerep.history.logbook import Entry
from cablerep.report import page as report_page
from cablerep.store.database import Note

CSS = (Path(report_page.__file__).parent / "templates" / "report.css").read_text(encoding="utf-8")
_VOID = {"meta", "col"}  # void elements used in the page


class Reader(HTMLParser):
    """Checks that elements are nested correctly, and collects them and their text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, self.getpos()

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] != "style":
            self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def test_the_page_has_all_figures_with_units() -> None:
    past = page(8, day=-3, side="left")
    reader = Reader(rendered(past, *usual(plate=4)))
    for words in (
        *("Kickback", "Monday, 2 March 2026", "sets 4", "reps 32", "28 of 32", "short hold", "Hold longer at the top."),
        *("hold, target 2.0 s", "lower, target 3.0–6.0 s", "15.3 kg, plate 4", "hold 2.2 s", "300 mm"),
        *("Left vs right", "Last sessions", "1 Left 8 reps", "lift 1.0 s", "(speed 0 %)"),
    ):
        assert words in reader.words, words


def test_the_page_is_self_contained() -> None:
    text = rendered(*usual())
    reader = Reader(text)
    assert not {tag for tag, _ in reader.elements} & {"script", "link", "img", "iframe", "object", "image"}
    assert not [value for _, attrs in reader.elements for name, value in attrs.items() if name in ("src", "href")]
    assert "@import" not in text
    assert "url(" not in text
    assert "//" not in re.sub(r"</", "", text), "no address of any kind"


def test_text_from_people_is_escaped() -> None:
    one = page(2, exercise="<script>alert(1)</script> & 'Kicks'")
    one = replace(one, set=replace(one.set, board='"><img src=x>', notes=(Note(FIRST, "</p><b>bold</b>"),)))
    reader = Reader(rendered(one))
    assert not {tag for tag, _ in reader.elements} & {"script", "img"}
    assert "<script>alert(1)</script> & 'Kicks'" in reader.words
    assert "</p><b>bold</b>" in reader.words


def test_drawings_have_labels_and_tables_have_all_numbers() -> None:
    reader = Reader(rendered(page(8, day=-3), *usual()))
    drawings = [attrs for tag, attrs in reader.elements if tag == "svg"]
    named = [attrs for attrs in drawings if attrs.get("role") == "img" and attrs.get("aria-label")]
    assert len(named) == 4 + 4, "a strip a set, and four charts"
    assert all(attrs.get("aria-hidden") == "true" for attrs in drawings if attrs not in named)
    assert [tag for tag, _ in reader.elements].count("title") == 1 + 32, "the page and each rep"
    rows = [tag for tag, attrs in reader.elements if tag == "th" and attrs.get("scope") == "row"]
    assert len(rows) == 32 + 5


@pytest.mark.parametrize(
    ("sets", "curve_of"),
    [
        ([page([])], drawn),
        ([page(1)], drawn),
        ([page(40)], drawn),
        ([page(8, target=None, exercise="", load_n=None, force_mean_n=None)], lambda one: drawn(one, None)),
        ([page(8, day=-1), page(8)], lambda _: None),
        ([page(3), page(3, minute=3, exercise="Other")], drawn),
        ([page([rep(1, kind="partial", rep=None)])], drawn),
        ([page(2, exercise="A name of an exercise that somebody made far too long " * 4)], drawn),
    ],
    ids=["no reps", "one", "forty", "no force", "no curve", "two exercises", "partial", "long name"],
)
def test_any_set_makes_a_page(sets: list[Entry], curve_of: Any) -> None:
    text = rendered(*sets, curve_of=curve_of)
    assert Reader(text).elements
    assert not re.search(r"\b(nan|inf|None)\b", text)


def test_paper_size_is_left_to_the_reader_unless_given() -> None:
    assert not re.search(r"@page \{[^}]*size", rendered(page(1)))
    assert re.search(r"@page \{ size: letter; \}", rendered(page(1), paper="letter"))


def colours(block: str) -> dict[str, tuple[float, ...]]:
    found = re.findall(r"--(\w+): #([0-9a-f]{3,6});", block)
    return {
        name: tuple(int(digits, 16) / 255 for digits in re.findall("..", value if len(value) == 6 else value[0] * 6))
        for name, value in found
    }


def luminance(colour: tuple[float, ...]) -> float:
    """Return the relative luminance, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    linear = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour)
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def schemes() -> list[Any]:
    blocks = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    return [
        pytest.param(colours(block), id=name) for name, block in zip(("light", "dark", "print"), blocks, strict=True)
    ]


@pytest.mark.parametrize("scheme", schemes())
def test_text_and_signs_have_enough_contrast(scheme: dict[str, tuple[float, ...]]) -> None:
    for name in ("ink", "soft", "miss"):
        assert contrast(scheme[name], scheme["paper"]) >= 4.5, f"{name}: WCAG AA for text"
    for name in ("edge", "hold"):
        assert contrast(scheme[name], scheme["paper"]) >= 2.5, name
    # Phases differ without colour: the hold is hatched, lift and lower have this contrast in grey.
    assert contrast(scheme["lift"], scheme["lower"]) >= 1.3


def test_print_is_black_on_white() -> None:
    *_, printed = schemes()
    scheme = printed.values[0]
    assert (scheme["paper"], scheme["ink"]) == ((1.0,) * 3, (0.0,) * 3)
    assert all(len(set(colour)) == 1 for colour in scheme.values()), "no colour at all"


def test_a_missing_library_is_reported_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def lacking(name: str, *arguments: Any) -> Any:
        if name == "jinja2":
            raise ImportError(name)
        return real(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", lacking)
    with pytest.raises(OutputError, match=r"pip install '\.\[report\]'"):
        rendered(page(1))
