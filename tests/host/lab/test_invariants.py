"""The contract's invariants: a good stream of events passes, and each kind of violation is found."""

from dataclasses import replace
from typing import Any

import pytest

from cablerep.device.events import Event, Hello, Rejected, Rep, SetOver
from cablerep.lab.evaluation import detect
from cablerep.lab.invariants import violations
from cablerep_sim import scenarios
from cablerep_sim.trace.trace import from_arrays


def rep(start_s: float, number: int | None = 1, **changes: Any) -> Rep:
    values: dict[str, Any] = {
        "set": 1,
        "rep": number,
        "kind": "full",
        "start_s": start_s,
        "top_s": start_s + 1,
        "release_s": start_s + 2,
        "end_s": start_s + 4,
        "concentric_s": 1.0,
        "hold_s": 1.0,
        "eccentric_s": 2.0,
        "rom_mm": 300.0,
        "concentric_mean_m_s": 0.3,
        "concentric_peak_m_s": 0.5,
        "eccentric_mean_m_s": 0.15,
        "eccentric_peak_m_s": 0.3,
        "force_mean_n": None,
        "force_peak_n": None,
        "work_j": None,
        "power_mean_w": None,
        **dict.fromkeys(("chord_mm", "direction_deg", "bow_mm", "drift_mm")),
        "flags": (),
        "known_s": start_s + 4.1,
        "session": 1,
        "seq": 1,
        "side": "",
        "amended": False,
        "paused": False,
    }
    return Rep(**{**values, **changes})


def over(**changes: Any) -> SetOver:
    values: dict[str, Any] = {
        "session": 1,
        "seq": 9,
        "set": 1,
        "reps": 2,
        "partials": 0,
        "side": "",
        "profile": 0,
        "start_s": 1.0,
        "end_s": 9.0,
        "known_s": 21.0,
        "rom_mm": 300.0,
        "load_n": None,
    }
    return SetOver(**{**values, **changes})


GOOD: tuple[Event, ...] = (rep(1.0), rep(5.0, 2), over())


@pytest.mark.parametrize("scenario", ["glute-kickback", "partials", "lone-rep", "walking-about"])
def test_a_simulated_set_has_no_violations(scenario: str) -> None:
    recording = scenarios.build(scenario, 1)
    trace = from_arrays("x", recording.meta, recording.t_us, recording.travel, recording.load)
    assert detect(trace).violations == []


def test_a_good_stream_passes() -> None:
    assert violations(GOOD) == []
    rejected = Rejected("too_small", 5.0, 9.0, 20.0, 300.0)
    amended = rep(5.0, None, kind="rejected", amended=True, known_s=20.0)
    assert violations([*GOOD[:2], amended, rejected, over(reps=1, end_s=5.0)]) == []


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([rep(1.0, top_s=3.5)], "not in order"),
        ([rep(1.0, eccentric_s=-0.07)], "the eccentric lasts -0.07 s"),
        ([rep(1.0, concentric_s=0.0)], "the concentric lasts 0 s"),
        ([rep(1.0, hold_s=-0.1)], "the hold lasts -0.1 s"),
        ([rep(1.0, eccentric_mean_m_s=0.4)], "the eccentric's mean speed is 0.4 m/s, its peak speed 0.3 m/s"),
        ([rep(1.0, concentric_mean_m_s=-0.1)], "the concentric's mean speed is -0.1 m/s"),
        ([rep(1.0, known_s=4.0)], "is known before it ends"),
        ([rep(5.0), rep(1.0, 2)], "before the event before it"),
        ([rep(1.0), rep(4.0, 2)], "it overlaps the rep at 1 s"),
        ([rep(1.0), rep(1.0)], "was reported before"),
        ([rep(1.0, amended=True)], "amends no rep"),
        ([rep(1.0, None)], "a full rep has the number None"),
        ([rep(1.0, kind="rejected", number=None)], "a new rep is rejected"),
        ([*GOOD[:2], rep(5.0, None, kind="rejected", amended=True, known_s=20.0), over(reps=1)], "no rejected event"),
        ([Rejected("lone", 5.0, 4.0, 9.0, 300.0)], "before its start"),
        ([*GOOD[:2], over(reps=3)], "it has 3 + 0 reps, its events 2 + 0"),
        ([*GOOD[:2], over(start_s=0.5)], "it starts at 0.5 s, not with its first rep"),
        ([*GOOD[:2], over(end_s=12.5)], "it ends at 12.5 s, not with its last rep"),
        ([*GOOD[:2], rep(5.0, 1, amended=True, known_s=20.0)], "amended without a change"),
        ([*GOOD, over(reps=0, known_s=22.0)], "its number was used before"),
        ([*GOOD, rep(30.0)], "its set 1 is over"),
    ],
)
def test_each_violation_is_found(events: list[Event], text: str) -> None:
    assert any(text in found for found in violations(events)), violations(events)


def test_a_new_session_starts_over() -> None:
    hello = Hello(1, 2, 200, 1.0, 1.0, 0, 0, "", 0, 0, "0", "b", "sim")
    again = [replace(event, session=2) for event in GOOD]  # type: ignore[type-var]
    assert violations([*GOOD, hello, *again]) == []
