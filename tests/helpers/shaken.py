"""Handles pulled, shaken, dropped and left alone at random, and what must hold for whatever is made of them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from detector_run import Heard, detect
from numpy.typing import NDArray
from stages import Stages

from cablerep_fw.core.detect import reps

RATES_HZ = (10, 20, 25, 30, 50, 77, 100, 200, 333, 500, 1000)
_STROKES_MM = (5, 15, 30, 60, 200, 500, 1500)


def track_mm(dice: np.random.Generator, rate_hz: float) -> NDArray[np.float64]:
    """Return 5 to 40 s of travel: strokes, rests, shaking, noise, ways home and drifting."""
    ends_s = dice.uniform(5, 40)
    parts: list[NDArray[np.float64]] = []
    count = 0
    x = 0.0
    while count < ends_s * rate_hz or len(parts) < 3:
        kind = dice.integers(8)
        lasts_s = dice.uniform(0.02, 1.5)
        ticks = max(1, int(lasts_s * rate_hz))
        share = np.arange(1, ticks + 1) / ticks
        if kind < 3:
            stroke = float(dice.choice(_STROKES_MM)) * dice.uniform(0.3, 1.5) * dice.choice((-1, 1))
            part = x + stroke * share ** dice.uniform(0.5, 3)
        elif kind == 3:
            part = np.full(ticks, x)
        elif kind == 4:
            part = x + dice.uniform(1, 40) * np.sin(2 * np.pi * dice.uniform(0.3, 9) * share * lasts_s)
        elif kind == 5:
            part = x + dice.normal(0, dice.uniform(0.1, 10), ticks)
        elif kind == 6:
            part = x - x * dice.uniform(0.5, 1.2) * share**2 * (3 - 2 * share)
        else:
            part = x + dice.uniform(-60, 60) * share
        if kind not in (4, 5):
            x = float(part[-1])
        parts.append(part)
        count += ticks
    return np.concatenate(parts)


@dataclass
class Tally:
    """How many movements were looked at, and what was wrong with them."""

    movements: int
    wrong: list[str]


def stage_tally(seed: int) -> Tally:
    """Feed the stages alone, which see every movement, small ones too, with changing sets about them."""
    dice = np.random.default_rng(seed)
    stages = Stages(int(dice.choice(RATES_HZ)))
    of = stages.reps
    done = of.movement
    tally = Tally(0, [])
    last_end = [-reps.FAR]

    def look(result: int) -> None:
        if result not in (reps.MOVED, reps.DROPPED):
            return
        while of.next_dropped():
            if of.dropped_um < 20_000 or of.dropped_end_t < of.dropped_t:
                tally.wrong.append(f"{seed}: rejected {of.dropped_t} to {of.dropped_end_t}, {of.dropped_um} um")
        if result == reps.MOVED:
            tally.movements += 1
            in_order = last_end[0] <= done.start_t < done.top_t <= done.release_t < done.end_t
            last_end[0] = done.end_t
            known_t = stages.phases.instant + (stages.motion.delay + 1) * stages.phases.tick_t
            if not in_order or done.end_t > known_t:
                instants = f"{done.start_t} {done.top_t} {done.release_t} {done.end_t}"
                tally.wrong.append(f"{seed}: {instants}, known {known_t}")
            if done.peak_x - done.start_x < 20_000 or done.top_x < done.start_x or done.release_x < done.end_x:
                tally.wrong.append(f"{seed}: {done.start_x} {done.top_x} {done.peak_x} {done.release_x} {done.end_x}")
            if done.out_peak <= 0 or done.back_peak <= 0 or done.pause_t < 0:
                tally.wrong.append(f"{seed}: peaks {done.out_peak} {done.back_peak}, pause {done.pause_t}")

    rate_hz = stages.rate_hz / stages.per_tick
    for _ in stages.moved([round(1000 * mm) for mm in track_mm(dice, rate_hz)]):
        if dice.random() < 0.002:
            stack_x = int(dice.integers(-500_000, 200_000))
            of.inform(stack_x, int(dice.choice((0, 300_000, 800_000))), int(dice.choice((reps.FAR, 0, 300_000))))
        look(of.step(stages.phases.step()))
    look(of.conclude())
    return tally


def detector_tally(seed: int) -> Tally:
    """Feed the whole detector, with missing samples, long gaps and outliers."""
    dice = np.random.default_rng(seed)
    rate_hz = int(dice.choice(RATES_HZ))
    travel = [round(1000 * mm) for mm in track_mm(dice, rate_hz)]
    missing = {}
    for _ in range(dice.integers(4)):
        missing[int(dice.integers(1, len(travel)))] = int(dice.integers(1, 3 * rate_hz))
        travel[int(dice.integers(len(travel)))] += int(dice.integers(-900_000, 900_000))
    heard = detect(travel, rate_hz, missing=missing)
    return Tally(len(heard.finals), [f"{seed} at {rate_hz} Hz: {fault}" for fault in broken_rules(heard)])


def broken_rules(heard: Heard) -> Iterator[str]:
    """Yield what the contract never allows of reps, rejected movements and their order."""
    known = [values["known"] for name, values in heard.messages if name in ("rep", "amend", "rejected", "set")]
    if known != sorted(known):
        yield "events out of order"
    last_end = 0
    for start, rep in sorted(heard.finals.items()):
        if not last_end <= start < rep["top"] <= rep["release"] < rep["end"] <= rep["known"] + 1:
            yield f"instants {rep}, after {last_end}"
        last_end = rep["end"]
        for phase in ("concentric", "eccentric"):
            if not 0 <= rep[phase + "_mean"] <= rep[phase + "_peak"]:
                yield f"{phase} speeds {rep}"
        if rep["rom"] < 20_000:
            yield f"range {rep}"
    for values in heard.named("rejected"):
        if values["end"] < values["start"]:
            yield f"rejected {values}"
