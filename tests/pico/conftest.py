"""The chip of the board's tests, for what the emulator has to have in common with the board layer."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "board"))

from fake_chip import Chip


@pytest.fixture
def chip():
    """A chip whose modules the firmware finds while the test runs."""
    with Chip().installed() as chip:
        yield chip
