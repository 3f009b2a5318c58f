"""`cablerep profiles`: lists, shows, checks and creates exercise profiles.

A profile is a TOML file. The board receives its limits when a live command is run with --profile.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cablerep.exercise.profile import Profile

_BASE = "generic"  # default base of a new profile


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "profiles",
        help="list, show, check and create exercise profiles",
        description="Lists the exercise profiles, or runs ACTION on them.",
    )
    parser.set_defaults(run=run, act=_list)
    actions = parser.add_subparsers(title="actions", metavar="ACTION")
    show = actions.add_parser("show", help="print a profile", description="Prints everything in a profile.")
    show.add_argument("name", metavar="NAME", help="a profile, or a file")
    show.set_defaults(act=_show)
    check = actions.add_parser(
        "check",
        help="check profile files",
        description="Checks profile files and prints all errors.",
        epilog="The exit status is 1 if a file has errors.",
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="profile file, .toml")
    check.set_defaults(act=_check)
    new = actions.add_parser(
        "new",
        help="create your own profile",
        description="Writes a profile with every key explained to your profiles folder, and prints its path.",
    )
    new.add_argument("name", metavar="NAME", help="name: lower-case letters, digits, hyphens")
    new.add_argument(
        "--from", dest="base", default=_BASE, metavar="PROFILE", help=f"profile to copy from (default {_BASE})"
    )
    new.set_defaults(act=_new)
    schema = actions.add_parser(
        "schema",
        help="print the JSON Schema of a profile file",
        description="Prints the JSON Schema of a profile file, for editors that validate TOML.",
    )
    schema.set_defaults(act=_schema)


def run(args: argparse.Namespace) -> int:
    """Run the action; return the exit status."""
    return int(args.act(args))


def _list(args: argparse.Namespace) -> int:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from cablerep.exercise import library
    from cablerep.text import console as terminal

    profiles, errors = library.known()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for heading in ("number", "profile", "tempo", "load", "sides", "name"):
        # A profile id wrapped over two lines could not be copied.
        table.add_column(heading, justify="right" if heading == "number" else "left", no_wrap=heading != "name")
    for one in profiles:
        table.add_row(str(one.number), one.id, str(one.tempo), one.load, one.sides, one.name)
    terminal.output().print(table)
    for line in errors:
        terminal.note(f"cablerep: error: {line}")
    return int(bool(errors))


def _show(args: argparse.Namespace) -> int:
    from cablerep.exercise import library
    from cablerep.text import console as terminal

    console = terminal.output()
    for line in _lines(library.load(args.name)):
        console.print(line)
    return 0


def _lines(profile: Profile) -> Iterator[str]:
    from cablerep.exercise.profile import SENTENCES

    sides = {"each": "separate sets for each leg", "alternating": "alternating legs", "none": "both sides at once"}[
        profile.sides
    ]
    yield f"{profile.name}: {profile.id}, number {profile.number}, {profile.load}, {sides}"
    if profile.about:
        yield profile.about
    yield ""
    yield f"{'tempo':<10}{profile.tempo}: {profile.tempo.description}; {profile.tempo.rep_s:g} s a rep"
    hold = f"{profile.min_hold_s:g} s or more" if profile.min_hold_s else "not judged"
    yield f"{'hold':<10}{hold}; more than {profile.hold_max_s:g} s counts as standing"
    yield f"{'lowering':<10}{_lowering(profile)}"
    yield f"{'range':<10}{_range(profile)}"
    rest = profile.rest
    yield f"{'rest':<10}{rest.between_sets_s:g} s between sets; a set ends after {rest.ends_set_s:g} s without a rep"
    for heading, lines in (("cues", profile.cues), ("sources", profile.sources)):
        if lines:
            yield ""
            yield heading
            yield from (f"  {line}" for line in lines)
        if heading == "cues":
            yield ""
            yield "flags"
            yield from (f"  {flag:<16}{profile.sentence(flag)}" for flag in SENTENCES)


def _lowering(profile: Profile) -> str:
    shortest_s, longest_s = profile.eccentric_range_s
    if not shortest_s:
        return "not judged"
    slow, fast = profile.eccentric_band_m_s()
    return (
        f"{shortest_s:g} to {longest_s:g} s; over {profile.expected_rom_mm:g} mm that is {slow:.2f} to {fast:.2f} m/s"
    )


def _range(profile: Profile) -> str:
    rom = profile.rom
    target = (
        f"{rom.target_mm:g} mm"
        if rom.target_mm
        else f"learned from the first {rom.learn_reps} reps, usually {rom.usual_mm:g} mm"
    )
    over = f"{rom.largest_mm:g} mm" if rom.largest_mm else f"{rom.over_percent} %" if rom.over_percent else ""
    judged = [
        *([f"too far from {over}"] if over else []),
        *([f"cut short below {rom.under_percent} %"] if rom.under_percent else []),
    ]
    return f"{target}; {', '.join(judged) or 'not judged'}"


def _check(args: argparse.Namespace) -> int:
    from cablerep.exercise import library
    from cablerep.text import console as terminal

    failed = False
    for path in args.files:
        errors = library.check(path)
        failed = failed or bool(errors)
        for line in errors:
            terminal.note(f"cablerep: error: {line}")
        if not errors:
            print(f"{path}: OK")
    return int(failed)


def _new(args: argparse.Namespace) -> int:
    from cablerep.exercise import library, schema

    text = schema.template(args.name, library.free_number(), library.load(args.base))
    print(library.add(args.name, text))
    return 0


def _schema(args: argparse.Namespace) -> int:
    import json

    from cablerep.exercise import schema

    print(json.dumps(schema.schema(), indent=2))
    return 0
