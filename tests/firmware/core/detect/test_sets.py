"""When a set begins and ends, what its messages hold, and the words for what was no rep."""

from types import SimpleNamespace

import pytest
from detector_run import settings_with

from cablerep_fw.core.detect import form, reps, set_reps, tuning
from cablerep_fw.core.detect.effort import SAVED, Effort, add, save
from cablerep_fw.core.detect.sets import Sets
from cablerep_fw.core.link import wire

RATE_HZ = 200
MM = 1000
S = 16 * RATE_HZ  # instants of the core
FIELDS = [name for name, *_ in wire.BY_NAME["rep"].fields]
SET_FIELDS = [name for name, *_ in wire.BY_NAME["set"].fields]
MOTION = SimpleNamespace(rate_hz=RATE_HZ, um_s=lambda speed: 10 * speed)


def sets_with(**values: int) -> Sets:
    made = Sets(MOTION, settings_with(rate_hz=RATE_HZ, **values), tuning.defaults())
    made.begin(0)
    return made


def movement(start_s: float, rom_mm: float, *, from_mm: float = 300, hold_s: float = 1.0, end_mm: float | None = None,
             seen: int = 0, landed: int = 0, walk_s: float = 0.6):  # fmt: skip
    """A movement as `Reps` leaves it: out in 1 s, back in 2 s; and the way straight on to the stack behind it.

    `seen` are the flags that Form saw by its end, `landed` those of that way, which took `walk_s`.
    """
    start_x = round(from_mm * MM)
    end_x = start_x if end_mm is None else round(end_mm * MM)
    top_t = round((start_s + 1) * S)
    release_t = round((start_s + 1 + hold_s) * S)
    peak_x = start_x + round(rom_mm * MM)
    return SimpleNamespace(
        start_t=round(start_s * S),
        top_t=top_t,
        release_t=release_t,
        end_t=release_t + 2 * S,
        start_x=start_x,
        peak_x=peak_x,
        top_x=peak_x,
        release_x=peak_x,
        end_x=end_x,
        out_peak=77_000,
        back_peak=33_000,
        effort=Effort(),
        form=SimpleNamespace(settle=lambda has_load, stack_x: seen, landed=lambda stack_x: landed),
        dropped_t=release_t + 2 * S,
        dropped_end_t=release_t + 2 * S + round(walk_s * S),
    )


def judge(sets: Sets, done, known: int = 0, has_load: bool = False) -> int:
    return sets.judge(done, known, has_load)


def record(sets: Sets) -> dict[str, int]:
    return dict(zip(FIELDS, sets.record, strict=True))


def outcome(sets: Sets, known: int = 0) -> dict[str, int]:
    assert sets.conclude(known)
    while sets.next_amended(known):
        pass
    return dict(zip(SET_FIELDS, sets.summary, strict=True))


def test_a_rep_message_holds_what_was_measured() -> None:
    sets = sets_with(side=2, profile=9, hold_target=0)
    assert judge(sets, movement(3.0, 450, hold_s=1.5), known=75_000) == set_reps.FULL
    told = record(sets)
    assert {name: told[name] for name in ("set", "rep", "kind", "side", "flags")} == {
        "set": 1, "rep": 1, "kind": 1, "side": 2, "flags": 0,
    }  # fmt: skip
    assert [told[name] for name in ("start", "top", "release", "end")] == [30_000, 40_000, 55_000, 75_000]
    assert (told["rom"], told["known"]) == (450_000, 75_000)
    assert told["concentric_mean"] == 450_000, "450 mm in 1 s"
    assert told["eccentric_mean"] == 225_000, "and back in 2 s"
    assert (told["concentric_peak"], told["eccentric_peak"]) == (770_000, 330_000), "in the motion's units"
    assert [told[name] for name in ("force_mean", "force_peak", "work", "power_mean")] == [wire.NULL] * 4


def test_with_a_load_cell_it_holds_force_work_and_power() -> None:
    sets = sets_with()
    done = movement(3.0, 500)
    done.effort.begin(0)
    for k in range(1, 101):
        add(done.effort.sums, 5000 * k, 200_000)
    now = [0] * SAVED
    save(done.effort.sums, now, 0)
    done.effort.measure([0] * SAVED, now, 0, now, done.effort.take_peak())
    judge(sets, done, has_load=True)
    told = record(sets)
    assert told["force_mean"] == pytest.approx(200_000, abs=128)
    assert told["force_peak"] == 200_000
    assert told["work"] == pytest.approx(100_000, rel=0.01), "200 N over half a metre are 100 J"
    assert told["power_mean"] == pytest.approx(100_000, rel=0.01), "in a second"


