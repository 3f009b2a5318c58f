"""The contract's invariants hold for any input at any rate: instants in order, phases longer than 0, mean below peak.

tests/campaigns/shaken_handles.py looks at a million movements in the same way.
"""

import pytest
from shaken import RATES_HZ, detector_tally, stage_tally

MOVEMENTS = 10_000
SEEDS_A_PART = 400
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_every_movement_of_a_shaken_handle_is_in_order(part: int) -> None:
    movements = 0
    for seed in range(part * SEEDS_A_PART, (part + 1) * SEEDS_A_PART):
        tally = stage_tally(seed)
        assert not tally.wrong, tally.wrong[0]
        movements += tally.movements
    assert movements * PARTS > MOVEMENTS * 0.9, "the parts together look at some ten thousand"


@pytest.mark.parametrize("part", range(PARTS))
def test_every_rep_of_a_shaken_handle_is_in_order(part: int) -> None:
    seeds = range(1_000_000 + part * len(RATES_HZ), 1_000_000 + (part + 1) * len(RATES_HZ))
    tallies = [detector_tally(seed) for seed in seeds]
    assert not [fault for tally in tallies for fault in tally.wrong]
    assert sum(tally.movements for tally in tallies)


def test_no_rep_ends_after_the_last_sample() -> None:
    """Found by the campaign: at 20 Hz the end was interpolated into the tick behind the end of the input."""
    assert not detector_tally(2_006_000).wrong


def test_the_start_that_hold_and_end_are_judged_from_is_not_forgotten() -> None:
    """Found by the campaign: three short rests after it made it the oldest but one."""
    assert not stage_tally(5_011_775).wrong
