"""`cablerep completion`: a script with which a shell completes the commands, options and file names of this program.

Made from the command line's own parser by shtab, so that it knows every option, and needs no Python while one types.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

_FILES = ("FILE", "TRACE")  # how the commands' help calls an argument that is a file
SHELLS = ("bash", "zsh", "tcsh")  # those that shtab writes for


def add_parser(subparsers: Any) -> None:
    """Add this command's arguments to the command line."""
    parser = subparsers.add_parser(
        "completion",
        help="print a script for your shell's completion",
        description="Prints a script that makes a shell complete commands, options and file names.",
        epilog='Bash: eval "$(cablerep completion bash)" in ~/.bashrc. Zsh: write it to a file _cablerep in a folder '
        "of $fpath. Tcsh: write it to a file and source that in ~/.tcshrc.",
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell that shall complete")
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
    """Mark every argument that is a path, in all subcommands, as one to complete by the names of files."""
    for action in parser._actions:  # argparse has no public way to look at what was added
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                _complete_paths(command, file)
        elif action.type is Path or action.metavar in _FILES:
            action.complete = file  # type: ignore[attr-defined]  # shtab's own attribute
