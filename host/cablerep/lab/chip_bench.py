"""Measures the firmware on an emulated chip: cost of a tick and a step, jitter, free heap, latency.

The same trace runs three times: with the shipped files alone, with marks around the loop, and with marks around every
stage. Marks disturb jitter and load, so those figures come from the first run.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from cablerep_sim.pico import chip_flash, stages
from cablerep_sim.pico.emulator import Chip, Emulator
from cablerep_sim.pico.emulator import Event as ChipEvent
from cablerep_sim.pico.image import Image
from cablerep_sim.pico.rows import BoardRows

from ..device.events import Health, Log, Rep
from ..device.port import Port
from ..errors import PicoError
from .chip_host import START, ChipHost

CLOCK_MHZ = 125.0  # MicroPython's on a Pico
DELIMITER = b"\0"  # ends a frame
_STATS_S = 60.0  # real time; the harness sorts some hundred thousand numbers

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost in cycles without interrupts and sleep: mean, 99th percentile, maximum."""

    count: int
    mean: float
    p99: float
    max: float

    @classmethod
    def of(cls, summary: Mapping[str, float] | None) -> Cost:
        """Convert a summary of the harness; None gives zeros."""
        return (
            cls(int(summary["count"]), summary["mean"], summary["p99"], summary["max"]) if summary else cls(0, 0, 0, 0)
        )

    def object(self) -> dict[str, float]:
        """Return a JSON object, in cycles and µs."""
        cycles = {"mean_cycles": self.mean, "p99_cycles": self.p99, "max_cycles": self.max}
        micros = {name.replace("cycles", "us"): value / CLOCK_MHZ for name, value in cycles.items()}
        return {"count": self.count, **{name: round(value, 1) for name, value in (cycles | micros).items()}}


@dataclass(frozen=True, slots=True)
class StageCost:
    """A stage's calls, and its mean cost per sample without the stages called from it."""

    label: str
    target: str
    cost: Cost
    cycles_per_sample: float


@dataclass(slots=True)
class Run:
    """One run's figures."""

    stats: ChipEvent
    health: Health
    heap_min: int  # bytes free, the minimum over the HEALTH frames
    latencies_ms: list[float]
    notes: list[str]


@dataclass(slots=True)
class Bench:
    """All figures of one trace."""

    source: str
    rate_hz: int
    clean: Run
    loop: Run
    staged: Run
    absent: tuple[str, ...]  # stages that this firmware does not have
    stages: list[StageCost] = field(default_factory=list)

    @property
    def samples(self) -> int:
        """Number of sampler ticks measured."""
        return int(self.clean.stats["sampling"]["count"])

    @property
    def tick(self) -> Cost:
        """The sampler's interrupt, from entry to exit."""
        return Cost.of(self.clean.stats["tick_cycles"])

    @property
    def engine(self) -> Cost:
        """A call of Engine.feed, which takes all waiting samples."""
        return _inclusive(self.loop, stages.LOOP, "Engine.feed")

    @property
    def turn(self) -> Cost:
        """One pass of the main loop, without idling."""
        return Cost.of(self.loop.stats["stages"].get(str(stages.TURN), {}).get("inclusive"))

    @property
    def engine_cycles_per_sample(self) -> float:
        """Mean cost of a sample in the engine."""
        return self.engine.count * self.engine.mean / max(1, int(self.loop.stats["sampling"]["count"]))

    def object(self) -> dict[str, Any]:
        """Return all figures as a JSON object."""
        stats, health = self.clean.stats, self.clean.health
        sampling = stats["sampling"]
        latencies = self.clean.latencies_ms
        return {
            "event": "bench",
            "trace": self.source,
            "rate_hz": self.rate_hz,
            "samples": self.samples,
            "tick": self.tick.object(),
            "engine_us_a_sample": round(self.engine_cycles_per_sample / CLOCK_MHZ, 1),
            "engine_call": self.engine.object(),
            "turn": self.turn.object(),
            "jitter_us": round(sampling["deviation_us"], 2),
            "period_jitter_us": round(sampling["gap_deviation_us"], 2),
            "jitter_counts": sampling["histogram_us"],
            "board_jitter_us": health.jitter_us,
            "cpu_share": round(stats["cpu_share"], 4),
            "cpu_share_busiest_second": round(stats["cpu_share_busiest_second"], 4),
            "heap": heap(self),
            "missed": health.missed,
            "overruns": health.overruns,
            "dropped_samples": health.dropped_samples,
            "dropped": health.dropped,
            "latency_ms": {
                "reps": len(latencies),
                "mean": round(sum(latencies) / len(latencies), 1) if latencies else None,
                "max": round(max(latencies), 1) if latencies else None,
            },
            "simulated_s": round(stats["seconds"], 2),
            "speed": round(stats["speed"], 3),
            "stages": [
                {
                    "stage": stage.label,
                    "function": stage.target,
                    "us_a_sample": round(stage.cycles_per_sample / CLOCK_MHZ, 1),
                    **stage.cost.object(),
                }
                for stage in self.stages
            ],
            "absent": list(self.absent),
        }


