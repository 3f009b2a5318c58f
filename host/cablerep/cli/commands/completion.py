"""`cablerep completion`: a script for the shell's completion of commands, options and file names.

It is generated from the parser, so it has every option and runs no Python while you type.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_FILES = ("FILE", "TRACE")  # metavars of arguments that are files
SHELLS = ("bash", "zsh", "tcsh", "fish")  # all but fish by shtab


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "completion",
        help="print a completion script for your shell",
        description="Prints a script that completes commands, options and file names in your shell.",
        epilog='Bash: eval "$(cablerep completion bash)" in ~/.bashrc. Zsh: save it as _cablerep in a folder '
        "of $fpath. Tcsh: save it to a file and source that in ~/.tcshrc. Fish: save it as "
        "~/.config/fish/completions/cablerep.fish.",
    )
    parser.add_argument("shell", choices=SHELLS, help="your shell")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the script; return the exit status."""
    from cablerep.cli.main import build_parser

    parser = build_parser()
    if args.shell == "fish":
        print("\n".join(fish_lines(parser)))
        return 0
    import shtab

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


def fish_lines(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield the lines of a script for fish. shtab does not write one."""
    yield f"complete -c {parser.prog} -f"
    yield from _fish_lines(parser, parser.prog, ())


def _fish_lines(parser: argparse.ArgumentParser, program: str, path: tuple[str, ...]) -> Iterator[str]:
    """Yield the lines for the parser of the (sub)command `path`."""
    seen = [f"__fish_seen_subcommand_from {name}" for name in path]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            names = " ".join(action.choices)
            here = "; and ".join([*seen, f"not __fish_seen_subcommand_from {names}"])
            helps = {choice.dest: choice.help for choice in action._choices_actions}
            for name, command in action.choices.items():
                yield f"complete -c {program} -n {_quoted(here)} -a {name} -d {_quoted(helps.get(name) or '')}"
                yield from _fish_lines(command, program, (*path, name))
            continue
        here = "; and ".join(seen) or "__fish_use_subcommand"
        flags = [
            f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
            for name in action.option_strings
            if name != "-h"
        ]
        needs_value = action.nargs != 0
        is_file = action.type is Path or action.metavar in _FILES
        values = f" -a {_quoted(' '.join(map(str, action.choices)))}" if action.choices else ""
        if not flags:
            if is_file:
                yield f"complete -c {program} -n {_quoted(here)} -F"
            elif values:
                yield f"complete -c {program} -n {_quoted(here)}{values}"
            continue
        takes = (" -r -F" if is_file else f" -x{values}") if needs_value else ""
        text = (action.help or "").replace("%%", "%")
        yield f"complete -c {program} -n {_quoted(here)} {' '.join(flags)}{takes} -d {_quoted(text)}"


def _quoted(text: str) -> str:
    """Return `text` in single quotes for fish."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
