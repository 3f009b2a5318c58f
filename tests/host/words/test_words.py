"""The table of words: a label for every name of the wire, short enough for where it stands."""

import re

import pytest

from cablerep import words
from cablerep_fw.core.link import wire


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("flag", wire.FLAGS),
        ("flag_advice", wire.FLAGS),
        ("rejection", wire.REASONS[1:]),
        ("fault", wire.FAULTS),
        ("phase", wire.PHASES),
        ("doing", wire.PHASES),
        ("cue", wire.CUES),
        ("kind", wire.KINDS[1:]),
        ("side", wire.SIDES[1:]),
    ],
)
def test_every_name_of_the_wire_has_a_label_and_no_other(table: str, names: tuple[str, ...]) -> None:
    assert list(words.table(table)) == list(names)


def test_flag_labels_are_distinct_and_fit_their_column() -> None:
    labels = list(words.table("flag").values())
    assert len(set(labels)) == len(labels)
    assert max(map(len, labels)) <= 10, "the report gives them a twelfth of the page"


def test_an_unknown_name_reads_as_itself() -> None:
    assert words.flags(["hold_short", "left_late"]) == "short hold, left late"
    assert words.fault("bit 14") == "bit 14"


def test_every_language_has_the_same_names() -> None:
    assert words.languages() == ["de", "en"]
    english, german = (words._read(language) for language in ("en", "de"))
    assert {kind: list(labels) for kind, labels in german.items()} == {
        kind: list(labels) for kind, labels in english.items()
    }


def test_every_language_fills_in_the_same_fields() -> None:
    def fields(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    english, german = (words.load(language)["page"] for language in ("en", "de"))
    assert {name: fields(text) for name, text in german.items()} == {
        name: fields(text) for name, text in english.items()
    }
