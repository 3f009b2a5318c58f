"""Turns rows with time stamps into samples at a fixed rate, with gaps where rows are missing.

Times are scaled by the rate, so that a period is exactly a million and no rounding accumulates over a long trace.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import TypeAlias

import numpy as np

from cablerep_fw.core.sense.ring import GAP, NO_LOAD

from .rows import NO_ANGLE, Ints, Rows

# Travel and load, one entry per sample; a gap is the entry GAP and its number of periods.
Block: TypeAlias = "tuple[array[int], array[int]]"
# The same with angle, in counts of less than a turn, -1 where there is none; empty for a trace without the column.
AngleBlock: TypeAlias = "tuple[array[int], array[int], array[int]]"

PERIOD = 1_000_000  # of scaled time
# A stamp further from the grid than this is off the grid: a tenth of a period (contract).
TOLERANCE = PERIOD // 10
# Off the grid, a longer step is a hole and not jitter. Recorders that claim 50 Hz and deliver a sample every 11 to
# 43 ms never skip more than two periods, and a straight line across four would be made up.
HOLE = 7 * PERIOD // 2


class GridCheck:
    """Checks whether the stamps of a whole trace lie on the grid of its rate."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.rows = 0
        self.worst_us = 0  # largest distance of a stamp from the grid
        self.worst_row = 0  # of that stamp, from 0
        self.shared = False  # two stamps fall on the same grid point
        self._first = 0
        self._last = -1

    @property
    def on_grid(self) -> bool:
        """Every stamp lies on the grid to a tenth of a period, and no two share a grid point."""
        return self.worst_us * self.rate_hz <= TOLERANCE and not self.shared

    def add(self, rows: Rows) -> None:
        """Check the next rows."""
        if not self.rows:
            self._first = int(rows.t_us[0])
        index, off = _nearest(rows.t_us - self._first, self.rate_hz)
        worst = int(off.argmax())
        if off[worst] > self.worst_us * self.rate_hz:
            self.worst_us = int(off[worst]) // self.rate_hz
            self.worst_row = self.rows + worst
        self.shared = self.shared or bool((np.diff(index, prepend=self._last) == 0).any())
        self._last = int(index[-1])
        self.rows += len(index)


