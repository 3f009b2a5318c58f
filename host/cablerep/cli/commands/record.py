"""`cablerep record`: raw samples from a board into a trace file; its reps are stored as well.

The file is put into place at the end, whatever ends it. After a `kill -9`, NAME.csv.part holds all but the last moment
and can be replayed.
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.monitor.recorder import Recorder

_LEAST_S = 0.1


def add_parser(subparsers: Any) -> None:
    """Add this command's arguments to the command line."""
    parser = subparsers.add_parser(
        "record",
        help="record raw samples into a trace file",
        description="Records a board's raw samples into a trace file and stores its reps. Ctrl-C ends it.",
        epilog="While it runs, and after a kill, the samples are in FILE.part; 'cablerep replay FILE.part' reads it.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="trace to write, .csv or .csv.gz")
    options.add_port(parser)
    options.add_store(parser)
    parser.add_argument("--sets", type=options.positive, metavar="N", help="end after N sets (default: at Ctrl-C)")
    parser.add_argument("--seconds", type=_seconds, metavar="S", help="end after S seconds of samples")
    parser.add_argument("--exercise", metavar="NAME", help="written into the trace's head")
    parser.add_argument("--side", choices=("left", "right"), help="written into the trace's head")
    parser.add_argument("--force", action="store_true", help="overwrite FILE, and what a killed recording left of it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Record until the end asked for or Ctrl-C; return the exit status."""
    from cablerep.device.events import Event
    from cablerep.device.link import Link
    from cablerep.device.session import Session
    from cablerep.monitor.loop import PlainView, follow
    from cablerep.monitor.recorder import Recorder
    from cablerep.monitor.watch import Watch
    from cablerep.store.database import Store
    from cablerep.text import console as terminal

    console = terminal.output()
    meta = {key: value for key, value in (("exercise", args.exercise), ("side", args.side)) if value}
    link = Link(args.port, Session(stream=True))
    with Recorder(args.file, meta, overwrite=args.force) as recorder:
        # Ctrl-C is the way to end it.
        with (
            Store(options.store_path(args.store)) as store,
            Watch(link, store) as watch,
            terminal.Working(f"recording into {args.file}", console, after_s=0.0) as working,
            contextlib.suppress(KeyboardInterrupt),
        ):

            def take(event: Event) -> bool:
                recorder.take(event)
                working.say(f"recording into {args.file}: {recorder.seconds:.0f} s, {recorder.missed} missed")
                return args.seconds is not None and recorder.seconds >= args.seconds

            follow(watch, PlainView(console), sets=args.sets, also=take)
        recorder.close()
        _report(recorder)
    return 0


def _report(recorder: Recorder) -> None:
    from cablerep.text import console as terminal

    if not recorder.paths:
        terminal.note("cablerep: note: no samples came, so there is no file")
        return
    print(
        f"{', '.join(map(str, recorder.paths))}: {recorder.rows} samples, {recorder.seconds:.1f} s, "
        f"{recorder.missed} missed{f' ({recorder.refused} out of range)' if recorder.refused else ''}"
    )


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not _LEAST_S <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds from {_LEAST_S}")
    return value
