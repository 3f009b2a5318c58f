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
    parser.add_argument("--title", help="heading (default: the trace's name and the counts)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Draw the trace; return the exit status."""
    from cablerep.errors import CablerepError
    from cablerep.exercise import library
    from cablerep.lab import plot
    from cablerep.lab.evaluation import detect
    from cablerep_sim.trace.trace import open_trace
    from cablerep_sim.truth import file as truth

    out = Path(args.out)
    if out.suffix not in plot.SUFFIXES:
        raise CablerepError(f"{out}: unknown picture format; use a name that ends in {', '.join(plot.SUFFIXES)}")
    trace = open_trace(args.trace)
    beside = truth.path_beside(Path(args.trace))
    known = truth.load(beside) if beside.exists() else None
    limits = library.load(args.profile).limits() if args.profile else known.limits if known else None
    plot.save(plot.draw(trace, detect(trace, limits=limits), known, args.title), out)
    print(out)
    return 0
