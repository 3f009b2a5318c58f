"""Repeated rows of a slow load cell."""

from array import array

import pytest

from cablerep_fw.core.sense.ring import GAP, NO_LOAD
from cablerep_sim.errors import TraceError
from cablerep_sim.trace import header
from cablerep_sim.trace.readings import without_repeats


def left(loads: list[int], travel: list[int] | None = None, size: int = 1000) -> list[int]:
    travel = travel or [0] * len(loads)
    parts = [slice(k, k + size) for k in range(0, len(loads), size)]
    blocks = [(array("i", travel[part]), array("i", loads[part]), array("h")) for part in parts]
    return [value for _, block, _ in without_repeats(iter(blocks), 100, 10) for value in block]


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_repeats_within_a_period_are_one_reading(size: int) -> None:
    assert left([5] * 10 + [7] * 10, size=size) == [5] + [NO_LOAD] * 9 + [7] + [NO_LOAD] * 9


def test_an_equal_reading_a_period_later_is_another_one() -> None:
    assert left([5] * 21) == ([5] + [NO_LOAD] * 9) * 2 + [5]


def test_missed_samples_count() -> None:
    assert left([5, 9, 5, 3, 5], [0, GAP, 0, GAP, 0]) == [5, 9, 5, 3, NO_LOAD]


def test_the_header_describes_the_cell() -> None:
    meta = {"rate_hz": "100"}
    assert (header.parse(meta, "x").cell_hz, header.parse(meta, "x").cell_delay_ms) == (0.0, 0)
    described = header.parse(meta | {"cell_hz": "10", "cell_delay_ms": "50"}, "x")
    assert (described.cell_hz, described.cell_delay_ms) == (10.0, 50)
    for key, value in (("cell_hz", "0"), ("cell_hz", "x"), ("cell_delay_ms", "501"), ("cell_delay_ms", "-1")):
        with pytest.raises(TraceError, match=f"{key} must be a number"):
            header.parse(meta | {key: value}, "x")
