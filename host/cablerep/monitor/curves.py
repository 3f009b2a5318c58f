"""Cuts the curve of each rep out of the stream of samples: events in, curves out, no store and no clock.

No curve is better than a wrong one: only short gaps are interpolated.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from cablerep_fw.core.sense import ring

from ..device.events import Event, Hello, Rep, Samples
from ..store.curve import RATE_HZ, Curve

Floats = NDArray[np.float64]

MISSING_S = 0.25  # of a rep that may be interpolated: a third of a fast concentric
WINDOW_S = 150  # of samples: a hold of 60 s, two slow phases of 30 s, and a margin for a slow link
_MAX_WAITING = 64  # reps; two at most wait for samples, unless the samples stop


class CurveCutter:
    """Takes the events of one link and returns the curves that they complete.

    A rep may arrive before its last samples, which the board sends in batches of sixteen. A rep that arrives without
    samples, from the journal after a reconnect, gets no curve.
    """

    def __init__(self) -> None:
        self._board: Hello | None = None
        self._window: SampleWindow | None = None
        self._waiting: deque[Rep] = deque(maxlen=_MAX_WAITING)

    def take(self, event: Event) -> list[tuple[Rep, Curve]]:
        """Take one event and return the reps whose curve is complete, oldest first."""
        if isinstance(event, Hello):
            self._meet(event)
        elif isinstance(event, Rep):
            if self._board is not None and event.session == self._board.session:
                self._waiting.append(event)
        elif isinstance(event, Samples) and self._window is not None:
            assert self._board is not None
            self._window.take(event, self._board)
        return self._cut()

    def _meet(self, hello: Hello) -> None:
        """Start over if the sample numbers do. A HELLO of the same session may carry another tare."""
        before = self._board
        self._board = hello
        if before is None or (before.board, before.session, before.rate_hz) != (
            *(hello.board, hello.session, hello.rate_hz),
        ):
            self._window = SampleWindow(hello.rate_hz)
            self._waiting.clear()

    def _cut(self) -> list[tuple[Rep, Curve]]:
        cut = []
        while self._window is not None and self._waiting and self._window.reaches(self._waiting[0].end_s):
            rep = self._waiting.popleft()
            curve = self._window.curve(rep.start_s, rep.end_s)
            if curve is not None:
                cut.append((rep, curve))
        return cut


class SampleWindow:
    """The last WINDOW_S of one session's samples, by number.

    A ring buffer in which each slot stores its sample number, so lost samples need no bookkeeping. It takes 24 bytes
    per sample: 0.7 MB at 200 Hz.
    """

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz` from 1."""
        self.rate_hz = rate_hz
        slots = WINDOW_S * rate_hz
        self._stop = 0  # number of the next sample
        self._numbers: NDArray[np.int64] = np.full(slots, -1, np.int64)
        self._travel_mm: Floats = np.zeros(slots)
        self._force_n: Floats = np.zeros(slots)  # NaN without a new reading

    def take(self, samples: Samples, board: Hello) -> None:
        """Add a batch, converted with the scales of `board`."""
        pairs = np.array(samples.pairs, np.int64).reshape(-1, 2)
        travel, load = pairs[:, 0], pairs[:, 1]
        read = travel != ring.GAP
        periods = np.where(read, 1, np.maximum(load, 0))  # the load of a gap is its number of samples
        after = samples.first + np.cumsum(periods)
        self._stop = int(after[-1]) if len(after) else samples.first
        numbers = (after - periods)[read]
        slots = numbers % len(self._numbers)
        self._numbers[slots] = numbers
        self._travel_mm[slots] = travel[read] * board.mm_per_count
        force_n = (load[read] - board.load_zero) * board.n_per_count
        self._force_n[slots] = np.where(load[read] == ring.NO_LOAD, np.nan, force_n)

    def reaches(self, instant_s: float) -> bool:
        """Return whether the samples reach `instant_s`."""
        return self._stop > instant_s * self.rate_hz

    def curve(self, start_s: float, end_s: float) -> Curve | None:
        """Return the curve between two instants, or None if more than MISSING_S of it is missing."""
        # Includes samples around it, so that a gap at either end is interpolated too.
        first = max(0, int((start_s - MISSING_S) * self.rate_hz))
        numbers = np.arange(first, int((end_s + MISSING_S) * self.rate_hz) + 1)
        if not 0 < len(numbers) <= len(self._numbers):
            return None
        slots = numbers % len(self._numbers)
        here = self._numbers[slots] == numbers
        at_s = numbers / self.rate_hz
        missing = np.count_nonzero(~here & (at_s >= start_s) & (at_s <= end_s))
        if end_s < start_s or missing > MISSING_S * self.rate_hz or not here.any():
            return None
        at_s = at_s[here]
        if at_s[0] > start_s + 1 / self.rate_hz or at_s[-1] < end_s - 1 / self.rate_hz:
            return None  # its start or end is unknown
        # The millionth keeps an end that lies on the grid despite rounding.
        grid_s = start_s + np.arange(int((end_s - start_s) * RATE_HZ + 1e-6) + 1) / RATE_HZ
        travel_mm = np.interp(grid_s, at_s, _median_of_three(self._travel_mm[slots[here]]))
        return Curve(RATE_HZ, travel_mm - travel_mm[0], _force(grid_s, at_s, self._force_n[slots[here]]))


def _force(grid_s: Floats, at_s: Floats, force_n: Floats) -> Floats | None:
    """Return the force at `grid_s`, or None if there was no reading for longer than MISSING_S."""
    read = ~np.isnan(force_n)
    known_s = np.concatenate((grid_s[:1], at_s[read], grid_s[-1:]))
    if not read.any() or np.diff(known_s).max() > MISSING_S:
        return None
    return np.interp(grid_s, at_s[read], _median_of_three(force_n[read]))


def _median_of_three(values: Floats) -> Floats:
    """Remove single outliers as the core does: an HX711 produces some."""
    if len(values) < 3:
        return values
    inner = np.median(np.stack((values[:-2], values[1:-1], values[2:])), axis=0)
    return np.concatenate((values[:1], inner, values[-1:]))
