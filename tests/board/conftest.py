"""A board's chip for the tests of the board layer; they are skipped where the PIO emulator is not installed."""

import pytest

pytest.importorskip("pioemu", reason="the tests of the board layer need rp2040-pio-emulator")

from fake_chip import Chip


@pytest.fixture
def chip():
    """A chip whose modules the firmware finds while the test runs."""
    with Chip().installed() as chip:
        yield chip
