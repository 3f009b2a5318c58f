"""When a set begins and ends, what its messages contain, and the reasons for what was no rep."""

from types import SimpleNamespace

import pytest
from detector_run import settings_with

from cablerep_fw.core.detect import form, reps, sets, tuning
from cablerep_fw.core.detect.effort import Effort
from cablerep_fw.core.detect.set_reps import FULL, PARTIAL, REJECTED
from cablerep_fw.core.detect.sets import COUNTS, HELD, Sets
from cablerep_fw.core.link import wire

RATE_HZ = 200
MM = 1000
S = 16 * RATE_HZ  # the core's instants in a second
FIELDS = [name for name, *_ in wire.BY_NAME["rep"].fields]
SET_FIELDS = [name for name, *_ in wire.BY_NAME["set"].fields]
LATER = 1 << 29  # tenths of a millisecond
MOTION = SimpleNamespace(rate_hz=RATE_HZ, um_s=lambda speed: 10 * speed)


def sets_with(**values: int) -> Sets:
    made = Sets(MOTION, settings_with(rate_hz=RATE_HZ, **values), tuning.defaults())
    made.begin(0)
    return made


def movement(start_s: float, rom_mm: float, *, from_mm: float = 300, out_s: float = 1.0, hold_s: float = 1.0,
             back_s: float = 2.0, end_mm: float | None = None, seen: int = 0, landed: int = 0, walk_s: float = 0.6,
             pause_s: float = 0, went_on: bool = False, force_mn: int = 0):  # fmt: skip
    """A movement as Reps leaves it, followed by a return straight to the stack.

    `seen` are the flags that Form saw by its end, `landed` those of the return, which took `walk_s`.
    """
    start_x = round(from_mm * MM)
    top_t = round((start_s + out_s) * S)
    release_t = round((start_s + out_s + hold_s) * S)
    end_t = release_t + round(back_s * S)
    peak_x = start_x + round(rom_mm * MM)
    effort = Effort()
    effort.peak_mn = force_mn
    return SimpleNamespace(
        start_t=round(start_s * S),
        top_t=top_t,
        release_t=release_t,
        end_t=end_t,
        start_x=start_x,
        peak_x=peak_x,
        top_x=peak_x,
        release_x=peak_x,
        end_x=start_x if end_mm is None else round(end_mm * MM),
        out_peak=77_000,
        back_peak=33_000,
        pause_t=round(pause_s * S),
        went_on=went_on,
        effort=effort,
        form=SimpleNamespace(settle=lambda has_load, stack_x: seen, landed=lambda stack_x: landed),
        dropped_t=end_t,
        dropped_end_t=end_t + round(walk_s * S),
    )


def judge(made: Sets, done: SimpleNamespace, known: int = 0, trusted: bool = False) -> int:
    """Return the kind of a movement, or HELD."""
    result = made.take(done, known or LATER, trusted, trusted)
    return made.admit(known) if result == COUNTS else result


def record(made: Sets) -> dict[str, int]:
    return dict(zip(FIELDS, made.record, strict=True))


def end(made: Sets, known: int = 0) -> dict[str, int] | None:
    """End the set; return its message, None if it was no set."""
    remains = made.conclude(known)
    made.close()
    return dict(zip(SET_FIELDS, made.summary, strict=True)) if remains else None


# -- messages


def test_a_rep_message_contains_what_was_measured() -> None:
    made = sets_with(side=2, profile=9, hold_target=0)
    assert judge(made, movement(3.0, 450, hold_s=1.5), known=75_000) == FULL
    rep = record(made)
    assert [rep[name] for name in ("set", "rep", "kind", "side", "flags")] == [1, 1, 1, 2, 0]
    assert [rep[name] for name in ("start", "top", "release", "end")] == [30_000, 40_000, 55_000, 75_000]
    assert (rep["rom"], rep["known"]) == (450_000, 75_000)
    assert rep["concentric_mean"] == 450_000, "450 mm in 1 s"
    assert rep["eccentric_mean"] == 225_000, "and back in 2 s"
    assert (rep["concentric_peak"], rep["eccentric_peak"]) == (770_000, 330_000), "in the motion's units"
    assert [rep[name] for name in ("force_mean", "force_peak", "work", "power_mean")] == [wire.NULL] * 4


def test_no_mean_speed_exceeds_the_peak() -> None:
    made = sets_with()
    done = movement(3.0, 450)
    done.out_peak = done.back_peak = 1000
    judge(made, done)
    rep = record(made)
    assert (rep["concentric_peak"], rep["eccentric_peak"]) == (rep["concentric_mean"], rep["eccentric_mean"])


