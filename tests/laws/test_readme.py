"""The README, the changelog and the manual are true: commands, links, folders, names of figures."""

import argparse
import re
import shlex
from pathlib import Path

import pytest

from cablerep.cli.main import build_parser
from cablerep_fw import __version__

ROOT = Path(__file__).parents[2]
PAGES = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
NUMBERS = (ROOT / "docs" / "numbers.md").read_text(encoding="utf-8")
ENGINEER = (ROOT / "docs" / "engineer.md").read_text(encoding="utf-8")
BLOCKS = [line.strip() for line in README.splitlines() if line.startswith("    ")]
COMMANDS = sorted(
    {line.split("&&")[-1].strip().removeprefix(".venv/bin/") for line in BLOCKS if "bin/cablerep" in line}
    | set(re.findall(r"`(cablerep [a-z][^`]*)`", README))
)


def subcommands() -> dict[str, argparse.ArgumentParser]:
    (action,) = [action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)]
    return dict(action.choices)


def test_readme_fits_one_screen() -> None:
    assert len(README.splitlines()) <= 60


@pytest.mark.parametrize("line", COMMANDS)
def test_readme_commands_parse(line: str) -> None:
    build_parser().parse_args(shlex.split(line)[1:])


def test_changelog_names_every_subcommand() -> None:
    assert set(subcommands()) <= set(re.findall(r"\b[a-z]+\b", CHANGELOG))


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (ROOT / page).parent.joinpath(target).exists(), f"{page} links to {target}"


def test_folder_map_is_complete() -> None:
    rows = [
        row.split("|")[1].strip(" `")
        for row in ENGINEER.split("## Folders")[1].split("##")[0].splitlines()
        if "| `" in row
    ]
    assert not [row for row in rows if not (ROOT / row).exists()]
    packages = {"firmware/cablerep_fw": "", "host/cablerep": "", "sim/cablerep_sim": ""}
    rooms = {
        path.relative_to(ROOT).as_posix()
        for top in packages
        for path in (ROOT / top).iterdir()
        if path.is_dir() and (path / "__init__.py").exists()
    }
    assert not sorted(room for room in rooms if f"{room}/" not in rows), "rooms that the map does not show"


def test_readme_test_command_is_the_one_ci_runs() -> None:
    checks = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    _, install, tests = (step.strip() for step in BLOCKS[-1].split("&&"))
    program, *_, extras = install.split()
    assert program in checks and f"-e {extras}" in checks, "CI installs the same extras"
    assert tests in checks


def test_numbers_page_uses_names_of_the_json_output() -> None:
    table = NUMBERS.split("## Figures of a rep")[1].split("## Kinds")[0]
    schema = (ROOT / "host" / "cablerep" / "text" / "replay.schema.json").read_text(encoding="utf-8")
    names = set(re.findall(r"`(\w+)`", table))
    assert len(names) > 10
    assert not [name for name in names if f'"{name}"' not in schema]


def test_changelog_has_a_section_for_this_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]", CHANGELOG, re.MULTILINE)
    assert headings[0] in ("Unreleased", __version__)
