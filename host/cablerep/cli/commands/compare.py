"""`cablerep compare`: left against right, the latest day against the one before, or one set against another."""

from __future__ import annotations

import argparse
from typing import Any

from cablerep.cli import args as options


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "compare",
        help="compare left with right, and this session with the last",
        description="Compares left with right on the latest day that has both, and the latest day of each exercise and "
        "side with the day before it; or the two sets given.",
        epilog="Shows means ± standard deviations of the full reps. A difference is named only if it exceeds the "
        "sensor error and the scatter of the reps; docs/history.md has the formulas.",
    )
    parser.add_argument("sets", nargs="*", metavar="SET", help="two set ids, or last and last-1")
    options.add_store(parser)
    options.add_filters(parser)
    parser.add_argument("--json", action="store_true", help="print JSON Lines, one comparison per line")
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """Print the comparisons; return the exit status."""
    from cablerep.history import compare, logbook
    from cablerep.text import console as terminal
    from cablerep.text import history_json
    from cablerep.text.compare import LEGEND, comparison_heading, comparison_note, comparison_table

    if len(args.sets) not in (0, 2):
        args.parser.error(f"give two sets or none, not {len(args.sets)}")
    sets = options.chosen(args)
    if args.sets:
        found = [compare.of_sets(*(logbook.choose(sets, name) for name in args.sets))]
    else:
        found = compare.of_sides(sets) + compare.of_days(sets)
    if args.json:
        for one in found:
            terminal.print_json(history_json.comparison_object(one))
        return 0 if sets else 1
    console = terminal.output()
    for index, one in enumerate(found):
        if index:
            console.print()
        console.print(comparison_heading(one))
        console.print(comparison_table(one))
        note = comparison_note(one)
        if note:
            console.print(note)
    if found:
        console.print(f"\n{LEGEND}", soft_wrap=True)
    elif sets:
        terminal.note("nothing to compare yet: that needs both sides on one day, or two days of one exercise and side")
    return 0 if sets else 1
