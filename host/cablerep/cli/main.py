"""The command line: finds the subcommand, runs it, and turns what it raises into one line and an exit status.

0 done, 1 something a person can mend, 2 a wrong command line, 130 interrupted. No traceback reaches a user; with
CABLEREP_DEBUG in the environment it does.
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

from .. import __version__
from ..errors import CablerepError

COMMANDS = (
    *("demo", "monitor", "record"),
    *("history", "show", "note", "compare", "progress", "advise", "report", "export"),
    *("profiles", "calibrate", "ports", "flash", "doctor"),
    *("replay", "plot", "simulate", "evaluate", "board", "pico"),
    "completion",
)
DONE = 0
FAILED = 1
WRONG = 2  # command line, as argparse has it
INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


def build_parser() -> argparse.ArgumentParser:
    """Return the whole command line."""
    parser = argparse.ArgumentParser(
        prog="cablerep",
        description="Counts and measures repetitions on a cable machine.",
        epilog="Begin with 'cablerep demo'. 'cablerep COMMAND --help' tells more of each.",
    )
    parser.add_argument("--version", action="version", version=f"cablerep {__version__}")
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND")
    for name in COMMANDS:
        importlib.import_module(f".commands.{name}", __package__).add_parser(subparsers)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status. Raises SystemExit where argparse is satisfied or is not."""
    _prepare_streams()
    signal.signal(signal.SIGTERM, _interrupt)  # a recording that is told to end puts its file into place
    parser = build_parser()
    args = parser.parse_args(arguments)
    if args.command is None:
        parser.print_help(sys.stderr)
        return WRONG
    try:
        status = int(args.run(args))
        sys.stdout.flush()
    except CablerepError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has had enough; keep the interpreter's own flush at exit from complaining.
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
            f"a defect of this program ({type(error).__name__}: {error}); run it again with CABLEREP_DEBUG=1 in the "
            "environment and report what it prints"
        )
    return status


def _fail(message: str) -> int:
    print(f"cablerep: error: {' '.join(message.splitlines())}", file=sys.stderr)
    return FAILED


def _prepare_streams() -> None:
    """Let no character that the terminal does not know end a program: it is shown as a question mark."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
