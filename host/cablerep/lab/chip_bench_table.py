"""The figures of a bench as tables for people; JSON has them all."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from .chip_bench import CLOCK_MHZ, Bench, Cost, heap


def show(console: Console, bench: Bench) -> None:
    """Print one trace's figures."""
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
        ("sampler's interrupt, a tick", bench.tick),
        ("engine, a call for what waits", bench.engine),
        ("a turn of the loop", bench.turn),
    ):
        times.add_row(label, *_row(cost))
    console.print(times)
    found = heap(bench)
    latencies = bench.clean.latencies_ms
    for label, text in (
        ("engine, a sample", f"{bench.engine_cycles_a_sample / CLOCK_MHZ:.1f} µs on average"),
        ("tick off its grid", f"{sampling['deviation_us']:.1f} µs at most, {_counts(sampling['histogram_us'])}"),
        ("processor", f"{stats['cpu_share']:.1%} busy, {stats['cpu_share_busiest_second']:.1%} in its busiest second"),
        ("heap", ", ".join(f"{value} {name.replace('_', ' ')}" for name, value in found.items()) + " bytes"),
        ("lost", f"{health.missed} samples missed, {health.overruns} overrun, {health.dropped_samples} sample frames "
                 f"and {health.dropped} others dropped"),
        ("movement's end to REP's last byte",
         f"{sum(latencies) / len(latencies):.0f} ms mean, {max(latencies):.0f} ms at most, {len(latencies)} reps"
         if latencies else "no rep"),
    ):  # fmt: skip
        console.print(f"{label}: {text}", soft_wrap=True)
    table = Table("stage", "function", "calls", "mean µs", "p99 µs", "max µs", "µs a sample", box=None, pad_edge=False)
    for column in table.columns[2:]:
        column.justify = "right"
    for stage in bench.stages:
        mean, p99, most, _ = _row(stage.cost)
        a_sample = f"{stage.cycles_a_sample / CLOCK_MHZ:.1f}"
        table.add_row(stage.label, stage.target, str(stage.cost.count), mean, p99, most, a_sample)
    console.print("\nBy stage, marks included (some 20 µs a call); a sample's share without the stages within:")
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
