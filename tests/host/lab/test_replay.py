"""Replaying: continuous times and set numbers across the engine's sessions."""

from dataclasses import replace
from itertools import pairwise

import pytest

from cablerep.device.events import Event, Hello, Phase, Rejected, Rep, SetOver
from cablerep.lab import replay as replaying
from cablerep.lab.replay import replayed
from cablerep_fw.core import lifetime
from cablerep_sim import scenarios
from cablerep_sim.limits import LimitError
from cablerep_sim.trace.trace import Trace, from_arrays


@pytest.fixture(scope="module")
def two_sets() -> Trace:
    recording = scenarios.build("several-sets", 1, 100)
    return from_arrays("x", recording.meta, recording.t_us, recording.travel, recording.load)


def timed(events: list[Event]) -> list[Rep | SetOver]:
    return [event for event in events if isinstance(event, Rep | SetOver)]


def test_session_changes_do_not_show_in_a_replay(two_sets: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = list(replayed(two_sets))
    sets = [event for event in expected if isinstance(event, SetOver)]
    assert [one.set for one in sets] == list(range(1, len(sets) + 1))
    assert len(sets) >= 2
    # A session as long as the first set: the next begins where the engine is idle first.
    most = round(2 * sets[0].known_s * two_sets.rate_hz)
    monkeypatch.setattr(lifetime, "max_samples", lambda rate_hz: most)
    events = list(replayed(two_sets))
    assert len({event.session for event in events if isinstance(event, Hello)}) >= 2
    again = timed(events)
    assert len(again) == len(timed(expected))
    for one, other in zip(again, timed(expected), strict=True):
        assert (one.set, type(one)) == (other.set, type(other))
        assert one.start_s == pytest.approx(other.start_s, abs=0.02), "from the first row, not from the session's"
        assert one.end_s == pytest.approx(other.end_s, abs=0.02)
        assert one.known_s == pytest.approx(other.known_s, abs=0.05)
        if isinstance(one, Rep) and isinstance(other, Rep):
            assert one.hold_s == pytest.approx(other.hold_s, abs=0.02)
            assert one.start_s < one.top_s < one.release_s < one.end_s < one.known_s
    known = [event.known_s for event in events if isinstance(event, Rep | SetOver | Rejected | Phase)]
    assert all(before <= after for before, after in pairwise(known))


def test_only_events_with_times_are_shifted(two_sets: Trace) -> None:
    phase = next(event for event in replayed(two_sets) if isinstance(event, Phase))
    hello = next(event for event in replayed(two_sets) if isinstance(event, Hello))
    assert replaying._shifted(phase, 0.0, 0) is phase
    assert replaying._shifted(hello, 10.0, 2) is hello
    moved = replaying._shifted(replace(phase, set=0), 10.0, 2)
    assert isinstance(moved, Phase)
    assert (moved.at_s, moved.set) == (round(phase.at_s + 10, 4), 0), "outside a set stays outside"
    moved = replaying._shifted(replace(phase, set=1), 10.0, 2)
    assert isinstance(moved, Phase)
    assert moved.set == 3


def test_replay_uses_a_profiles_limits(two_sets: Trace) -> None:
    def flags(**limits: int) -> set[str]:
        return {flag for event in replayed(two_sets, limits) if isinstance(event, Rep) for flag in event.flags}

    assert "hold_short" not in flags(hold_target=60_000), "without a profile nothing is asked for"
    assert "hold_short" in flags(profile=3, hold_target=60_000)
    with pytest.raises(LimitError, match="there is no limit 'hold'"):
        flags(hold=3)
