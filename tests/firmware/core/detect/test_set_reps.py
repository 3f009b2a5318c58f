"""The reps of one set, judged by the contract: reference, full and partial, lone movements, renumbering, overflow."""

from array import array
from statistics import median

import pytest
from detector_run import settings_with
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.detect import set_reps, tuning
from cablerep_fw.core.detect.form import RANGE_OVER, RANGE_UNDER, SLAM, Limits
from cablerep_fw.core.detect.set_reps import (
    FIELDS,
    FULL,
    KIND,
    PARTIAL,
    REJECTED,
    RELEASE,
    REP_NUMBER,
    ROM,
    START,
    TOP,
    SetReps,
)
from cablerep_fw.core.link import wire

MM = 1000
S = 10_000  # tenths of a millisecond
REP_FIELDS = [name for name, *_ in wire.BY_NAME["rep"].fields]
roms = st.lists(st.integers(20 * MM, 2000 * MM), min_size=1, max_size=set_reps.MAX_REPS)


def keep(
    reps: SetReps,
    rom: int,
    *,
    fall: int | None = None,
    hold_s: float = 1.0,
    off: int = 0,
    force: int = wire.NULL,
    kind: int | None = None,
) -> int:
    """Keep a movement as `Sets` would: judged by the reference as it is known then; return its kind."""
    record = array("i", bytes(4 * FIELDS))
    judged = min(rom, rom if fall is None else fall)
    if kind is None:
        kind = reps.kind_of(judged, reps.reference(rom))
    record[KIND] = kind
    record[ROM] = rom
    record[START] = (reps.count + 1) * 5 * S
    record[TOP] = record[START] + S
    record[RELEASE] = record[TOP] + round(hold_s * S)
    if kind != REJECTED:
        reps.add(record, judged, off, force)
    return kind


def made(*given_roms: int, target: int = 0, limits: dict[str, int] | None = None, **more) -> SetReps:
    reps = SetReps(target, Limits(settings_with(**(limits or {})).values), tuning.defaults())
    for rom in given_roms:
        keep(reps, rom * MM, **more)
    return reps


