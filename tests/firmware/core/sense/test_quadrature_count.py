"""Travel out of words that wrap."""

from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.sense.quadrature_count import QuadratureCount


def word(count, illegal):
    """A word of the decoder: it counts illegal transitions downwards from anywhere."""
    return (-illegal & 0x3F) << 24 | count & 0xFFFFFF


@given(st.integers(0, 2**24 - 1), st.integers(0, 63), st.lists(st.integers(-(2**23) + 1, 2**23 - 1), max_size=40))
def test_follows_any_walk_across_the_wraps(start, illegal, steps):
    count = QuadratureCount()
    count.refer(word(start, illegal))
    travel = 0
    for step in steps:
        travel += step
        assert count.take(word(start + travel, illegal)) == travel
    assert count.illegal == 0


@given(st.integers(0, 63), st.lists(st.integers(0, 63), max_size=40))
def test_adds_up_illegal_transitions_across_the_wraps(start, steps):
    count = QuadratureCount()
    count.refer(word(0, start))
    for number in range(1, len(steps) + 1):
        count.take(word(0, start + sum(steps[:number])))
    assert (count.illegal, count.travel) == (sum(steps), 0)


def test_refer_begins_anew():
    count = QuadratureCount()
    count.take(word(500, 3))
    count.refer(word(400, 2))
    assert (count.travel, count.illegal, count.take(word(401, 2))) == (0, 0, 1)
