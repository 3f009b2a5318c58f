"""The cues for LED and buzzer, and how long they last."""

import pytest
from detector_run import settings_with
from stages import Stages

from cablerep_fw.core import cues
from cablerep_fw.core.cues import Cues
from cablerep_fw.core.link import wire

RATE_HZ = 200
S = 16 * RATE_HZ


def made(**values: int) -> Cues:
    return Cues(Stages(RATE_HZ).motion, settings_with(rate_hz=RATE_HZ, **values))


def word(cue: int) -> str:
    return wire.CUES[cue]


def holding(made_cues: Cues, hold_s: float) -> str:
    return word(made_cues.step(10 * S, True, round(hold_s * S), False, 0))


def test_the_cue_comes_when_the_hold_was_long_enough() -> None:
    two_seconds = made(hold_target=2000)
    assert [holding(two_seconds, s) for s in (0.0, 1.99, 2.0, 15.0)] == ["none", "none", "hold_reached", "hold_reached"]


def test_without_a_target_there_is_no_hold_cue() -> None:
    assert holding(made(hold_target=0), 30.0) == "none"


@pytest.mark.parametrize(("speed_mm_s", "cue"), [(-550, "none"), (-575, "eccentric_fast"), (575, "none")])
def test_only_an_eccentric_can_be_too_fast(speed_mm_s: int, cue: str) -> None:
    """A limit of 300 mm/s is one of the mean: a smooth way back, 30 s**2 (1 - s)**2, is up to 562.5 mm/s fast then."""
    motion = Stages(RATE_HZ).motion
    limited = made(eccentric_max=300_000)
    assert word(limited.step(S, False, 0, True, motion.units(speed_mm_s * 1000))) == cue
    assert word(limited.step(S, False, 0, False, motion.units(-2_000_000))) == "none"


def test_without_a_limit_nothing_is_too_fast() -> None:
    motion = Stages(RATE_HZ).motion
    assert word(made(eccentric_max=0).step(S, False, 0, True, motion.units(-3_000_000))) == "none"


def test_the_end_of_a_set_is_shown_for_a_while_in_any_case() -> None:
    shown = made(hold_target=1000)
    shown.set_ended(10 * S)
    assert word(shown.cue) == "set_ended"
    assert word(shown.step(11 * S, True, 5 * S, False, 0)) == "set_ended"
    end_t = 10 * S + cues.SET_ENDED_MS * S // 1000
    assert word(shown.step(end_t - 1, False, 0, False, 0)) == "set_ended"
    assert word(shown.step(end_t, False, 0, False, 0)) == "none"
    assert word(shown.step(end_t + S, True, 5 * S, False, 0)) == "hold_reached"