def amended(reps: SetReps) -> list[tuple[int, int, int]]:
    """Return (place in the set from 1, kind, number) of what the set's end has changed."""
    record = array("i", bytes(4 * FIELDS))
    found = []
    while reps.next_changed(record):
        found.append((record[START] // (5 * S), record[KIND], record[REP_NUMBER]))
    return found


def test_the_places_are_those_of_the_rep_message() -> None:
    assert len(REP_FIELDS) == FIELDS
    names = (
        "SET_NUMBER",
        "REP_NUMBER",
        "KIND",
        "REP_SIDE",
        "FORM_FLAGS",
        "START",
        "TOP",
        "RELEASE",
        "END",
        "KNOWN",
        "ROM",
    )
    fields = ("set", "rep", "kind", "side", "flags", "start", "top", "release", "end", "known", "rom")
    assert [REP_FIELDS[getattr(set_reps, name)] for name in names] == list(fields)
    for name in REP_FIELDS[set_reps.ROM + 1 :]:
        assert REP_FIELDS[getattr(set_reps, name.upper())] == name
    assert [wire.KINDS[kind] for kind in (FULL, PARTIAL, REJECTED)] == ["full", "partial", "rejected"]


@given(roms)
def test_the_reference_is_the_median_of_the_three_largest(given_roms: list[int]) -> None:
    reps = made()
    for rom in given_roms:
        keep(reps, rom, kind=FULL)
    largest = sorted(given_roms)[-3:]
    assert reps.reference() == int(median(largest))


@given(roms, st.integers(20 * MM, 2000 * MM))
def test_a_candidate_counts_as_one_of_them(given_roms: list[int], candidate: int) -> None:
    with_it, without = made(), made()
    for rom in given_roms[:20]:
        keep(with_it, rom, kind=FULL)
        keep(without, rom, kind=FULL)
    keep(with_it, candidate, kind=FULL)
    assert without.reference(candidate) == with_it.reference()


def test_a_target_is_the_reference_whatever_is_done() -> None:
    reps = made(900, 1000, 1100, target=500 * MM)
    assert reps.reference() == reps.reference(2000 * MM) == 500 * MM


@pytest.mark.parametrize(
    ("part", "kind"), [(1.5, FULL), (0.6, FULL), (0.59, PARTIAL), (0.2, PARTIAL), (0.19, REJECTED), (0.0, REJECTED)]
)
def test_full_from_60_partial_from_20_percent(part: float, kind: int) -> None:
    assert made().kind_of(round(part * 500 * MM), 500 * MM) == kind


def test_less_than_20_mm_is_never_a_rep() -> None:
    assert made().kind_of(19_999, 25 * MM) == REJECTED
    assert made().kind_of(20_000, 25 * MM) == FULL


def test_a_rep_is_judged_on_the_smaller_of_rise_and_fall() -> None:
    reps = made(500, 500, 500)
    assert keep(reps, 500 * MM, fall=250 * MM) == PARTIAL
    assert keep(reps, 250 * MM, fall=500 * MM) == PARTIAL
    assert keep(reps, 500 * MM, fall=90 * MM) == REJECTED


def test_full_reps_are_numbered_and_partial_ones_are_not() -> None:
    reps = made(500, 200, 490)
    assert (reps.full, reps.partial) == (2, 1)
    reps.conclude(False)
    assert amended(reps) == []


def test_at_the_end_everything_is_judged_by_the_reference_of_the_set() -> None:
    """A first rep of 250 mm is full while it is alone; beside three of 500 it is partial, and the others move up."""
    reps = made(250, 500, 500, 500)
    assert reps.full == 4
    reps.conclude(False)
    assert (reps.full, reps.partial) == (3, 1)
    assert amended(reps) == [(1, PARTIAL, 0), (2, FULL, 1), (3, FULL, 2), (4, FULL, 3)]


def test_a_first_movement_that_was_far_too_small_is_rejected_at_the_end() -> None:
    reps = made(90, 500, 500, 500)
    reps.conclude(False)
    assert (reps.full, reps.partial) == (3, 0)
    assert amended(reps)[0] == (1, REJECTED, 0)


@pytest.mark.parametrize(
    ("hold_s", "off_mm", "remains"), [(1, 0, True), (5.0, 25, True), (5.2, 0, False), (1, 150, False), (30, 150, False)]
)
def test_a_lone_movement_stays_if_it_was_short_and_ended_where_it_began(
    hold_s: float, off_mm: int, remains: bool
) -> None:
    reps = made()
    keep(reps, 400 * MM, hold_s=hold_s, off=off_mm * MM)
    reps.conclude(False)
    assert reps.full == int(remains)
    assert amended(reps) == ([] if remains else [(1, REJECTED, 0)])


def test_it_is_lone_beside_partials_too() -> None:
    """Standing 12 s under tension makes no rep of a walk-back, nor does a twitch beside it."""
    reps = made()
    keep(reps, 400 * MM, hold_s=12)
    keep(reps, 150 * MM, hold_s=0.2)
    reps.conclude(False)
    assert (1, REJECTED, 0) in amended(reps)


def test_two_full_reps_are_not_lone() -> None:
    reps = made()
    for _ in range(2):
        keep(reps, 400 * MM, hold_s=12)
    reps.conclude(False)
    assert (reps.full, amended(reps)) == (2, [])


@pytest.mark.parametrize(
    ("count", "hold_s", "from_stack", "remain"),
    [(2, 12.0, True, 0), (2, 12.0, False, 2), (2, 3.0, True, 2), (3, 12.0, True, 3)],
)
def test_from_the_stack_somebody_may_have_stood_twice(count: int, hold_s: float, from_stack: bool, remain: int) -> None:
    reps = made()
    for _ in range(count):
        keep(reps, 400 * MM, hold_s=hold_s)
    reps.conclude(from_stack)
    assert reps.full == remain
    assert len(amended(reps)) == count - remain


@given(st.lists(st.integers(20_000, 4_000_000), min_size=1, max_size=60))
def test_the_load_is_the_median_over_the_reps(forces: list[int]) -> None:
    reps = made()
    for force in forces:
        keep(reps, 500 * MM, force=force)
    assert reps.median_load() == int(median(forces))


def test_without_a_load_cell_there_is_no_load() -> None:
    assert made(500, 500).median_load() == wire.NULL


def test_after_more_than_64_reps_the_count_goes_on() -> None:
    reps = made(*[500] * 70, 200, *[500] * 30)
    assert (reps.full, reps.partial) == (100, 1)
    reps.conclude(False)
    assert (reps.full, reps.partial) == (100, 1)
    assert amended(reps) == []


def test_what_can_no_longer_be_amended_stays_counted() -> None:
    """Ten of 250 mm were full when they were done. 70 of 500 later they would be partial, but are sent and gone."""
    reps = made(*[250] * 10, *[500] * 70)
    reps.conclude(False)
    changed = amended(reps)
    assert reps.full + reps.partial == 80
    assert all(place > 16 for place, *_ in changed), "the oldest 16 have left the ring"
    assert reps.full == 80


def test_overflow_amends_in_the_order_of_the_set() -> None:
    reps = made(*[500] * 40, *[290] * 5, *[500] * 40)
    for _ in range(3):
        keep(reps, 900 * MM)  # the reference rises to 900: reps of 500 are partial now
    reps.conclude(False)
    places = [place for place, *_ in amended(reps)]
    assert places == sorted(places)
    assert len(places) > 40


def test_a_cleared_set_knows_nothing_of_the_one_before() -> None:
    reps = made(900, 900, 900)
    reps.conclude(False)
    reps.clear()
    assert (reps.full, reps.partial, reps.reference(), reps.held()) == (0, 0, 0, 0)
    assert keep(reps, 100 * MM) == FULL
    reps.conclude(False)
    assert amended(reps) == []


def kept(wanted: list[int]) -> SetReps:
    """Return a set of movements that fell as far as they rose, judged as they came."""
    reps = made()
    for rom in wanted:
        keep(reps, rom)
    return reps


@given(roms)
def test_after_the_end_every_rep_is_what_the_whole_sets_reference_makes_it(wanted: list[int]) -> None:
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


def test_in_a_very_long_set_the_first_reps_stay_counted_and_as_they_were() -> None:
    reps = kept([300 * MM] * (set_reps.MAX_REPS + 10) + [900 * MM] * 3)
    assert reps.full == set_reps.MAX_REPS + 13
    reps.conclude(False)
    record = array("i", [0] * set_reps.FIELDS)
    changed = []
    while reps.next_changed(record):
        changed.append(record[KIND])
    # 13 reps are older than the ring is long; the others of 300 mm are partial beside 900 mm.
    assert changed.count(PARTIAL) == set_reps.MAX_REPS - 3
    assert (reps.full, reps.partial) == (13 + 3, set_reps.MAX_REPS - 3)


# -- ranges

RANGES = {"profile": 1, "over_part": 120, "under_part": 80, "learn_reps": 3}


def ranged(reps: SetReps) -> dict[int, int]:
    """Return the range flags by place in the set, from 1, of the reps that the set's end has changed."""
    record = array("i", bytes(4 * FIELDS))
    found = {}
    while reps.next_changed(record):
        found[record[START] // (5 * S)] = record[set_reps.FORM_FLAGS]
    return found


def test_the_learnt_rom_is_the_median_of_the_first_full_reps() -> None:
    reps = made(400, 300, limits=RANGES)
    assert (reps.learnt, reps.usual_rom()) == (0, 0)
    keep(reps, 340 * MM)
    keep(reps, 500 * MM)
    assert (reps.learnt, reps.usual_rom()) == (340 * MM, 340 * MM)
    assert made(400, 300, 340, target=700 * MM, limits=RANGES).usual_rom() == 700 * MM
    reps.clear()
    assert reps.learnt == 0


def test_the_end_of_the_set_judges_every_range_by_it() -> None:
    reps = made(250, 330, 340, 340, 420, limits=RANGES)
    reps.conclude(False)
    assert ranged(reps) == {1: RANGE_UNDER, 5: RANGE_OVER}


def test_partials_do_not_teach_and_are_judged() -> None:
    """The first was taken for a full rep until the end of the set."""
    reps = made(150, 400, 400, 400, 400, limits=RANGES)
    assert reps.learnt == 400 * MM
    reps.conclude(False)
    assert ranged(reps)[1] == RANGE_UNDER


def test_a_set_of_fewer_reps_teaches_what_it_has() -> None:
    reps = made(400, limits=RANGES)
    reps.conclude(False)
    assert (reps.learnt, ranged(reps)) == (400 * MM, {})


def test_a_long_set_keeps_what_its_first_reps_taught() -> None:
    reps = made(300, 300, 300, *[330] * 80, 400, limits=RANGES)
    reps.conclude(False)
    assert reps.learnt == 300 * MM
    assert ranged(reps) == {84: RANGE_OVER}


def test_other_flags_stay_and_a_late_one_is_told_once() -> None:
    reps = made(400, 400, limits=RANGES)
    reps.flag_last(SLAM)
    reps.flag_last(SLAM)
    reps.flag_last(0)
    reps.conclude(False)
    assert ranged(reps) == {2: SLAM}
    assert ranged(reps) == {}
