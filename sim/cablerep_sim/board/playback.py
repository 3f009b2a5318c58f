"""Plays a trace into the ring of a virtual board at the pace of a clock.

It calls the ring as a sampler's interrupt does: one sample per call, and a skipped period for a missed sample.
"""

import time
from collections.abc import Callable

from cablerep_fw.core.link.samples import SampleBatch
from cablerep_fw.core.sense.ring import GAP, NO_ANGLE, NO_LOAD, Ring

from ..trace.trace import Trace

# Batches of samples in one turn: they fill half of the board's output ring, so that none is dropped.
_BATCHES = 6


class Playback:
    """Plays `trace` at `speed` times the pace of `clock` (seconds); 0 is as fast as possible.

    `played` counts the sample periods so far. `over` means that the trace has ended; its last sample is then repeated.
    """

    def __init__(self, trace: Trace, ring: Ring, speed: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate_hz = trace.rate_hz
        self.speed = speed
        self.played = 0
        self.over = False
        self._readings = 0  # of the load cell
        self._angles = 0  # readings of the angle sensor
        self._after_end = 0  # periods played after the end of the trace
        self._blocks = trace.blocks_with_angle()
        self._ring = ring
        self._clock = clock
        self._begun_s = clock()
        self._turn = _BATCHES * SampleBatch(trace.rate_hz).size  # periods, at most
        self._travel, self._load, self._angle = self._first = next(self._blocks)
        self._at = 0  # index in the current block
        self._gap = 0  # periods left of the current gap
        self._last = (0, NO_LOAD)
        self._last_angle = NO_ANGLE

    def begin(self) -> None:
        """Start the clock: the first sample is due now."""
        self._begun_s = self._clock()

    def play(self) -> int:
        """Put the samples that are due into the ring, as far as they fit a turn; return the number of periods."""
        due: int = self._turn
        if self.speed:
            elapsed = int((self._clock() - self._begun_s) * self.speed * self.rate_hz) + 1 - self.played
            due = min(due, elapsed, self._ring.mask - self._ring.waiting() - 1)
        left = due
        while left > 0:
            left -= self._play_some(left)
        self.played += max(0, due)
        return due

    def wired_hz(self) -> float:
        """Return the rate of the load cell in the trace's first block, for which its amplifier would be wired."""
        travels, loads, _ = self._first
        readings = sum(load != NO_LOAD for travel, load in zip(travels, loads, strict=True) if travel != GAP)
        return float(readings * self.rate_hz / max(1, len(travels)))

    def load_hz(self) -> float:
        """Return the rate of the load cell's readings so far."""
        return self._readings * self.rate_hz / max(1, self.played - self._after_end)

    def angle_hz(self) -> float:
        """Return the rate of the angle sensor's readings so far."""
        return self._angles * self.rate_hz / max(1, self.played - self._after_end)

    def until_next_s(self) -> float:
        """Return the seconds until the next sample is due."""
        if not self.speed:
            return 0.0
        return max(0.0, self._begun_s + self.played / (self.speed * self.rate_hz) - self._clock())

    def _play_some(self, limit: int) -> int:
        """Play one sample, or up to `limit` periods of a gap; return the number of periods."""
        if self._gap:
            periods = min(self._gap, limit)
            self._gap -= periods
            self._ring.skip(periods)
            self._ring.flush_gap()
            return periods
        if self._at == len(self._travel):
            self.over = self.over or not self._next_block()
            if self.over:
                self._after_end += 1
                self._push(*self._last, self._last_angle)
                return 1
        travel, load = self._travel[self._at], self._load[self._at]
        angle = self._angle[self._at] if self._angle else NO_ANGLE
        self._at += 1
        if travel == GAP:
            self._gap = load
            return 0
        if load != NO_LOAD:
            self._readings += 1
        self._last = (travel, load if load != NO_LOAD else self._last[1])
        if angle != NO_ANGLE:
            self._angles += 1
            self._last_angle = angle
        self._push(travel, load, angle)
        return 1

    def _push(self, travel: int, load: int, angle: int) -> None:
        self._ring.push(travel, load)
        if angle != NO_ANGLE:
            self._ring.put_angle(angle)

    def _next_block(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            return False
        self._travel, self._load, self._angle = block
        self._at = 0
        return True
