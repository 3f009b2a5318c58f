"""The page of all commands, and the command line's help texts: complete, up to date, and consistent."""

import argparse
import importlib.util
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from cablerep.cli.main import COMMANDS, build_parser

SCRIPT = Path(__file__).parents[2] / "docs" / "commands.py"


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("commands_page", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


PARSERS: dict[str, argparse.ArgumentParser] = load().subcommands(build_parser())
ARGUMENTS = [
    (name, action)
    for name, parser in PARSERS.items()
    for action in parser._actions
    if not isinstance(action, argparse._HelpAction | argparse._SubParsersAction)
]


def test_commands_page_is_up_to_date() -> None:
    assert SCRIPT.with_suffix(".md").read_text(encoding="utf-8") == load().page(), "python docs/commands.py"


def test_commands_page_has_every_command() -> None:
    assert [name for name in PARSERS if " " not in name] == list(COMMANDS)
    page = load().page()
    for name in PARSERS:
        assert f"\n## cablerep {name}\n" in page


@pytest.mark.parametrize("name", PARSERS)
def test_command_descriptions_are_sentences(name: str) -> None:
    for text in (PARSERS[name].description, PARSERS[name].epilog):
        assert text is None or (text[0].isupper() and text.endswith("."))
    assert PARSERS[name].description


@pytest.mark.parametrize(("name", "action"), ARGUMENTS, ids=lambda value: getattr(value, "dest", value))
def test_argument_help_is_a_phrase(name: str, action: argparse.Action) -> None:
    assert action.help, f"{name} {action.dest} has no help"
    assert not action.help.endswith(".")
    first = action.help.split()[0]
    assert first[0].islower() or len(first) == 1 or not first.isalpha() or any(letter.isupper() for letter in first[1:])


def test_shared_options_take_the_same_values_everywhere() -> None:
    taken = defaultdict(set)
    for _, action in ARGUMENTS:
        for option in action.option_strings:
            taken[option].add((action.nargs, action.metavar, action.type))
    for shared in ("--port", "--store", "--json", "--plain", "--side", "--profile", "--last", "--since", "--until"):
        assert len(taken[shared]) <= 1, f"{shared} takes {taken[shared]}"
