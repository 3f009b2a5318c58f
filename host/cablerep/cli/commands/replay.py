"""`cablerep replay`: runs recordings through the board's engine and prints tables or the contract's JSON Lines.

A trace that cannot be read gives one line on standard error and exit status 1; the others are still replayed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from rich.console import Console

    from cablerep.device.events import Event, Rejected, Rep, SetOver
    from cablerep.text.console import Working
    from cablerep_sim.trace.trace import Trace

_LARGE = 20_000_000  # bytes; checking a larger trace takes some seconds


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "replay",
        help="count the reps of recorded traces",
        description="Runs recorded traces through the firmware's engine and prints their reps and sets.",
        epilog="The exit status is 1 if a trace cannot be read; the others are still replayed.",
    )
    parser.add_argument("traces", nargs="+", metavar="TRACE", help="trace file, .csv or .csv.gz")
    options.add_profile(parser)
    parser.add_argument("--side", choices=options.SIDES, help="side of the sets (default: the trace's own)")
    parser.add_argument("--json", action="store_true", help="print JSON Lines and nothing else on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Replay the traces one after the other; return the exit status."""
    from cablerep.errors import TraceError
    from cablerep.exercise import library
    from cablerep.text import console as terminal
    from cablerep_sim.trace.trace import open_trace

    limits = library.load(args.profile).limits() if args.profile else None
    console = terminal.output()
    failed = False
    for number, path in enumerate(args.traces, 1):
        name = f"{path} ({number} of {len(args.traces)})"
        large = Path(path).is_file() and Path(path).stat().st_size > _LARGE
        try:
            with terminal.Working(name, None if args.json else console, after_s=0.0 if large else 1.0) as working:
                working.say(f"{name}: checking")
                trace = open_trace(path)
                for note in trace.notes:
                    terminal.note(f"cablerep: note: {note}")
                events = _with_progress(trace, limits, args.side or "", working, name)
                if args.json:
                    print_objects(path, events)
                else:
                    print_tables(console, path, trace, events)
        except TraceError as error:
            terminal.note(f"cablerep: error: {error}")
            failed = True
    return int(failed)


def _with_progress(
    trace: Trace, limits: Mapping[str, int] | None, side: str, working: Working, name: str
) -> Iterator[Event]:
    """Yield the events of `trace` and show the progress."""
    from cablerep.lab.replay import replayed

    for event in replayed(trace, limits, side):
        known_s = getattr(event, "known_s", None)
        if known_s is not None:
            working.say(f"{name}: {100 * known_s / max(trace.duration_s, known_s, 1.0):.0f} %")
        yield event


def print_objects(path: str, events: Iterator[Event]) -> None:
    """Print the contract's JSON objects for the trace `path`, the summary last."""
    from cablerep.text import console as terminal
    from cablerep.text.contract import Tally, contract_object

    tally = Tally()
    for event in events:
        tally.add(event)
        line = contract_object(event, trace=path)
        if line is not None:
            terminal.print_json(line)
    terminal.print_json(tally.summary(trace=path))


def print_tables(console: Console, path: str, trace: Trace, events: Iterator[Event]) -> None:
    """Print each set as it ends, so that memory is bounded by the longest set."""
    from cablerep.device.events import Rejected, Rep, SetOver
    from cablerep.text.contract import Tally
    from cablerep.text.reps import counted, plural

    console.print(f"{path}: {trace.duration_s:.1f} s at {trace.rate_hz} Hz")
    tally = Tally()
    reps: dict[float, Rep] = {}
    rejected: list[Rejected] = []
    for event in events:
        tally.add(event)
        if isinstance(event, Rep):
            reps[event.start_s] = event
        elif isinstance(event, Rejected):
            rejected.append(event)
        elif isinstance(event, SetOver):
            _print_set(console, [rep for rep in reps.values() if rep.set == event.set], rejected, event)
            reps = {start_s: rep for start_s, rep in reps.items() if rep.set != event.set}
            rejected.clear()
    _print_set(console, list(reps.values()), rejected, None)
    summary = tally.summary()
    console.print(
        f"  {counted(summary['reps'], summary['partials'])}, {summary['rejected']} not counted, "
        f"{plural(summary['sets'], 'set')}; "
        f"{summary['samples']} samples, {summary['missed']} missed\n"
    )


def _print_set(console: Console, reps: list[Rep], rejected: list[Rejected], over: SetOver | None) -> None:
    from rich.padding import Padding

    from cablerep.text.reps import form_lines, rejected_lines, rep_table, set_line

    for line in rejected_lines(rejected):
        console.print(f"  {line}")
    if reps:
        console.print(Padding(rep_table(reps), (0, 2)))
        for line in form_lines(reps):
            console.print(f"  {line}")
    if over is not None:
        line = set_line(over.set, over.reps, over.partials, over.rom_mm, over.load_n, over.side)
        console.print(f"  {line}, {over.start_s:.1f}–{over.end_s:.1f} s")
