"""Options that several subcommands share, and the sets they select from the store."""

from __future__ import annotations

import argparse
import os
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..history.logbook import Entry
    from ..store.database import Lifter, Store

SIDES = ("left", "right")
STORE_VARIABLE = "CABLEREP_STORE"
_DEFAULT_STORE = f"${STORE_VARIABLE}, or cablerep.sqlite in your data folder"


def add_port(parser: argparse.ArgumentParser) -> None:
    """Add --port."""
    parser.add_argument(
        "--port",
        metavar="URL",
        help="a device or any pyserial URL: /dev/ttyACM0, COM3, socket://HOST:PORT, sim://glute-kickback "
        "(default: the only connected board)",
    )


def add_store(parser: argparse.ArgumentParser, default: str = _DEFAULT_STORE) -> None:
    """Add --store; `default` describes the store used without it."""
    parser.add_argument("--store", metavar="FILE", type=Path, help=f"database of all reps (default: {default})")


def add_profile(parser: argparse.ArgumentParser, default: str = "") -> None:
    """Add --profile; `default` names the one used without it."""
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="exercise profile to judge reps by: a name listed by 'cablerep profiles', or a file"
        + (f" (default {default})" if default else ""),
    )


def add_side(parser: argparse.ArgumentParser) -> None:
    """Add --side."""
    parser.add_argument("--side", choices=SIDES, help="side of the first set (default: the side set on the board)")


def store_path(given: Path | None) -> Path:
    """Return the path of the store: `given`, else the environment variable, else the user's data folder."""
    if given is not None:
        return given
    named = os.environ.get(STORE_VARIABLE)
    if named:
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("cablerep", appauthor=False) / "cablerep.sqlite"


def add_scenario_options(parser: argparse.ArgumentParser) -> None:
    """Add --with; `scenario_options` reads it."""
    parser.add_argument(
        "--with",
        dest="given",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
        help="options of the scenarios, as in a sim:// address: hold_s=2 faults=swing@5,slam (see simulate --list)",
    )


def scenario_options(args: argparse.Namespace) -> dict[str, Any]:
    """Return the options given by --with. Raises CablerepError, which lists the options, for an unknown one."""
    from cablerep.errors import CablerepError
    from cablerep_sim import scenarios

    given: dict[str, str] = {}
    for pair in args.given:
        key, equals, value = pair.partition("=")
        if not equals or key in given:
            problem = "is given twice; remove one of them" if equals else "has no value; write KEY=VALUE"
            raise CablerepError(f"--with {pair}: {key} {problem}")
        given[key] = value
    scenarios.options.parse(given)
    return given


def positive(text: str) -> int:
    """Parse a whole number of 1 or more, for argparse. Raises ArgumentTypeError."""
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number of 1 or more")
    return value


def add_token(parser: argparse.ArgumentParser) -> None:
    """Add --token, for commands that offer a TCP port."""
    parser.add_argument(
        "--token",
        default="",
        metavar="TOKEN",
        help="with --tcp: what a client must send first, 8 to 64 letters and digits (default: none on this computer's "
        "own addresses, a random one beyond)",
    )


def add_lifter(parser: argparse.ArgumentParser, meaning: str) -> None:
    """Add --lifter, which `lifter` reads."""
    parser.add_argument("--lifter", metavar="NAME", help=meaning)


def lifter(store: Store, name: str | None) -> Lifter | None:
    """Return the lifter called `name`; None if no name was given. Raises LifterError, StoreError."""
    from ..people import lifters

    return None if name is None else lifters.find(store.lifters(), name)


