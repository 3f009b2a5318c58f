"""What is one movement and what is not, by the contract's words, and its four instants and peaks by formula."""

from itertools import pairwise
from math import cos, pi, sin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pull import Pull
from stages import RATES, Stages, ticks_of

from cablerep_fw.core.detect import reps
from cablerep_fw.core.link import wire

NEAR_S = 0.030  # the contract's accuracy of a phase instant
KNOWN_S = 0.150  # from the movement's end to the rep
INSTANTS = ("start_s", "top_s", "release_s", "end_s")


def movements(
    pull: Pull, rate_hz: int = 200, hold_max_ms: int = 20000, sway=None, *, stack_mm: float | None = None
) -> list[dict]:
    """Return what Reps makes of a pull, without the sets that would tell it of a stack; `stack_mm` stands for them."""
    stages = Stages(rate_hz, hold_max_ms)
    if stack_mm is not None:
        stages.reps.inform(round(1000 * stack_mm), 0, reps.FAR)
    return stages.movements(ticks_of(pull, rate_hz, stages.per_tick, sway))


def words(found: list[dict]) -> list[str]:
    return [wire.REASONS[movement["reason"]] if "reason" in movement else "moved" for movement in found]


def near(movement: dict, boundaries: list[float], within_s: float = NEAR_S) -> None:
    for name, true in zip(INSTANTS, boundaries, strict=True):
        assert movement[name] == pytest.approx(true, abs=within_s), name


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize(("rom_mm", "out_s", "back_s"), [(450, 1.0, 2.0), (100, 0.7, 1.2), (1200, 1.1, 1.5)])
def test_one_movement_out_and_back(rate_hz: int, rom_mm: float, out_s: float, back_s: float) -> None:
    pull = Pull().still(1).rep(rom_mm, out_s, 1.0, back_s).still(2)
    (movement,) = movements(pull, rate_hz)
    near(movement, pull.boundaries)
    assert movement["rise_mm"] == pytest.approx(rom_mm, abs=2)
    assert movement["fall_mm"] == pytest.approx(rom_mm, abs=4)
    # The peak of minimum jerk is 15/8 of its mean.
    assert movement["out_peak_mm_s"] == pytest.approx(1.875 * rom_mm / out_s, rel=0.04)
    assert movement["back_peak_mm_s"] == pytest.approx(1.875 * rom_mm / back_s, rel=0.04)
    assert movement["known_s"] - pull.boundaries[3] < KNOWN_S


@pytest.mark.parametrize("rate_hz", [100, 200, 1000])
@pytest.mark.parametrize(("rom_mm", "out_s", "back_s"), [(450, 1.0, 2.0), (100, 0.7, 1.2), (300, 1.4, 2.5)])
def test_instants_beside_rests_are_right_to_10_ms(rate_hz: int, rom_mm: float, out_s: float, back_s: float) -> None:
    """The filter's lead, 20 to 50 ms here, is taken off where the cable rests on the other side."""
    pull = Pull().still(1).rep(rom_mm, out_s, 1.0, back_s).still(2)
    (movement,) = movements(pull, rate_hz)
    near(movement, pull.boundaries, within_s=0.010)


def test_a_way_back_without_a_hold_has_a_peak_of_its_own() -> None:
    """A turn so sharp that no tick rests at the top: the speed goes from out to back between two of them."""
    pull = Pull().still(1)
    turns_s = (0.5, 0.62, 0.8)  # out and back on a cosine, each slower than the one before
    for turn_s in turns_s:
        pull.shape(400, turn_s, lambda part: (1 - cos(2 * pi * part)) / 2)
        pull.mm -= 400
        pull.still(1)
    found = movements(pull)
    assert len(found) == 3
    for movement, turn_s in zip(found, turns_s, strict=True):
        assert movement["back_peak_mm_s"] == pytest.approx(pi * 400 / turn_s, rel=0.05)


