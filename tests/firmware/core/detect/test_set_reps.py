"""The reference ROM of a set, and each rep's kind, number and range flags by it."""

from statistics import median

import pytest
from detector_run import settings_with
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.detect import detector, form, set_reps, sets, tuning
from cablerep_fw.core.detect.form import Limits
from cablerep_fw.core.detect.set_reps import FULL, MAX_REPS, PARTIAL, REJECTED, SetReps
from cablerep_fw.core.link import reporter, wire

MM = 1000
REP_FIELDS = [name for name, *_ in wire.BY_NAME["rep"].fields]
roms = st.lists(st.integers(20 * MM, 2000 * MM), min_size=1, max_size=60)


class Set:
    """A set of movements, each judged when it ends as Sets does it; `seen` is each rep's kind as last reported."""

    def __init__(self, target: int = 0, max_reps: int = MAX_REPS, **limits: int) -> None:
        self.reps = SetReps(target, Limits(settings_with(**limits).values), tuning.defaults(), max_reps)
        self.seen: list[int] = []
        self.amendments: list[tuple[int, int, int, int]] = []  # index, kind, flags, number

    def move(self, rise: int, fall: int | None = None, hold_mn: int = wire.NULL, doubtful: bool = False) -> int:
        reps = self.reps
        if reps.retire():
            self._note()
        reps.note_rise(rise)
        judged = reps.rounded(min(rise, rise if fall is None else fall))
        kind = reps.kind_of(judged, reps.reference())
        if kind != REJECTED:
            reps.add(
                kind, judged, reps.rounded(rise), hold_mn, reps.limits.range_flags(rise, reps.usual_rom()), doubtful
            )
            reps.sent_as(len(self.seen))
            self.seen.append(kind)
        return kind

    def _note(self) -> None:
        reps = self.reps
        self.seen[reps.seq] = reps.kind
        self.amendments.append((reps.seq, reps.kind, reps.flags, reps.number))

    def end(self) -> "Set":
        self.reps.conclude()
        while self.reps.next_changed():
            self._note()
        return self


def ended(*roms_mm: float, **values: int) -> Set:
    done = Set(**values)
    for rom_mm in roms_mm:
        done.move(round(rom_mm * MM))
    return done.end()


def test_the_indices_are_those_of_the_table() -> None:
    modules = (sets, detector, reporter)
    for module in modules:
        for index, field in enumerate(REP_FIELDS):
            name = {"set": "_SET_NUMBER", "rep": "_REP_NUMBER", "side": "_REP_SIDE", "flags": "_FORM_FLAGS"}.get(field)
            assert getattr(module, name or f"_{field.upper()}", index) == index, (module, field)
    assert len(REP_FIELDS) == set_reps.FIELDS
    assert [wire.KINDS[kind] for kind in (FULL, PARTIAL, REJECTED)] == ["full", "partial", "rejected"]


# -- the reference


@given(roms)
def test_the_reference_is_the_median_of_the_three_largest_rises(rises: list[int]) -> None:
    done = Set()
    for rise in rises:
        done.move(rise)
    assert done.reps.reference() == int(median(sorted(rises)[-3:]))


def test_rejected_movements_count_in_the_reference() -> None:
    done = Set()
    assert [done.move(rise * MM) for rise in (500, 480, 90)] == [FULL, FULL, REJECTED]
    assert done.reps.reference() == 480 * MM, "the median of 500, 480 and 90"


def test_a_target_is_the_reference_whatever_is_done() -> None:
    done = ended(900, 1000, 1100, target=500 * MM)
    assert done.reps.reference() == 500 * MM


@pytest.mark.parametrize(
    ("rise", "fall", "kind"),
    [
        (500, 500, FULL),
        (500, 300, FULL),
        (500, 299, PARTIAL),
        (500, 100, PARTIAL),
        (500, 99, REJECTED),
        (300, 500, FULL),
        (299, 500, PARTIAL),
    ],
)
def test_a_rep_is_judged_on_the_smaller_of_rise_and_fall(rise: int, fall: int, kind: int) -> None:
    done = Set(target=500 * MM)
    assert done.move(rise * MM, fall * MM) == kind


def test_below_20_mm_there_is_no_rep() -> None:
    done = Set(target=30 * MM)
    assert [done.move(19_999), done.move(20 * MM)] == [REJECTED, FULL]


def test_without_a_movement_of_25_mm_there_is_no_set() -> None:
    assert ended(24, 24.9, 22).seen == [REJECTED] * 3
    assert ended(24, 25, 22).seen == [FULL] * 3
    assert ended(22, 22, target=22 * MM).seen == [FULL] * 2, "the profile's target is smaller"


# -- the end of the set


def test_all_reps_are_judged_again_by_the_reference_of_the_set() -> None:
    done = ended(200, 280, 500, 500, 500, 90)
    assert done.seen == [PARTIAL, PARTIAL, FULL, FULL, FULL]
    assert (done.reps.full, done.reps.partial) == (3, 2)
    assert [amended[:2] for amended in done.amendments] == [(0, PARTIAL), (1, PARTIAL)]


def test_a_changed_number_needs_no_amendment() -> None:
    done = ended(200, *[500] * 129)
    assert done.amendments == [(0, PARTIAL, 0, 0)]


def test_an_amended_rep_has_its_number_in_the_set() -> None:
    """The mean of two falls when the third is in between: what was partial becomes full."""
    done = Set()
    for rom_mm in (900, 350, 300):
        done.move(rom_mm * MM)
    assert done.seen == [FULL, PARTIAL, FULL]
    assert done.end().amendments == [(1, FULL, 0, 2)]