def test_a_set_begins_with_its_first_rep_and_not_before() -> None:
    sets = sets_with()
    assert not sets.active
    judge(sets, movement(1, 10))
    assert not sets.active
    judge(sets, movement(5, 400))
    assert sets.active


def test_a_side_named_in_a_set_is_for_the_next() -> None:
    sets = sets_with(side=1)
    judge(sets, movement(10, 500))
    sets.side = 2
    judge(sets, movement(15, 500))
    assert record(sets)["side"] == 1
    assert outcome(sets)["side"] == 1
    judge(sets, movement(40, 500))
    assert record(sets)["side"] == 2


def test_a_set_message_sums_up() -> None:
    sets = sets_with(side=1, profile=4)
    for number, rom_mm in enumerate((500, 480, 200, 520)):
        judge(sets, movement(10 + 5 * number, rom_mm))
    told = outcome(sets, known=400_000)
    assert (told["set"], told["reps"], told["partials"]) == (1, 3, 1)
    assert (told["side"], told["profile"], told["known"]) == (1, 4, 400_000)
    assert (told["start"], told["end"]) == (100_000, 290_000)
    assert told["rom"] == 500_000, "median of 480, 500, 520"
    assert told["load"] == wire.NULL
    assert not sets.active


def test_sets_are_numbered_and_each_has_its_own_reference() -> None:
    sets = sets_with()
    for number in range(3):
        judge(sets, movement(10 + 5 * number, 900))
    assert outcome(sets)["rom"] == 900_000
    for number in range(3):
        assert judge(sets, movement(60 + 5 * number, 150)) == set_reps.FULL
    told = outcome(sets)
    assert (told["set"], told["rom"], told["reps"]) == (2, 150_000, 3)


def test_a_set_of_which_nothing_remains_gives_its_number_to_the_next() -> None:
    sets = sets_with()
    judge(sets, movement(5, 400, hold_s=12))
    assert not sets.conclude(0)
    amendments = 0
    while sets.next_amended(0):
        amendments += 1
        assert record(sets)["kind"] == set_reps.REJECTED
    assert amendments == 1
    judge(sets, movement(60, 400))
    assert record(sets)["set"] == 1


def test_a_set_of_partials_alone_is_one() -> None:
    sets = sets_with(target_rom=500_000)
    judge(sets, movement(5, 200))
    judge(sets, movement(15, 210))
    told = outcome(sets)
    assert (told["set"], told["reps"], told["partials"]) == (1, 0, 2)
    judge(sets, movement(60, 500))
    assert record(sets)["set"] == 2


def test_an_amendment_is_the_whole_rep_again() -> None:
    sets = sets_with()
    judge(sets, movement(10, 250), known=140_000)
    first = record(sets)
    for number in range(3):
        judge(sets, movement(20 + 5 * number, 500))
    sets.conclude(500_000)
    assert sets.next_amended(500_000)
    again = record(sets)
    assert again == first | {"kind": set_reps.PARTIAL, "rep": 0, "known": 500_000}


def test_a_target_rom_is_the_reference() -> None:
    sets = sets_with(target_rom=500_000)
    assert judge(sets, movement(5, 290)) == set_reps.PARTIAL
    assert judge(sets, movement(15, 300)) == set_reps.FULL
    assert outcome(sets)["rom"] == 500_000


def test_it_is_over_after_the_rest_and_not_before() -> None:
    sets = sets_with(rest=12_000)
    judge(sets, movement(10, 400))  # ends at 14 s
    at_mm = 300 * MM
    assert not sets.watch(round(25.9 * S), 14 * S, at_mm)
    assert sets.watch(round(26.0 * S), 14 * S, at_mm)


def test_it_is_over_at_the_stack() -> None:
    sets = sets_with()
    judge(sets, movement(10, 400))
    assert not sets.watch(15 * S, round(14.9 * S), 0), "just arrived: it may only turn here"
    assert not sets.watch(round(15.19 * S), round(14.9 * S), 10 * MM)
    assert sets.watch(round(15.2 * S), round(14.9 * S), 10 * MM)
    assert sets.watch(round(15.5 * S), round(14.9 * S), 30 * MM)
    assert not sets.watch(round(15.5 * S), round(14.9 * S), 31 * MM), "it comes to rest where it rested before"


def test_a_rest_well_above_the_stack_is_none() -> None:
    sets = sets_with()
    judge(sets, movement(10, 400))
    assert not sets.watch(20 * S, 14 * S, 200 * MM)