@settings(deadline=None, max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(100, 900), st.floats(0.5, 2.0), st.floats(0.4, 6.0), st.floats(0.5, 2.0)),
        min_size=1,
        max_size=4,
    )
)
def test_each_rep_is_one_movement(given_reps: list[tuple[float, float, float, float]]) -> None:
    pull = Pull().still(1)
    for rom_mm, out_s, hold_s, back_s in given_reps:
        slowest_s = rom_mm / 50
        pull.rep(rom_mm, min(out_s, slowest_s), hold_s, min(back_s, slowest_s)).still(0.6)
    found = movements(pull.still(1))
    assert words(found) == ["moved"] * len(given_reps)
    for number, movement in enumerate(found):
        near(movement, pull.boundaries[4 * number : 4 * number + 4])


def test_without_a_hold_top_and_release_are_the_turn() -> None:
    pull = Pull().still(1).rep(400, 0.9, 0.0, 0.9).still(2)
    (movement,) = movements(pull)
    assert movement["top_s"] <= movement["release_s"]
    assert movement["top_s"] == pytest.approx(pull.boundaries[1], abs=NEAR_S)
    assert movement["release_s"] == pytest.approx(pull.boundaries[2], abs=NEAR_S)


def test_a_sticking_point_belongs_to_the_concentric() -> None:
    pull = Pull().still(1).move(200, 0.8).still(0.8).move(200, 0.8).still(1.5).move(-400, 1.2).still(2)
    (movement,) = movements(pull)
    first, _, _, top, release, end = pull.boundaries
    near(movement, [first, top, release, end])
    assert movement["rise_mm"] == pytest.approx(400, abs=2)


def test_a_dwell_on_the_way_back_belongs_to_the_eccentric() -> None:
    pull = Pull().still(1).move(400, 1.0).still(1.5).move(-200, 0.8).still(0.8).move(-200, 0.8).still(2)
    (movement,) = movements(pull)
    start, top, release, _, _, end = pull.boundaries
    near(movement, [start, top, release, end])


def test_standing_for_more_than_a_second_is_a_new_start_position() -> None:
    pull = Pull().still(1).move(300, 1.2).still(1.4).rep(450, 1.0, 1.0, 1.5).still(2)
    found = movements(pull)
    assert words(found) == ["take_up", "moved"]
    assert found[0]["distance_mm"] == pytest.approx(300, abs=3)
    near(found[1], pull.boundaries[2:6])
    assert found[1]["rise_mm"] == pytest.approx(450, abs=2)


def test_falling_back_by_less_than_a_fifth_belongs_to_the_way_out() -> None:
    pull = Pull().still(1).move(400, 1.0).move(-60, 0.5).move(100, 0.6).still(1).move(-440, 1.5).still(2)
    (movement,) = movements(pull)
    assert movement["start_s"] == pytest.approx(pull.boundaries[0], abs=NEAR_S)
    assert movement["rise_mm"] == pytest.approx(440, abs=2)
    assert movement["end_s"] == pytest.approx(pull.boundaries[-1], abs=NEAR_S)


def test_falling_back_by_more_than_a_fifth_is_a_return() -> None:
    pull = Pull().still(1).move(400, 1.0).move(-200, 0.7).move(200, 0.7).still(0.5).move(-400, 1.5).still(2)
    found = movements(pull)
    assert words(found) == ["moved", "moved"]
    assert [movement["rise_mm"] for movement in found] == pytest.approx([400, 200], abs=4)
    assert [movement["fall_mm"] for movement in found] == pytest.approx([200, 400], abs=4), "on to the rest"


@pytest.mark.parametrize("hold_s", [2.0, 10.0, 19.0])
def test_a_hold_ends_nothing(hold_s: float) -> None:
    pull = Pull().still(1).rep(400, 1.0, hold_s, 1.5).still(2)
    (movement,) = movements(pull)
    assert movement["release_s"] - movement["top_s"] == pytest.approx(
        pull.boundaries[2] - pull.boundaries[1], abs=0.040
    )


@pytest.mark.parametrize(("hold_max_s", "hold_s", "counts"), [(20, 21.0, False), (60, 55.0, True), (60, 61.0, False)])
def test_a_longer_pause_than_the_profile_allows_is_standing(hold_max_s: int, hold_s: float, counts: bool) -> None:
    pull = Pull().still(1).rep(400, 1.0, hold_s, 1.5).still(2)
    found = words(movements(pull, hold_max_ms=1000 * hold_max_s))
    assert ("moved" in found) is counts
    assert ("standing" in found) is not counts


