"""python tests/bench_replay.py: how fast one core replays, from a file and from memory, and what the engine costs.

A benchmark and no test: its numbers depend on the machine. Best of three, because others use the machine as well.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from cablerep_fw.core.engine import Engine
from cablerep_fw.core.journal import Journal
from cablerep_fw.core.outbox import Outbox
from cablerep_fw.core.ring import Ring
from cablerep_fw.core.settings import Settings
from cablerep_sim import scenarios
from cablerep_sim.replay import Replay
from cablerep_sim.trace import Trace, from_arrays, open_trace
from cablerep_sim.trace_writer import write_trace

RATES_HZ = (100, 200, 1000)
SAMPLES = 200_000
BATCH = 10  # samples a turn of the board's loop finds; the largest cost is that of a whole batch


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


def engine_cost_us(trace: Trace) -> tuple[float, float]:
    """Return the engine's mean and largest cost of a sample in µs; the largest is that of the slowest batch."""
    settings = Settings()
    trace.configure(settings)
    journal = Journal(1024)
    outbox = Outbox(512)
    engine = Engine(settings, journal, outbox, 1)
    engine.attach()
    ring = Ring(64)
    total = largest = 0.0
    samples = 0
    for travel, load in trace.blocks():
        for at in range(0, len(travel), BATCH):
            for counts, force in zip(travel[at : at + BATCH], load[at : at + BATCH], strict=True):
                ring.push(counts, force)
            begun = time.perf_counter()
            taken = engine.feed(ring)
            spent = time.perf_counter() - begun
            total += spent
            samples += taken
            if taken:
                largest = max(largest, spent / taken)
            outbox.clear()
            while journal.used:
                journal.ack(journal.sessions[journal.tail], journal.numbers[journal.tail])
    return 1e6 * total / samples, 1e6 * largest


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
            mean, largest = engine_cost_us(trace)
            print(
                f"{rate_hz:>5} Hz{figures[0]:>14,.0f}/s{figures[1]:>14,.0f}/s{figures[2]:>14,.0f}/s"
                f"{mean:>13.2f} µs{largest:>9.0f} µs"
            )


if __name__ == "__main__":
    main()