def _nearest(elapsed_us: Ints, rate_hz: int) -> tuple[Ints, Ints]:
    """Return the index of the nearest grid point, and the scaled distance from it."""
    scaled = elapsed_us * rate_hz
    index = (scaled + PERIOD // 2) // PERIOD
    return index, np.abs(scaled - index * PERIOD)


def on_grid(chunks: Iterable[Rows], rate_hz: int, per_turn: int = 4096) -> Iterator[AngleBlock]:
    """Yield the samples of rows that lie on the grid; missing rows become gaps. Angles become those of one turn."""
    first = travel_0 = last = 0
    for number, rows in enumerate(chunks):
        if not number:
            first, travel_0, last = int(rows.t_us[0]), int(rows.travel[0]), -1
        index, _ = _nearest(rows.t_us - first, rate_hz)
        angle = _in_turn(rows.angle, per_turn)
        yield _with_gaps(rows.travel - travel_0, rows.load, angle, np.diff(index, prepend=last) - 1)
        last = int(index[-1])


def interpolated(chunks: Iterable[Rows], rate_hz: int, per_turn: int = 4096) -> Iterator[AngleBlock]:
    """Yield samples on the grid, interpolated on the straight line between the rows around each.

    Nothing is made up in a hole: its samples are missed, except those within a tenth of a period of a row.
    If only one of the two rows has a load, the sample nearer to that row gets it; an angle is that of the nearer row.
    """
    first = travel_0 = 0
    after = 0  # number of the next sample
    tail: Rows | None = None  # the last row so far, where the line to the next chunk starts
    missed = 0
    for chunk in chunks:
        if tail is None:
            first, travel_0 = int(chunk.t_us[0]), int(chunk.travel[0])
            rows = chunk
        else:
            rows = Rows(
                np.concatenate((tail.t_us, chunk.t_us)),
                np.concatenate((tail.travel, chunk.travel)),
                np.concatenate((tail.load, chunk.load)),
                None if tail.angle is None or chunk.angle is None else np.concatenate((tail.angle, chunk.angle)),
            )
        tail = Rows(rows.t_us[-1:], rows.travel[-1:], rows.load[-1:], None if rows.angle is None else rows.angle[-1:])
        angles = _in_turn(rows.angle, per_turn)
        time = (rows.t_us - first) * rate_hz
        holes = np.flatnonzero(np.diff(time) > HOLE)
        # Stretch by stretch between holes, so that a long hole costs no memory.
        starts, ends = [0, *(holes + 1)], [*(holes + 1), len(time)]
        for start, end in zip(starts, ends, strict=True):
            begin = -(-(int(time[start]) - TOLERANCE) // PERIOD) if start else after
            missed += begin - after
            # A sample just after the last row is allowed only before a hole; otherwise the next line yields it.
            stop = (int(time[end - 1]) + (TOLERANCE if end < len(time) else 0)) // PERIOD + 1
            if stop <= begin:
                after = begin
                continue
            grid = np.arange(begin, stop, dtype=np.int64) * PERIOD
            stamps = time[start:end]
            travel, load = _on_lines(grid, stamps, rows.travel[start:end] - travel_0, rows.load[start:end])
            angle = angles[start:end]
            if len(angle):
                angle = angle[_nearest_row(grid, stamps)]
            before = np.zeros(len(travel), np.int64)
            before[0], missed = missed, 0
            yield _with_gaps(travel, load, angle, before)
            after = stop


def _on_lines(grid: Ints, time: Ints, travel: Ints, load: Ints) -> tuple[Ints, Ints]:
    """Interpolate at the times in `grid`; the first and the last may lie just outside `time`."""
    left = np.clip(np.searchsorted(time, grid, side="right") - 1, 0, len(time) - 1)
    right = np.minimum(left + 1, len(time) - 1)
    width = np.maximum(time[right] - time[left], 1)
    along = np.clip(grid - time[left], 0, width)
    on_travel = travel[left] + _rounded((travel[right] - travel[left]) * along, width)
    first, second = load[left], load[right]
    nearest = np.where(2 * along <= width, first, second)
    known = (first != NO_LOAD) & (second != NO_LOAD)
    return on_travel, np.where(known, first + _rounded((second - first) * along, width), nearest)


def _nearest_row(grid: Ints, time: Ints) -> Ints:
    """Return the index of the row nearest to each time in `grid`."""
    right = np.clip(np.searchsorted(time, grid), 1, max(1, len(time) - 1))
    right = np.minimum(right, len(time) - 1)
    left = np.maximum(right - 1, 0)
    return np.where(grid - time[left] <= time[right] - grid, left, right)


def _rounded(numerator: Ints, denominator: Ints) -> Ints:
    return (2 * numerator + denominator) // (2 * denominator)


def _in_turn(angle: Ints | None, per_turn: int) -> Ints:
    """Return counts of an angle as those of one turn, -1 where there is none; nothing without a column."""
    if angle is None:
        return np.empty(0, np.int64)
    return np.where(angle == NO_ANGLE, -1, angle % abs(per_turn))


def _with_gaps(travel: Ints, load: Ints, angle: Ints, missed: Ints) -> AngleBlock:
    """Return the samples as the ring stores them, each preceded by a gap of its `missed` periods, if any."""
    gaps = np.flatnonzero(missed)
    if len(gaps):
        travel = np.insert(travel, gaps, GAP)
        load = np.insert(load, gaps, missed[gaps])
        angle = np.insert(angle, gaps, -1) if len(angle) else angle
    return _ring_words(travel), _ring_words(load), array("h", angle.astype(np.int16).tobytes())


def _ring_words(values: Ints) -> "array[int]":
    words = array("i")
    words.frombytes(values.astype(np.int32).tobytes())
    return words