def test_reps_from_the_stack_itself_do_not_end_their_set() -> None:
    sets = sets_with()
    judge(sets, movement(10, 400, from_mm=0))
    assert not sets.watch(20 * S, 14 * S, 0)


def test_without_a_set_nothing_ends() -> None:
    assert not sets_with().watch(10_000 * S, 0, 0)


def test_the_stack_is_the_lowest_place_where_the_cable_has_stood() -> None:
    """Switched on with the cable pulled out: the stack is found when the cable first rests there."""
    sets = sets_with()
    sets.floor = 1 << 29
    sets.begin(600 * MM)
    judge(sets, movement(10, 400, from_mm=600))
    assert not sets.watch(round(14.5 * S), 14 * S, 600 * MM)
    assert sets.watch(round(16.5 * S), 15 * S, 0)


def test_the_reasons_are_the_words_of_the_table() -> None:
    sets = sets_with()
    small, far = 50 * MM, 400 * MM

    def word(reason: int, way: int) -> str:
        return wire.REASONS[sets.reason_for(reason, way)]

    assert word(reps.STRAYED, small) == "walk_in"
    assert word(reps.TAKE_UP, far) == "take_up"
    assert word(reps.STANDING, far) == "standing"
    assert word(reps.NO_RETURN, far) == "no_return"
    judge(sets, movement(10, 400))
    assert word(reps.STRAYED, small) == "stance_shift"
    assert word(reps.STRAYED, far) == "walk_in"


def test_a_bounce_comes_right_after_a_rep() -> None:
    sets = sets_with()
    judge(sets, movement(10, 400))  # ends at 14 s
    assert judge(sets, movement(14.1, 40)) == set_reps.REJECTED
    assert wire.REASONS[sets.reason] == "bounce"
    assert judge(sets, movement(30, 40)) == set_reps.REJECTED
    assert wire.REASONS[sets.reason] == "too_small"


def test_the_largest_rise_is_known_within_the_set() -> None:
    sets = sets_with()
    assert sets.largest_rise() == 0
    judge(sets, movement(10, 500))
    judge(sets, movement(20, 400))
    assert sets.largest_rise() == 500 * MM
    assert sets_with(target_rom=300 * MM).largest_rise() == 300 * MM


# -- form

LIMITS = {"profile": 1, "hold_target": 1000, "eccentric_max": 300_000, "over_part": 120, "under_part": 80}


def flags_of(told: dict[str, int]) -> set[str]:
    return {name for bit, name in enumerate(wire.FLAGS) if told["flags"] >> bit & 1}


def test_flags_come_from_the_limits_and_from_what_was_seen() -> None:
    sets = sets_with(**LIMITS, target_rom=450_000)
    judge(sets, movement(3, 450))
    assert flags_of(record(sets)) == set()
    judge(sets, movement(13, 620, hold_s=0.9, seen=form.SWING))
    assert flags_of(record(sets)) == {"hold_short", "eccentric_fast", "range_over", "swing"}
    judge(sets, movement(23, 300))
    assert flags_of(record(sets)) == {"range_under"}
    free = sets_with()
    judge(free, movement(3, 620, hold_s=0.9, seen=form.SLACK))
    assert flags_of(record(free)) == {"slack"}, "which no profile has to ask for"


def amendments(sets: Sets) -> list[tuple[int, set[str]]]:
    """End the set; return start in s and flags of each rep that this changed."""
    sets.conclude(0)
    found = []
    while sets.next_amended(0):
        told = record(sets)
        found.append((told["start"] // 10_000, flags_of(told)))
    return found


def test_a_stack_that_hits_behind_a_rep_is_its_amendment() -> None:
    sets = sets_with()
    for number in range(3):
        done = movement(10 + 5 * number, 450, landed=form.SLAM)
        judge(sets, done)
    sets.check_slam(done)
    assert amendments(sets) == [(20, {"slam"})]


@pytest.mark.parametrize("change", [{"dropped_t": 0}, {"dropped_end_t": 10**6}], ids=["later", "walked back"])
def test_a_stack_that_hits_another_time_is_nobodys(change: dict[str, int]) -> None:
    sets = sets_with()
    for number in range(2):
        done = movement(10 + 5 * number, 450, landed=form.SLAM)
        judge(sets, done)
    done.dropped_t += 1 if "dropped_t" in change else 0
    done.dropped_end_t += 16 * RATE_HZ if "dropped_end_t" in change else 0
    sets.check_slam(done)
    assert amendments(sets) == []
