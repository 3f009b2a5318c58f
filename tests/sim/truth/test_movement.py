"""Truth of a movement: instants where the speed crosses 25 mm/s, kinds by the smaller side, no truth near a limit."""

import math

import numpy as np
import pytest

from cablerep_sim.athlete.movement import HalfCosine, MinimumJerk, Movement, Shape, Submovement
from cablerep_sim.athlete.rep import RepPlan
from cablerep_sim.truth.file import Truth, TruthRep
from cablerep_sim.truth.movement import Ambiguous, judge, reference_mm

HOLD_S = 1.0


class Script:
    """A movement built stroke by stroke, from 300 mm on."""

    def __init__(self, shape: Shape | None = None, pace: float = 1.0) -> None:
        self.pace = pace
        self.shape = shape or MinimumJerk()
        self.movement = Movement(300.0)
        self.plans: list[RepPlan] = []
        self.t_s = 2.0
        self.set_number = 1

    def go(self, *strokes: tuple[float, float]) -> tuple[float, float]:
        """Make strokes of (mm, s); a distance of 0 is a dwell. Returns when they began and ended."""
        begin_s = self.t_s
        for distance_mm, duration_s in strokes:
            if distance_mm:
                self.movement.parts.append(Submovement(self.t_s, duration_s, distance_mm, self.shape))
            self.t_s += duration_s
        return begin_s, self.t_s

    def rep(self, rise_mm: float = 300, fall_mm: float | None = None, hold_s: float = HOLD_S) -> None:
        out_s = self.go((rise_mm, 1.0 / self.pace))
        self.t_s += hold_s
        back_s = self.go((-(rise_mm if fall_mm is None else fall_mm), 2.0 / self.pace))
        self.plans.append(RepPlan(self.set_number, out_s, back_s))
        self.t_s += 0.5

    def judge(self) -> Truth:
        return judge(self.movement, self.plans, self.t_s + 2.0)

    def kinds(self) -> list[str]:
        truth = self.judge()
        assert truth.reps is not None
        return [rep.kind for rep in truth.reps]


def only(truth: Truth) -> TruthRep:
    assert truth.reps is not None and len(truth.reps) == 1
    return truth.reps[0]


def test_instants_of_a_minimum_jerk_rep_by_hand() -> None:
    script = Script()
    script.rep()
    rep = only(script.judge())
    # 30 D/T u²(1-u)² = 25 mm/s: u(1-u) = sqrt(25 T / 30 D).
    out, back = (math.sqrt(25 * t_s / (30 * 300)) for t_s in (1.0, 2.0))
    out_u, back_u = ((1 - math.sqrt(1 - 4 * product)) / 2 for product in (out, back))
    assert rep.start_s == pytest.approx(2 + out_u, abs=1e-5)
    assert rep.top_s == pytest.approx(3 - out_u, abs=1e-5)
    assert rep.release_s == pytest.approx(4 + 2 * back_u, abs=1e-5)
    assert rep.end_s == pytest.approx(6 - 2 * back_u, abs=1e-5)
    assert rep.eccentric_peak_m_s == pytest.approx(1.875 * 0.15, rel=1e-5)
    assert rep.concentric_peak_m_s == pytest.approx(1.875 * 0.3, rel=1e-5)
    at_start = 300 + 300 * float(MinimumJerk().position(np.array([out_u]))[0])
    assert rep.rom_mm == pytest.approx(600 - at_start, abs=1e-3)


def test_mean_speed_is_the_way_between_the_boundaries_over_the_time() -> None:
    script = Script(HalfCosine())
    script.rep()
    rep = only(script.judge())
    u = math.asin(25 / (math.pi / 2 * 150)) / math.pi
    way_mm = 300 * math.cos(math.pi * u)
    assert rep.eccentric_mean_m_s == pytest.approx(way_mm / (2 - 4 * u) / 1000, rel=1e-5)


def test_a_turn_without_a_hold_still_has_two_instants() -> None:
    script = Script(HalfCosine())
    script.rep(hold_s=0.0)
    rep = only(script.judge())
    assert rep.top_s is not None and rep.release_s is not None
    assert 2 < rep.top_s < 3 < rep.release_s < rep.top_s + 0.1