def weight(text: str) -> float:
    """Parse a weight with an optional unit into newtons, for argparse. Raises ArgumentTypeError."""
    from ..units import parse_weight

    try:
        return parse_weight(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add the options that select sets from the store."""
    add_lifter(parser, "only sets of this lifter; nobody: sets that are nobody's (default: everybody's)")
    parser.add_argument("--exercise", metavar="NAME", help="only sets of this exercise; part of its name is enough")
    parser.add_argument("--side", choices=SIDES, help="only sets of this side")
    parser.add_argument("--since", type=day, metavar="DAY", help="from this day on: 2026-11-24, or 30d for 30 days ago")
    parser.add_argument("--until", type=day, metavar="DAY", help="up to and including this day")


def day(text: str) -> date:
    """Parse a date, or a number of days ago, for argparse. Raises ArgumentTypeError."""
    try:
        if text.endswith("d"):
            return date.today() - timedelta(days=positive(text[:-1]))
        return date.fromisoformat(text)
    except (ValueError, OverflowError, argparse.ArgumentTypeError):
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write 2026-11-24, or 30d for 30 days ago") from None


def address(text: str) -> tuple[str, int]:
    """Parse HOST:PORT, for argparse. Raises ArgumentTypeError."""
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not HOST:PORT, such as 127.0.0.1:0")
    return host.strip("[]"), int(port)


def speed(text: str) -> float:
    """Parse a multiple of real time from 0 to 1000, for argparse. Raises ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to 1000")
    return value


def reading(store: Path | None) -> Store | None:
    """Return the store, opened for reading, or print a note if nothing is stored yet. Raises StoreError."""
    from ..store.database import Store
    from ..text.console import note

    path = store_path(store)
    if store is None and not path.exists():
        note(f"no sets are stored yet in {path}; 'cablerep monitor' stores them")
        return None
    opened = Store(path, read_only=True)
    if opened.backup is not None:
        note(f"the store was updated; the old one is in {opened.backup}")
    if opened.has_sets():
        return opened
    opened.close()
    note(f"no sets are stored yet in {path}")
    return None


def contents(path: Path) -> str:
    """Return how many sets the store at `path` has, and from when, as a phrase."""
    from ..errors import StoreError
    from ..store import backup, schema
    from ..store.database import Store
    from ..text.reps import plural

    try:
        version = backup.version(path)
        if version != schema.VERSION:  # opening it would update it
            return f"version {version} of the store, updated when it is used"
        with Store(path, read_only=True) as opened:
            overview = opened.overview()
    except StoreError:
        return "it cannot be read"
    if overview.first is None or overview.last is None:
        return "no sets"
    first, last = (f"{date.astimezone():%Y-%m-%d}" for date in (overview.first, overview.last))
    return f"{plural(overview.sets, 'set')}, {first} to {last}"


def stored_set(store: Path | None, name: str) -> Entry | None:
    """Return the set that is called `name`, or print a note if nothing is stored. Raises HistoryError, StoreError."""
    from ..history.logbook import find

    opened = reading(store)
    if opened is None:
        return None
    with opened:
        return find(opened, name)


def chosen(args: argparse.Namespace, last: int | None = None, *, both_sides: bool = False) -> list[Entry]:
    """Return the sets that the `add_filters` options select, or the `last` of them; print a note if there are none.

    `both_sides` ignores --side, for callers that compare the two sides. Raises StoreError.
    """
    from ..history.logbook import entries
    from ..text.console import note

    opened = reading(args.store)
    if opened is None:
        return []
    with opened:
        side = None if both_sides else args.side
        found = entries(
            opened,
            last,
            exercise=args.exercise,
            side=side,
            lifter=lifter(opened, args.lifter),
            since=args.since,
            until=args.until,
        )
        if not found:
            note(_none_match(opened))
    return found


def loss_notes(store: Path | None, listed: list[Entry]) -> list[str]:
    """Return what is missing or odd in the store, a line each: of the sessions of the `listed` sets and later ones."""
    from ..store.database import Store
    from ..text.history import loss_lines, oddity_lines

    if not listed:
        return []
    sessions = {(entry.set.board, entry.set.session) for entry in listed}
    first = min(entry.set.at for entry in listed)
    with Store(store_path(store), read_only=True) as opened:
        losses = [loss for loss in opened.losses() if (loss.board, loss.session) in sessions or loss.at >= first]
        return loss_lines(losses) + oddity_lines(*opened.oddities())


def _none_match(store: Store) -> str:
    from ..exercise.library import by_number

    overview = store.overview()
    assert overview.first is not None and overview.last is not None, "there are sets"
    profiles = ((number, by_number(number)) for number in overview.profiles)
    names = {f"profile {number}" if profile is None else profile.name for number, profile in profiles}
    names |= set(overview.exercises)
    exercises = f"the exercises are {', '.join(sorted(names))}" if names else "no set names its exercise"
    days = f"{overview.first.astimezone().date()} to {overview.last.astimezone().date()}"
    people = [one.name for one in store.lifters()]
    lifters = f", the lifters are {', '.join(people)}" if people else ""
    return f"none of the {overview.sets} sets matches; they are from {days}, {exercises}{lifters}"
