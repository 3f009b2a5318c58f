"""LED, buzzer and button on their pins."""

from itertools import pairwise

import pytest

NONE, HOLD_REACHED, ECCENTRIC_FAST, SET_ENDED, FAULT = range(5)
SLACK, REST, CONCENTRIC, HOLD, ECCENTRIC = range(5)


@pytest.fixture
def indicator(chip):
    return chip.load("indicator").Indicator(25, 15, 14)


def light(chip, indicator, ms):
    """Return the LED's level at each of `ms` milliseconds."""
    levels = []
    for _ in range(ms):
        indicator.read_button(1)
        indicator.pass_time(1)
        levels.append(chip.levels[25])
    return levels


def test_the_led_tells_the_phases_and_cues_apart(chip, indicator):
    seen = {}
    for name, cue, phase in (
        ("rest", NONE, REST),
        ("out", NONE, CONCENTRIC),
        ("hold", NONE, HOLD),
        ("let go", HOLD_REACHED, HOLD),
        ("slower", ECCENTRIC_FAST, ECCENTRIC),
        ("over", SET_ENDED, REST),
        ("fault", FAULT, REST),
    ):
        indicator.show(cue, phase)
        levels = light(chip, indicator, 4000)
        seen[name] = (sum(levels), sum(one != other for one, other in pairwise(levels)))
    assert seen["out"][0] >= 3999
    assert seen["hold"] == (0, 0)
    assert len(set(seen.values())) == len(seen)
    assert seen["slower"][1] > 2 * seen["let go"][1] > 4 * seen["over"][1]


def test_the_buzzer_is_told_only_changes_and_ends_silent(chip, indicator):
    chip.tones.clear()
    indicator.show(HOLD_REACHED, HOLD)
    light(chip, indicator, 3000)
    assert [duty for _, duty in chip.tones] == [32768, 0]
    good = chip.tones[0][0]
    chip.tones.clear()
    indicator.show(ECCENTRIC_FAST, ECCENTRIC)
    light(chip, indicator, 3000)
    assert chip.tones[0][0] < good
    assert chip.tones[-1][1] == 0


def press(chip, indicator, ms):
    chip.levels[14] = 0
    light(chip, indicator, ms)
    chip.levels[14] = 1
    light(chip, indicator, 50)


def test_a_press_is_told_once(chip, indicator):
    assert chip.pulls[14] == 2
    press(chip, indicator, 100)
    assert [indicator.button(), indicator.button()] == [1, 0]
    press(chip, indicator, 1500)
    assert [indicator.button(), indicator.button()] == [2, 0]


def test_works_without_any_of_its_parts(chip):
    indicator = chip.load("indicator").Indicator()
    indicator.show(HOLD_REACHED, HOLD)
    indicator.pass_time(1)
    indicator.off()
    assert indicator.button() == 0
    assert chip.levels == {} and chip.tones == []


def test_off_leaves_it_dark_and_silent(chip, indicator):
    indicator.show(HOLD_REACHED, CONCENTRIC)
    light(chip, indicator, 10)
    indicator.off()
    assert chip.levels[25] == 0
    assert chip.tones[-1][1] == 0