def test_a_short_dwell_and_a_small_falling_back_belong_to_the_phase() -> None:
    for middle in ((0, 0.5), (-12, 0.5)):
        script = Script()
        out_s = script.go((150, 0.7), middle, (150 - middle[0], 0.7))
        script.t_s += HOLD_S
        back_s = script.go((-300, 2.0))
        script.plans.append(RepPlan(1, out_s, back_s))
        rep = only(script.judge())
        assert rep.start_s < out_s[0] + 0.1
        assert rep.top_s is not None and out_s[1] - 0.1 < rep.top_s < out_s[1]
        assert rep.rom_mm == pytest.approx(300, abs=1.5)


def test_a_rep_that_goes_straight_on_ends_at_its_start_position() -> None:
    script = Script()
    script.rep()
    out_s = script.go((300, 1.0))
    script.t_s += HOLD_S
    back_s = script.go((-600, 3.0))
    script.plans.append(RepPlan(1, out_s, back_s, passes_on=True))
    rep = (script.judge().reps or ())[1]
    where = script.movement.position(np.array([rep.start_s, rep.end_s]))
    assert where[1] == pytest.approx(where[0], abs=1e-3)
    assert rep.end_s < back_s[1] - 1


def test_a_lone_rep_that_goes_straight_on_to_the_stack_is_none() -> None:
    script = Script()
    out_s = script.go((300, 1.0))
    script.plans.append(RepPlan(1, out_s, script.go((-600, 3.0)), passes_on=True))
    truth = script.judge()
    assert (truth.reps_total, truth.sets) == (0, 0)


def prompt(
    *before: tuple[float, float], out: tuple[tuple[float, float], ...] = ((300, 1.0),), back_mm: float = 300
) -> bool:
    """Return whether a rep after the strokes `before` could be reported at once."""
    script = Script()
    script.rep()
    script.go(*before)
    out_s = script.go(*out)
    script.t_s += HOLD_S
    script.plans.append(RepPlan(1, out_s, script.go((-back_mm, 2.0))))
    script.t_s += 0.5
    rep = (script.judge().reps or ())[1]
    assert rep.prompt is not None
    return rep.prompt


def test_a_rep_that_ends_near_a_start_beyond_question_is_prompt() -> None:
    assert prompt()
    assert prompt(out=((150, 0.7), (0, 0.5), (150, 0.7)))
    assert not prompt((60, 0.5), (0, 1.5)), "the stance was shifted outward"
    assert not prompt(back_mm=240), "it ends further out"


# What follows a way out of 300 mm in 1 s, in strokes of (mm, s), and when release and end lie within it: the numbers
# of the strokes whose beginning and end they are.
BEHIND_THE_TOP = {
    "overshoot and swing are hold": ([(-50, 0.4), (25, 0.25), (-10, 0.25), (0, 0.6), (-265, 2.0)], 4, 4),
    "a leg that settles by a fifth of the rise is still held": ([(-60, 0.5), (0, 1.5), (-240, 2.0)], 2, 2),
    "sinking a little before the release is hold": ([(0, 1.0), (-20, 0.5), (0, 0.5), (-280, 2.0)], 3, 3),
    "a further squeeze outward is hold": ([(0, 1.0), (12, 0.3), (0, 1.0), (-312, 2.0)], 3, 3),
    "a run that left the top shortly before is eccentric too": ([(0, 1.0), (-60, 0.5), (0, 0.5), (-240, 2.0)], 1, 3),
    "a stop half-way of less than a second is eccentric": ([(0, 1.0), (-150, 1.0), (0, 0.6), (-150, 1.0)], 1, 3),
    "a stop half-way of more than a second ends the rep": ([(0, 1.0), (-200, 1.0), (0, 1.6), (-100, 1.0)], 1, 1),
    "creeping out again after a stop ends the rep": (
        [(0, 1.0), (-240, 0.8), (0, 0.4), (40, 0.5), (0, 0.4), (-100, 0.6)],
        1,
        1,
    ),
    "turning out again by a fifth of the fall ends the rep": ([(0, 1.0), (-200, 1.0), (80, 0.5), (-180, 1.0)], 1, 1),
}


@pytest.mark.parametrize("what", BEHIND_THE_TOP)
def test_what_is_hold_and_what_ends_the_rep(what: str) -> None:
    strokes, release, end = BEHIND_THE_TOP[what]
    script = Script()
    out_s = script.go((300, 1.0))
    spans = [script.go(stroke) for stroke in strokes]
    script.plans.append(RepPlan(1, out_s, (spans[release][0], spans[-1][1])))
    script.t_s += 2.0
    # A second, plain rep: a lone one is judged by other rules.
    script.go((300 - script.movement.position(np.array([script.t_s]))[0] + 300, 1.0), (0, 1.0), (-300, 2.0))
    plan = RepPlan(1, (spans[-1][1] + 2.0, spans[-1][1] + 3.0), (script.t_s - 2.0, script.t_s))
    script.plans.append(plan)
    rep = (script.judge().reps or ())[0]
    assert rep.top_s == pytest.approx(out_s[1], abs=0.06)
    assert rep.release_s == pytest.approx(spans[release][0], abs=0.2)
    assert rep.end_s == pytest.approx(spans[end][1], abs=0.2)


