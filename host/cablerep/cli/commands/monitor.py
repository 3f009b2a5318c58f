"""`cablerep monitor`: shows a board live, on a screen, as plain lines or as JSON Lines, and stores every rep.

q or Ctrl-C ends it. If the board is unplugged, it waits for it.
"""

from __future__ import annotations

import argparse
import contextlib
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from cablerep.exercise.profile import Profile
    from cablerep.monitor.loop import MonitorPlan
    from cablerep.people.plans import Plan


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "monitor",
        help="watch a board and store its reps",
        description="Shows a board live and stores every rep. It waits for a board that is unplugged. Ctrl-C ends it.",
    )
    options.add_port(parser)
    options.add_profile(parser)
    options.add_side(parser)
    options.add_store(parser)
    add_training(parser)
    parser.add_argument("--sets", type=options.positive, metavar="N", help="end after N sets (default: at Ctrl-C)")
    parser.add_argument("--plain", action="store_true", help="print lines instead of the live screen")
    parser.add_argument("--json", action="store_true", help="print JSON Lines and nothing else on standard output")
    parser.add_argument(
        "--no-curves",
        action="store_true",
        help="store only the figures of reps, not their curves; saves samples on a slow line",
    )
    parser.add_argument(
        "--practice", action="store_true", help="count and judge, but store nothing of what is lifted from now on"
    )
    parser.set_defaults(run=run)


def add_training(parser: argparse.ArgumentParser) -> None:
    """Add the options that say who trains and what is planned; `session_of` reads the latter."""
    parser.add_argument(
        "--lifter",
        nargs="+",
        default=[],
        metavar="NAME",
        help="who trains, the first one first; several take turns with the key l (default: nobody)",
    )
    parser.add_argument("--plan", metavar="NAME", help="session plan: a name listed by 'cablerep plans', or a file")
    parser.add_argument("--reps", metavar="N", help="reps to do, such as 10 or 8-12; needs --profile")
    parser.add_argument("--rest", type=float, metavar="S", help="rest between sets; needs --profile")
    parser.add_argument(
        "--stop-at-loss", type=int, metavar="P", help="velocity loss in percent at which to stop; needs --profile"
    )
    parser.add_argument(
        "--weight", type=options.weight, metavar="W", help="the load, such as 12.5kg, where no load cell measures it"
    )


def run(args: argparse.Namespace) -> int:
    """Watch until N sets are over or Ctrl-C; return the exit status."""
    from cablerep.exercise.library import load
    from cablerep.monitor.loop import JsonView, MonitorPlan, PlainView, monitor_boards
    from cablerep.text import console as terminal

    console = terminal.output()
    screen = not args.json and not args.plain and terminal.takes_screen(console)
    profile = load(args.profile) if args.profile else None
    curves = not args.no_curves
    plan = MonitorPlan(
        (args.port,),
        (args.side or "",),
        args.sets,
        profile,
        stream=screen or curves,
        curves=curves,
        lifters=tuple(args.lifter),
        session=session_of(args, profile),
        weight_n=args.weight,
        practice=args.practice,
    )
    store_path = options.store_path(args.store)
    if screen:
        _show(plan, store_path, console)
        return 0
    with contextlib.suppress(KeyboardInterrupt):  # the normal way to stop
        monitor_boards(plan, store_path, lambda watch, coach: JsonView(watch) if args.json else PlainView(console))
    return 0


def session_of(args: argparse.Namespace, profile: Profile | None) -> Plan | None:
    """Return the plan of --plan, or one made of the other options; None without any. Raises PlanError."""
    from cablerep.errors import PlanError
    from cablerep.people import plans

    given = {"reps": args.reps, "rest_s": args.rest, "stop_percent": args.stop_at_loss}
    fields = {name: value for name, value in given.items() if value is not None}
    if args.plan:
        if fields:
            raise PlanError("--plan has its own reps, rest and loss; leave out --reps, --rest and --stop-at-loss")
        return plans.load(args.plan)
    if not fields:
        return None
    if profile is None:
        raise PlanError("--reps, --rest and --stop-at-loss need --profile, or put them into a plan")
    if "reps" in fields:
        try:
            fields["reps"] = [int(part) for part in fields["reps"].replace("–", "-").split("-")]
        except ValueError:
            raise PlanError(f"--reps is {args.reps!r}; write 10 or 8-12") from None
        if len(fields["reps"]) == 1:
            fields["reps"] *= 2
    return plans.of_options(profile, **fields)


def _show(plan: MonitorPlan, store_path: Path, console: Console) -> None:
    from cablerep.live.running import print_sets, run_screen
    from cablerep.model.screen import LiveModel
    from cablerep.monitor.feed import Feed

    model = LiveModel()
    with contextlib.suppress(KeyboardInterrupt):
        run_screen(Feed(plan, store_path), model)
    print_sets(console, model)
