"""The command line: runs a subcommand and turns exceptions into one line and an exit status.

0 success, 1 an error that the user can fix, 2 a wrong command line, 130 interrupted. Tracebacks are shown only with
CABLEREP_DEBUG in the environment.
"""

import argparse
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import NoReturn

from .. import __version__, preferences
from ..errors import CablerepError

COMMANDS = (
    *("demo", "monitor", "serve", "record"),
    *("history", "show", "note", "edit", "lifters", "compare", "progress", "advise", "report", "export", "push"),
    *("backup", "restore"),
    *("profiles", "plans", "units", "calibrate", "settings", "ports", "flash", "doctor"),
    *("replay", "plot", "simulate", "evaluate", "board", "pico"),
    "completion",
)
DONE = 0
FAILED = 1
USAGE = 2  # as in argparse
INTERRUPTED = 130  # 128 + SIGINT, as in shells


def build_parser() -> argparse.ArgumentParser:
    """Return the parser with all subcommands."""
    parser = argparse.ArgumentParser(
        prog="cablerep",
        description="Counts and measures repetitions on a cable machine.",
        epilog="Start with 'cablerep demo'. 'cablerep COMMAND --help' describes each command.",
    )
    parser.add_argument("--version", action="version", version=f"cablerep {__version__}")
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f".commands.{name}", __package__).add_parser(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status. argparse raises SystemExit for --help and usage errors."""
    _prepare_streams()
    signal.signal(signal.SIGTERM, _interrupt)  # so that a recording finishes its file
    parser = build_parser()
    args = parser.parse_args(arguments)
    if args.command is None:
        parser.print_help(sys.stderr)
        return USAGE
    try:
        if args.command != "units":  # which mends a broken file of preferences
            preferences.apply()
        status = int(args.run(args))
        sys.stdout.flush()
    except CablerepError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output is gone; keep the interpreter's flush at exit from complaining.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except OSError as error:
        if os.environ.get("CABLEREP_DEBUG"):
            raise
        where = f"{error.filename}: " if error.filename else ""
        return _fail(f"{where}{error.strerror or error}; check the path and its permissions")
    except Exception as error:
        if os.environ.get("CABLEREP_DEBUG"):
            raise
        return _fail(
            f"a bug in cablerep ({type(error).__name__}: {error}); run it again with CABLEREP_DEBUG=1 in the "
            "environment and report the output"
        )
    return status


def _fail(message: str) -> int:
    from ..text.console import note  # loads rich, which a command that succeeds may not need

    note(f"cablerep: error: {' '.join(message.splitlines())}")
    return FAILED


def _prepare_streams() -> None:
    """Print characters that the terminal cannot encode as question marks, and to nowhere what cannot be printed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed; the next file that is opened, a store say, would get its descriptor
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