@pytest.mark.parametrize(
    ("sides", "kinds"),
    [
        ([300, 300, 300], ["full"] * 3),
        ([300, 300, 300, 150], ["full"] * 3 + ["partial"]),
        ([300, 300, 300, 210], ["full"] * 4),
        ([300, 300, 300, 40], ["full"] * 3),
        ([150, 300, 300, 300], ["partial", "full", "full", "full"]),
        # The reference is the median of the three largest: one outsized rep does not make the others partial.
        ([600, 300, 300], ["full"] * 3),
    ],
)
def test_kinds_follow_the_reference(sides: list[float], kinds: list[str]) -> None:
    script = Script()
    for side in sides:
        script.rep(side)
    assert script.kinds() == kinds


def test_the_smallest_rep_is_twenty_millimetres_whatever_the_reference() -> None:
    script = Script(pace=4.0)
    for side in (30, 30, 30, 15):
        script.rep(side)
    assert script.kinds() == ["full"] * 3


def test_the_smaller_of_rise_and_fall_decides() -> None:
    script = Script()
    for rise, fall in ((300, 300), (300, 300), (300, 120), (120, 300)):
        script.rep(rise, fall)
    assert script.kinds() == ["full", "full", "partial", "partial"]
    assert reference_mm([100, 300, 320, 310]) == 310


def test_sets_are_counted_where_they_hold_a_rep() -> None:
    script = Script()
    for number, rest_s in ((1, 20.0), (2, 5.0)):
        script.set_number = number
        for _ in range(2):
            script.rep()
        script.t_s += rest_s
    truth = script.judge()
    assert (truth.sets, truth.reps_total) == (2, 4)
    twitching = Script(pace=4.0)
    twitching.rep(15)
    assert twitching.judge().sets == 0
    assert judge(Movement(), [], 5.0) == Truth("analytic", 0, 0, 0, ())


def test_what_lies_near_a_limit_gets_no_verdict() -> None:
    def near(reason: str, script: Script) -> None:
        with pytest.raises(Ambiguous, match=reason):
            script.judge()

    for side in (190, 62, 170):
        script = Script()
        for rise in (300, 300, 300, side):
            script.rep(rise)
        near("close to a limit between kinds", script)

    script = Script()
    script.rep(hold_s=19.0)
    near("nearly long enough to be standing", script)

    script = Script()
    script.rep()
    script.t_s += 11.0
    script.rep()
    near("nearly long enough to end the set", script)

    script = Script()
    script.rep()
    script.t_s += 20.0
    script.rep()
    near("numbers its sets differently", script)

    for middle, reason in (((0, 0.9), "dwell inside a phase"), ((-30, 0.4), "falling back inside a phase")):
        script = Script()
        out_s = script.go((150, 0.7), middle, (150, 0.7))
        back_s = script.go((-300, 2.0))
        script.plans.append(RepPlan(1, out_s, back_s))
        near(reason, script)

    script = Script()
    script.rep(hold_s=4.5)
    near("lone rep", script)

    script = Script()
    script.rep(20, hold_s=1)
    script.movement.parts[-1] = Submovement(4.0, 20.0, -20.0, MinimumJerk())
    script.plans[0] = RepPlan(1, (2.0, 3.0), (4.0, 24.0))
    script.t_s = 25.0
    near("slower than the contract's slowest", script)

    for settled_mm, rest_s, reason in ((30, 0.5, "top_share"), (87, 1.5, "release_share")):
        script = Script()
        out_s = script.go((300, 1.0))
        script.go((-settled_mm, 0.5), (0, rest_s))
        script.plans.append(RepPlan(1, out_s, script.go((settled_mm - 300, 2.0))))
        near(reason, script)

    script = Script()
    script.rep()
    out_s = script.go((300, 1.0))
    script.plans.append(RepPlan(1, out_s, script.go((-300, 2.0), (-300, 2.0)), passes_on=True))
    near("nearly stops at the start position", script)
