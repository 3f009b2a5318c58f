"""The reps of a set: their reference against a plain reading of the contract, and the ring when a set is very long."""

from array import array

from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core import set_reps, tuning
from cablerep_fw.core.set_reps import FULL, KEPT_REPS, KIND, PARTIAL, REP_NUMBER, ROM, SetReps

MM = 1000
roms = st.lists(st.integers(20 * MM, 2000 * MM), max_size=KEPT_REPS)


def kept(wanted: list[int], target: int = 0) -> SetReps:
    """Return a set of movements that fell as far as they rose, judged as they came."""
    reps = SetReps(target, tuning.defaults())
    record = array("i", [0] * set_reps.FIELDS)
    for rom in wanted:
        kind = reps.kind_of(rom, reps.reference(rom))
        if kind in (FULL, PARTIAL):
            record[KIND] = kind
            record[ROM] = rom
            reps.keep(record, rom, 0, 0)
    return reps


def median_of_the_three_largest(wanted: list[int]) -> int:
    largest = sorted(wanted, reverse=True)[:3]
    return 0 if not largest else (largest[0] + largest[1]) // 2 if len(largest) == 2 else largest[len(largest) // 2]


@given(roms, st.integers(0, 2000 * MM))
def test_the_reference_is_the_median_of_the_three_largest(wanted, candidate):
    reps = SetReps(0, tuning.defaults())
    record = array("i", [0] * set_reps.FIELDS)
    record[KIND] = FULL
    for rom in wanted:
        record[ROM] = rom
        reps.keep(record, rom, 0, 0)
    assert reps.reference() == median_of_the_three_largest(wanted)
    if candidate:
        assert reps.reference(candidate) == median_of_the_three_largest([*wanted, candidate])


@given(roms, st.integers(20 * MM, 2000 * MM))
def test_a_target_is_the_reference_whatever_the_set_shows(wanted, target):
    assert kept(wanted, target).reference() == target


@given(roms)
def test_after_the_end_every_rep_is_what_the_whole_sets_reference_makes_it(wanted):
    reps = kept(wanted)
    counted = reps.count
    reps.conclude(False)
    record = array("i", [0] * set_reps.FIELDS)
    while reps.next_changed(record):
        assert (record[REP_NUMBER] > 0) == (record[KIND] == FULL)
    reference = reps.reference()
    assert reps.full + reps.partial <= counted
    assert all(reps.kind_of(rom, reference) != FULL for rom in wanted if rom < reference * 59 // 100)
    # Nothing is left to amend: a second look changes nothing.
    reps.conclude(False)
    assert not reps.next_changed(record)


def test_in_a_very_long_set_the_first_reps_stay_counted_and_as_they_were():
    reps = kept([300 * MM] * (KEPT_REPS + 10) + [900 * MM] * 3)
    assert reps.full == KEPT_REPS + 13
    reps.conclude(False)
    record = array("i", [0] * set_reps.FIELDS)
    changed = []
    while reps.next_changed(record):
        changed.append(record[KIND])
    # 13 reps are older than the ring is long; the others of 300 mm are partial beside 900 mm.
    assert changed.count(PARTIAL) == KEPT_REPS - 3
    assert (reps.full, reps.partial) == (13 + 3, KEPT_REPS - 3)
