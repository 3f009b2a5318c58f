"""Form flags: each where it is due and nowhere else, tick by tick and in whole simulated sets."""

from collections.abc import Iterable
from math import pi, sin
from types import SimpleNamespace

import pytest
from detector_run import settings_with
from hypothesis import given
from hypothesis import strategies as st
from pull import minimum_jerk

from cablerep.lab.evaluation import Detection, detect
from cablerep_fw.core.detect import form, tuning
from cablerep_fw.core.detect.form import Form, Limits, follow
from cablerep_fw.core.detect.motion import SIZE
from cablerep_fw.core.link import wire
from cablerep_sim import scenarios
from cablerep_sim.scenarios import Recording
from cablerep_sim.trace.trace import from_arrays

ANYWHERE = 1_000_000  # µm; above every position
WEIGHT_MN = 100_000


def names(flags: int) -> set[str]:
    return {name for bit, name in enumerate(wire.FLAGS) if flags >> bit & 1}


class Watched:
    """A Form at 100 ticks a second, whose speed is in µm/s and comes without a delay."""

    def __init__(self, tick_hz: int = 100, **constants: int) -> None:
        table = tuning.defaults()
        for name, value in constants.items():
            table[getattr(tuning, name.upper())] = value
        self.motion = SimpleNamespace(rate_hz=tick_hz, per_tick=1, newest=lambda: 0, raw=[0] * SIZE, tick=0, delay=0)
        self.form = Form(self.motion, table)

    def forces(self, *newtons: float, ticks: int = 1) -> "Watched":
        """Let the cable stand with these forces, each for so many ticks."""
        for force in newtons:
            for _ in range(ticks):
                follow(self.form.state, 0, round(force * 1000), 0)
        return self

    def out(self, speeds_mm_s: Iterable[int], newtons: Iterable[float]) -> "Watched":
        motion = self.motion
        for speed, force in zip(speeds_mm_s, newtons, strict=True):
            motion.tick += 1
            motion.raw[motion.tick % SIZE] = motion.raw[(motion.tick - 1) % SIZE] + 1000 * speed // motion.rate_hz
            follow(self.form.state, 0, round(force * 1000), 1000 * speed)
        return self

    def top(self, *, mean_mn: int = WEIGHT_MN, rise_mm: int = 300) -> "Watched":
        self.form.swung = self.form.flew(mean_mn, 1000 * rise_mm) > 0
        return self

    def travel(self, positions_um: Iterable[float]) -> "Watched":
        for position in positions_um:
            follow(self.form.state, round(position), WEIGHT_MN, 0)
        return self

    def reported(self, *, has_load: bool = True, stack: int = ANYWHERE) -> set[str]:
        return names(self.form.settle(has_load, stack))


def test_the_bits_are_those_of_the_wire() -> None:
    assert [1 << bit for bit, _ in enumerate(wire.FLAGS)] == [getattr(form, name.upper()) for name in wire.FLAGS]
    assert form.RANGE == form.RANGE_OVER | form.RANGE_UNDER


# -- swing

THROW_MM_S = [1500 - 100 * tick for tick in range(15)]  # braked by 10 m/s2 over 112 mm in 0.15 s


def test_a_load_that_floats_over_a_fifth_of_the_travel_is_a_swing() -> None:
    assert Watched().out(THROW_MM_S, [40] * 15).top(rise_mm=400).reported() == {"swing"}
    assert Watched().out(THROW_MM_S, [40] * 15).top(rise_mm=700).reported() == set(), "a sixth of the way"


def test_it_must_float_for_60_ms_without_interruption() -> None:
    six = [90] * 2 + [40] * 6 + [90] * 7
    five = [90] * 2 + [40] * 5 + [90] + [40] * 5 + [90] * 2
    assert Watched().out(THROW_MM_S, six).top(rise_mm=200).reported() == {"swing"}
    assert Watched().out(THROW_MM_S, five).top(rise_mm=50).reported() == set()


def test_a_swing_is_seen_where_the_cable_turns_without_a_rest() -> None:
    """The newest speed is one back by the time that the way out is over."""
    assert Watched().out([*THROW_MM_S, -40], [40] * 16).top(rise_mm=400).reported() == {"swing"}


def test_the_history_wraps_with_the_motion() -> None:
    assert form._RAW_MASK == SIZE - 1


def test_only_the_braking_counts() -> None:
    """A stack that still rests carries part of its own weight while the way out begins."""
    assert Watched().out(list(reversed(THROW_MM_S)), [20] * 15).top(rise_mm=50).reported() == set()


@pytest.mark.parametrize(("mean_mn", "reported"), [(79_000, set()), (81_000, {"swing"})])
def test_less_than_half_of_the_mean_force_is_a_float(mean_mn: int, reported: set[str]) -> None:
    assert Watched().out(THROW_MM_S, [40] * 15).top(mean_mn=mean_mn).reported() == reported


def test_without_a_load_cell_nothing_swings() -> None:
    assert Watched().out(THROW_MM_S, [40] * 15).top().reported(has_load=False) == set()