def test_a_set_message_sums_up() -> None:
    made = sets_with(side=1, profile=4)
    for number, rom_mm in enumerate((500, 480, 200, 520)):
        judge(made, movement(10 + 5 * number, rom_mm))
    over = end(made, known=400_000)
    assert over is not None
    assert (over["set"], over["reps"], over["partials"]) == (1, 3, 1)
    assert (over["side"], over["profile"], over["known"]) == (1, 4, 400_000)
    assert (over["start"], over["end"]) == (100_000, 290_000)
    assert over["rom"] == 500_000, "the median of 480, 500 and 520"
    assert over["load"] == wire.NULL
    assert not made.active


def test_each_set_has_its_own_reference() -> None:
    made = sets_with()
    for number in range(3):
        judge(made, movement(10 + 5 * number, 900))
    assert end(made)["rom"] == 900_000  # type: ignore[index]
    for number in range(3):
        assert judge(made, movement(60 + 5 * number, 150)) == FULL
    assert end(made)["rom"] == 150_000  # type: ignore[index]


def test_a_set_number_is_never_given_twice() -> None:
    made = sets_with()
    judge(made, movement(5, 400, hold_s=12))
    assert end(made) is None
    judge(made, movement(60, 400))
    assert record(made)["set"] == 2


def test_a_set_of_partials_alone_is_a_set() -> None:
    made = sets_with(target_rom=500_000)
    judge(made, movement(5, 200))
    judge(made, movement(15, 210))
    over = end(made)
    assert over is not None
    assert (over["reps"], over["partials"]) == (0, 2)


def test_a_side_set_during_a_set_is_for_the_next_one() -> None:
    made = sets_with(side=1)
    judge(made, movement(10, 500))
    made.side = 2
    judge(made, movement(15, 500))
    assert record(made)["side"] == 1
    assert end(made)["side"] == 1  # type: ignore[index]
    judge(made, movement(40, 500))
    assert record(made)["side"] == 2


def test_a_pause_of_half_a_second_is_marked() -> None:
    made = sets_with()
    judge(made, movement(5, 400, pause_s=0.49))
    assert record(made)["flags"] == 0
    judge(made, movement(15, 400, pause_s=0.5))
    assert record(made)["flags"] == wire.PAUSED


def test_no_rep_ends_after_the_newest_sample() -> None:
    made = sets_with()
    judge(made, movement(3.0, 450), known=69_999)
    assert record(made)["end"] == 69_999, "the filters saw 70 000"
    judge(made, movement(13.0, 450), known=140_000)
    rep = record(made)
    assert rep["end"] > rep["release"] == 150_000, "and the eccentric lasts longer than 0"


# -- the lone movement


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"hold_s": 5.0}, True),
        ({"hold_s": 5.1}, False),
        ({"end_mm": 359}, True),
        ({"end_mm": 361}, False),
        ({"end_mm": 239}, False),
        ({"rom_mm": 100, "end_mm": 329}, True),
        ({"rom_mm": 100, "end_mm": 331}, False),
        ({"pause_s": 0.9}, True),
        ({"pause_s": 1.0}, False),
        ({"went_on": True}, False),
    ],
)
def test_a_lone_movement_counts_only_if_it_looks_like_a_rep(changes: dict, counts: bool) -> None:
    for target_rom in (0, 900_000):
        made = sets_with(target_rom=target_rom)
        values = {"rom_mm": 400, **changes}
        judge(made, movement(5, **values))
        if target_rom and values["rom_mm"] < 180:
            continue
        assert (end(made) is not None) == counts, "full or partial"
        assert made.reason == (sets.TOO_SMALL if counts else sets.LONE)


def test_a_profile_with_long_holds_lets_a_lone_rep_hold_twice_as_long() -> None:
    for hold_s, counts in ((7.9, True), (8.1, False)):
        made = sets_with(profile=1, hold_target=4000)
        judge(made, movement(5, 400, hold_s=hold_s))
        assert (end(made) is not None) == counts


def test_two_movements_that_count_are_never_lone() -> None:
    made = sets_with()
    judge(made, movement(5, 250, from_mm=0, hold_s=9))
    judge(made, movement(20, 250, from_mm=0, hold_s=7))
    assert end(made)["reps"] == 2  # type: ignore[index]


# -- the end of a set


