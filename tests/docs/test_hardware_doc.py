"""docs/hardware.md against the firmware's own pins and the arithmetic it shows; the pictures against their script."""

import importlib.util
import re
from math import atan2, cos, degrees, hypot, pi, radians, sin
from pathlib import Path

import pytest

from cablerep_fw.board import rp2 as wiring
from cablerep_fw.core.link import wire

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "hardware.md").read_text(encoding="utf-8")


def rows():
    """Return the cells of every table row."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| ")
    ]


def test_wiring_tables_name_the_firmwares_pins():
    wired = {row[2].split(",")[0].split(";")[0]: row[0] for row in rows() if row[0].startswith("GP")}
    assert wired == {
        "encoder A": f"GP{wiring.PIN_ENCODER}",
        "encoder B": f"GP{wiring.PIN_ENCODER + 1}",
        "HX711 DT (DOUT)": f"GP{wiring.PIN_HX711_DATA}",
        "HX711 SCK": f"GP{wiring.PIN_HX711_CLOCK}",
        "NAU7802 SDA": f"GP{wiring.PIN_NAU7802_SDA}",
        "NAU7802 SCL": f"GP{wiring.PIN_NAU7802_SCL}",
        "AS5600 SDA": f"GP{wiring.PIN_NAU7802_SDA}",
        "AS5600 SCL": f"GP{wiring.PIN_NAU7802_SCL}",
        "MT6701 DO": "GP16",
        "MT6701 CSN": "GP17",
        "MT6701 CLK": "GP18",
        "button": f"GP{wiring.PIN_BUTTON}",
        "buzzer": f"GP{wiring.PIN_BUZZER}",
    }


def test_resolution_table_matches_its_arithmetic():
    checked = 0
    for row in rows():
        if found := re.fullmatch(r"(\d+) pulses", row[0]):
            um = pi * int(row[1].removesuffix(" mm")) * 1000 / (4 * int(found[1]))
            assert row[2] == f"{um:.4g} µm"
            assert int(row[3].replace(" ", "")) == pytest.approx(3e6 / um, rel=0.003)
            checked += 1
    assert checked == 4


def test_force_per_count_matches_its_arithmetic():
    counts = 2 / (1000 / 256) * 2**23
    assert "4 295 000" in TEXT and counts == pytest.approx(4_295_000, rel=1e-4)
    assert "0.228 mN" in TEXT and 981_000 / counts == pytest.approx(0.228, rel=2e-3)
    nanovolts = 3.3e9 / 256 / 2**23
    assert "1.54 nV" in TEXT and nanovolts == pytest.approx(1.54, rel=3e-3)
    assert "59 counts, 13 mN" in TEXT and (round(90 / nanovolts), round(90 / nanovolts * 0.228)) == (59, 13)


def direction_error(
    kick_deg: float, bearing_deg: float = 0.0, zero_deg: float = 0.0, free_mm: float = 0.0, up_mm: float = 0.0
) -> float:
    """Return the error in degrees of the direction of a kick of 300 mm from 1 m, for these errors."""
    x, y = 1000 + 300 * cos(radians(kick_deg)), 300 * sin(radians(kick_deg))
    length_mm, bearing = hypot(x, y, up_mm) + free_mm, atan2(y, x) + radians(bearing_deg + zero_deg)
    start_mm, start = 1000 + free_mm, radians(zero_deg)
    found = atan2(length_mm * sin(bearing) - start_mm * sin(start), length_mm * cos(bearing) - start_mm * cos(start))
    return abs(degrees(found) - kick_deg)


@pytest.mark.parametrize(
    ("row", "error"),
    [
        ("bearing at the top off by 0.5°", {"bearing_deg": 0.5}),
        ("zero off by 1°", {"zero_deg": 1.0}),
        ("free length off by 30 mm", {"free_mm": 30.0}),
        ("strap 100 mm higher at the top", {"up_mm": 100.0}),
    ],
)
def test_direction_table_matches_its_arithmetic(row: str, error: dict[str, float]) -> None:
    (cells,) = (cells for cells in rows() if cells[0] == row)
    assert cells[1:] == [f"{direction_error(kick_deg, **error):.1f}°" for kick_deg in (0.0, 37.5)]


def test_hardware_page_names_existing_settings():
    names = {row[0] for row in wire.SETTINGS}
    named = set(re.findall(r"`((?:pin|cell|mn|um)[a-z_]*)`", TEXT))
    assert named <= names
    assert {name for name in names if name.startswith(("pin_", "cell"))} <= named


def test_hardware_page_shows_every_picture():
    named = re.findall(r"\]\((wiring/[^)]*\.svg)\)", TEXT)
    assert len(named) == 5
    assert {path.name for path in (DOCS / "wiring").iterdir()} == {Path(name).name for name in named}


def test_pictures_are_what_the_script_draws(tmp_path):
    pytest.importorskip("schemdraw", reason="schemdraw, which draws the diagrams, is not installed")
    spec = importlib.util.spec_from_file_location("diagrams", DOCS / "diagrams.py")
    diagrams = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(diagrams)
    for drawn in diagrams.draw_all(tmp_path):
        stored = DOCS / "wiring" / drawn.name
        assert words(drawn) == words(stored), f"{stored.name} is stale: python docs/diagrams.py"


def words(picture):
    """Return the texts of a picture: its lines may move by a hair between versions of schemdraw."""
    return re.findall(r"<tspan[^>]*>([^<]*)</tspan>", picture.read_text(encoding="utf-8"))
