"""Runs one subcommand as the command line would, without the others."""

import argparse
from types import ModuleType


def run(command: ModuleType, *arguments: object) -> int:
    """Parse `arguments`, the subcommand's name first, and run it. Raises SystemExit for a wrong command line."""
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers(required=True))
    args = parser.parse_args([str(argument) for argument in arguments])
    return int(args.run(args))
