"""Detects that a cable is held still: one second in which neither position nor force changed.

No scale is known while calibrating, so every limit is relative to the counts seen so far.
"""

from collections import deque
from dataclasses import dataclass
from statistics import fmean

from ..device.events import Samples
from .checkup import noise

STILL_S = 1.0  # like the rest that the detector takes for a new start position
_SWAY = 0.005  # fraction of the counts seen so far: 5 mm in a metre, the sway of an arm
_FEW_COUNTS = 8  # a fine encoder at rest
_NEW = 0.02  # fraction of the counts seen so far: a smaller change is the same position
_NEW_COUNTS = 50
_NEW_NOISES = 10  # multiples of the noise
_MIN_READINGS = 4


@dataclass(frozen=True, slots=True)
class Still:
    """A reading over STILL_S: travel and load in counts with their rms noise; load is None without a cell."""

    travel: float
    load: float | None
    travel_noise: float
    load_noise: float


class Steadiness:
    """Takes samples and reports each position, or each load, at which the cable is still, once."""

    def __init__(self, rate_hz: int, by_load: bool = False) -> None:
        """`by_load` reports each new load, otherwise each new travel."""
        self._window: deque[tuple[int, int | None]] = deque(maxlen=max(2, round(STILL_S * rate_hz)))
        self._by_load = by_load
        self._last: Still | None = None
        self._travel_seen: tuple[int, int] | None = None  # min and max
        self._load_seen: tuple[float, float] | None = None

    @property
    def lack(self) -> str:
        """What is missing, after a comma; empty if samples and readings arrive."""
        if self._travel_seen is None:
            return ", no samples arrived"
        if self._by_load and self._load_seen is None:
            return ", no load cell readings arrived ('cablerep doctor' checks its wires)"
        return ""

    def take(self, samples: Samples) -> Still | None:
        """Take a batch of samples; return a reading if the cable is still at another place than last time."""
        for _, travel, load in samples.rows():
            self._window.append((travel, load))
            low, high = self._travel_seen or (travel, travel)
            self._travel_seen = (min(low, travel), max(high, travel))
        if len(self._window) < (self._window.maxlen or 0):
            return None
        still = self._still()
        if still is None or not self._is_new(still):
            return None
        self._last = still
        return still

    def _still(self) -> Still | None:
        travels = [travel for travel, _ in self._window]
        loads = [load for _, load in self._window if load is not None]
        assert self._travel_seen is not None
        low, high = self._travel_seen
        if max(travels) - min(travels) > max(_FEW_COUNTS, _SWAY * (high - low)):
            return None
        if len(loads) < _MIN_READINGS:
            return None if self._by_load else Still(_settled(travels), None, noise(travels), 0.0)
        load_noise = noise(loads)
        quarters = [fmean(loads[at * len(loads) // 4 : (at + 1) * len(loads) // 4]) for at in range(4)]
        lightest, heaviest = self._load_seen or (quarters[0], quarters[0])
        self._load_seen = (min(lightest, *quarters), max(heaviest, *quarters))
        # The mean of n readings has an error of noise / sqrt(n); four such means differ by up to four times that.
        allowed = max(4 * load_noise / (len(loads) / 4) ** 0.5, _SWAY * (self._load_seen[1] - self._load_seen[0]))
        if self._by_load and max(quarters) - min(quarters) > max(allowed, 1.0):
            return None
        return Still(_settled(travels), _settled(loads), noise(travels), load_noise)

    def _is_new(self, still: Still) -> bool:
        last = self._last
        if last is None:
            return True
        if self._by_load:
            assert still.load is not None and last.load is not None and self._load_seen is not None
            seen, moved = self._load_seen, abs(still.load - last.load)
            around = max(still.load_noise, last.load_noise)
        else:
            assert self._travel_seen is not None
            seen, moved = self._travel_seen, abs(still.travel - last.travel)
            around = max(still.travel_noise, last.travel_noise)
        return moved > max(_NEW_COUNTS, _NEW * (seen[1] - seen[0]), _NEW_NOISES * around)


def _settled(counts: list[int]) -> float:
    """Return the mean of the second half; the first half may contain the end of the movement."""
    return fmean(counts[len(counts) // 2 :])
