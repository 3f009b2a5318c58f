"""When a session must end."""

from dataclasses import dataclass

import pytest

from cablerep_fw.core import lifetime
from cablerep_fw.core.units import tenths_of_ms

SMALL = 2**30
LONGEST_GAP_S = 3600  # of a trace


@dataclass
class Counter:
    samples: int


@dataclass
class FakeEngine:
    rate_hz: int
    decimator: Counter
    is_idle: bool

    def idle(self) -> bool:
        return self.is_idle


@pytest.mark.parametrize("rate_hz", [10, 30, 50, 200, 625, 1000])
def test_every_instant_fits_a_small_int(rate_hz: int) -> None:
    last = lifetime.max_samples(rate_hz)
    assert 16 * last <= SMALL
    assert tenths_of_ms(16 * last - 1, rate_hz) < SMALL


@pytest.mark.parametrize("rate_hz", [10, 200, 1000])
def test_a_session_ends_when_idle_and_always_in_time(rate_hz: int) -> None:
    most = lifetime.max_samples(rate_hz)

    def due(samples: int, idle: bool) -> bool:
        return bool(lifetime.due(FakeEngine(rate_hz, Counter(samples), idle)))

    assert not due(most // 2 - 1, True)
    assert due(most // 2 + 1, True)
    assert not due(most // 2 + 1, False)
    latest = next(samples for samples in range(most // 2, most, most // 1000) if due(samples, False))
    assert latest + (LONGEST_GAP_S + 1) * rate_hz < most, "even a trace's longest gap still fits"
    assert latest / rate_hz > 6 * LONGEST_GAP_S, "no set is cut short"
