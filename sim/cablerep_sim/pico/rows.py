"""Prepares a trace to be played into the chip's pins, as an encoder and a load cell amplifier would deliver it.

The rows are on the board's own grid: sample k of the board is row k of `trace`, so that the board's frames can be
compared with those of a replay.
"""

from collections.abc import Iterable
from decimal import Decimal

import numpy as np

from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import GAP, NO_ANGLE, NO_LOAD
from cablerep_fw.core.settings import settings as setting
from cablerep_fw.core.settings.settings import Settings
from cablerep_fw.reference.angle_sensors import ANGLE_SENSORS

from ..errors import TraceError
from ..trace.grid import AngleBlock
from ..trace.header import MILLION
from ..trace.rows import Ints
from ..trace.trace import Trace, from_arrays

# Of board/sampler.py, which only a board can import.
BOARD_RATES_HZ = (50, 1000)
_DEFAULT_HZ = 200  # the board's own default
# With more edges per second than this, the model's encoder is made coarser. A count then lasts 20 µs, 10 on each side
# of its row, so that a sample reads it even if its interrupt is some µs early or late. At 2 m/s a count is 40 µm, half
# of one of the encoder in docs/hardware.md.
MAX_EDGES_HZ = 50_000
_COARSEST = wire.SETTINGS[setting.UM_PER_COUNT][3]
# Of an HX717, the fastest of its family.
MAX_LOAD_HZ = 320

_RECORD = np.dtype([("t_us", "<f8"), ("travel", "<i4"), ("load", "<i4")])
_CELL, _NO_CELL = 1, 0  # values of the setting "cell": an HX711, nothing


