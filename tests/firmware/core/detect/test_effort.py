"""Force over a movement against the mechanics of a weight and of a spring."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.detect.effort import SAVED, Effort, add, save
from cablerep_fw.core.link import wire

UNIT_MN = 128  # of the force's sum: a mean is right to it


def saved(effort: Effort) -> list[int]:
    sums = [0] * SAVED
    save(effort.sums, sums, 0)
    return sums


def measure(effort: Effort, top: list[int] | None = None) -> None:
    """Take the figures of a rep that began at the sums' beginning and is released now; without a hold by default."""
    now = saved(effort)
    effort.measure([0] * SAVED, [*(top or now), *now], 0, SAVED, effort.sums[3])


def lift(effort: Effort, positions: list[int], force_mn) -> None:
    for position in positions:
        add(effort.sums, position, round(force_mn(position)))


def way(rise_um: int, ticks: int, start_um: int = 0) -> list[int]:
    return [start_um + rise_um * k // ticks for k in range(1, ticks + 1)]


@given(
    st.integers(2_000, 4_000_000), st.integers(20_000, 2_000_000), st.integers(10, 6000), st.integers(-(10**7), 10**7)
)
def test_the_work_of_a_weight_is_force_times_distance(force_mn: int, rise_um: int, ticks: int, start_um: int) -> None:
    effort = Effort()
    effort.begin(start_um)
    lift(effort, way(rise_um, ticks, start_um), lambda x: force_mn)
    measure(effort)
    work_mj = force_mn * rise_um / 1e6
    # Each tick rounds its work to 0.13 mJ to either side, and the force to 128 mN downwards.
    assert effort.work_mj() == pytest.approx(
        work_mj, abs=0.15 * ticks + UNIT_MN * rise_um / 1e6 + 8 * force_mn / 1e6 + 2
    )
    assert effort.mean_mn() == pytest.approx(force_mn, abs=UNIT_MN)
    assert effort.peak_mn == force_mn


def test_the_work_of_a_spring_is_half_of_that() -> None:
    effort = Effort()
    effort.begin(0)
    stiffness = 400  # mN for a millimetre
    lift(effort, way(600_000, 150), lambda x: stiffness * x / 1000)
    measure(effort)
    assert effort.work_mj() == pytest.approx(0.5 * 240 * 0.6 * 1000, rel=0.01)
    assert effort.mean_mn() == pytest.approx(120_000, rel=0.01)
    assert effort.peak_mn == 240_000


def test_the_eccentric_does_not_count_in_the_concentric() -> None:
    effort = Effort()
    effort.begin(0)
    lift(effort, way(500_000, 100), lambda x: 200_000)
    measure(effort)
    out = effort.mean_mn(), effort.work_mj()
    top = saved(effort)
    lift(effort, [500_000] * 200, lambda x: 250_000)
    release = saved(effort)
    lift(effort, way(-500_000, 100, 500_000), lambda x: 100_000)
    effort.measure([0] * SAVED, [*top, *release], 0, SAVED, effort.take_peak())
    assert (effort.mean_mn(), effort.work_mj()) == out
    assert effort.hold_mn() == pytest.approx(250_000, abs=UNIT_MN)
    assert effort.peak_mn == 250_000, "over the whole rep"


def test_without_a_hold_the_concentric_stands_for_it() -> None:
    effort = Effort()
    effort.begin(0)
    lift(effort, way(500_000, 100), lambda x: 200_000)
    measure(effort)
    assert effort.hold_mn() == effort.mean_mn()


def test_a_rep_is_measured_from_its_own_start() -> None:
    """Taking up the cable comes first; only the way back shows that it was no part of the rep."""
    effort = Effort()
    effort.begin(0)
    lift(effort, way(400_000, 50), lambda x: 100_000)
    start = saved(effort)
    lift(effort, way(200_000, 50, 400_000), lambda x: 300_000)
    now = saved(effort)
    assert effort.mean_since(start) == pytest.approx(300_000, abs=UNIT_MN)
    effort.measure(start, now, 0, 0, 300_000)
    assert effort.mean_mn() == pytest.approx(300_000, abs=UNIT_MN)
    assert effort.work_mj() == pytest.approx(60_000, rel=0.01)
    effort.rebase(start)
    assert start == [0] * SAVED
    measure(effort)
    assert effort.work_mj() == pytest.approx(60_000, rel=0.01), "the sums count from the start now"


def test_the_largest_force_is_taken_stretch_by_stretch() -> None:
    effort = Effort()
    effort.begin(0)
    peaks = []
    for force in (90_000, -20_000, 50_000):
        lift(effort, [0] * 3, lambda x, force=force: force)
        peaks.append(effort.take_peak())
    assert peaks == [90_000, -20_000, 50_000]


def test_a_concentric_in_two_runs_is_measured_as_one() -> None:
    effort = Effort()
    effort.begin(0)
    lift(effort, way(200_000, 50), lambda x: 100_000)
    lift(effort, way(200_000, 50, 200_000), lambda x: 300_000)
    measure(effort)
    assert effort.mean_mn() == pytest.approx(200_000, abs=UNIT_MN)
    assert effort.work_mj() == pytest.approx(80_000, rel=0.01)


def test_a_pull_in_the_other_direction_is_negative() -> None:
    effort = Effort()
    effort.begin(0)
    lift(effort, way(300_000, 100), lambda x: -50_000)
    measure(effort)
    assert effort.mean_mn() == pytest.approx(-50_000, abs=UNIT_MN)
    assert effort.work_mj() == pytest.approx(-15_000, rel=0.02)
    assert effort.peak_mn == -50_000


@pytest.mark.parametrize("sign", [1, -1])
def test_force_is_clamped_to_4_kilonewtons(sign: int) -> None:
    """32 767 units of 128 mN: what is heavier than any stack must not run over."""
    effort = Effort()
    effort.begin(0)
    lift(effort, way(200_000, 50), lambda x: sign * 10_000_000)
    measure(effort)
    assert effort.mean_mn() == pytest.approx(sign * 4_194_176, abs=UNIT_MN)
    assert effort.work_mj() == pytest.approx(sign * 4_194_176 * 0.2, rel=0.01)
    assert effort.peak_mn == sign * 10_000_000


@pytest.mark.parametrize("sign", [1, -1])
def test_a_step_is_clamped_to_a_quarter_of_a_metre(sign: int) -> None:
    effort = Effort()
    effort.begin(0)
    add(effort.sums, sign * 5_000_000, 100_000)
    measure(effort)
    assert effort.work_mj() == pytest.approx(sign * 100_000 * 0.262, rel=0.01)


def test_begin_resets_everything() -> None:
    effort = Effort()
    effort.begin(0)
    lift(effort, way(300_000, 100), lambda x: 90_000)
    effort.begin(300_000)
    measure(effort)
    assert (effort.mean_mn(), effort.work_mj(), effort.hold_mn(), effort.peak_mn) == (0, 0, 0, 0)


@pytest.mark.parametrize(("unknown", "known"), [(10, True), (11, False)])
def test_force_is_null_if_it_was_unknown_for_more_than_a_tenth(unknown: int, known: bool) -> None:
    effort = Effort()
    start, data = [0] * SAVED, [0] * SAVED
    save(effort.sums, start, 0)
    for tick in range(1, 101):
        add(effort.sums, 5000 * tick, wire.NULL if 40 <= tick < 40 + unknown else 256_000)
    save(effort.sums, data, 0)
    effort.measure(start, data, 0, 0, 256_000)
    if known:
        assert effort.mean_mn() == effort.peak_mn == 256_000
        assert effort.work_mj() == pytest.approx(128_000, rel=0.005)
    else:
        assert effort.mean_mn() == effort.work_mj() == effort.peak_mn == wire.NULL
