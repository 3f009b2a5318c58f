"""Damaged input of every kind: readers refuse it with their own error. The campaign does it 100 000 times."""

import mutations
import pytest

SLOW = {"store": 100, "journal": 150}  # a file is written and opened, a flash filled


@pytest.mark.parametrize("name", mutations.NAMES)
def test_damaged_input_is_accepted_or_refused(name: str) -> None:
    results = mutations.run(name, SLOW.get(name, 400), seed=20)
    assert min(results.values()) > 20, "the mutations reach both ends"