def heap(bench: Bench) -> dict[str, int]:
    """Return the heap figures logged by boot.py, and the minimum free heap in HEALTH, in bytes."""
    found = {"least_free": bench.clean.heap_min}
    for note in bench.loop.notes:
        if match := re.search(r"heap (\d+) used, (\d+) free(, collected)?", note):
            when = "live" if match[3] else "imported"
            found |= {f"{when}_used": int(match[1]), f"{when}_free": int(match[2])}
    return found


def measure(
    source: str,
    rows: BoardRows,
    image: Image,
    bootrom: bytes,
    files: Mapping[str, bytes],
    progress: Progress,
) -> Bench:
    """Run the trace three times and return the figures. Raises PicoError.

    `progress` receives the name of the run and the fraction played.
    """

    def run(name: str, marked: tuple[stages.Stage, ...]) -> Run:
        boot = {"boot.py": stages.boot_script(marked).encode()} if marked else {}
        flash = chip_flash.lay(image, {**files, **boot}, rows)
        chip = Chip(flash, bootrom, rows, {**START, "pace": 0, "log_packets": not marked})
        with Emulator(chip) as emulator:
            return _Listener(emulator, rows, settle=not marked).run(lambda played: progress(name, played))

    clean = run("alone", ())
    loop = run("loop marked", stages.LOOP)
    staged = run("stages marked", stages.STAGES)
    absent = tuple(stage.target for stage in stages.STAGES if stages.arity(stage) is None)
    bench = Bench(source, rows.rate_hz, clean, loop, staged, absent)
    samples = max(1, int(staged.stats["sampling"]["count"]))
    for number, stage in stages.numbered(stages.STAGES).items():
        figures = staged.stats["stages"].get(str(number))
        if figures:
            alone = Cost.of(figures["exclusive"])
            bench.stages.append(
                StageCost(stage.label, stage.target, Cost.of(figures["inclusive"]), alone.count * alone.mean / samples)
            )
    return bench


