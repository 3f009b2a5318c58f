"""Limits by name: those of the PROFILE message, written all together or not at all."""

import pytest

from cablerep_fw.core.link import wire
from cablerep_fw.core.settings.settings import Settings
from cablerep_sim.limits import LIMITS, LimitError, put_limits


def value(settings: Settings, name: str) -> int:
    return settings.values[[row[0] for row in wire.SETTINGS].index(name)]


def test_the_limits_are_the_fields_of_profile() -> None:
    assert (
        *("profile", "target_rom", "rest", "hold_max", "hold_target", "eccentric_max"),
        *("rom_over", "over_part", "under_part", "learn_reps", "start"),
        *("direction_low", "direction_high", "drift_max"),
    ) == LIMITS


def test_each_limit_changes_its_own_setting() -> None:
    settings = Settings()
    special = {"rest": 1000, "hold_target": 1000, "hold_max": 5000, "start": 1}
    wanted = {name: special.get(name, 7) for name in LIMITS}
    put_limits(settings, wanted)
    assert {name: value(settings, name) for name in LIMITS} == wanted


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        ("hold", 1, "there is no limit 'hold'; the limits are profile, target_rom"),
        ("rate_hz", 100, "there is no limit 'rate_hz'"),
        ("rest", 1, "rest is 1; it must be a whole number from 1000 to 120000 ms"),
        ("learn_reps", 0, "learn_reps is 0; it must be a whole number from 1 to 10"),
        ("over_part", 1.2, "over_part is 1.2; it must be a whole number from 0 to 300 %"),
        ("profile", True, "profile is True"),
        ("rom_over", "400", "rom_over is '400'"),
    ],
)
def test_a_wrong_limit_is_named_and_changes_nothing(name: str, wrong: object, words: str) -> None:
    settings = Settings()
    with pytest.raises(LimitError, match=words):
        put_limits(settings, {"target_rom": 300_000, name: wrong})  # type: ignore[dict-item]
    assert list(settings.values) == list(Settings().values)