def test_sinking_and_trembling_do_not_end_a_hold() -> None:
    """Twice 15 mm in a long hold, at speeds of a movement, and a tremor of 2 mm all the way."""
    pull = Pull().still(1).move(400, 1.0).still(2).move(-15, 0.4).still(2).move(-15, 0.4).still(2)
    pull.move(-370, 1.5).still(2)
    (movement,) = movements(pull, sway=lambda t: sin(2 * pi * 9.3 * t) if 2.2 < t < 9.0 else 0.0)
    start, top, *_, release, end = pull.boundaries
    near(movement, [start, top, release, end], within_s=0.06)


def test_straight_on_to_the_stack_the_rep_ends_at_its_start_position() -> None:
    pull = Pull(300).still(1).move(400, 1.0).still(1)
    away_s = pull.s
    pull.move(-700, 1.8).still(2)
    found = movements(pull, stack_mm=0)
    assert words(found) == ["moved", "walk_in"]
    assert found[0]["went_on"]
    passed_s = next(away_s + k / 1000 for k in range(1800) if pull.mm_at(away_s + k / 1000) <= 300)
    assert found[0]["end_s"] == pytest.approx(passed_s, abs=NEAR_S)
    assert found[0]["fall_mm"] == pytest.approx(400, abs=3)
    assert found[1]["distance_mm"] == pytest.approx(300, abs=6)


def test_a_rep_ends_where_the_movement_turns_outward_again() -> None:
    """Reps between 150 and 450 mm, without a stop and without going home, as on a band."""
    pull = Pull().still(1).move(450, 1.0)
    for _ in range(3):
        pull.move(-300, 0.8).move(300, 0.8)
    pull.move(-450, 1.0).still(2)
    found = movements(pull)
    assert words(found) == ["moved"] * 4
    assert [movement["fall_mm"] for movement in found] == pytest.approx([300] * 3 + [450], abs=4)
    for earlier, later in pairwise(found):
        assert earlier["end_s"] <= later["start_s"]
        assert later["start_s"] - earlier["end_s"] < 0.2


def test_a_rest_high_above_the_start_is_the_end_too() -> None:
    pull = Pull().still(1).move(400, 1.0).still(0.5).move(-150, 0.8).still(3)
    (movement,) = movements(pull)
    assert movement["end_s"] == pytest.approx(pull.boundaries[3], abs=NEAR_S)
    assert movement["fall_mm"] == pytest.approx(150, abs=4)
    assert movement["known_s"] - pull.boundaries[3] <= 1.2


def test_walking_in_and_shifting_back_are_no_movements_out() -> None:
    pull = Pull(500).still(1).move(-200, 1.0).still(0.5).move(-250, 1.0).still(2)
    found = movements(pull)
    assert words(found) == ["walk_in"]
    assert found[0]["distance_mm"] == pytest.approx(450, abs=8)
    assert found[0]["start_s"] == pytest.approx(pull.boundaries[0], abs=0.06)


def test_a_way_that_never_returns_is_no_rep() -> None:
    """Longer than the slowest rep of the contract takes one way: 2 m at 30 mm/s are 67 s."""
    found = movements(Pull().still(1).slide(4000, 100).still(2))
    assert words(found)[0] == "no_return"


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("seconds", [30, 66])
def test_the_slowest_rep_of_the_contract_is_one(rate_hz: int, seconds: float) -> None:
    pull = Pull().still(1).slide(30 * seconds, seconds).still(2).slide(-30 * seconds, seconds).still(2)
    (movement,) = movements(pull, rate_hz)
    assert movement["rise_mm"] == pytest.approx(30 * seconds, rel=0.01)


@pytest.mark.parametrize("tremor_hz", [6, 7, 9])
def test_a_slow_rep_with_tremor_on_it_is_one(tremor_hz: float) -> None:
    """1 mm at 6 Hz leaves 8 mm/s behind the filter: a movement of 35 mm/s grazes the threshold in every period."""
    way_s = 250 / 35
    pull = Pull().still(1).slide(250, way_s).still(2).slide(-250, way_s).still(2)
    (movement,) = movements(pull, sway=lambda t: sin(2 * pi * tremor_hz * t) if 1 < t < 3 + 2 * way_s else 0.0)
    near(movement, [1.0, 1 + way_s, 3 + way_s, 3 + 2 * way_s], within_s=0.15)


