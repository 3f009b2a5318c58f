"""`cablerep plot`: draws a trace with the detector's result, and with the truth if it has a truth file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "plot",
        help="draw a trace with the detector's result",
        description="Draws travel, speed and force over time, with phases, reps, flags, rejections and, if known, the "
        "truth.",
    )
    parser.add_argument("trace", metavar="TRACE", help="trace file, .csv or .csv.gz")
    parser.add_argument("-o", "--out", required=True, metavar="FILE", help="picture to write: .png, .svg or .html")
    options.add_profile(parser)
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")
    parser.add_argument("--title", help="heading (default: the trace's name and the counts)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw the trace; return the exit status."""
    from cablerep.cli import files
    from cablerep.exercise import library
    from cablerep.lab import plot
    from cablerep.lab.evaluation import detect
    from cablerep_sim.trace.trace import open_trace
    from cablerep_sim.truth import file as truth

    out = Path(args.out)
    files.check_suffix(out, *plot.SUFFIXES)
    files.check([out], force=args.force)
    trace = open_trace(args.trace)
    beside = truth.path_beside(Path(args.trace))
    known = truth.load(beside) if beside.exists() else None
    limits = library.load(args.profile).limits() if args.profile else known.limits if known else None
    figure = plot.draw(trace, detect(trace, limits=limits), known, args.title)
    files.write(out, plot.encode(figure, out.suffix))
    print(out)
    return 0
