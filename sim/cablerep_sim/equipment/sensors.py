"""The sensors and the sampler: the counts of a movement and a force in a trace, with every fault they can have.

Faults are set to instants, not to samples, so that the same recording can be taken at any rate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cablerep_fw.core.sense.ring import LIMIT_COUNTS, NO_LOAD

from ..athlete.movement import Array
from ..trace.rows import NO_ANGLE

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_ARM_STEP_S = 0.001  # of the instants at which a follower arm is moved
_FULL_SCALE_COUNTS = 0x7FFFFF  # a 24-bit converter stops here (HX711 data sheet)


@dataclass(frozen=True)
class Encoder:
    """Incremental encoder; `um_per_count` is negative if it is mounted the other way round."""

    um_per_count: float = 100.0
    zero_counts: int = 0  # the count at travel 0
    noise_mm: float = 0.0  # play of rope and pulley, standard deviation
    offsets: tuple[tuple[float, float], ...] = ()  # s and mm: slip of the wheel, another height of the carriage
    outliers_s: tuple[float, ...] = ()  # instants of lone wrong samples
    outlier_mm: float = 500.0  # largest error of one

    def read(self, travel_mm: Array, t_s: Array, rng: np.random.Generator) -> Counts:
        """Return the counts at the sample instants `t_s`."""
        um = 1000 * travel_mm
        if self.offsets:
            knots_s, shifts_mm = np.transpose(self.offsets)
            um = um + 1000 * np.interp(t_s, knots_s, shifts_mm)
        if self.noise_mm:
            um = um + 1000 * self.noise_mm * rng.standard_normal(len(um))
        counts = np.floor(um / self.um_per_count + 0.5).astype(np.int64) + self.zero_counts
        for instant_s in self.outliers_s:
            error_mm = rng.choice([-1, 1]) * rng.uniform(0.05, 1.0) * self.outlier_mm
            hit = min(int(np.searchsorted(t_s, instant_s)), len(counts) - 1)
            counts[hit] += int(error_mm * 1000 / self.um_per_count)
        return np.clip(counts, -LIMIT_COUNTS, LIMIT_COUNTS)


@dataclass(frozen=True)
class LoadCell:
    """Load cell with its own converter, which has a rate of its own and reports late."""

    rate_hz: float = 80.0
    delay_s: float = 0.02  # of its filter: the age of a reading
    mn_per_count: float = 0.5  # negative if the cell is mounted the other way round
    zero_counts: int = 0
    noise_n: float = 0.1  # standard deviation
    drift_n_min: float = 0.0
    largest_n: float = 4000.0  # saturates here, or where the converter does
    silent_s: tuple[tuple[float, float], ...] = ()  # from, to: a wire came off
    outliers_s: tuple[float, ...] = ()  # an interrupted clock leaves 2ⁿ - 1
    pairs_s: tuple[float, ...] = ()  # the same twice in a row, as large as `pair_n`
    pair_n: float = 7000.0
    saturated_s: tuple[tuple[float, float], ...] = ()  # from, to: the converter is at its upper limit
    repeats: bool = False  # every row repeats the last reading, as some recorders do
    absent: bool = False

    def read(self, force_n: Callable[[Array], Array], t_s: Array, rng: np.random.Generator) -> Counts:
        """Return the counts at the sample instants `t_s`, NO_LOAD where there is no new reading."""
        load = np.full(len(t_s), NO_LOAD, dtype=np.int64)
        if self.absent:
            return load
        ready_s = np.arange(rng.uniform(0.1, 1.1) / self.rate_hz, t_s[-1], 1 / self.rate_hz)
        newtons = force_n(ready_s - self.delay_s) + self.drift_n_min / 60 * ready_s
        newtons += self.noise_n * rng.standard_normal(len(ready_s))
        newtons = np.clip(newtons, -self.largest_n, self.largest_n)
        counts = np.rint(1000 * newtons / self.mn_per_count).astype(np.int64) + self.zero_counts
        counts = np.clip(counts, -_FULL_SCALE_COUNTS - 1, _FULL_SCALE_COUNTS)
        for instant_s in self.outliers_s:
            i = min(int(np.searchsorted(ready_s, instant_s)), len(counts) - 1)
            counts[i] = (1 << int(rng.integers(16, 23))) - 1
        for instant_s in self.pairs_s:
            i = int(np.searchsorted(ready_s, instant_s))
            counts[i : i + 2] = round(1000 * self.pair_n / self.mn_per_count) + self.zero_counts
        for begin_s, end_s in self.saturated_s:
            counts[(ready_s >= begin_s) & (ready_s <= end_s)] = _FULL_SCALE_COUNTS
        connected = np.ones(len(ready_s), dtype=np.bool_)
        for begin_s, end_s in self.silent_s:
            connected &= (ready_s < begin_s) | (ready_s > end_s)
        samples = np.searchsorted(t_s, ready_s[connected])  # the first sample after a reading; a newer one replaces it
        load[samples] = counts[connected]
        if self.repeats:
            latest = np.maximum.accumulate(np.where(load != NO_LOAD, np.arange(len(load)), -1))
            load = np.where(latest >= 0, load[latest], NO_LOAD)
        return load


@dataclass(frozen=True)
class AngleSensor:
    """Absolute angle sensor at the axis of an arm that follows the cable out of the low pulley. Angles in degrees.

    The arm has friction and backlash: it stands still until the cable has gone on by `lag_deg` plus half of
    `play_deg`. `bend_deg` is the largest error of a magnet that is off the axis, relative to the calibrated zero.
    """

    per_turn: int = 4096  # negative: counts the other way
    zero_counts: int = 0  # with the cable straight back
    rate_hz: int = 100  # readings; no more than samples
    noise_deg: float = 0.0  # standard deviation
    lag_deg: float = 0.0
    play_deg: float = 0.0
    bend_deg: float = 0.0
    bend_phases: tuple[float, float] = (0.0, 0.0)
    zero_deg: float = 0.0  # error of the zero

    def read(self, bearing: Callable[[Array], Array], t_s: Array, rate_hz: int, rng: np.random.Generator) -> Counts:
        """Return the counts at the sample instants `t_s`, NO_ANGLE where there is no reading; `bearing` in radians."""
        grid_s = np.arange(0, t_s[-1] + 2 * _ARM_STEP_S, _ARM_STEP_S)
        arm = follow(np.unwrap(bearing(grid_s)), float(np.radians(self.lag_deg + self.play_deg / 2)))
        every = max(1, round(rate_hz / self.rate_hz))
        turn = np.interp(t_s[::every], grid_s, arm)
        degrees = np.degrees(turn) + self._bend(turn) - self._bend(np.zeros(1)) + self.zero_deg
        degrees += self.noise_deg * rng.standard_normal(len(degrees))
        counts = np.full(len(t_s), NO_ANGLE, dtype=np.int64)
        counts[::every] = (np.rint(degrees * self.per_turn / 360).astype(np.int64) + self.zero_counts) % abs(
            self.per_turn
        )
        return counts

    def _bend(self, turn: Array) -> Array:
        """Return the error in degrees: one period a turn, and less of two."""
        first, second = self.bend_phases
        result: Array = self.bend_deg * (0.75 * np.sin(turn + first) + 0.25 * np.sin(2 * turn + second))
        return result


def follow(angles: Array, slack: float) -> Array:
    """Return the angle of an arm that stands still until it is `slack` away from `angles`, and is then taken along."""
    if not slack:
        return angles
    found = np.empty_like(angles)
    arm = angles[0] if len(angles) else 0.0
    for i, angle in enumerate(angles.tolist()):
        arm = min(max(arm, angle - slack), angle + slack)
        found[i] = arm
    return found


@dataclass(frozen=True)
class Sampler:
    """Fixed-rate sampler: sample k is at k periods, and a missed one leaves no row."""

    rate_hz: int = 200
    missed_share: float = 0.0  # lone samples that were not taken
    missed_s: tuple[tuple[float, float], ...] = ()  # from, to: nothing was taken

    def instants(self, duration_s: float) -> Array:
        """Return the sample instants in s."""
        count = int(duration_s * self.rate_hz) + 1
        return np.arange(count) / self.rate_hz

    def taken(self, t_s: Array, rng: np.random.Generator) -> Mask:
        """Return which samples leave a row. The first always does, because times count from it."""
        taken = np.ones(len(t_s), dtype=np.bool_)
        if self.missed_share:
            taken &= rng.random(len(t_s)) >= self.missed_share
        for begin_s, end_s in self.missed_s:
            taken &= (t_s < begin_s) | (t_s > end_s)
        taken[0] = True
        return taken