class BoardRows:
    """The rows to play: `trace` on the board's grid; `notes` are sentences on how it differs from the file.

    `coarser` is the number of the file's counts in one count of the model's encoder. Precision is lost only if
    `notes` say so.
    """

    def __init__(self, source: Trace, angle_sensor: str = "mt6701") -> None:
        """`angle_sensor` of ANGLE_SENSORS delivers the angles, if the trace has them.

        Raises TraceError if the file changes meanwhile, or moves faster than any encoder counts.
        """
        index, travel, load, angle = _samples(source.blocks_with_angle())
        old_index = index
        notes = list(source.notes)
        self.rate_hz = source.rate_hz
        if not BOARD_RATES_HZ[0] <= source.rate_hz <= BOARD_RATES_HZ[1]:
            self.rate_hz = _DEFAULT_HZ
            index, travel, load = _resampled(index, travel, load, source.rate_hz, self.rate_hz)
            notes.append(
                f"{source.name}: a board samples at {BOARD_RATES_HZ[0]} to {BOARD_RATES_HZ[1]} Hz, so the trace of "
                f"{source.rate_hz} Hz was interpolated to {self.rate_hz} Hz"
            )
        header = source.header
        # If all counts are multiples of one number, that was the resolution of the recording's encoder.
        self.coarser = int(np.gcd.reduce(travel)) or 1
        if abs(header.um_per_count * self.coarser) > _COARSEST:
            self.coarser = 1
        fastest = _fastest(index, travel // self.coarser) * self.rate_hz
        if fastest > MAX_EDGES_HZ:
            factor = -int(-fastest // MAX_EDGES_HZ)
            self.coarser *= factor
            notes.append(
                f"{source.name}: moves by up to {fastest:.0f} counts a second; the model's encoder counts every "
                f"{factor} of them as one of {header.um_per_count * self.coarser / MILLION:g} µm"
            )
        um_per_count = header.um_per_count * self.coarser
        if abs(um_per_count) > _COARSEST:
            raise TraceError(f"{source.name}: moves faster than an encoder can count; check um_per_count")
        travel = (2 * travel + self.coarser) // (2 * self.coarser)
        readings = int((load != NO_LOAD).sum())
        load = _thinned(index, load, -(-self.rate_hz // MAX_LOAD_HZ))
        if (load != NO_LOAD).sum() < readings:
            notes.append(
                f"{source.name}: no amplifier reads that often; the model's reads at most {MAX_LOAD_HZ} times a second"
            )
        if len(index) <= index[-1]:
            notes.append(
                f"{source.name}: {index[-1] + 1 - len(index)} samples are missing; travel was interpolated across them"
            )
            index, travel, load = _filled(index, travel, load)
        self.notes = tuple(notes)
        self.angle_sensor = angle_sensor if source.has_angle else None
        angles = None
        if source.has_angle:
            turn = ANGLE_SENSORS[angle_sensor][1]
            per_turn = abs(header.angle_per_turn)
            scaled = np.rint(angle * (turn / per_turn)).astype(np.int64) % turn
            # Each new row has the angle of the last old one.
            row = np.searchsorted(old_index * self.rate_hz, index * source.rate_hz, side="right") - 1
            angles = scaled[row]
        self.has_load = bool((load != NO_LOAD).any())
        # A board's period is a whole number of µs (board/sampler.py).
        self.period_us = (MILLION + self.rate_hz // 2) // self.rate_hz
        self._rows = np.empty(len(index), _RECORD)
        self._rows["t_us"] = index * float(self.period_us)
        self._rows["travel"] = travel
        self._rows["load"] = load
        self._angles = angles
        meta = {**header.meta, "rate_hz": self.rate_hz, "um_per_count": str(Decimal(um_per_count) / MILLION)}
        if source.has_angle:
            meta["angle_per_turn"] = turn if header.angle_per_turn > 0 else -turn
            meta["angle_zero"] = round(header.angle_zero * turn / per_turn)
        stamps = (2 * index * MILLION + self.rate_hz) // (2 * self.rate_hz)
        self.trace = from_arrays(source.name, meta, stamps, travel, load, angles)

    @property
    def duration_s(self) -> float:
        """Time from the first row to the last, on the chip's clock."""
        return float(self._rows["t_us"][-1]) / MILLION

    @property
    def load_hz(self) -> float:
        """Readings of the load cell per second."""
        readings = int((self._rows["load"] != NO_LOAD).sum())
        return readings * self.rate_hz / max(1, self.trace.samples)

    def configure(self, settings: Settings) -> None:
        """Write rate, calibration and type of load cell (or that there is none) to a board's settings."""
        self.trace.configure(settings)
        settings.put(setting.CELL, _CELL if self.has_load else _NO_CELL)
        _, _, lowest, highest, *_ = wire.SETTINGS[setting.CELL_HZ]
        settings.put(setting.CELL_HZ, min(max(lowest, round(self.load_hz)), highest))
        if self.angle_sensor is not None:
            settings.put(setting.ANGLE_SENSOR, ANGLE_SENSORS[self.angle_sensor][0])

    def dump(self) -> bytes:
        """Return the rows in the harness's format: float64 µs, int32 travel, int32 load or NO_LOAD."""
        return self._rows.tobytes()

    def dump_angles(self) -> bytes | None:
        """Return the angle sensor's counts in the harness's format, an int32 for each row; None without a sensor."""
        return None if self._angles is None else self._angles.astype("<i4").tobytes()


def _samples(blocks: Iterable[AngleBlock]) -> tuple[Ints, Ints, Ints, Ints]:
    """Return index on the grid, travel, load and angle of every sample that is not missed.

    Without an angle of its own a sample has the last one; the array is empty for a trace without angles.
    """
    indexes, travels, loads, angles = [], [], [], []
    after = 0
    for travel_words, load_words, angle_words in blocks:
        travel = np.frombuffer(travel_words, np.int32).astype(np.int64)
        load = np.frombuffer(load_words, np.int32).astype(np.int64)
        gap = travel == GAP
        ends = np.cumsum(np.where(gap, load, 1)) + after
        after = int(ends[-1]) if len(ends) else after
        indexes.append(ends[~gap] - 1)
        travels.append(travel[~gap])
        loads.append(load[~gap])
        if len(angle_words):
            angles.append(np.asarray(angle_words, np.int64)[~gap])
    angle = np.concatenate(angles) if angles else np.empty(0, np.int64)
    known = np.where(angle != NO_ANGLE, np.arange(len(angle)), 0)
    return (
        np.concatenate(indexes),
        np.concatenate(travels),
        np.concatenate(loads),
        angle[np.maximum.accumulate(known)],
    )


def _resampled(index: Ints, travel: Ints, load: Ints, old_hz: int, new_hz: int) -> tuple[Ints, Ints, Ints]:
    """Interpolate travel onto a finer grid; each reading of the load goes to the first sample at or after it."""
    count = int(index[-1]) * new_hz // old_hz + 1
    new = np.arange(count, dtype=np.int64)
    interpolated = np.rint(np.interp(new * old_hz, index * new_hz, travel)).astype(np.int64)
    finer = np.full(count, NO_LOAD, np.int64)
    read = np.flatnonzero(load != NO_LOAD)
    read = read[-(-index[read] * new_hz // old_hz) < count]
    finer[-(-index[read] * new_hz // old_hz)] = load[read]
    return new, interpolated, finer


def _filled(index: Ints, travel: Ints, load: Ints) -> tuple[Ints, Ints, Ints]:
    """Interpolate missed samples on straight lines; the load has no readings there."""
    every = np.arange(int(index[-1]) + 1, dtype=np.int64)
    readings = np.full(len(every), NO_LOAD, np.int64)
    readings[index] = load
    return every, np.rint(np.interp(every, index, travel)).astype(np.int64), readings


def _fastest(index: Ints, travel: Ints) -> float:
    """Return the largest number of counts per sample period."""
    return float((np.abs(np.diff(travel)) / np.diff(index)).max()) if len(index) > 1 else 0.0


def _thinned(index: Ints, load: Ints, samples: int) -> Ints:
    """Return `load` with at least `samples` sample periods from one reading to the next."""
    thinned = np.full(len(load), NO_LOAD, np.int64)
    last = -samples
    for i in np.flatnonzero(load != NO_LOAD):
        if index[i] - last >= samples:
            last = index[i]
            thinned[i] = load[i]
    return thinned
