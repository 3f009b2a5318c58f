"""The equipment of one recording: machine, encoder, load cell and sampler, with the requested faults.

Everything is drawn before the first sample, so that a recording at another rate has the same equipment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..equipment.machine import Machine
from ..equipment.sensors import Encoder, LoadCell, Sampler
from .options import Options

LOAD_RATES_HZ = (10.0, 80.0, 320.0)  # HX711 slow and fast, HX717
_CLOCK_ERROR = 0.03  # share by which a converter's own oscillator is off
_RATED_N = 1000.0  # a 100 kg cell
_BAND_N = 40.0  # less than most bands pull at the top


@dataclass(frozen=True)
class Equipment:
    """Everything between the athlete and the trace."""

    machine: Machine
    encoder: Encoder
    cell: LoadCell
    sampler: Sampler


def draw(
    dice: np.random.Generator,
    options: Options,
    faults: frozenset[str],
    machine: dict[str, Any],
    duration_s: float,
    rate_hz: int,
    cell: dict[str, Any] | None = None,
    offsets: Sequence[tuple[float, float]] = (),
) -> Equipment:
    """Draw the equipment of a recording of `duration_s`.

    `machine` and `cell` fix fields of the machine and the load cell; `offsets` are the encoder's, in s and mm.
    """
    stack = Machine(
        **{
            "plate_kg": _plate_kg(dice, options),
            "ratio": _ratio(dice, options),
            "friction_share": dice.uniform(0.02, 0.10),
            "friction_n": dice.uniform(1, 6),
            "stiffness_n_mm": dice.uniform(8, 40),
            "pulley_kg": dice.uniform(0.4, 1.5),
            **machine,
        }
    )
    encoder = replace(_encoder(dice, options, faults, duration_s), offsets=tuple(offsets))
    return Equipment(
        stack,
        encoder,
        replace(_load_cell(dice, options, faults, stack, duration_s), **(cell or {})),
        _sampler(dice, faults, duration_s, rate_hz),
    )


def _ratio(dice: np.random.Generator, options: Options) -> float:
    """Choose a machine with or without a moving pulley."""
    drawn = float(dice.choice([0.5, 1.0]))
    return options.numbers.get("ratio", drawn)


def _plate_kg(dice: np.random.Generator, options: Options) -> float:
    """Choose 5 to 30 kg in plates of 2.5 kg."""
    drawn = 2.5 * int(dice.integers(2, 13))
    return options.numbers.get("plate_kg", drawn)


def _encoder(dice: np.random.Generator, options: Options, faults: frozenset[str], duration_s: float) -> Encoder:
    # Even on a logarithmic scale: 0.02 mm is a fine encoder on a small pulley, 0.2 mm a coarse one.
    resolution_um = round(float(np.exp(dice.uniform(np.log(20), np.log(200)))), 2)
    coarse_um = round(float(dice.uniform(300, 500)), 2)
    if "coarse" in faults:
        resolution_um = coarse_um
    resolution_um = options.numbers.get("um_per_count", resolution_um)
    zero_counts = int(dice.integers(-20000, 20000)) if dice.random() < 0.25 else 0
    outliers_s = tuple(dice.uniform(0, duration_s, int(dice.integers(3, 12))))
    outlier_mm = float(dice.choice([30.0, 300.0, 3000.0]))
    return Encoder(
        um_per_count=-resolution_um if "encoder-reversed" in faults else resolution_um,
        zero_counts=zero_counts,
        noise_mm=dice.uniform(0, 0.1),
        outliers_s=outliers_s if "outliers" in faults else (),
        outlier_mm=outlier_mm,
    )


def _load_cell(
    dice: np.random.Generator, options: Options, faults: frozenset[str], stack: Machine, duration_s: float
) -> LoadCell:
    nominal_hz = options.numbers.get("load_hz", float(dice.choice(LOAD_RATES_HZ, p=[0.2, 0.6, 0.2])))
    rate_hz = nominal_hz * (1 + dice.uniform(-_CLOCK_ERROR, _CLOCK_ERROR))
    mn_per_count = round(float(dice.uniform(0.2, 2.5)), 3)
    silent_from_s = dice.uniform(0, 0.8 * duration_s)
    silent_s = (silent_from_s, silent_from_s + dice.uniform(2, 15))
    outliers_s = tuple(dice.uniform(0, duration_s, int(dice.integers(3, 12))))
    zero_counts = int(dice.integers(-300000, 300000))
    # A cell too small for the weight saturates at 1.1 times the weight, below the force of a rep.
    largest_n = (1.1 * stack.weight_n or _BAND_N) if "load-saturated" in faults else _RATED_N * 4
    return LoadCell(
        rate_hz=rate_hz,
        delay_s=dice.uniform(0.5, 1.5) / rate_hz,
        mn_per_count=-mn_per_count if "load-reversed" in faults else mn_per_count,
        zero_counts=zero_counts,
        noise_n=float(np.exp(dice.uniform(np.log(0.02), np.log(1.0)))),
        drift_n_min=dice.uniform(-1, 1),
        largest_n=largest_n,
        silent_s=(silent_s,) if "load-silent" in faults else (),
        outliers_s=outliers_s if "outliers" in faults else (),
        repeats=bool(dice.random() < 0.3),
        absent="no-load" in faults,
    )


def _sampler(dice: np.random.Generator, faults: frozenset[str], duration_s: float, rate_hz: int) -> Sampler:
    share = float(dice.choice([0.002, 0.01, 0.05]))
    rows = np.sort(dice.uniform(0.5, duration_s, int(dice.integers(1, 6))))
    missed_s = tuple((float(begin), float(begin + dice.uniform(0.005, 0.1))) for begin in rows)
    if "missed" not in faults:
        return Sampler(rate_hz)
    return Sampler(rate_hz, share, missed_s)
