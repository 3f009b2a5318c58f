"""The direction of a kick: the arithmetic against math, the figures against the geometry of simulated kicks."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kicks import Kicks

from cablerep.device.events import Rep
from cablerep.lab.replay import replayed
from cablerep_fw.core.detect import direction, motion
from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import NO_LOAD
from cablerep_sim.trace.rows import NO_ANGLE
from cablerep_sim.trace.trace import from_arrays

TURN = 1 << 24
FREE = {"profile": 2, "hold_target": 0}
BAND = FREE | {"direction_low": 30, "direction_high": 45, "drift_max": 15}


def test_indices_are_those_of_other_modules() -> None:
    fields = [field[0] for field in wire.BY_NAME["rep"].fields]
    assert fields[direction._CHORD : direction._CHORD + 4] == ["chord", "direction", "bow", "drift"]
    assert motion.SIZE - 1 == direction._HISTORY_MASK
    assert wire.SIDES[direction._LEFT] == "left"


@given(st.integers(0, 8_000_000), st.integers(-TURN, TURN))
def test_rotation_is_good_to_a_ten_thousandth(length: int, angle: int) -> None:
    numbers = [0] * 10
    direction._rotate(numbers, length, angle)
    turn = 2 * math.pi * angle / TURN
    error = math.hypot(numbers[0] - length * math.cos(turn), numbers[1] - length * math.sin(turn))
    assert error <= 1e-4 * length + 8


@given(st.integers(-1_000_000, 1_000_000), st.integers(-1_000_000, 1_000_000))
def test_polar_coordinates_are_good_to_a_hundredth_of_a_degree(x: int, y: int) -> None:
    numbers = [0] * 10
    angle = direction._polar(numbers, x, y)
    assert abs(numbers[0] - math.hypot(x, y)) <= 1e-4 * math.hypot(x, y) + 2
    if x or y:
        error = (angle / TURN - math.atan2(y, x) / (2 * math.pi) + 0.5) % 1 - 0.5
        assert abs(error) * 360 <= 0.01
        assert abs(direction._hundredths(angle) / 100 - angle / TURN * 360) <= 0.0101


@given(
    st.integers(1, 32768).flatmap(
        lambda turn: st.tuples(st.just(turn), st.integers(0, 32767), st.integers(0, turn - 1))
    ),
    st.sampled_from((1, -1)),
)
def test_a_bearing_is_the_turn_from_zero(numbers: tuple[int, int, int], sign: int) -> None:
    per_turn, counts, zero = numbers
    bearing = direction._bearing(counts, zero, sign * per_turn)
    assert 0 <= bearing < 0x8000
    expected = sign * (counts - zero) / per_turn * 0x8000
    assert abs((bearing - expected + 0x4000) % 0x8000 - 0x4000) <= 1


def reps_of(kicks: Kicks, angles: np.ndarray | None = None, side: str = "", **limits: int) -> list[Rep]:
    """Return the reps as they stand at the end."""
    meta, t_us, travel, angle = kicks.columns()
    trace = from_arrays("kicks", meta, t_us, travel, np.full(len(t_us), NO_LOAD), angle if angles is None else angles)
    found = {}
    for event in replayed(trace, limits=limits, side=side):
        if isinstance(event, Rep):
            found[event.start_s] = event
    return list(found.values())


def set_of(*directions: float, start: tuple[float, float] = (1200.0, 0.0), rate_hz: int = 100, **options) -> Kicks:
    kicks = Kicks(rate_hz).still(1.5).go(*start, 1.0).still(1.5)
    for degrees in directions:
        kicks.kick(degrees, **options)
    return kicks.still(2.0)


@pytest.mark.parametrize("rate_hz", [50, 100, 1000])
def test_a_straight_kick_has_its_direction(rate_hz: int) -> None:
    reps = reps_of(set_of(0, 30, -37.5, 60, rate_hz=rate_hz, start=(1200.0, 150.0)))
    for rep, degrees in zip(reps, (0, 30, -37.5, 60), strict=True):
        assert rep.direction_deg == pytest.approx(degrees, abs=0.2)
        assert rep.chord_mm == pytest.approx(300, abs=3)
        assert abs(rep.bow_mm) < 2 and rep.drift_mm < 2


@pytest.mark.parametrize(("bow_mm", "drift_mm"), [(25, 12), (-25, 20), (0, 40)])
def test_bow_and_drift_lie_across_the_chord(bow_mm: float, drift_mm: float) -> None:
    for rep in reps_of(set_of(20, -40, bow_mm=bow_mm, drift_mm=drift_mm)):
        # The mean of the hold lies half of the drift off the straight line, which turns the chord.
        assert rep.bow_mm == pytest.approx(bow_mm - 0.25 * drift_mm if bow_mm else rep.bow_mm, abs=2.5)
        assert rep.drift_mm == pytest.approx(drift_mm, abs=2)


def test_without_a_hold_the_furthest_place_is_the_chords_end() -> None:
    kicks = Kicks(100).still(1.5).go(1200, 0, 1.0).still(1.5)
    for _ in range(3):
        kicks.kick(30, hold_s=0.01)
    for rep in reps_of(kicks.still(2.0)):
        assert rep.direction_deg == pytest.approx(30, abs=0.3)
        assert rep.chord_mm == pytest.approx(300, abs=3)


def test_a_long_hold_after_a_long_stand_keeps_its_figures() -> None:
    kicks = Kicks(100).still(1.5).go(1250, 0, 1.0).still(9.0).kick(35, hold_s=15, bow_mm=30, drift_mm=20).kick(35)
    first = reps_of(kicks.still(2.0))[0]
    assert first.direction_deg == pytest.approx(35 + math.degrees(10 / 300), abs=0.5)
    assert first.drift_mm == pytest.approx(20, abs=2)
    assert first.bow_mm == pytest.approx(25, abs=3)


def test_the_figures_are_unknown_where_the_angle_is() -> None:
    kicks = set_of(30, 30, 30, 30)
    _, t_us, _, angle = kicks.columns()
    known = reps_of(kicks)
    whole = angle.copy()
    at = t_us / 1e6
    angle[(at > known[0].start_s - 0.2) & (at < known[0].start_s + 0.05)] = NO_ANGLE
    angle[(at > known[1].start_s + 0.3) & (at < known[1].start_s + 0.7)] = NO_ANGLE  # 0.3 s of 1 s out are unknown
    angle[(at > known[2].top_s + 0.3) & (at < known[2].top_s + 0.7)] = NO_ANGLE
    angle[(at > known[3].top_s + 0.3) & (at < known[3].top_s + 0.45)] = NO_ANGLE  # 0.05 s of the hold
    reps = reps_of(kicks, angle)
    assert [rep.direction_deg is None for rep in reps] == [True, True, True, False]
    assert all(rep.chord_mm is None and rep.bow_mm is None and rep.drift_mm is None for rep in reps[:3])
    sparse = np.where(np.arange(len(whole)) % 8 == 0, whole, NO_ANGLE)  # a reading each 80 ms stands for 100 ms
    assert [rep.direction_deg for rep in reps_of(kicks, sparse)] == pytest.approx([30] * 4, abs=0.5)


def test_kicks_are_judged_by_their_chords() -> None:
    """At 75 degrees 300 mm move the cable by 105 mm only: less than 60 % of what the straight kicks move it."""
    kicks = set_of(0, 0, 0, 75)
    assert [rep.kind for rep in reps_of(kicks, over_part=110, under_part=90, **FREE)] == ["full"] * 4
    assert all(not rep.flags for rep in reps_of(kicks, over_part=110, under_part=80, **FREE))
    _, _, travel, _ = kicks.columns()
    blind = np.full(len(travel), NO_ANGLE)
    assert [rep.kind for rep in reps_of(kicks, blind)][-1] == "partial"


def test_a_rep_without_a_direction_is_judged_by_travel() -> None:
    kicks = set_of(45, 45, 45, 45)
    _, t_us, _, angle = kicks.columns()
    start_s = reps_of(kicks)[3].start_s
    angle[t_us / 1e6 > start_s - 0.2] = NO_ANGLE
    reps = reps_of(kicks, angle, over_part=110, under_part=90, **FREE)
    assert [rep.kind for rep in reps] == ["full"] * 4, "its travel of 235 mm is not held against chords of 300 mm"
    assert not reps[3].flags


@pytest.mark.parametrize(
    ("side", "flagged"),
    [
        ("right", [False, False, True, True, True]),
        ("left", [True, True, False, True, True]),
        ("", [False] * 3 + [True] * 2),
    ],
)
def test_off_line_is_more_than_five_degrees_outside_the_band(side: str, flagged: list[bool]) -> None:
    reps = reps_of(set_of(26, 49, -38, 23, 52), side=side, **BAND)
    assert ["off_line" in rep.flags for rep in reps] == flagged


def test_drift_is_flagged_above_its_limit_and_play() -> None:
    kicks = set_of(35, drift_mm=20).kick(35, drift_mm=10).kick(35, drift_mm=20).still(2.0)
    assert ["drift_in_hold" in rep.flags for rep in reps_of(kicks, **BAND)] == [True, False, True]
    generous = BAND | {"drift_max": 25}
    assert not any(rep.flags for rep in reps_of(kicks, **generous))


@settings(max_examples=15, deadline=None)
@given(
    st.floats(-65, 65),
    st.floats(-25, 25),
    st.floats(0, 30),
    st.floats(0.4, 3),
    st.floats(1100, 2500),
)
def test_any_kick_is_right_to_a_fifth_of_a_degree(
    degrees: float, bow_mm: float, drift_mm: float, hold_s: float, distance_mm: float
) -> None:
    kicks = Kicks(100).still(1.5).go(distance_mm, 0, 1.5).still(1.5)
    true = []
    for _ in range(2):
        kicks.kick(degrees, hold_s=hold_s, bow_mm=bow_mm, drift_mm=drift_mm)
    x, y = np.concatenate(kicks.x), np.concatenate(kicks.y)
    for rep in reps_of(kicks.still(2.0)):
        start, top, release = (round(second * 100) for second in (rep.start_s, rep.top_s, rep.release_s))
        far_x, far_y = x[top : release + 1].mean(), y[top : release + 1].mean()
        true.append(math.degrees(math.atan2(far_y - y[start], far_x - x[start])))
        assert rep.direction_deg == pytest.approx(true[-1], abs=0.2)
        turn = math.radians(true[-1])
        across = (y - y[start]) * math.cos(turn) - (x - x[start]) * math.sin(turn)
        assert rep.drift_mm == pytest.approx(np.ptp(across[top : release + 1]), abs=2)
        out = across[start : top + 1]
        assert rep.bow_mm == pytest.approx(out[np.abs(out).argmax()], abs=2) or abs(out.max() + out.min()) < 4
    assert true


def test_the_side_is_the_traces_own_unless_it_is_given() -> None:
    meta, t_us, travel, angle = set_of(38, 38).columns()
    trace = from_arrays("kicks", meta | {"side": "left"}, t_us, travel, np.full(len(t_us), NO_LOAD), angle)
    for side, flagged in (("", True), ("right", False)):
        reps = [event for event in replayed(trace, limits=BAND, side=side) if isinstance(event, Rep)]
        assert {"off_line" in rep.flags for rep in reps} == {flagged}
        assert {rep.side for rep in reps} == {side or "left"}
