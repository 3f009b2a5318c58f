"""Cuts the curve of each rep out of the samples that stream past: events in, curves out, no store and no clock.

Better no curve than a wrong one: what was lost on the way is bridged where it is short, and only there.
"""

from collections import deque

import numpy as np
from numpy.typing import NDArray

from cablerep_fw.core.sense import ring

from ..device.events import Event, Hello, Rep, Samples
from ..store.curve import RATE_HZ, Curve

Floats = NDArray[np.float64]

MISSING_S = 0.25  # of a rep without samples that straight lines may stand for: a third of a fast way out
KEPT_S = 150  # of samples: a hold of 60 s, two slow ways of 30 s, and some for a line that is late
_WAITING = 64  # reps; two await the samples of their end at most, unless the samples cease


class CurveCutter:
    """Takes the events of one line and returns the curves that they complete.

    A rep may come before the last of its samples, which leave the board by sixteen. One that comes without them, out of
    a journal after a reconnect, gets no curve.
    """

    def __init__(self) -> None:
        self._board: Hello | None = None
        self._window: SampleWindow | None = None
        self._waiting: deque[Rep] = deque(maxlen=_WAITING)

    def take(self, event: Event) -> list[tuple[Rep, Curve]]:
        """Take one event and return the reps whose curve is now known, oldest first."""
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
        """Begin anew where the numbers of the samples do; a HELLO of the same session may bring another tare."""
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
    """The last KEPT_S of one session's samples, by number.

    A ring in which each place also says which sample stands in it, so that lost ones need no book-keeping. It takes 24
    bytes a sample: 0.7 MB at 200 Hz.
    """

    def __init__(self, rate_hz: int) -> None:
        """`rate_hz` from 1."""
        self.rate_hz = rate_hz
        places = KEPT_S * rate_hz
        self._stop = 0  # number of the sample to come
        self._numbers: NDArray[np.int64] = np.full(places, -1, np.int64)
        self._travel_mm: Floats = np.zeros(places)
        self._force_n: Floats = np.zeros(places)  # NaN where the cell had nothing new

    def take(self, samples: Samples, board: Hello) -> None:
        """Keep a batch, in the units that `board` states."""
        pairs = np.array(samples.pairs, np.int64).reshape(-1, 2)
        travel, load = pairs[:, 0], pairs[:, 1]
        read = travel != ring.GAP
        periods = np.where(read, 1, np.maximum(load, 0))  # a gap stands for as many as its load says
        after = samples.first + np.cumsum(periods)
        self._stop = int(after[-1]) if len(after) else samples.first
        numbers = (after - periods)[read]
        places = numbers % len(self._numbers)
        self._numbers[places] = numbers
        self._travel_mm[places] = travel[read] * (board.um_per_count / 1000)
        force_n = (load[read] - board.load_zero) * (board.mn_per_count / 1000)
        self._force_n[places] = np.where(load[read] == ring.NO_LOAD, np.nan, force_n)

    def reaches(self, instant_s: float) -> bool:
        """Say whether the samples have come as far as `instant_s`."""
        return self._stop > instant_s * self.rate_hz

    def curve(self, start_s: float, end_s: float) -> Curve | None:
        """Return the curve between two instants, or None where more than MISSING_S of it is not here."""
        # With what stands around it, so that a hole at either end is bridged too.
        first = max(0, int((start_s - MISSING_S) * self.rate_hz))
        numbers = np.arange(first, int((end_s + MISSING_S) * self.rate_hz) + 1)
        if not 0 < len(numbers) <= len(self._numbers):
            return None
        places = numbers % len(self._numbers)
        here = self._numbers[places] == numbers
        at_s = numbers / self.rate_hz
        missing = np.count_nonzero(~here & (at_s >= start_s) & (at_s <= end_s))
        if end_s < start_s or missing > MISSING_S * self.rate_hz or not here.any():
            return None
        at_s = at_s[here]
        if at_s[0] > start_s + 1 / self.rate_hz or at_s[-1] < end_s - 1 / self.rate_hz:
            return None  # nobody knows where it began or ended
        # The millionth: an end that lies on a point of the grid is one of the curve's, whatever the float says.
        grid_s = start_s + np.arange(int((end_s - start_s) * RATE_HZ + 1e-6) + 1) / RATE_HZ
        travel_mm = np.interp(grid_s, at_s, _median_of_three(self._travel_mm[places[here]]))
        return Curve(RATE_HZ, travel_mm - travel_mm[0], _force(grid_s, at_s, self._force_n[places[here]]))


def _force(grid_s: Floats, at_s: Floats, force_n: Floats) -> Floats | None:
    """Return the force at `grid_s`, or None where the cell was silent for longer than MISSING_S."""
    read = ~np.isnan(force_n)
    known_s = np.concatenate((grid_s[:1], at_s[read], grid_s[-1:]))
    if not read.any() or np.diff(known_s).max() > MISSING_S:
        return None
    return np.interp(grid_s, at_s[read], _median_of_three(force_n[read]))


def _median_of_three(values: Floats) -> Floats:
    """Return `values` without lone outliers, the way the core reads a load cell: an HX711 gives some."""
    if len(values) < 3:
        return values
    inner = np.median(np.stack((values[:-2], values[1:-1], values[2:])), axis=0)
    return np.concatenate((values[:1], inner, values[-1:]))