def test_the_fastest_rep_of_the_contract_is_one() -> None:
    """A peak of 3 m/s over 800 mm: 0.5 s out and 0.5 s back."""
    pull = Pull().still(1).rep(800, 0.5, 0.2, 0.5).still(2)
    (movement,) = movements(pull)
    assert movement["out_peak_mm_s"] == pytest.approx(3000, rel=0.04)
    near(movement, pull.boundaries)


def test_at_the_end_of_the_input_a_pause_is_the_end_of_the_movement() -> None:
    stages = Stages()
    pull = Pull().still(1).move(400, 1.0).still(0.5).move(-200, 0.8).still(0.6)
    assert stages.movements(ticks_of(pull, 200, stages.per_tick)) == []
    assert stages.reps.state == reps.PAUSE
    (movement,) = stages.conclude()
    assert stages.reps.state == reps.BOTTOM
    assert movement["fall_mm"] == pytest.approx(200, abs=4)


def test_a_rep_is_pending_from_its_release_on() -> None:
    stages = Stages()
    pull = Pull().still(1).rep(400, 1.0, 1.0, 1.5).still(2)
    released = []
    for _ in stages.moved(ticks_of(pull, 200, stages.per_tick)):
        if stages.reps.step(stages.phases.step()) == reps.RELEASED:
            released.append(stages.seconds(stages.phases.now()))
    assert len(released) == 1
    assert pull.boundaries[2] < released[0] < pull.boundaries[3]


# -- the hold


def test_overshoot_settling_and_swinging_are_hold() -> None:
    """As real legs do: 12 % too far, down by a fifth, up again by half of that, then still."""
    pull = Pull().still(1).move(500, 0.9).move(-100, 0.5).move(45, 0.4).still(2.5).move(-445, 1.2).still(2)
    (movement,) = movements(pull)
    first, top, *_, release, end = pull.boundaries
    near(movement, [first, top, release, end])
    assert movement["rise_mm"] == pytest.approx(500, abs=2)


def test_a_squeeze_in_the_hold_is_hold() -> None:
    pull = Pull().still(1).move(400, 1.0).still(1.5).move(15, 0.3).still(1).move(-415, 1.2).still(2)
    (movement,) = movements(pull)
    near(movement, [*pull.boundaries[:2], *pull.boundaries[-2:]])


def test_the_top_is_where_the_way_out_first_comes_to_rest_near_the_furthest_point() -> None:
    """A stop at 85 % is a pause on the way out, one at 95 % is the top."""
    stops = {0.85: 3, 0.95: 1}
    for share, index in stops.items():
        pull = Pull().still(1).move(400 * share, 0.8).still(0.5).move(400 * (1 - share), 0.4).still(1).move(-400, 1)
        (movement,) = movements(pull.still(2))
        assert movement["top_s"] == pytest.approx(pull.boundaries[index], abs=NEAR_S)
        assert movement["pause_s"] == pytest.approx(0.5 if index == 3 else 0, abs=0.1)


@pytest.mark.parametrize(("rest_s", "belongs"), [(0.7, True), (1.4, False)])
def test_a_way_back_in_two_parts(rest_s: float, belongs: bool) -> None:
    """The first part leaves the top and is as long as the top is deep: eccentric, unless a second of rest follows."""
    pull = Pull().still(1).move(400, 1.0).still(1.2).move(-60, 0.5).still(rest_s).move(-340, 1.2).still(2)
    (movement,) = movements(pull)
    assert movement["release_s"] == pytest.approx(pull.boundaries[2 if belongs else 4], abs=NEAR_S)


def test_sway_in_the_hold_moves_neither_end_far() -> None:
    pull = Pull().still(1).rep(350, 1.1, 4.0, 1.5).still(2)
    top_s, release_s = pull.boundaries[1:3]

    def sway(t: float) -> float:
        inside = 0 < t - top_s < release_s - top_s
        return 4 * (sin(2 * pi * 0.55 * (t - top_s)) + 0.7 * sin(2 * pi * 1.7 * (t - top_s))) if inside else 0.0

    (movement,) = movements(pull, sway=sway)
    near(movement, pull.boundaries, within_s=0.2)