def test_a_band_pulls_most_at_the_top() -> None:
    assert Watched().out(THROW_MM_S, list(range(60, 90, 2))).top(mean_mn=70_000).reported() == set()


@given(st.floats(6, 12), st.floats(0, 2 * pi))
def test_a_trembling_load_does_not_float(hz: float, phase: float) -> None:
    """Tremor takes 60 % off the force at the very most, for less than half its period."""
    trembling = [100 - 60 * sin(2 * pi * hz * tick / 100 + phase) for tick in range(60)]
    assert Watched().out([1000 - 15 * tick for tick in range(60)], trembling).top(rise_mm=50).reported() == set()


def test_the_next_movement_starts_without_the_flag() -> None:
    watched = Watched().out(THROW_MM_S, [40] * 15).top()
    watched.form.begin()
    assert watched.reported() == set()


# -- slack


@pytest.mark.parametrize(("ticks", "reported"), [(9, set()), (10, {"slack"}), (80, {"slack"})])
def test_tension_lost_and_regained_is_slack(ticks: int, reported: set[str]) -> None:
    assert Watched().forces(100, ticks=20).forces(2, ticks=ticks).forces(100, ticks=20).reported() == reported


@pytest.mark.parametrize(
    ("case", "newtons"),
    [
        ("a stack that rested before the rep", [0] * 50 + [100] * 50),
        ("and rests behind it", [100] * 50 + [0] * 50),
        ("a motor that does not pull on the way back", [2000] * 50 + [150] * 50 + [0] * 20 + [40] * 3 + [0] * 20),
        ("a light band", [7] * 100),
    ],
)
def test_cases_that_are_not_slack(case: str, newtons: list[float]) -> None:
    assert Watched().forces(*newtons).reported() == set(), case


def test_without_a_load_cell_nothing_is_slack() -> None:
    assert Watched().forces(100, 0, 100, ticks=30).reported(has_load=False) == set()


# -- slam


def fall(speed_mm_s: float, stop_ms: float = 5.0, tick_hz: int = 100, from_mm: float = 200.0) -> list[float]:
    """Positions in um of a cable that goes back at one speed and stops within `stop_ms` at 0 mm."""
    end_s = from_mm / speed_mm_s
    stop_mm = speed_mm_s * stop_ms / 2000
    positions = []
    for tick in range(int((end_s + 0.3) * tick_hz)):
        t = tick / tick_hz - end_s  # until it would be at 0 mm
        into = max(0.0, t * 1000 + stop_ms / 2)
        if into == 0:
            mm = -speed_mm_s * t
        else:
            part = min(into / stop_ms, 1.0)
            mm = stop_mm - 2 * stop_mm * (part - part * part / 2)
        positions.append(1000 * mm)
    return positions


@pytest.mark.parametrize("tick_hz", [50, 100])
@pytest.mark.parametrize("speed_mm_s", [350, 600, 1000, 2000])
def test_a_stack_that_lands_is_a_slam(speed_mm_s: float, tick_hz: int) -> None:
    assert Watched(tick_hz).travel(fall(speed_mm_s, tick_hz=tick_hz)).reported() == {"slam"}


@pytest.mark.parametrize(("speed_mm_s", "stop_ms"), [(250, 5), (600, 90), (1500, 120)])
def test_a_stack_set_down_is_not_a_slam(speed_mm_s: float, stop_ms: float) -> None:
    assert Watched().travel(fall(speed_mm_s, stop_ms)).reported() == set()


def test_ticks_too_long_to_show_a_stop_give_no_slam() -> None:
    assert Watched(30).travel(fall(1000, tick_hz=30)).reported() == set()


def test_a_stop_above_the_stack_is_not_a_slam() -> None:
    watched = Watched().travel(fall(600))
    assert watched.reported(stack=-30_000) == set()
    assert Watched().travel(fall(600)).reported(stack=0) == {"slam"}


def test_a_slam_is_reported_once_and_forgotten_at_the_next_rep() -> None:
    watched = Watched().travel(fall(600))
    assert watched.reported() == {"slam"}
    assert watched.reported() == set()
    watched.travel(fall(600)).form.begin()
    assert watched.reported() == set()


@given(st.floats(100, 1000), st.floats(0.15, 3.0))
def test_no_smooth_turn_is_a_slam(rom_mm: float, duration_s: float) -> None:
    """Back and out again with minimum jerk, up to 12 m/s at its fastest."""
    ticks = int(100 * duration_s)
    back = [1000 * rom_mm * (1 - minimum_jerk(tick / ticks)) for tick in range(ticks)]
    assert Watched().travel([*back, *reversed(back)]).reported() == set()


def test_a_rope_that_winds_up_again_at_once_is_no_slam() -> None:
    """A flywheel turns its rope round without slowing it: back with 1 m/s, out again with 1 m/s in the next tick."""
    assert Watched().travel([1000 * abs(300 - 10 * tick) for tick in range(60)]).reported() == set()


