"""One record of a rep: the host names a figure in `device/events.py`, and derives the rest from there."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("figure", ["force_peak_n", "work_j"])
def test_the_host_names_a_figure_once(figure: str) -> None:
    host = ROOT / "host" / "cablerep"
    naming = {path for path in host.rglob("*.py") if figure in path.read_text(encoding="utf-8")}
    assert naming == {host / "device" / "events.py"}