# -- possible starts


def test_a_long_pause_on_the_way_out_is_part_of_it_if_the_cable_comes_back_to_the_start() -> None:
    pull = Pull().still(1).move(200, 0.8).still(1.8).move(250, 0.8).still(1).move(-450, 1.4).still(2)
    (movement,) = movements(pull)
    near(movement, [pull.boundaries[0], *pull.boundaries[3:]])
    assert movement["rise_mm"] == pytest.approx(450, abs=2)
    assert movement["pause_s"] == pytest.approx(1.8, abs=0.1)
    assert movement["out_peak_mm_s"] == pytest.approx(1.875 * 250 / 0.8, rel=0.04)


def test_a_small_kick_after_a_long_step_back_is_one() -> None:
    pull = Pull().still(1).move(450, 1.5).still(1.5).rep(40, 0.5, 0.8, 0.6).still(2)
    found = movements(pull)
    assert words(found) == ["take_up", "moved"]
    near(found[1], pull.boundaries[2:])
    assert found[1]["rise_mm"] == pytest.approx(40, abs=2)


@pytest.mark.parametrize(("comes_back", "words_found"), [(True, ["take_up", "moved"]), (False, ["moved"])])
def test_a_short_rest_after_the_stack_counts_if_the_cable_comes_back_to_it(comes_back: bool, words_found: list) -> None:
    pull = Pull().still(1).move(450, 1.2).still(0.5).rep(60, 0.5, 0.8, 0.6)
    if not comes_back:
        pull.move(-450, 1.2)
    found = movements(pull.still(2), stack_mm=0)
    assert words(found) == words_found
    assert found[-1]["rise_mm"] == pytest.approx(60 if comes_back else 510, abs=2)


def test_of_many_possible_starts_the_nearest_to_the_end_was_it() -> None:
    """Five steps of 100 mm with rests; the kick comes back to the third."""
    pull = Pull().still(1)
    for _ in range(5):
        pull.move(100, 0.6).still(1.3)
    found = movements(pull.move(80, 0.5).still(0.7).move(-280, 1).still(2))
    assert words(found) == ["take_up", "moved"]
    assert found[1]["start_mm"] == pytest.approx(300, abs=3)
    assert found[1]["fall_mm"] == pytest.approx(280, abs=3)


def test_after_a_rest_as_long_as_one_between_sets_the_movement_begins_there() -> None:
    pull = Pull().still(1).move(200, 0.8).still(13).move(250, 0.8).still(1).move(-450, 1.4).still(2)
    found = movements(pull)
    assert words(found) == ["take_up", "moved"]
    assert found[1]["start_mm"] == pytest.approx(200, abs=3), "although the cable comes back to the first"


def test_pulses_at_the_top_are_hold() -> None:
    """Rests less than a third of the reference below the furthest point are no starts; the first rep has none yet."""
    pull = Pull().still(1)
    for _ in range(2):
        pull.move(400, 1.0).still(1.2).move(-60, 0.4).still(1.2).move(60, 0.4).still(0.8).move(-400, 1.2).still(1)
    stages = Stages()
    stages.reps.inform(0, 400_000, reps.FAR)
    found = stages.movements(ticks_of(pull.still(1), 200, stages.per_tick))
    assert words(found) == ["moved"] * 2
    for number, movement in enumerate(found):
        first, top, *_, release, end = pull.boundaries[8 * number : 8 * number + 8]
        near(movement, [first, top, release, end])


def test_while_the_start_is_in_question_it_says_so() -> None:
    stages = Stages()
    pull = Pull().still(1).move(300, 1).still(1.5).move(300, 1).still(1).move(-300, 1).still(2)
    in_question = []
    for _ in stages.moved(ticks_of(pull, 200, stages.per_tick)):
        stages.reps.step(stages.phases.step())
        in_question.append(stages.reps.starts.in_question)
    began = in_question.index(True) / 100
    assert pull.boundaries[2] < began < pull.boundaries[3]
    assert not in_question[-1]