class CountedPort(Port):
    """A port that returns one frame per read and counts the bytes returned."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.count = 0
        self._waiting = bytearray()

    def read(self) -> bytes:
        if DELIMITER not in self._waiting:
            self._waiting += super().read()
        at = self._waiting.find(DELIMITER) + 1 or len(self._waiting)
        while self._waiting[at : at + 1] == DELIMITER:  # packets are padded with delimiters
            at += 1
        frame = bytes(self._waiting[:at])
        del self._waiting[:at]
        self.count += at
        return frame


class _Listener:
    """Listens to one run."""

    def __init__(self, emulator: Emulator, rows: BoardRows, settle: bool) -> None:
        self._emulator = emulator
        self._settle = settle
        self._rows = rows
        self._port: CountedPort | None = None
        self._sent: list[tuple[int, float]] = []  # total bytes sent to the host, and the time in µs
        self._unread = 0  # bytes sent before the port was opened
        self._stats: ChipEvent | None = None

    def run(self, say: Callable[[float], None]) -> Run:
        host = ChipHost(
            self._emulator, self._rows, stream=True, tell=self._hear, open_port=self._open, settle=self._settle
        )
        ends: list[tuple[float, int]] = []  # end of each rep in s, and of its frame in bytes
        health: list[Health] = []
        notes: list[str] = []
        for event in host.events():
            say(host.played)
            if isinstance(event, Health) and host.begin_us is not None:
                health.append(event)
            elif isinstance(event, Log) and event.text.startswith(stages.NOTE):
                notes.append(event.text)
            elif isinstance(event, Rep) and not event.amended and self._port is not None:
                ends.append((event.end_s, self._port.count))
        if self._stats is None:
            self._stats = self._emulator.wait_for("stats", _STATS_S)
        if not health or self._port is None or host.begin_us is None:
            raise PicoError("the chip sent no HEALTH; the trace must last two seconds or more")
        latencies = []
        for end_s, count in ends if self._sent else ():
            arrived_us = next(us for sent, us in self._sent if sent - self._unread >= count)
            latencies.append((arrived_us - host.begin_us) / 1000 - 1000 * end_s)
        return Run(
            self._stats,
            health[-1],
            min((one.heap_free for one in health if one.heap_free), default=0),
            latencies,
            notes,
        )

    def _open(self, url: str) -> Port:
        self._port = CountedPort(url)
        return self._port

    def _hear(self, news: ChipEvent) -> None:
        if news["event"] == "over":
            self._emulator.send("stats")
        elif news["event"] == "stats":
            self._stats = news
        elif news["event"] == "host" and news["connected"] and self._sent:
            self._unread = self._sent[-1][0]
        elif news["event"] == "sent":
            self._sent.append((int(news["bytes"]), float(news["us"])))


def _inclusive(run: Run, marked: tuple[stages.Stage, ...], target: str) -> Cost:
    for number, stage in stages.numbered(marked).items():
        if stage.target == target:
            return Cost.of(run.stats["stages"].get(str(number), {}).get("inclusive"))
    return Cost.of(None)


def show(console: Console, bench: Bench) -> None:
    """Print the figures of one trace."""
    stats, health = bench.clean.stats, bench.clean.health
    sampling = stats["sampling"]
    console.print(
        f"{bench.source} at {bench.rate_hz} Hz, streaming: {stats['seconds']:.1f} s simulated, "
        f"{stats['speed']:.2f} times real time"
    )
    times = Table("", "mean µs", "p99 µs", "max µs", "mean cycles", box=None, pad_edge=False)
    for column in times.columns[1:]:
        column.justify = "right"
    for label, cost in (
        ("sampler interrupt, per tick", bench.tick),
        ("engine, per call", bench.engine),
        ("main loop, per pass", bench.turn),
    ):
        times.add_row(label, *_row(cost))
    console.print(times)
    found = heap(bench)
    latencies = bench.clean.latencies_ms
    for label, text in (
        ("engine, per sample", f"{bench.engine_cycles_per_sample / CLOCK_MHZ:.1f} µs on average"),
        ("jitter", f"{sampling['deviation_us']:.1f} µs at most, {_counts(sampling['histogram_us'])}"),
        ("processor", f"{stats['cpu_share']:.1%} busy, {stats['cpu_share_busiest_second']:.1%} in its busiest second"),
        ("heap", ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in found.items()) + " bytes"),
        ("lost", f"{health.missed} samples missed, {health.overruns} overruns, {health.dropped_samples} sample frames "
                 f"and {health.dropped} other frames dropped"),
        ("latency, end of movement to last byte of REP",
         f"{sum(latencies) / len(latencies):.0f} ms mean, {max(latencies):.0f} ms at most, {len(latencies)} reps"
         if latencies else "no reps"),
    ):  # fmt: skip
        console.print(f"{label}: {text}", soft_wrap=True)
    table = Table(
        "stage", "function", "calls", "mean µs", "p99 µs", "max µs", "µs per sample", box=None, pad_edge=False
    )
    for column in table.columns[2:]:
        column.justify = "right"
    for stage in bench.stages:
        mean, p99, most, _ = _row(stage.cost)
        per_sample = f"{stage.cycles_per_sample / CLOCK_MHZ:.1f}"
        table.add_row(stage.label, stage.target, str(stage.cost.count), mean, p99, most, per_sample)
    console.print("\nBy stage, including the marks (some 20 µs per call); µs per sample exclude inner stages:")
    console.print(table)
    if bench.absent:
        console.print(f"not in this firmware: {', '.join(bench.absent)}", soft_wrap=True)
    console.print()


def _row(cost: Cost) -> tuple[str, str, str, str]:
    mean, p99, most = (f"{value / CLOCK_MHZ:.1f}" for value in (cost.mean, cost.p99, cost.max))
    return mean, p99, most, f"{cost.mean:.0f}"


def _counts(histogram: dict[str, int]) -> str:
    return ", ".join(
        f"{count} {'more' if edge == 'more' else f'to {edge}'}" for edge, count in histogram.items() if count
    )
