"""The ring of samples: nothing reordered, every loss told, against a model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.sense.ring import GAP, Ring


def drain(ring: Ring) -> list[tuple[int, int]]:
    taken = []
    while ring.tail != ring.head:
        taken.append((ring.travel[ring.tail], ring.load[ring.tail]))
        ring.tail = (ring.tail + 1) & ring.mask
    return taken


@pytest.mark.parametrize("size", [0, 2, 3, 6, 500, -4])
def test_odd_sizes_are_refused(size: int) -> None:
    with pytest.raises(ValueError, match=f"not {size}"):
        Ring(size)


def test_a_full_ring_refuses_and_counts() -> None:
    ring = Ring(4)
    for k in range(5):
        ring.push(k, 10 * k)
    assert ring.waiting() == 3
    assert ring.overruns == 2
    assert drain(ring) == [(0, 0), (1, 10), (2, 20)]
    ring.push(5, 50)
    assert drain(ring) == [(GAP, 2), (5, 50)], "the next sample stands at its own period"


def test_with_room_for_one_the_gap_goes_before_the_sample() -> None:
    ring = Ring(4)
    for k in range(4):
        ring.push(k, 0)
    ring.tail = 1
    ring.push(4, 0)
    assert ring.overruns == 2, "the gap took the only place, so the sample is lost too"
    assert drain(ring) == [(1, 0), (2, 0), (GAP, 1)]
    ring.push(5, 0)
    assert drain(ring) == [(GAP, 1), (5, 0)]


STEPS = st.lists(
    st.tuples(st.just("push"), st.integers(-9, 9))
    | st.tuples(st.just("skip"), st.integers(1, 5))
    | st.tuples(st.just("take"), st.integers(1, 9)),
    max_size=80,
)


@given(steps=STEPS)
def test_every_period_is_accounted_for_in_its_order(steps: list[tuple[str, int]]) -> None:
    ring = Ring(8)
    periods: list[int | None] = []  # what the sampler read, None where it read nothing
    seen: list[int | None] = []
    for what, amount in steps:
        if what == "push":
            ring.push(amount, 0)
            periods.append(amount)
        elif what == "skip":
            ring.skip(amount)
            periods += [None] * amount
        else:
            for _ in range(min(amount, ring.waiting())):
                counts, load = ring.travel[ring.tail], ring.load[ring.tail]
                seen += [None] * load if counts == GAP else [counts]
                ring.tail = (ring.tail + 1) & ring.mask
    for counts, load in drain(ring):
        seen += [None] * load if counts == GAP else [counts]
    ring.flush_gap()
    for counts, load in drain(ring):
        seen += [None] * load if counts == GAP else [counts]
    assert len(seen) == len(periods)
    assert all(got is None or got == read for got, read in zip(seen, periods, strict=True))
    lost = sum(got is None and read is not None for got, read in zip(seen, periods, strict=True))
    assert lost == ring.overruns
