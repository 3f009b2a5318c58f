"""A trace as an encoder and a load cell amplifier would play it into the chip's pins, in steps that the board can take.

On the board's own grid, so that sample k of the board is row k of the trace and its frames can be held against those
of a replay: `trace` is what was made of it, for that comparison.
"""

from collections.abc import Iterable
from decimal import Decimal

import numpy as np

from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import GAP, NO_LOAD
from cablerep_fw.core.settings import settings as places
from cablerep_fw.core.settings.settings import Settings

from ..errors import TraceError
from ..trace.grid import Block
from ..trace.header import MILLION
from ..trace.rows import Ints
from ..trace.trace import Trace, from_arrays

# Of board/sampler.py, which only a board can import.
BOARD_RATES_HZ = (50, 1000)
_OTHERWISE_HZ = 200  # the board's own default
# More edges a second than this and the model's encoder is made coarser: a count then stands for 20 µs, 10 on each side
# of its row, so that a sample reads it although its interrupt is some µs early or late. At 2 m/s it is 40 µm, half of
# what the encoder of docs/hardware.md counts.
MOST_EDGES_HZ = 50_000
_COARSEST = wire.SETTINGS[places.UM_PER_COUNT][3]
# An HX717's, the fastest of its kind.
MOST_LOAD_HZ = 320

_RECORD = np.dtype([("t_us", "<f8"), ("travel", "<i4"), ("load", "<i4")])
_CELL, _NO_CELL = 1, 0  # values of the setting "cell": an HX711, nothing


