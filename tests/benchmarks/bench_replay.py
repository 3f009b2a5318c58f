"""python tests/bench_replay.py: how fast one core replays, from a file and from memory, and what the engine costs.

A benchmark and no test: its numbers depend on the machine. Best of three, because others use the machine as well.
"""

import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cablerep_fw.core.engine import Engine
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.link.outbox import Outbox
from cablerep_fw.core.sense.ring import Ring
from cablerep_fw.core.settings.settings import Settings
from cablerep_sim import scenarios
from cablerep_sim.replay import Replay
from cablerep_sim.trace.trace import Trace, from_arrays, open_trace
from cablerep_sim.trace.writer import write_trace

RATES_HZ = (100, 200, 1000)
SAMPLES = 200_000
BATCH = 10  # samples that a turn of the board's loop finds; the largest cost is taken sample by sample


def best_s(action: Callable[[], object]) -> float:
    """Return the shortest of three runs in seconds."""
    times = []
    for _ in range(3):
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return min(times)


def replay(trace: Trace) -> None:
    for _ in Replay(trace):
        pass


def engine_costs_s(trace: Trace, batch: int) -> list[float]:
    """Return what each call of the engine cost that took `batch` samples."""
    settings = Settings()
    trace.configure(settings)
    journal = Journal(1024)
    outbox = Outbox(512)
    engine = Engine(settings, journal, outbox, 1)
    engine.reporter.attach()
    ring = Ring(64)
    costs = []
    gc.disable()
    for travel, load in trace.blocks():
        for at in range(0, len(travel), batch):
            for counts, force in zip(travel[at : at + batch], load[at : at + batch], strict=True):
                ring.push(counts, force)
            begun = time.perf_counter()
            engine.feed(ring)
            costs.append(time.perf_counter() - begun)
            outbox.clear()
            while journal.used:
                journal.ack(journal.session_of(journal.tail), journal.number_of(journal.tail))
    gc.enable()
    return costs


def main() -> None:
    print(f"{SAMPLES} samples each, one core, best of three")
    print(f"{'rate':>8}{'trace file':>16}{'.gz':>16}{'memory':>16}{'engine mean':>16}{'largest':>12}")
    with tempfile.TemporaryDirectory() as folder:
        for rate_hz in RATES_HZ:
            recording = scenarios.build("several-sets", 1, rate_hz)
            times = -(-SAMPLES // len(recording.t_us))
            period_us = 1_000_000 // rate_hz
            t_us = np.arange(SAMPLES) * period_us
            travel = np.tile(recording.travel, times)[:SAMPLES]
            load = np.tile(recording.load, times)[:SAMPLES]
            figures = []
            for name in ("x.csv", "x.csv.gz"):
                path = Path(folder) / f"{rate_hz}{name}"
                write_trace(path, recording.meta, t_us, travel, load)
                figures.append(SAMPLES / best_s(lambda path=path: replay(open_trace(path))))
            trace = from_arrays("memory", recording.meta, t_us, travel, load)
            figures.append(SAMPLES / best_s(lambda trace=trace: replay(trace)))
            mean = 1e6 * sum(engine_costs_s(trace, BATCH)) / SAMPLES
            largest = 1e6 * max(engine_costs_s(trace, 1))
            print(
                f"{rate_hz:>5} Hz{figures[0]:>14,.0f}/s{figures[1]:>14,.0f}/s{figures[2]:>14,.0f}/s"
                f"{mean:>13.2f} µs{largest:>9.0f} µs"
            )


if __name__ == "__main__":
    main()
