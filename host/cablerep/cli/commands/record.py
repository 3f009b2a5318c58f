"""`cablerep record`: records a board's raw samples into a trace file and stores its reps.

The file is complete however the command ends. After a `kill -9`, NAME.csv.part has all but the last second and can be
replayed.
"""

from __future__ import annotations

import argparse
import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.monitor.recorder import Recorder

_MIN_S = 0.1


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "record",
        help="record raw samples into a trace file",
        description="Records a board's raw samples into a trace file and stores its reps. Ctrl-C ends it.",
        epilog="While it runs, and after a kill, the samples are in FILE.part, which 'cablerep replay' can read.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="trace to write, .csv or .csv.gz")
    options.add_port(parser)
    options.add_profile(parser)
    options.add_side(parser)
    options.add_store(parser)
    parser.add_argument("--sets", type=options.positive, metavar="N", help="end after N sets (default: at Ctrl-C)")
    parser.add_argument("--seconds", type=_seconds, metavar="S", help="end after S seconds of samples")
    parser.add_argument("--exercise", metavar="NAME", help="exercise in the trace's header (default: the profile)")
    parser.add_argument("--force", action="store_true", help="overwrite FILE, and the .part file of a killed recording")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Record until the limit given or Ctrl-C; return the exit status."""
    from cablerep.device.coach import Coach
    from cablerep.device.events import Event
    from cablerep.device.link import Link
    from cablerep.device.session import Session
    from cablerep.exercise.library import load
    from cablerep.monitor.loop import PlainView, follow
    from cablerep.monitor.recorder import Recorder
    from cablerep.monitor.watch import Watch
    from cablerep.store.database import Store
    from cablerep.text import console as terminal

    console = terminal.output()
    profile = load(args.profile) if args.profile else None
    exercise = args.exercise or (profile.id if profile else "")
    meta = {key: value for key, value in (("exercise", exercise), ("side", args.side)) if value}
    link = Link(args.port, Session(stream=True))
    coach = Coach(link.session, profile, args.side or "")
    with Recorder(args.file, meta, overwrite=args.force) as recorder:
        # Ctrl-C is the normal way to stop.
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

            follow(watch, PlainView(console), sets=args.sets, also=take, coach=coach)
        recorder.close()
        _report(recorder)
    return 0


def _report(recorder: Recorder) -> None:
    from cablerep.text import console as terminal

    if not recorder.paths:
        terminal.note("cablerep: note: no samples arrived, so no file was written")
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
    if not _MIN_S <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds of {_MIN_S} or more")
    return value
