"""What the README and the changelog say is so: commands, options, files, pins and the lines that test it."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from cablerep.cli.main import build_parser
from cablerep_fw import __version__
from cablerep_fw.board.rp2 import pico
from cablerep_fw.core.link import wire

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
BLOCKS = [line.strip() for line in README.splitlines() if line.startswith("    ")]
COMMANDS = sorted(set(re.findall(r"`(cablerep [a-z][^`]*)`", README)))


def subcommands() -> dict[str, argparse.ArgumentParser]:
    (action,) = [action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(action.choices)


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_that_it_shows_is_one(line: str) -> None:
    words = shlex.split(line)[1:]
    if words[0] == "board":
        words = ["board", "--pty"]
    build_parser().parse_args(words)


def test_every_subcommand_is_in_it() -> None:
    shown = {line.split()[1] for line in COMMANDS} | {line.split()[-1] for line in BLOCKS if "bin/cablerep" in line}
    assert set(subcommands()) <= shown
    assert set(subcommands()) <= set(re.findall(r"\b[a-z]+\b", CHANGELOG))


@pytest.mark.parametrize(
    "page", ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md"))]
)
def test_its_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (ROOT / page).parent.joinpath(target).exists(), f"{page} links to {target}"


def test_its_folders_are_there_and_it_has_them_all() -> None:
    rows = [
        row.split("|")[1].strip(" `")
        for row in README.split("## Folders")[1].split("##")[0].splitlines()
        if "| `" in row
    ]
    assert all((ROOT / row).exists() for row in rows)
    tops = {row.split("/")[0] for row in rows}
    assert tops == {
        path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != "." and path.name != "dist"
    }


def test_its_test_lines_are_those_of_the_checks() -> None:
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    _, install, tests = (step.strip() for step in BLOCKS[-1].split("&&"))
    program, *_, extras = install.split()
    assert program in checks and f"-e {extras}" in checks, "the same extras are installed"
    assert tests in checks


def test_its_pins_are_those_of_the_board() -> None:
    wiring = README.split("## Build one")[1].split("##")[0]
    pins = [
        pico.PIN_ENCODER, pico.PIN_ENCODER + 1, pico.PIN_HX711_DATA, pico.PIN_HX711_CLOCK,
        pico.PIN_NAU7802_SDA, pico.PIN_NAU7802_SCL, pico.PIN_BUTTON, pico.PIN_BUZZER,
    ]  # fmt: skip
    assert re.findall(r"GP(\d+)", wiring) == [str(pin) for pin in pins]


def test_its_reasons_are_those_of_the_wire() -> None:
    sentence = README.split("**rejected**")[1].split("- **")[0]
    shown = set(re.findall(r"`(\w+)`", sentence))
    assert shown == set(wire.REASONS[1:])


def test_its_numbers_are_those_of_the_output() -> None:
    table = README.split("## Read the numbers")[1].split("- **full**")[0]
    schema = (ROOT / "host" / "cablerep" / "text" / "replay.schema.json").read_text(encoding="utf-8")
    names = set(re.findall(r"`(\w+)`", table))
    assert len(names) > 10
    assert all(f'"{name}"' in schema for name in names)


def test_the_changelog_has_a_place_for_this_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]", CHANGELOG, re.MULTILINE)
    assert headings[0] == "Unreleased" or headings[0] == __version__
