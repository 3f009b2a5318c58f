"""A board's chip for the tests of the board layer."""

import pytest
from fake_chip import Chip


@pytest.fixture
def chip():
    """A chip whose modules the firmware finds while the test runs."""
    with Chip().installed() as chip:
        yield chip
