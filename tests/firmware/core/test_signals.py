"""Signals of LED and buzzer; test_indicator.py tests that they are distinguishable at the pins."""

from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core import signals
from cablerep_fw.core.link import wire

MS = st.integers(0, 10**6)


@given(st.integers(0, len(wire.CUES) - 1), st.integers(0, len(wire.PHASES) - 1), MS)
def test_every_cue_and_phase_has_a_signal(cue, phase, ms):
    assert signals.lit(cue, phase, ms) in (False, True)
    assert signals.tone(cue, ms) in (0, 1200, 2700)


def test_the_indices_are_those_of_the_table():
    assert wire.CUES == ("none", "hold_reached", "eccentric_fast", "set_ended", "fault")
    assert [wire.PHASES.index(name) for name in ("rest", "hold")] == [1, 3]
    assert signals.tone(wire.CUES.index("hold_reached"), 0) > signals.tone(wire.CUES.index("eccentric_fast"), 0) > 0
    assert signals.lit(0, wire.PHASES.index("concentric"), 777)
    assert not signals.lit(0, wire.PHASES.index("hold"), 777)


@given(st.integers(0, len(wire.CUES) - 1), st.integers(1000, 10**6))
def test_no_tone_lasts(cue, ms):
    assert signals.tone(cue, ms) == 0
