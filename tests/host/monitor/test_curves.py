"""The curves of reps, cut from samples that arrive in batches, late, with gaps or not at all."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from stored_reps import HELLO, REP

from cablerep.device.events import FramesLost, Hello, Rep, Samples
from cablerep.monitor.curves import MISSING_S, WINDOW_S, CurveCutter
from cablerep.store.curve import RATE_HZ, Curve
from cablerep_fw.core.sense import ring

BATCH = 16  # samples of a frame


def board(rate_hz: int = 200, **changes: object) -> Hello:
    """Return the HELLO of a board whose counts are 0.1 mm and 10 mN."""
    mine = replace(HELLO, rate_hz=rate_hz, um_per_count=100.0, mn_per_count=10.0, load_zero=-500)
    return replace(mine, **changes)


def height_mm(at_s: float) -> float:
    """A cable that goes out 400 mm and back every 4 s."""
    return 200 * (1 - math.cos(math.tau * at_s / 4))


def pull_n(at_s: float) -> float:
    return 150 + 50 * math.sin(math.tau * at_s / 4)


def pair(at_s: float) -> tuple[int, int]:
    return round(height_mm(at_s) * 10), round(pull_n(at_s) * 100) - 500


def stream(rate_hz: int, seconds: float, *, load_every: int = 1) -> list[Samples]:
    """Return the frames of so many seconds; the cell has something new in one sample of `load_every`."""
    pairs = [pair(k / rate_hz) for k in range(round(seconds * rate_hz))]
    pairs = [(travel, load if k % load_every == 0 else ring.NO_LOAD) for k, (travel, load) in enumerate(pairs)]
    return [samples(k, pairs[k : k + BATCH]) for k in range(0, len(pairs), BATCH)]


def samples(first: int, pairs: Sequence[tuple[int, int]]) -> Samples:
    return Samples(first, tuple(count for one in pairs for count in one))


def rep(start_s: float, end_s: float) -> Rep:
    return replace(REP, session=HELLO.session, start_s=start_s, end_s=end_s)


def cut(*events: object) -> list[tuple[Rep, Curve]]:
    cutter = CurveCutter()
    return [one for event in events for one in cutter.take(event)]  # type: ignore[arg-type]


def check(curve: Curve, start_s: float, end_s: float, within_mm: float, within_n: float = 2.0) -> None:
    """Hold a curve against what the cable did."""
    assert curve.rate_hz == RATE_HZ
    at_s = start_s + curve.at_s
    assert at_s[-1] <= end_s + 1e-6 < at_s[-1] + 1 / RATE_HZ + 2e-6
    assert curve.travel_mm[0] == 0
    true = [height_mm(at) - height_mm(start_s) for at in at_s]
    assert np.abs(curve.travel_mm - true).max() < within_mm
    if curve.force_n is not None:
        assert np.abs(curve.force_n - [pull_n(at) for at in at_s]).max() < within_n


@settings(deadline=None)
@given(st.sampled_from([50, 100, 200, 333, 1000]), st.floats(0, 4), st.floats(0.3, 9))
def test_a_curve_reproduces_the_movement(rate_hz: int, start_s: float, long_s: float) -> None:
    one = rep(start_s, start_s + long_s)
    ((whose, curve),) = cut(board(rate_hz), *stream(rate_hz, start_s + long_s + 0.5), one)
    assert whose is one
    assert curve.force_n is not None
    check(curve, start_s, start_s + long_s, within_mm=1.0)


def test_a_rep_waits_for_its_last_samples() -> None:
    frames = stream(50, 6.0)  # of 0.32 s: a rep is told of sooner
    one = rep(1.0, 5.1)
    assert cut(board(50), *frames[:15], one) == []
    ((whose, curve),) = cut(board(50), *frames[:15], one, *frames[15:])
    assert whose is one
    check(curve, 1.0, 5.1, within_mm=1.0)


@settings(deadline=None)
@given(st.sets(st.integers(0, 30), max_size=12), st.booleans())
@example(lost={0, 1, 2, 3}, told=False)
@example(lost={27, 28, 29, 30}, told=True)
def test_short_gaps_are_bridged_long_ones_give_no_curve(lost: set[int], told: bool) -> None:
    """Frames go missing on the line, or the board says itself that it read nothing."""
    rate_hz = 200
    one = rep(0.1, 2.2)
    frames = stream(rate_hz, 3.0)
    there = [
        samples(frame.first, [(ring.GAP, BATCH)]) if told and place in lost else frame
        for place, frame in enumerate(frames)
        if told or place not in lost
    ]
    gone = [BATCH * place + k for place in lost for k in range(BATCH)]
    missing = sum(0.1 <= number / rate_hz <= 2.2 for number in gone)
    heard = [number / rate_hz for number in range(600) if number not in gone]
    ends = any(0 <= at_s <= 0.105 for at_s in heard) and any(2.195 <= at_s <= 2.45 for at_s in heard)
    curves = cut(board(rate_hz), *there, one)
    assert len(curves) == (ends and missing <= MISSING_S * rate_hz)
    for _, curve in curves:
        # A line across 0.4 s (0.24 in the rep, the rest beside it) of a cosine of 200 mm and 4 s has a sagitta of
        # 200 (pi/2)^2 0.4^2 / 8 = 10 mm, and as much again where the start lies in it, from which all is measured.
        check(curve, 0.1, 2.2, within_mm=20.0, within_n=20.0)


def test_a_lost_frame_hardly_changes_the_curve() -> None:
    frames = stream(200, 3.0)
    ((_, curve),) = cut(board(), *frames[:10], FramesLost(1, 1), *frames[11:], rep(0.1, 2.2))
    check(curve, 0.1, 2.2, within_mm=1.0)


def test_a_rep_from_the_journal_has_no_curve() -> None:
    later = [replace(frame, first=frame.first + 4000) for frame in stream(200, 2.0)]
    assert cut(board(), rep(1.0, 3.0), *later) == [], "its samples were never heard"
    assert cut(board(), rep(1.0, 3.0)) == []


def test_a_rep_of_another_session_has_no_curve() -> None:
    other = replace(rep(0.1, 2.2), session=HELLO.session + 1)
    assert cut(board(), *stream(200, 3.0), other) == []
    anew = board(session=HELLO.session + 1)
    assert cut(board(), *stream(200, 3.0), anew, other, *stream(200, 0.2)) == [], "a new session numbers anew"


def test_a_rep_outside_the_window_has_no_curve() -> None:
    frames = stream(50, WINDOW_S + 10)
    assert cut(board(50), *frames, rep(1.0, WINDOW_S + 5.0)) == []
    assert cut(board(50), *frames, rep(1.0, 5.0)) == []
    assert len(cut(board(50), *frames, rep(WINDOW_S, WINDOW_S + 5.0))) == 1


@pytest.mark.parametrize(("load_every", "force"), [(1, True), (20, True), (100, False), (10_000, False)])
def test_a_silent_cell_gives_no_force(load_every: int, force: bool) -> None:
    ((_, curve),) = cut(board(), *stream(200, 3.0, load_every=load_every), rep(0.12, 2.2))
    assert (curve.force_n is not None) == force
    check(curve, 0.12, 2.2, within_mm=1.0, within_n=10.0)


def test_a_tare_within_the_session_applies_to_later_samples() -> None:
    frames = stream(200, 3.0)
    tared = board(load_zero=-500 + 3000)
    ((_, curve),) = cut(board(), *frames[:12], tared, *frames[12:], rep(0.1, 2.2))
    assert curve.force_n is not None
    assert curve.travel_mm.max() == pytest.approx(400 - height_mm(0.1), abs=1.0), "and nothing was forgotten"
    assert curve.force_n[0] == pytest.approx(pull_n(0.1), abs=2)
    assert curve.force_n[-1] == pytest.approx(pull_n(0.1 + curve.at_s[-1]) - 30, abs=2)


def test_a_reversed_encoder() -> None:
    backward = [
        replace(frame, pairs=tuple(-count if place % 2 == 0 else count for place, count in enumerate(frame.pairs)))
        for frame in stream(200, 3.0)
    ]
    ((_, curve),) = cut(replace(board(), um_per_count=-100.0), *backward, rep(0.1, 2.2))
    check(curve, 0.1, 2.2, within_mm=1.0)


def test_a_single_outlier_is_removed() -> None:
    frames = stream(200, 3.0)
    spoilt = list(frames[10].pairs)
    spoilt[6], spoilt[9] = 2**20, 2**23 - 1
    ((_, curve),) = cut(board(), *frames[:10], replace(frames[10], pairs=tuple(spoilt)), *frames[11:], rep(0.1, 2.2))
    check(curve, 0.1, 2.2, within_mm=2.0)


def test_empty_and_odd_batches_are_harmless() -> None:
    ((_, curve),) = cut(
        board(),
        Samples(0, ()),
        samples(0, [(ring.GAP, -5)]),
        *stream(200, 3.0),
        rep(2.0, 1.0),  # no rep ends before it begins, but a damaged board may say so
        rep(0.1, 2.2),
    )
    check(curve, 0.1, 2.2, within_mm=1.0)
    assert cut(*stream(200, 3.0), rep(0.1, 2.2)) == [], "before HELLO"
