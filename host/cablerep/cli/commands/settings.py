"""`cablerep settings`: lists the settings of a board, and changes them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cablerep.cli import args as options

if TYPE_CHECKING:
    from cablerep.device.client import Client

_WAIT_S = 60.0  # to let the weight down: a board takes settings only between movements


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "settings",
        help="list or change a board's settings",
        description="Lists the settings stored on a board: sampling rate, wiring, calibration, limits. NAME=VALUE "
        "changes one and saves it; several are changed together or not at all.",
        epilog="Scales and zeros are measured by 'cablerep calibrate', and limits come from the exercise profile. "
        "Wiring takes effect when the board starts again.",
    )
    parser.add_argument("changes", nargs="*", metavar="NAME=VALUE", help="a setting to change: cell=2 cell_hz=320")
    parser.add_argument("--json", action="store_true", help="print one JSON object per setting")
    options.add_port(parser)
    parser.set_defaults(run=run, parser=parser)


def run(args: argparse.Namespace) -> int:
    """List or change settings; return the exit status."""
    from cablerep.device.client import Client
    from cablerep.device.link import Link
    from cablerep.device.session import Session

    try:
        changes = _parsed(args.changes)
    except argparse.ArgumentTypeError as error:
        args.parser.error(str(error))
    with Client(Link(args.port, Session())) as client:
        hello = client.open()
        if not changes:
            _list(client, hello.board, args.json)
            return 0
        return _change(client, changes)


def _parsed(texts: list[str]) -> dict[str, int]:
    """Parse NAME=VALUE. Raises ArgumentTypeError."""
    from cablerep_fw.core.link import wire

    rows = {row[0]: row for row in wire.SETTINGS}
    changes: dict[str, int] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
        if name not in rows:
            raise argparse.ArgumentTypeError(f"there is no setting {name!r}; the settings are {', '.join(rows)}")
        _, unit, low, high, _ = rows[name]
        try:
            changes[name] = int(value)
        except ValueError:
            changes[name] = low - 1
        if not low <= changes[name] <= high:
            raise argparse.ArgumentTypeError(f"{text!r}: {name} is a whole number from {low} to {high} {unit}".rstrip())
    return changes


def _list(client: Client, board: str, as_json: bool) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from cablerep.text import console as terminal
    from cablerep_fw.core.link import wire
    from cablerep_fw.reference.wire_meanings import SETTINGS as meanings

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for heading in ("setting", "value", "unit", "default", "meaning"):
        right = heading in ("value", "default")
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "meaning")
    for name, unit, low, high, default in wire.SETTINGS:
        value = client.read_setting(name)
        if as_json:
            terminal.print_json(
                {
                    "board": board,
                    "setting": name,
                    "value": value,
                    "unit": unit or None,
                    "min": low,
                    "max": high,
                    "default": default,
                }
            )
        table.add_row(name, str(value), unit, str(default), meanings[name])
    if not as_json:
        terminal.output().print(table)


def _change(client: Client, changes: Mapping[str, int]) -> int:
    from cablerep.text import console as terminal

    before = {name: client.read_setting(name) for name in changes}
    client.write_settings(dict(changes), _WAIT_S, terminal.note)
    for name, value in changes.items():
        print(f"{name} is {value} (was {before[name]})")
    if any(changes[name] != before[name] for name in _wiring() & set(changes)):
        print("wiring takes effect when the board starts again: unplug it and plug it in")
    return 0


def _wiring() -> set[str]:
    """Return the settings that a board reads when it starts."""
    from cablerep_fw.core.link import wire
    from cablerep_fw.core.settings import settings

    names = [row[0] for row in wire.SETTINGS]
    return {
        *names[settings.PIN_ENCODER : settings.PIN_BUTTON + 1],
        *names[settings.ANGLE_SENSOR : settings.PIN_ANGLE_SELECT + 1],
    }
