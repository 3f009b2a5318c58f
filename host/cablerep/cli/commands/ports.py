"""`cablerep ports`: lists serial ports and marks those that may be a board."""

from __future__ import annotations

import argparse
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "ports",
        help="list serial ports and which may be a board",
        description="Lists the serial ports of this computer and the likely device on each.",
    )
    parser.add_argument("--json", action="store_true", help="print JSON Lines")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """List the ports; return the exit status."""
    from dataclasses import asdict

    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from cablerep.device.port import connected_ports
    from cablerep.text import console as terminal

    ports = connected_ports()
    if args.json:
        for port in ports:
            terminal.print_json(asdict(port))
        return 0
    if not ports:
        terminal.note("no serial ports; a virtual board needs none: cablerep monitor --port sim://glute-kickback")
        return 0
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in ("port", "board?", "device", "USB id", "serial number"):
        table.add_column(heading, overflow="fold")
    for port in ports:
        table.add_row(port.device, "yes" if port.board else "", port.what, port.usb, port.serial)
    terminal.output().print(table)
    return 0
