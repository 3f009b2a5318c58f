"""Profiles: the shipped ones, and the limits that a board gets from a profile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep.exercise import library
from cablerep.exercise.profile import SENTENCES, SHIPPED, Profile, Rom
from cablerep_fw.core.link import wire

NAMES = {
    "generic",
    "glute-medius-kickback",
    "glute-medius-kickback-band",
    "glute-medius-kickback-band-all-fours",
    "straight-kickback",
    "hip-abduction",
}
ALL = library.shipped()


def made(**changes: object) -> Profile:
    return Profile.model_validate({"id": "x", "number": 100, "name": "X", "tempo": "3-0-1-2", **changes})


def test_shipped_profiles() -> None:
    assert {one.id for one in ALL} == NAMES
    assert len({one.number for one in ALL}) == len(ALL)
    assert all(one.number in SHIPPED for one in ALL)
    assert {one.id for one in ALL if one.load == "band"} == {name for name in NAMES if "band" in name}


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_each_names_cues_and_sources(one: Profile) -> None:
    assert one.about and one.cues and one.sources
    assert any("judgement" in line for line in one.sources), "our own judgement is marked as such"
    if one.id != "generic":
        assert one.sides == "each"
        assert any("arches" in cue or "trunk" in cue for cue in one.cues)


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.id)
def test_limits_are_valid_settings(one: Profile) -> None:
    limits = one.limits()
    assert set(limits) == {field[0] for field in wire.BY_NAME["profile"].fields} - {"tag"}
    ranges = {name: (low, high) for name, _, low, high, *_ in wire.SETTINGS}
    for name, value in limits.items():
        low, high = ranges[name]
        assert low <= value <= high, name


def test_generic_judges_nothing() -> None:
    limits = library.load("generic").limits()
    assert (limits["hold_target"], limits["eccentric_max"], limits["target_rom"]) == (0, 0, 0)


def test_limits_are_in_the_units_of_the_wire() -> None:
    limits = made(
        hold_s=1.5, hold_max_s=30, eccentric_s=[2, 6], rom={"target_mm": 400}, rest={"ends_set_s": 8}
    ).limits()
    units = {name: unit for name, unit, *_ in wire.SETTINGS}
    assert (limits["hold_target"], limits["hold_max"], limits["rest"]) == (1500, 30_000, 8000)
    assert units["hold_target"] == units["hold_max"] == units["rest"] == "ms"
    assert (limits["target_rom"], units["target_rom"]) == (400_000, "um")
    # 400 mm in 2 s: 0.2 m/s.
    assert (limits["eccentric_max"], units["eccentric_max"]) == (200_000, "um/s")


def test_defaults_follow_the_tempo() -> None:
    one = made()
    assert one.min_hold_s == 2
    assert one.eccentric_range_s == (2, 6)
    assert made(tempo="2-0-1-0").eccentric_range_s == (1.3, 4)


@given(st.floats(20, 2000), st.floats(0.1, 20), st.floats(20.1, 60))
def test_speeds_follow_from_times(rom_mm: float, min_s: float, max_s: float) -> None:
    one = made(eccentric_s=[min_s, max_s])
    slow, fast = one.eccentric_band_m_s(rom_mm)
    assert slow == pytest.approx(rom_mm / 1000 / max_s)
    assert fast == pytest.approx(min(3.0, rom_mm / 1000 / min_s))
    assert slow < fast


def test_without_a_target_the_typical_range_counts() -> None:
    one = made(rom={"usual_mm": 300}, eccentric_s=[2, 6])
    assert one.eccentric_band_m_s() == pytest.approx((0.05, 0.15))
    assert made(rom={"usual_mm": 300, "target_mm": 600}, eccentric_s=[2, 6]).eccentric_band_m_s()[1] == pytest.approx(
        0.3
    )


def test_the_maximum_speed_is_what_a_board_can_measure() -> None:
    assert made(rom={"target_mm": 2000}, eccentric_s=[0.1, 2]).limits()["eccentric_max"] == 3_000_000


def test_every_flag_has_advice_that_a_profile_may_replace() -> None:
    one = made(flags={"swing": "No swing."})
    assert one.sentence("swing") == "No swing."
    assert all(one.sentence(flag).endswith(".") for flag in SENTENCES)
    assert one.sentence("not_known_yet") == "not known yet"
    assert set(wire.FLAGS) == set(SENTENCES)


def test_profiles_are_immutable() -> None:
    with pytest.raises(ValueError, match="frozen"):
        made().number = 3  # type: ignore[misc]
    with pytest.raises(ValueError, match="frozen"):
        Rom().target_mm = 3  # type: ignore[misc]
