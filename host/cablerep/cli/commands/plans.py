"""`cablerep plans`: lists, shows and begins session plans, which `cablerep monitor --plan` follows."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "plans",
        help="list, show and begin session plans",
        description="Lists the session plans: exercises, sets, reps, weight and rest, in TOML files of your own.",
    )
    parser.set_defaults(run=_list)
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    show = actions.add_parser("show", help="show a plan, and check its file", description="Shows a plan.")
    show.add_argument("plan", metavar="NAME", help="a name, or a file")
    show.set_defaults(run=_show)
    new = actions.add_parser("new", help="write a plan to edit", description="Writes an example of a plan, to edit.")
    new.add_argument("name", metavar="NAME", help="name of the plan and of its file")
    new.set_defaults(run=_new)


def _list(args: argparse.Namespace) -> int:
    from cablerep.errors import PlanError
    from cablerep.people import plans
    from cablerep.text import console as terminal

    console = terminal.output()
    for path in plans.known():
        try:
            console.print(f"{path.stem}  {'; '.join(plans.lines(plans.load(str(path))))}", soft_wrap=True)
        except PlanError as error:
            terminal.note(f"cablerep: {error}")
    if not plans.known():
        terminal.note(f"no plans yet in {plans.folder()}; 'cablerep plans new NAME' writes one to edit")
    return 0


def _show(args: argparse.Namespace) -> int:
    from cablerep.people import plans
    from cablerep.text import console as terminal

    plan = plans.load(args.plan)
    terminal.output().print(plan.name)
    for line in plans.lines(plan):
        terminal.output().print(f"  {line}", soft_wrap=True)
    return 0


def _new(args: argparse.Namespace) -> int:
    from cablerep.people import plans

    print(plans.add(args.name))
    return 0
