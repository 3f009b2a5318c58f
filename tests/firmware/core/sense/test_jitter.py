"""The histogram of the sampler's periods."""

from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.jitter import LIMITS_US, Jitter


@given(st.lists(st.integers(-5000, 5000), max_size=60))
def test_every_deviation_is_in_the_first_bin_that_holds_it(deviations):
    jitter = Jitter()
    for deviation in deviations:
        jitter.add(deviation)
    edges = [*LIMITS_US, 10**9]
    assert list(jitter.bins) == [
        sum((0 if place == 0 else edges[place - 1] + 1) <= abs(one) <= edge for one in deviations)
        for place, edge in enumerate(edges)
    ]
    assert jitter.worst_us == max(map(abs, deviations), default=0)


def test_the_bins_are_the_fields_of_health():
    names = [field[0] for field in wire.BY_NAME["health"].fields]
    assert [name for name in names if name.startswith("jitter_") and name != "jitter_us"] == [
        *(f"jitter_{limit}" for limit in LIMITS_US),
        "jitter_more",
    ]