def test_a_set_begins_with_its_first_rep() -> None:
    made = sets_with()
    judge(made, movement(1, 10))
    assert not made.active
    assert made.known_rom() == 0
    judge(made, movement(5, 400))
    assert made.active
    assert made.known_rom() == 400 * MM


def test_it_is_over_after_the_rest_and_not_before() -> None:
    made = sets_with(rest=12_000)
    judge(made, movement(10, 400))  # ends at 14 s
    at_mm = 300 * MM
    assert not made.watch(round(25.9 * S), round(25.9 * S) - 14 * S, at_mm)
    assert made.watch(round(26.0 * S), round(26.0 * S) - 14 * S, at_mm)


def test_it_is_over_after_three_tenths_of_a_second_at_the_stack() -> None:
    made = sets_with()
    judge(made, movement(10, 400))
    assert not made.watch(round(15.19 * S), round(15.19 * S) - round(14.9 * S), 10 * MM), "it may only turn here"
    assert made.watch(round(15.2 * S), round(15.2 * S) - round(14.9 * S), 10 * MM)
    assert made.watch(round(15.5 * S), round(15.5 * S) - round(14.9 * S), 30 * MM)
    assert not made.watch(round(15.5 * S), round(15.5 * S) - round(14.9 * S), 31 * MM), "not at the stack"


@pytest.mark.parametrize(("from_mm", "ends"), [(0, False), (79, False), (80, True)])
def test_only_a_set_from_well_above_the_stack_ends_there(from_mm: int, ends: bool) -> None:
    made = sets_with()
    judge(made, movement(10, 400, from_mm=from_mm))
    judge(made, movement(15, 400, from_mm=300))
    assert made.watch(20 * S, 20 * S - 19 * S, 0) == ends


@pytest.mark.parametrize(("distance_mm", "ends"), [(79, False), (80, True)])
def test_a_set_from_the_stack_ends_when_the_cable_is_taken_up(distance_mm: int, ends: bool) -> None:
    made = sets_with()
    assert not made.leaves(500 * MM), "there is no set"
    judge(made, movement(10, 400, from_mm=20))
    assert made.leaves(distance_mm * MM) == ends
    above = sets_with()
    judge(above, movement(10, 400, from_mm=300))
    assert not above.leaves(500 * MM), "a shift of the stance"


def test_without_a_set_nothing_ends() -> None:
    assert not sets_with().watch(10_000 * S, 10_000 * S, 0)


# -- rejected movements


def test_the_reasons_for_stretches_that_are_no_movement() -> None:
    made = sets_with()
    small, large = 50 * MM, 400 * MM

    def reason(value: int, distance: int) -> str:
        return wire.REASONS[made.reason_for(value, distance)]

    assert reason(reps.STRAYED, small) == "walk_in"
    assert reason(reps.TAKE_UP, large) == "take_up"
    assert reason(reps.STANDING, large) == "standing"
    assert reason(reps.NO_RETURN, large) == "no_return"
    judge(made, movement(10, 400))
    assert reason(reps.STRAYED, small) == "stance_shift"
    assert reason(reps.STRAYED, large) == "walk_in"
    assert reason(reps.TAKE_UP, large) == "stance_shift"


def test_out_and_back_within_three_tenths_of_a_second_is_a_bounce() -> None:
    made = sets_with()
    judge(made, movement(5, 400))
    assert judge(made, movement(20, 100, out_s=0.15, hold_s=0, back_s=0.15)) == PARTIAL, "a fast rep"
    made = sets_with()
    judge(made, movement(5, 100))
    assert judge(made, movement(20, 60, out_s=0.15, hold_s=0, back_s=0.15)) == REJECTED
    assert wire.REASONS[made.reason] == "bounce"
    assert made.reps.reference() == 100 * MM, "a bounce is no movement of the set"


def test_a_small_movement_right_after_a_rep_is_a_bounce_too() -> None:
    made = sets_with()
    judge(made, movement(10, 400))  # ends at 14 s
    assert judge(made, movement(14.1, 40)) == REJECTED
    assert wire.REASONS[made.reason] == "bounce"
    assert judge(made, movement(30, 40)) == REJECTED
    assert wire.REASONS[made.reason] == "too_small"


def test_a_small_movement_without_tension_is_slack() -> None:
    made = sets_with()
    judge(made, movement(10, 400, force_mn=50_000), trusted=True)
    assert judge(made, movement(20, 40, force_mn=4_000), trusted=True) == REJECTED
    assert wire.REASONS[made.reason] == "slack"
    assert judge(made, movement(30, 40, force_mn=4_000)) == REJECTED
    assert wire.REASONS[made.reason] == "too_small", "the cell cannot be trusted"


