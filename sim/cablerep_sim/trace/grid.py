"""Rows with stamps turned into samples at a fixed rate, with gaps where there was no row: what the core's ring takes.

Times are scaled by the rate, so that a period is exactly a million and no rounding adds up over a long trace.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import numpy as np

from cablerep_fw.core.sense.ring import GAP, NO_LOAD

from .rows import Ints, Rows

Block: TypeAlias = "tuple[array[int], array[int]]"  # travel and load, an entry a sample, or GAP and a number of periods

PERIOD = 1_000_000  # of scaled time
# A stamp further than this from the grid is off it: a tenth of a period (contract).
TOLERANCE = PERIOD // 10
# Off the grid a step longer than this is a hole and not jitter: recorders that promise 50 Hz and deliver a sample
# every 11 to 43 ms never skip more than two periods, and across four of them a straight line would be an invention.
HOLE = 7 * PERIOD // 2


class GridCheck:
    """Finds out whether the stamps of a whole trace lie on the grid of its rate."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.rows = 0
        self.worst_us = 0  # largest distance of a stamp from the grid
        self.worst_row = 0  # of that stamp, from 0
        self.shared = False  # two stamps stand at the same place of the grid
        self._first = 0
        self._last = -1

    @property
    def on_grid(self) -> bool:
        """Every stamp lies on the grid, to a tenth of a period, and no two at the same place."""
        return self.worst_us * self.rate_hz <= TOLERANCE and not self.shared

    def add(self, rows: Rows) -> None:
        """Take the next rows."""
        if not self.rows:
            self._first = int(rows.t_us[0])
        place, off = _places(rows.t_us - self._first, self.rate_hz)
        worst = int(off.argmax())
        if off[worst] > self.worst_us * self.rate_hz:
            self.worst_us = int(off[worst]) // self.rate_hz
            self.worst_row = self.rows + worst
        self.shared = self.shared or bool((np.diff(place, prepend=self._last) == 0).any())
        self._last = int(place[-1])
        self.rows += len(place)


def _places(elapsed_us: Ints, rate_hz: int) -> tuple[Ints, Ints]:
    """Return the nearest place of the grid and the scaled distance from it."""
    scaled = elapsed_us * rate_hz
    place = (scaled + PERIOD // 2) // PERIOD
    return place, np.abs(scaled - place * PERIOD)


def placed(chunks: Iterable[Rows], rate_hz: int) -> Iterator[Block]:
    """Yield the samples of rows that lie on the grid; a missing row becomes part of a gap."""
    first = travel_0 = last = 0
    for number, rows in enumerate(chunks):
        if not number:
            first, travel_0, last = int(rows.t_us[0]), int(rows.travel[0]), -1
        place, _ = _places(rows.t_us - first, rate_hz)
        yield _with_gaps(rows.travel - travel_0, rows.load, np.diff(place, prepend=last) - 1)
        last = int(place[-1])


def interpolated(chunks: Iterable[Rows], rate_hz: int) -> Iterator[Block]:
    """Yield samples on the grid, each on the straight line between the rows around it.

    In a hole nothing is made up: its samples are missed, but for those within a tenth of a period of a row.
    A load that only one of the two rows has belongs to the sample that is nearer to it.
    """
    first = travel_0 = 0
    after = 0  # number of the next sample
    kept: Rows | None = None  # the last row so far: the line to the next chunk starts there
    missed = 0
    for chunk in chunks:
        if kept is None:
            first, travel_0 = int(chunk.t_us[0]), int(chunk.travel[0])
            rows = chunk
        else:
            rows = Rows(
                np.concatenate((kept.t_us, chunk.t_us)),
                np.concatenate((kept.travel, chunk.travel)),
                np.concatenate((kept.load, chunk.load)),
            )
        kept = Rows(rows.t_us[-1:], rows.travel[-1:], rows.load[-1:])
        time = (rows.t_us - first) * rate_hz
        holes = np.flatnonzero(np.diff(time) > HOLE)
        # From hole to hole, so that a long one costs no memory.
        starts, ends = [0, *(holes + 1)], [*(holes + 1), len(time)]
        for start, end in zip(starts, ends, strict=True):
            begin = -(-(int(time[start]) - TOLERANCE) // PERIOD) if start else after
            missed += begin - after
            # Behind the last row of a stretch only a hole allows a sample: else the next line will make it.
            stop = (int(time[end - 1]) + (TOLERANCE if end < len(time) else 0)) // PERIOD + 1
            if stop <= begin:
                after = begin
                continue
            grid = np.arange(begin, stop, dtype=np.int64) * PERIOD
            travel, load = _on_lines(grid, time[start:end], rows.travel[start:end] - travel_0, rows.load[start:end])
            before = np.zeros(len(travel), np.int64)
            before[0], missed = missed, 0
            yield _with_gaps(travel, load, before)
            after = stop


def _on_lines(grid: Ints, time: Ints, travel: Ints, load: Ints) -> tuple[Ints, Ints]:
    """Interpolate at the times of `grid`, of which those at the ends may lie just outside `time`."""
    left = np.clip(np.searchsorted(time, grid, side="right") - 1, 0, len(time) - 1)
    right = np.minimum(left + 1, len(time) - 1)
    width = np.maximum(time[right] - time[left], 1)
    along = np.clip(grid - time[left], 0, width)
    on_travel = travel[left] + _rounded((travel[right] - travel[left]) * along, width)
    first, second = load[left], load[right]
    nearest = np.where(2 * along <= width, first, second)
    known = (first != NO_LOAD) & (second != NO_LOAD)
    return on_travel, np.where(known, first + _rounded((second - first) * along, width), nearest)


def _rounded(numerator: Ints, denominator: Ints) -> Ints:
    return (2 * numerator + denominator) // (2 * denominator)


def _with_gaps(travel: Ints, load: Ints, missed: Ints) -> Block:
    """Return the samples as the ring holds them, `missed` periods before each where there are any."""
    at = np.flatnonzero(missed)
    if len(at):
        travel = np.insert(travel, at, GAP)
        load = np.insert(load, at, missed[at])
    return _ring_words(travel), _ring_words(load)


def _ring_words(values: Ints) -> "array[int]":
    words = array("i")
    words.frombytes(values.astype(np.int32).tobytes())
    return words
