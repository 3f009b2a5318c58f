"""`cablerep units`: shows or chooses the unit in which weights are shown."""

from __future__ import annotations

import argparse
from typing import Any

from cablerep.units import WEIGHT_UNITS


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "units",
        help="choose kilograms or pounds",
        description="Chooses the unit of weight for the live screen, all tables, the report and the exports. kg is the "
        "default. N shows newtons, and with them power and speeds. Without an argument it shows the choice.",
        epilog="CABLEREP_UNITS=lb before a command chooses for that command only. --json output is always in newtons.",
    )
    parser.add_argument("units", nargs="?", choices=tuple(WEIGHT_UNITS), help="unit of weight")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Store or print the choice; return the exit status."""
    from cablerep import preferences

    if args.units is None:
        print(preferences.load().units)
        return 0
    preferences.save(preferences.Preferences(units=args.units))
    print(f"weights are now shown in {args.units}")
    return 0
