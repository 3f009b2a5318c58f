"""The table of constants: every place named once, every number with a unit and a reason, the contract's as they are."""

import re
from pathlib import Path

import pytest

from cablerep_fw.core.detect import reps, tuning
from cablerep_fw.core.link.wire import REASONS
from cablerep_fw.reference.tuning_reasons import DEFINITIONS, TABLE

PLACES = {name: value for name, value in vars(tuning).items() if name.isupper()}


def test_each_place_is_the_row_of_its_name() -> None:
    assert sorted(PLACES.values()) == list(range(len(TABLE)))
    for name, place in PLACES.items():
        assert TABLE[place][0] == name.lower()


def test_each_row_has_a_unit_and_a_reason() -> None:
    for name, default, unit, reason in TABLE:
        assert isinstance(default, int) and default > 0, name
        assert unit in ("Hz", "ms", "um", "um/s", "%", "1/16", "mN"), name
        assert len(reason.split()) >= 4, name


def test_each_value_stands_in_the_row_that_its_comment_names() -> None:
    source = Path(tuning.__file__).read_text(encoding="utf-8")
    rows = re.findall(r"^ +(\d+),  # (\w+), (\S+)$", source, re.MULTILINE)
    assert [(name, int(value), unit) for value, name, unit in rows] == [row[:3] for row in TABLE]


def test_each_detector_may_vary_its_own_values() -> None:
    assert tuning.defaults() is not tuning.defaults()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("THRESHOLD", 25_000),
        ("WANDER", 30_000),
        ("DWELL_MS", 1_000),
        ("TURN_PERCENT", 20),
        ("FALL_PERCENT", 30),
        ("TOP_PERCENT", 10),
        ("TOP_MIN", 20_000),
        ("START_RISE", 20_000),
        ("SWAY", 30_000),
        ("MIN_ROM", 20_000),
        ("FULL_PERCENT", 60),
        ("PARTIAL_PERCENT", 20),
        ("LONE_HOLD_MS", 5_000),
    ],
)
def test_what_the_contract_fixes_is_not_tuned(place: str, value: int) -> None:
    assert tuning.defaults()[PLACES[place]] == value
    assert place.lower() in DEFINITIONS


def test_every_definition_names_a_constant() -> None:
    assert {name for name, *_ in TABLE} > DEFINITIONS


def test_the_detectors_reasons_are_those_of_the_wire() -> None:
    words = {reps.TAKE_UP: "take_up", reps.STRAYED: "walk_in", reps.STANDING: "standing", reps.NO_RETURN: "no_return"}
    for place, word in words.items():
        assert REASONS[place] == word