# -- profiles whose reps begin at a stance


def test_two_movements_from_the_stack_are_taking_up_the_cable() -> None:
    made = sets_with(start=1)
    assert [judge(made, movement(10 + 10 * i, 300, from_mm=10)) for i in range(2)] == [HELD, HELD]
    assert (made.held, made.held_counts(), made.active) == (2, False, False)
    assert made.take(movement(40, 400), LATER, False, False) == COUNTS
    assert not made.held_counts()
    made.keep(True)
    starts = []
    while made.next_held():
        starts.append(record(made)["start"])
    assert starts == [100_000, 200_000]
    made.keep(False)
    assert made.admit(0) == FULL
    assert record(made)["start"] == 400_000


def test_three_movements_from_the_stack_are_reps() -> None:
    made = sets_with(start=1)
    assert [judge(made, movement(10 + 10 * i, 300 + i, from_mm=10)) for i in range(3)] == [HELD] * 3
    assert made.held_counts()
    found = []
    while made.next_held():
        assert made.admit(0) == FULL
        found.append((record(made)["rep"], record(made)["rom"]))
    assert found == [(1, 300_000), (2, 301_000), (3, 302_000)]
    assert judge(made, movement(50, 300, from_mm=10)) == FULL, "and those after them"


def test_other_profiles_count_from_the_stack_at_once() -> None:
    assert judge(sets_with(), movement(10, 300, from_mm=0)) == FULL


def test_there_is_doubt_until_the_third_movement_from_the_stack() -> None:
    made = sets_with(start=1)
    for i in range(2):
        assert made.in_doubt(20 * MM)
        judge(made, movement(10 + 10 * i, 300, from_mm=10))
    assert not made.in_doubt(20 * MM)
    assert not sets_with(start=1).in_doubt(100 * MM)
    assert not sets_with().in_doubt(0)


def test_held_movements_end_with_the_rest() -> None:
    made = sets_with(start=1, rest=12_000)
    judge(made, movement(10, 300, from_mm=10))  # ends at 14 s
    assert not made.watch(25 * S, 25 * S - 14 * S, 0)
    assert made.watch(26 * S, 26 * S - 14 * S, 0)


# -- form

LIMITS = {"profile": 1, "hold_target": 1000, "eccentric_max": 300_000, "over_part": 120, "under_part": 80}


def flag_names(flags: int) -> set[str]:
    return {name for bit, name in enumerate(wire.FLAGS) if flags >> bit & 1}


def test_flags_come_from_the_limits_and_from_what_was_seen() -> None:
    made = sets_with(**LIMITS, target_rom=450_000)
    judge(made, movement(3, 450))
    assert flag_names(record(made)["flags"]) == set()
    judge(made, movement(13, 620, hold_s=0.9, seen=form.SWING))
    assert flag_names(record(made)["flags"]) == {"hold_short", "eccentric_fast", "range_over", "swing"}
    judge(made, movement(23, 300))
    assert flag_names(record(made)["flags"]) == {"range_under"}
    free = sets_with()
    judge(free, movement(3, 620, hold_s=0.9, seen=form.SLACK))
    assert flag_names(record(free)["flags"]) == {"slack"}, "no profile has to ask for it"


def amendments(made: Sets) -> list[tuple[int, set[str]]]:
    """End the set; return the number and the flags of each rep that this changed."""
    made.conclude(0)
    found = []
    while made.reps.next_changed():
        found.append((made.reps.number, flag_names(made.reps.flags)))
    return found


def test_a_stack_that_slams_after_a_rep_flags_it() -> None:
    made = sets_with()
    for number in range(3):
        done = movement(10 + 5 * number, 450, landed=form.SLAM)
        judge(made, done)
    made.check_slam(done)
    assert amendments(made) == [(3, {"slam"})]


@pytest.mark.parametrize("change", [{"dropped_t": 1}, {"dropped_end_t": S}], ids=["later", "walked back"])
def test_a_stack_that_slams_another_time_flags_no_rep(change: dict[str, int]) -> None:
    made = sets_with()
    for number in range(2):
        done = movement(10 + 5 * number, 450, landed=form.SLAM)
        judge(made, done)
    for name, value in change.items():
        setattr(done, name, getattr(done, name) + value)
    made.check_slam(done)
    assert amendments(made) == []