@given(st.floats(100, 600), st.floats(0.4, 3.0))
def test_no_pendulum_is_a_slam(rom_mm: float, period_s: float) -> None:
    swings = [500 * rom_mm * (1 + sin(2 * pi * tick / 100 / period_s)) for tick in range(300)]
    assert Watched().travel(swings).reported() == set()


# -- limits of the profile

LIMITS = {"profile": 1, "hold_target": 1000, "eccentric_max": 300_000, "rom_over": 450_000, "over_part": 120,
          "under_part": 80}  # fmt: skip


def limits(**changes: int) -> Limits:
    return Limits(settings_with(**{**LIMITS, **changes}).values)


@pytest.mark.parametrize(
    ("hold", "eccentric", "reported"),
    [(9_999, 100_000, {"hold_short"}), (10_000, 300_000, set()), (20_000, 300_001, {"eccentric_fast"})],
)
def test_tempo(hold: int, eccentric: int, reported: set[str]) -> None:
    assert names(limits().tempo_flags(hold, eccentric)) == reported


@pytest.mark.parametrize(
    ("rom_mm", "usual_mm", "reported"),
    [
        (239, 300, {"range_under"}),
        (240, 300, set()),
        (360, 300, set()),
        (361, 300, {"range_over"}),
        (451, 400, {"range_over"}),
        (451, 0, {"range_over"}),
        (100, 0, set()),
    ],
)
def test_range(rom_mm: int, usual_mm: int, reported: set[str]) -> None:
    assert names(limits().range_flags(1000 * rom_mm, 1000 * usual_mm)) == reported


def test_a_limit_of_0_is_no_limit() -> None:
    free = limits(hold_target=0, eccentric_max=0, rom_over=0, over_part=0, under_part=0)
    assert free.tempo_flags(0, 3_000_000) == 0
    assert free.range_flags(2_000_000, 100_000) == free.range_flags(1, 100_000) == 0


def test_without_a_profile_no_limit_judges() -> None:
    none = limits(profile=0)
    assert none.tempo_flags(0, 3_000_000) == none.range_flags(2_000_000, 100_000) == none.range_flags(1, 100_000) == 0


# -- whole sets


def reading(recording: Recording) -> Detection:
    trace = from_arrays("set", recording.meta, recording.t_us, recording.travel, recording.load)
    return detect(trace, None, recording.truth.limits)


def reported(recording: Recording) -> list[set[str]]:
    """Return the flags of each rep as they stand at the end."""
    return [set(rep.flags) for rep in sorted(reading(recording).settled(), key=lambda rep: rep.start_s)]


FAULTS = wire.FLAGS[:7]  # those of travel and force
TRAVEL = ("hold_short", "eccentric_fast", "range_over", "range_under", "slam")


@pytest.mark.parametrize("rate_hz", [100, 200, 1000])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_deliberate_fault_flags_its_rep_and_no_other(fault: str, rate_hz: int) -> None:
    recording = scenarios.build("glute-kickback", 2, rate_hz, faults=f"{fault}@5", load_hz=80, plate_kg=10)
    found = reported(recording)
    assert fault in found[4]
    assert [flags for i, flags in enumerate(found) if i != 4] == [set()] * 7


@pytest.mark.parametrize("fault", FAULTS)
def test_without_a_load_cell_travel_shows_what_it_can(fault: str) -> None:
    found = reported(scenarios.build("glute-kickback", 2, faults=f"{fault}@5,no-load"))
    assert (fault in found[4]) == (fault in TRAVEL)
    assert not any(flags & {"swing", "slack"} for flags in found)


@pytest.mark.parametrize("name", ["band-standing", "band-all-fours", "elastic-band", "no-stance", "bounce", "fatigue"])
def test_good_form_and_other_machines_are_not_flagged(name: str) -> None:
    for seed in range(1, 7):
        assert not any(reported(scenarios.build(name, seed, load_hz=80, legs="still"))), seed


@pytest.mark.parametrize(
    ("faults", "place"), [("slam@8", 7), ("slam@4", 3)], ids=["the last rep", "a rep in the middle"]
)
def test_a_slam_after_a_rep_is_known_before_its_set(faults: str, place: int) -> None:
    """The rep ends where it passes its start; the stack lands later and may make an amendment."""
    recording = scenarios.build("glute-kickback", 3, faults=faults, stance_mm=500)
    events = reading(recording)
    slammed = [rep for rep in events.reps if "slam" in rep.flags]
    assert recording.truth.reps is not None
    (start_s,) = {rep.start_s for rep in slammed}
    assert start_s == pytest.approx(recording.truth.reps[place].start_s, abs=0.03)
    assert slammed[-1].seq < events.sets[0].seq


def test_a_learnt_range_judges_the_reps_it_was_learnt_from_at_the_end() -> None:
    events = reading(scenarios.build("glute-kickback", 5, faults="range_over@2,range_over@6"))
    told_at_once = [set(rep.flags) for rep in events.reps if not rep.amended]
    assert told_at_once[1] == set() and told_at_once[5] == {"range_over"}
    assert [(rep.rep, rep.flags) for rep in events.reps if rep.amended] == [(2, ("range_over",))]
