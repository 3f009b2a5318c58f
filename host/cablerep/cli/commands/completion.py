"""`cablerep completion`: a script for the shell's completion of commands, options and file names.

shtab generates it from the parser, so it has every option and runs no Python while you type.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

_FILES = ("FILE", "TRACE")  # metavars of arguments that are files
SHELLS = ("bash", "zsh", "tcsh")  # what shtab supports


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "completion",
        help="print a completion script for your shell",
        description="Prints a script that completes commands, options and file names in your shell.",
        epilog='Bash: eval "$(cablerep completion bash)" in ~/.bashrc. Zsh: save it as _cablerep in a folder '
        "of $fpath. Tcsh: save it to a file and source that in ~/.tcshrc.",
    )
    parser.add_argument("shell", choices=SHELLS, help="your shell")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the script; return the exit status."""
    import shtab

    from cablerep.cli.main import build_parser

    parser = build_parser()
    _complete_paths(parser, shtab.FILE)
    print(shtab.complete(parser, shell=args.shell))
    return 0


def _complete_paths(parser: argparse.ArgumentParser, file: Any) -> None:
    """Mark every path argument of all subcommands for completion with file names."""
    for action in parser._actions:  # argparse has no public way to list arguments
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _complete_paths(command, file)
        elif action.type is Path or action.metavar in _FILES:
            action.complete = file  # type: ignore[attr-defined]  # shtab's own attribute
