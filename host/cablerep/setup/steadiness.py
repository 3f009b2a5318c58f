"""When a cable is held still: the second in which neither the position nor the force changed, found in its samples.

Scales are not known yet while calibrating, so everything is judged by the counts seen so far.
"""

from collections import deque
from dataclasses import dataclass
from statistics import fmean

from ..device.events import Samples
from .checkup import noise

STILL_S = 1.0  # as long as a rest that the detector takes for a new start position
_SHARE = 0.005  # of the counts seen so far: 5 mm of a metre, the sway of an arm
_FEW_COUNTS = 8  # of a fine encoder that nobody touches
_NEW_SHARE = 0.02  # of the counts seen so far: nearer than this it is the same place
_NEW_COUNTS = 50
_NEW_NOISES = 10  # and so many times the noise
_FEW_READINGS = 4


@dataclass(frozen=True, slots=True)
class Still:
    """What stood still for STILL_S: travel and load in counts, and their rms noise; load None without a cell."""

    travel: float
    load: float | None
    travel_noise: float
    load_noise: float


class Steadiness:
    """Takes samples and tells each place, or each load, at which the cable stands still, once."""

    def __init__(self, rate_hz: int, by_load: bool = False) -> None:
        """`by_load`: another load is another place; else another travel is."""
        self._window: deque[tuple[int, int | None]] = deque(maxlen=max(2, round(STILL_S * rate_hz)))
        self._by_load = by_load
        self._last: Still | None = None
        self._travel_seen: tuple[int, int] | None = None  # least and most
        self._load_seen: tuple[float, float] | None = None

    @property
    def lack(self) -> str:
        """Say what there is none of, with a comma in front; nothing where samples and readings come."""
        if self._travel_seen is None:
            return ", no sample came"
        if self._by_load and self._load_seen is None:
            return ", no reading of a load cell came ('cablerep doctor' looks at its wires)"
        return ""

    def take(self, samples: Samples) -> Still | None:
        """Take a batch of samples; return what stands still since then, if it is not where it stood still last."""
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
        if max(travels) - min(travels) > max(_FEW_COUNTS, _SHARE * (high - low)):
            return None
        if len(loads) < _FEW_READINGS:
            return None if self._by_load else Still(_settled(travels), None, noise(travels), 0.0)
        load_noise = noise(loads)
        quarters = [fmean(loads[at * len(loads) // 4 : (at + 1) * len(loads) // 4]) for at in range(4)]
        least, most = self._load_seen or (quarters[0], quarters[0])
        self._load_seen = (min(least, *quarters), max(most, *quarters))
        # A mean of n readings is off by noise / sqrt(n); the largest difference of four such means by four times that.
        allowed = max(4 * load_noise / (len(loads) / 4) ** 0.5, _SHARE * (self._load_seen[1] - self._load_seen[0]))
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
        return moved > max(_NEW_COUNTS, _NEW_SHARE * (seen[1] - seen[0]), _NEW_NOISES * around)


def _settled(counts: list[int]) -> float:
    """Return the mean of the later half: the earlier one may still hold the end of the way there."""
    return fmean(counts[len(counts) // 2 :])