@given(roms)
def test_after_the_end_each_rep_is_what_the_reference_makes_it(rises: list[int]) -> None:
    done = Set()
    counted = [rise for rise in rises if done.move(rise) != REJECTED]
    done.end()
    reps = done.reps
    kinds = [
        reps.kind_of(reps.rounded(rise), reps.reference()) if max(rises) >= 25 * MM else REJECTED for rise in counted
    ]
    assert done.seen == kinds
    assert (reps.full, reps.partial) == (kinds.count(FULL), kinds.count(PARTIAL))


@pytest.mark.parametrize("count", [130, MAX_REPS, MAX_REPS + 1, 1000])
def test_the_kinds_are_right_in_sets_of_any_length(count: int) -> None:
    done = ended(*[200] * 8, *[500] * (count - 8))
    assert done.seen == [PARTIAL] * 8 + [FULL] * (count - 8)
    assert (done.reps.full, done.reps.partial) == (count - 8, 8)
    assert len(done.amendments) == 8


def test_the_kinds_are_right_with_room_for_few_reps() -> None:
    done = ended(*[200] * 3, *[500] * 20, *[200] * 3, max_reps=8)
    assert done.seen == [PARTIAL] * 3 + [FULL] * 20 + [PARTIAL] * 3
    assert (done.reps.full, done.reps.partial) == (20, 6)


def test_first_and_last_rep_that_count() -> None:
    done = ended(90, 100, 500, 500, 500)
    assert done.seen == [REJECTED, PARTIAL, FULL, FULL, FULL]
    assert (done.reps.first_seq(), done.reps.last_seq()) == (1, 4)
    assert (ended(24).reps.first_seq(), ended(24).reps.last_seq()) == (-1, -1)


def test_a_cleared_set_remembers_nothing() -> None:
    done = ended(900, 900, 900)
    done.reps.clear()
    assert (done.reps.full, done.reps.partial, done.reps.reference(), done.reps.count) == (0, 0, 0, 0)


# -- lone movements


@pytest.mark.parametrize(("full", "partial"), [(1, 0), (0, 1)])
def test_a_doubtful_movement_does_not_count_alone(full: int, partial: int) -> None:
    done = Set(target=500 * MM)
    done.move(500 * MM if full else 200 * MM, doubtful=True)
    done.end()
    assert (done.seen, done.reps.lone, done.reps.full + done.reps.partial) == ([REJECTED], True, 0)


def test_a_sound_movement_counts_alone() -> None:
    done = Set()
    done.move(500 * MM)
    assert (done.end().seen, done.reps.lone) == ([FULL], False)


@pytest.mark.parametrize("second_mm", [500, 200])
def test_two_that_count_are_never_lone(second_mm: int) -> None:
    done = Set(target=500 * MM)
    done.move(500 * MM, doubtful=True)
    done.move(second_mm * MM, doubtful=True)
    assert done.end().seen == [FULL, FULL if second_mm == 500 else PARTIAL]


def test_the_reference_is_that_of_all_movements_even_if_few_count() -> None:
    done = Set()
    assert done.move(900 * MM, doubtful=True) == FULL
    assert done.move(170 * MM) == PARTIAL, "of 535 mm"
    assert done.move(60 * MM) == PARTIAL, "of 170 mm"
    assert done.end().seen == [FULL, FULL, PARTIAL]


# -- load


def test_the_load_is_the_median_of_the_reps() -> None:
    done = Set()
    for rom_mm, force in ((500, 100), (500, 300), (510, 200), (500, wire.NULL), (90, 900)):
        done.move(rom_mm * MM, hold_mn=force)
    assert done.end().reps.median_load() == 200


@given(st.lists(st.integers(-1000, 500_000), min_size=1, max_size=60))
def test_the_load_is_the_median_of_any_forces(forces: list[int]) -> None:
    done = Set()
    for force in forces:
        done.move(500 * MM, hold_mn=force)
    ordered = sorted(forces)
    assert done.end().reps.median_load() == (ordered[(len(forces) - 1) // 2] + ordered[len(forces) // 2]) // 2


def test_without_a_load_cell_there_is_no_load() -> None:
    assert ended(500, 500).reps.median_load() == wire.NULL


# -- the usual range

RANGES = {"profile": 1, "over_part": 120, "under_part": 80, "learn_reps": 3}


def range_names(done: Set) -> dict[int, str]:
    return {index: wire.FLAGS[flags.bit_length() - 1] if flags else "" for index, _, flags, _ in done.amendments}


def test_the_usual_rom_is_learnt_from_the_first_full_reps() -> None:
    done = Set(**RANGES)
    for rom_mm in (450, 500):
        done.move(rom_mm * MM)
    assert done.reps.usual_rom() == 0
    for rom_mm in (480, 520, 530):
        done.move(rom_mm * MM)
    assert done.reps.usual_rom() == 480 * MM


def test_the_end_of_the_set_judges_every_range_again() -> None:
    done = ended(390, 500, 500, 500, **RANGES)
    assert range_names(done) == {0: "range_under"}


def test_partials_are_judged_and_do_not_teach() -> None:
    done = ended(500, 500, 500, 200, **RANGES)
    assert done.reps.usual_rom() == 500 * MM
    assert done.seen[3] == PARTIAL
    assert done.reps._flags[3] == form.RANGE_UNDER


def test_a_late_flag_is_reported_once() -> None:
    done = Set()
    done.move(500 * MM)
    done.reps.flag_last(form.SLAM)
    done.reps.flag_last(form.SLAM)
    assert done.end().amendments == [(0, FULL, form.SLAM, 1)]