class BoardRows:
    """What is played: `trace` on the board's grid, `notes` saying in whole sentences how it differs from the file's.

    `coarser` is how many of the file's counts one of the model's encoder is, a loss only where `notes` say so.
    """

    def __init__(self, source: Trace) -> None:
        """Raises TraceError where the file changes under way, or moves faster than any encoder counts."""
        place, travel, load = _samples(source.blocks())
        notes = list(source.notes)
        self.rate_hz = source.rate_hz
        if not BOARD_RATES_HZ[0] <= source.rate_hz <= BOARD_RATES_HZ[1]:
            self.rate_hz = _OTHERWISE_HZ
            place, travel, load = _resampled(place, travel, load, source.rate_hz, self.rate_hz)
            notes.append(
                f"{source.name}: a board samples at {BOARD_RATES_HZ[0]} to {BOARD_RATES_HZ[1]} Hz, so the trace of "
                f"{source.rate_hz} Hz was interpolated to {self.rate_hz} Hz"
            )
        header = source.header
        # Where all are multiples of one number, that is what the recording's own encoder counted.
        self.coarser = int(np.gcd.reduce(travel)) or 1
        if abs(header.um_per_count * self.coarser) > _COARSEST:
            self.coarser = 1
        fastest = _fastest(place, travel // self.coarser) * self.rate_hz
        if fastest > MOST_EDGES_HZ:
            factor = -int(-fastest // MOST_EDGES_HZ)
            self.coarser *= factor
            notes.append(
                f"{source.name}: moves by up to {fastest:.0f} counts a second; the model's encoder counts {factor} of "
                f"them as one, which is {header.um_per_count * self.coarser / MILLION:g} µm"
            )
        um_per_count = header.um_per_count * self.coarser
        if abs(um_per_count) > _COARSEST:
            raise TraceError(f"{source.name}: moves faster than an encoder can count; check um_per_count")
        travel = (2 * travel + self.coarser) // (2 * self.coarser)
        readings = int((load != NO_LOAD).sum())
        load = _thinned(place, load, -(-self.rate_hz // MOST_LOAD_HZ))
        if (load != NO_LOAD).sum() < readings:
            notes.append(
                f"{source.name}: no amplifier reads as often; the model's gives {MOST_LOAD_HZ} a second at most"
            )
        if len(place) <= place[-1]:
            notes.append(f"{source.name}: {place[-1] + 1 - len(place)} samples are missing; the cable moves on evenly")
            place, travel, load = _filled(place, travel, load)
        self.notes = tuple(notes)
        self.has_load = bool((load != NO_LOAD).any())
        # A board's period is a whole number of µs (board/sampler.py).
        self.period_us = (MILLION + self.rate_hz // 2) // self.rate_hz
        self._rows = np.empty(len(place), _RECORD)
        self._rows["t_us"] = place * float(self.period_us)
        self._rows["travel"] = travel
        self._rows["load"] = load
        meta = {**header.meta, "rate_hz": self.rate_hz, "um_per_count": str(Decimal(um_per_count) / MILLION)}
        stamps = (2 * place * MILLION + self.rate_hz) // (2 * self.rate_hz)
        self.trace = from_arrays(source.name, meta, stamps, travel, load)

    @property
    def duration_s(self) -> float:
        """From the first row to the last, in the chip's time."""
        return float(self._rows["t_us"][-1]) / MILLION

    @property
    def load_hz(self) -> float:
        """Readings a second of the load cell."""
        readings = int((self._rows["load"] != NO_LOAD).sum())
        return readings * self.rate_hz / max(1, self.trace.samples)

    def configure(self, settings: Settings) -> None:
        """Put rate, calibration and the load cell, or that there is none, into a board's settings."""
        self.trace.configure(settings)
        settings.put(places.CELL, _CELL if self.has_load else _NO_CELL)
        _, _, least, most, *_ = wire.SETTINGS[places.CELL_HZ]
        settings.put(places.CELL_HZ, min(max(least, round(self.load_hz)), most))

    def dump(self) -> bytes:
        """Return the rows as the harness reads them: float64 µs, int32 travel, int32 load or NO_LOAD."""
        return self._rows.tobytes()


def _samples(blocks: Iterable[Block]) -> tuple[Ints, Ints, Ints]:
    """Return place on the grid, travel and load of every sample that is there."""
    places_, travels, loads = [], [], []
    after = 0
    for travel_words, load_words in blocks:
        travel = np.frombuffer(travel_words, np.int32).astype(np.int64)
        load = np.frombuffer(load_words, np.int32).astype(np.int64)
        gap = travel == GAP
        ends = np.cumsum(np.where(gap, load, 1)) + after
        after = int(ends[-1]) if len(ends) else after
        places_.append(ends[~gap] - 1)
        travels.append(travel[~gap])
        loads.append(load[~gap])
    return np.concatenate(places_), np.concatenate(travels), np.concatenate(loads)


def _resampled(place: Ints, travel: Ints, load: Ints, old_hz: int, new_hz: int) -> tuple[Ints, Ints, Ints]:
    """Interpolate travel onto a finer grid; a reading of the load stays one, at the first sample that can have it."""
    count = int(place[-1]) * new_hz // old_hz + 1
    new = np.arange(count, dtype=np.int64)
    at = np.rint(np.interp(new * old_hz, place * new_hz, travel)).astype(np.int64)
    finer = np.full(count, NO_LOAD, np.int64)
    read = np.flatnonzero(load != NO_LOAD)
    read = read[-(-place[read] * new_hz // old_hz) < count]
    finer[-(-place[read] * new_hz // old_hz)] = load[read]
    return new, at, finer


def _filled(place: Ints, travel: Ints, load: Ints) -> tuple[Ints, Ints, Ints]:
    """Put samples on straight lines where there are none; the load has no readings there."""
    every = np.arange(int(place[-1]) + 1, dtype=np.int64)
    readings = np.full(len(every), NO_LOAD, np.int64)
    readings[place] = load
    return every, np.rint(np.interp(every, place, travel)).astype(np.int64), readings


def _fastest(place: Ints, travel: Ints) -> float:
    """Return the most counts between two samples."""
    return float((np.abs(np.diff(travel)) / np.diff(place)).max()) if len(place) > 1 else 0.0


def _thinned(place: Ints, load: Ints, samples: int) -> Ints:
    """Return `load` with at least `samples` sample periods from reading to reading."""
    thinned = np.full(len(load), NO_LOAD, np.int64)
    after = -samples
    for at in np.flatnonzero(load != NO_LOAD):
        if place[at] - after >= samples:
            after = place[at]
            thinned[at] = load[at]
    return thinned