def test_a_leg_that_sways_at_the_bottom_has_not_set_out() -> None:
    pull = Pull().still(1).move(12, 0.4).still(0.4).rep(400, 1.0, 1.0, 1.4).still(2)
    (movement,) = movements(pull)
    assert movement["start_s"] == pytest.approx(pull.boundaries[2], abs=NEAR_S)
    assert movement["rise_mm"] == pytest.approx(400, abs=2)


# -- the end


@pytest.mark.parametrize(("rest_s", "ends_there"), [(0.6, False), (1.4, True)])
def test_a_rest_further_out_ends_the_rep_after_a_second(rest_s: float, ends_there: bool) -> None:
    pull = Pull().still(1).move(400, 1.0).still(1).move(-250, 1.0).still(rest_s).move(-150, 0.8).still(2)
    movement = movements(pull)[0]
    assert movement["end_s"] == pytest.approx(pull.boundaries[3 if ends_there else 5], abs=NEAR_S)


def test_what_bounces_a_little_lower_has_not_gone_on() -> None:
    pull = Pull().still(1).move(300, 1).still(1.5).rep(300, 0.8, 1.0, 1.0).move(25, 0.15).move(-30, 0.2).still(2)
    found = [movement for movement in movements(pull) if "reason" not in movement]
    assert found[0]["end_s"] == pytest.approx(pull.boundaries[5], abs=NEAR_S)


def test_the_peak_of_the_way_back_is_reached_before_the_start_is_passed() -> None:
    """40 mm back slowly, then 400 mm to the stack without a stop, faster and faster."""
    pull = Pull(400).still(1).move(150, 0.8).still(1).slide(-160, 1.2).move(-390, 0.8).still(2)
    found = movements(pull, stack_mm=0)
    assert found[0]["went_on"]
    assert found[0]["back_peak_mm_s"] < 300 < 1.875 * 390 / 0.8


@pytest.mark.parametrize("rate_hz", [100, 200, 1000])
@pytest.mark.parametrize("back_s", [0.35, 0.45, 0.6])
def test_a_quick_way_back_is_over_soon_after_it_stops(rate_hz: int, back_s: float) -> None:
    """The speed filter alone shows a stop from 1 m/s 150 ms late."""
    pull = Pull().still(1).rep(300, 0.5, 1.0, back_s).still(2)
    (movement,) = movements(pull, rate_hz)
    near(movement, pull.boundaries, within_s=0.010)
    assert movement["known_s"] - pull.boundaries[3] < 0.110
    assert movement["back_peak_mm_s"] == pytest.approx(1.875 * 300 / back_s, rel=0.05)


def test_a_quick_way_back_that_stops_half_way_goes_on() -> None:
    pull = Pull().still(1).move(400, 0.7).still(1).move(-200, 0.35).still(0.3).move(-200, 0.35).still(2)
    (movement,) = movements(pull)
    start, top, release, _, _, end = pull.boundaries
    near(movement, [start, top, release, end])


def test_a_way_back_past_the_start_to_where_the_set_began_ends_at_rest() -> None:
    """One and a half: from half-way down out again, and back to where the first rep of the set began."""
    pull = Pull(700).still(1).rep(120, 0.7, 1.0, 3.5, stop_mm=-180).still(3)
    stages = Stages(200)
    stages.reps.inform(0, 300_000, 520_000)
    found = stages.movements(ticks_of(pull, 200, stages.per_tick))
    assert words(found) == ["moved"]
    near(found[0], pull.boundaries)


def test_sinking_too_little_for_a_rep_is_no_way_back() -> None:
    """18 of 45 mm: by the rest behind it the movement would end with a fall below 20 mm, and the rep be lost."""
    pull = Pull().still(1).move(45, 0.6).still(1).move(-18, 0.6).still(1.5).move(-27, 0.8).still(2)
    stages = Stages(200)
    stages.reps.inform(-reps.FAR, 45_000, reps.FAR)
    found = stages.movements(ticks_of(pull, 200, stages.per_tick))
    assert words(found) == ["moved"]
    start, top, _, _, release, end = pull.boundaries
    near(found[0], [start, top, release, end])
