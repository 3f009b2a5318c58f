"""Settings: their places, their ranges, and that a refusal changes nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.link import wire
from cablerep_fw.core.settings import settings as module
from cablerep_fw.core.settings.settings import Settings


def test_indices_follow_the_table() -> None:
    assert [getattr(module, row[0].upper()) for row in wire.SETTINGS] == list(range(len(wire.SETTINGS)))


def test_the_defaults_are_accepted() -> None:
    chosen = Settings()
    assert all(chosen.accepts(place, value) for place, value in enumerate(chosen.values))


@pytest.mark.parametrize("place", range(len(wire.SETTINGS)), ids=[row[0] for row in wire.SETTINGS])
def test_the_ends_of_the_ranges(place: int) -> None:
    chosen = Settings()
    name, _, least, most, _ = wire.SETTINGS[place]
    for value in (least, most):
        chosen.put(place, value)
        assert chosen.values[place] == value
    for value in (least - 1, most + 1):
        with pytest.raises(ValueError, match=f"{name} must be from {least} to {most}.*, not {value}"):
            chosen.put(place, value)
    assert chosen.values[place] == most
    assert [value for k, value in enumerate(chosen.values) if k != place] == [
        row[4] for k, row in enumerate(wire.SETTINGS) if k != place
    ]


@pytest.mark.parametrize("place", [module.UM_PER_COUNT, module.MN_PER_COUNT])
def test_a_scale_of_zero_is_refused(place: int) -> None:
    with pytest.raises(ValueError, match="and not 0, not 0"):
        Settings().put(place, 0)


@given(place=st.integers(-(2**31), 2**31), value=st.integers(-(2**70), 2**70))
def test_nothing_but_a_setting_in_its_range_is_accepted(place: int, value: int) -> None:
    chosen = Settings()
    if chosen.accepts(place, value):
        chosen.put(place, value)
        assert chosen.values[place] == value
    else:
        with pytest.raises(ValueError, match=r"must be from|there is no setting"):
            chosen.put(place, value)
        assert list(chosen.values) == [row[4] for row in wire.SETTINGS]
