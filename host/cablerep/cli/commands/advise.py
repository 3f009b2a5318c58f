"""`cablerep advise`: what to change next time, with the figures behind each piece of advice."""

from __future__ import annotations

import argparse
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "advise",
        help="suggest what to change next time, and why",
        description="Applies the rules in docs/history.md to the latest sessions and shows the figures behind each "
        "suggestion. The rules know reps, not the lifter: pain, a doctor and a coach come first.",
    )
    options.add_store(parser)
    options.add_filters(parser)
    parser.add_argument("--plan", metavar="NAME", help="keep to the reps of this session plan")
    parser.add_argument("--rules", action="store_true", help="list the rules and what each requires")
    parser.add_argument("--json", action="store_true", help="print JSON Lines, one suggestion per line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the advice; return the exit status."""
    from cablerep.history import advice
    from cablerep.history.logbook import whose
    from cablerep.people import plans
    from cablerep.text import console as terminal
    from cablerep.text import history_json

    console = terminal.output()
    if args.rules:
        for rule in advice.RULES:
            if args.json:
                terminal.print_json(history_json.rule_object(rule))
            else:
                console.print(f"{rule.name}: {rule.sentence}\n  when {rule.when}\n  needs {rule.needs}", soft_wrap=True)
        return 0
    sets = options.chosen(args, both_sides=True)
    plan = plans.load(args.plan) if args.plan else None

    def rep_range(lifter: str, exercise_id: str) -> tuple[int, int] | None:
        step = None if plan is None else plan.step_of(exercise_id)
        return None if step is None else step.rep_range

    found = [one for one in advice.advise(sets, rep_range) if args.side in (None, one.side)]
    title = None
    for one in found:
        if args.json:
            terminal.print_json(history_json.advice_object(one))
            continue
        if (one.lifter, one.exercise, one.side) != title:
            title = (one.lifter, one.exercise, one.side)
            exercise = ", ".join(part for part in (one.exercise or "no exercise", one.side) if part)
            console.print(whose(one.lifter, exercise))
        console.print(f"  {one.sentence}\n    {one.because}", soft_wrap=True)
    if sets and not found:
        terminal.note("no advice: no rule applies, or there are too few reps; see --rules")
    return 0 if sets else 1
