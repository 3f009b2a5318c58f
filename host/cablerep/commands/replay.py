"""`cablerep replay`: recordings through the board's own engine, as tables or as the contract's JSON Lines.

A trace that cannot be read costs one line on standard error and the exit status, never the other traces.
"""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from cablerep.events import Event, Rejected, Rep, SetOver
    from cablerep_sim.trace import Trace

_SHOW_AFTER_S = 1.0  # work shorter than this shows no progress: it would only flicker


def add_parser(subparsers: Any) -> None:
    """Add this command's arguments to the command line."""
    parser = subparsers.add_parser(
        "replay",
        help="count the reps of recorded traces",
        description="Runs recorded traces through the engine of the firmware and prints their reps and sets.",
        epilog="Exit status 1 where a trace could not be read; the others are replayed all the same.",
    )
    parser.add_argument("traces", nargs="+", metavar="TRACE", help="trace file, .csv or .csv.gz")
    parser.add_argument("--json", action="store_true", help="print JSON Lines and nothing else on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Replay the traces one after the other; return the exit status."""
    from cablerep import terminal
    from cablerep.errors import TraceError
    from cablerep_sim.trace import open_trace

    failed = False
    for place, path in enumerate(args.traces):
        try:
            with _Progress(f"{path} ({place + 1} of {len(args.traces)})") as progress:
                trace = open_trace(path)
                for note in trace.notes:
                    progress.note(f"cablerep: note: {note}")
                if args.json:
                    _print_objects(path, trace, progress)
                else:
                    _print_tables(path, trace, progress)
        except TraceError as error:
            terminal.note(f"cablerep: error: {error}")
            failed = True
    return int(failed)


def _print_objects(path: str, trace: Trace, progress: _Progress) -> None:
    from cablerep import terminal
    from cablerep.contract import Tally, contract_object
    from cablerep.replaying import replayed

    tally = Tally()
    for event in replayed(trace):
        tally.add(event)
        progress.step(event)
        thing = contract_object(event, trace=path)
        if thing is not None:
            terminal.print_json(thing)
    terminal.print_json(tally.summary(trace=path))


def _print_tables(path: str, trace: Trace, progress: _Progress) -> None:
    """Print each set as it ends, so that a trace of any length needs no more memory than its longest set."""
    from cablerep import terminal
    from cablerep.contract import Tally
    from cablerep.events import Rejected, Rep, SetOver
    from cablerep.replaying import replayed

    console = terminal.output()
    console.print(f"{path}: {trace.duration_s:.1f} s at {trace.rate_hz} Hz")
    tally = Tally()
    reps: dict[float, Rep] = {}
    rejected: list[Rejected] = []
    for event in replayed(trace):
        tally.add(event)
        progress.step(event)
        if isinstance(event, Rep):
            reps[event.start_s] = event
        elif isinstance(event, Rejected):
            rejected.append(event)
        elif isinstance(event, SetOver):
            _print_set(console, [rep for rep in reps.values() if rep.set == event.set], rejected, event)
            reps.clear()
            rejected.clear()
    _print_set(console, list(reps.values()), rejected, None)
    summary = tally.summary()
    console.print(
        "  {reps} reps, {partials} partial, {rejected} rejected in {sets} sets; "
        "{samples} samples, {missed} missed\n".format(**summary)
    )


def _print_set(console: Console, reps: list[Rep], rejected: list[Rejected], over: SetOver | None) -> None:
    from rich.padding import Padding

    from cablerep import tables

    for line in tables.rejected_lines(rejected):
        console.print(f"  {line}")
    if reps:
        console.print(Padding(tables.rep_table(reps), (0, 2)))
    if over is not None:
        line = tables.set_line(over.set, over.reps, over.partials, over.rom_mm, over.load_n, over.side)
        console.print(f"  {line}, {over.start_s:.1f}–{over.end_s:.1f} s")


class _Progress:
    """A line on a terminal's standard error that says how far a long trace is; nothing elsewhere."""

    def __init__(self, name: str) -> None:
        from cablerep import terminal

        self._name = name
        self._status = terminal.notes().status(name)
        self._show_at = time.monotonic() + _SHOW_AFTER_S
        self._shown = False

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._shown:
            self._status.stop()

    def step(self, event: Event) -> None:
        """Show how far the trace is, once it has taken a while."""
        if time.monotonic() < self._show_at:
            return
        if not self._shown:
            self._shown = True
            self._status.start()
        known_s = getattr(event, "known_s", None)
        if known_s is not None:
            self._status.update(f"{self._name}: {known_s:.0f} s")

    def note(self, text: str) -> None:
        """Say something beside the progress."""
        from cablerep import terminal

        terminal.note(text)
