"""Units: the defined constants, and the unit that a field's name states."""

import pytest

from cablerep import units


def test_newtons_kilograms_and_pounds() -> None:
    assert units.kilograms(98.0665) == pytest.approx(10)
    assert units.newtons(units.kilograms(123.4)) == pytest.approx(123.4)
    assert units.pounds(0.45359237) == 1


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("hold_s", "s"),
        ("eccentric_mean_m_s", "m/s"),
        ("rom_mm", "mm"),
        ("power_mean_w", "W"),
        ("curve_rate_hz", "Hz"),
        ("direction_deg", "°"),
        ("kind", ""),
        ("flags", ""),
        ("s", ""),
    ],
)
def test_a_name_ends_in_its_unit(name: str, unit: str) -> None:
    assert units.unit_of(name) == unit
