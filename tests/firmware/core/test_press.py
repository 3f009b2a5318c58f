"""Short and long presses of a bouncing button."""

import pytest

from cablerep_fw.core.press import LONG, NONE, SHORT, Press


def answers(contact, step_ms=1):
    """Feed (level, ms) stretches and return the presses answered with their times."""
    press, reported, now = Press(), [], 0
    for down, ms in contact:
        for _ in range(0, ms, step_ms):
            now += step_ms
            what = press.feed(down, step_ms)
            if what != NONE:
                reported.append((what, now))
    return reported


def test_a_tap_is_short_and_reported_when_it_ends():
    assert answers([(0, 50), (1, 200), (0, 100)]) == [(SHORT, 270)]


def test_a_long_press_is_reported_once_while_held():
    assert answers([(1, 3000), (0, 100)]) == [(LONG, 820)]


@pytest.mark.parametrize("ms", [1, 5, 19])
def test_a_contact_shorter_than_the_bounce_is_not_a_press(ms):
    assert answers([(0, 50), (1, ms), (0, 100)] * 5) == []


def test_bouncing_at_both_ends_is_one_press():
    bounce = [(1, 2), (0, 1), (1, 3), (0, 2)]
    assert [what for what, _ in answers([*bounce, (1, 200), *bounce, (0, 100)])] == [SHORT]


@pytest.mark.parametrize("step_ms", [5, 25, 100])
def test_a_slow_loop_still_sees_presses(step_ms):
    contact = [(0, 200), (1, 300), (0, 200), (1, 1500), (0, 200)]
    assert [what for what, _ in answers(contact, step_ms)] == [SHORT, LONG]
