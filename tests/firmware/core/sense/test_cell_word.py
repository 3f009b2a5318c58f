"""The words of the load cell amplifiers, every pattern of bits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.sense import cell_word

BELIEVED = st.integers(-0x7FFFFF, 0x7FFFFE)


@given(BELIEVED, st.sampled_from([128, 64, 32]))
def test_a_sound_word_gives_its_counts(counts, gain):
    pulses = cell_word.hx711_pulses(gain)
    word = (counts & 0xFFFFFF) << (pulses - 24) | (1 << (pulses - 24)) - 1
    assert word < 2**30, "the board reads it without a byte of heap"
    assert cell_word.hx711(word, pulses) == counts


@given(st.integers(0, 2**27 - 1), st.sampled_from([25, 26, 27]))
def test_any_trailing_bit_that_is_not_one_is_refused(word, pulses):
    word &= (1 << pulses) - 1
    trailing = (1 << (pulses - 24)) - 1
    assert (cell_word.hx711(word, pulses) == cell_word.GAIN_BITS) == (word & trailing != trailing)


@pytest.mark.parametrize("stop", [0x7FFFFF, -0x800000])
def test_the_stops_are_saturation(stop):
    assert cell_word.hx711((stop & 0xFFFFFF) << 1 | 1, 25) == cell_word.SATURATED
    assert cell_word.checked(stop) == cell_word.SATURATED
    inside = stop - 1 if stop > 0 else stop + 1
    assert cell_word.checked(inside) == inside


@given(st.integers(0, 2**24 - 1))
def test_signed24_is_twos_complement(word):
    assert cell_word.signed24(word) == int.from_bytes(word.to_bytes(3, "big"), "big", signed=True)


def test_the_gains_are_those_of_the_datasheet():
    assert [cell_word.hx711_pulses(gain) for gain in (128, 32, 64)] == [25, 26, 27]
    with pytest.raises(ValueError, match="not 1"):
        cell_word.hx711_pulses(1)
