"""The completion script has every command and option, and works in a real shell."""

import argparse
import shutil
import subprocess

import pytest
from processes import run

from cablerep.cli.commands.completion import SHELLS, fish_lines
from cablerep.cli.main import build_parser


def commands() -> dict[str, argparse.ArgumentParser]:
    (action,) = (action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(action.choices)


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_has_every_command_and_option(shell: str) -> None:
    _, script, _ = run("completion", shell)
    for name, parser in commands().items():
        assert name in script
        for action in parser._actions:
            for option in action.option_strings:
                assert option.lstrip("-") in script, f"{name} {option}"


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        (("cablerep", "mon"), "monitor"),
        (("cablerep", "monitor", "--sto"), "--store"),
        (("cablerep", "--ver"), "--version"),
    ],
)
def test_bash_completes_with_the_script(words: tuple[str, ...], wanted: str) -> None:
    _, script, _ = run("completion", "bash")
    # What bash does at a tab: the words so far and the number of the one that is typed, then the function's answers.
    script += f"\nCOMP_WORDS=({' '.join(words)})\nCOMP_CWORD={len(words) - 1}\n"
    script += '$(complete -p cablerep | sed "s/.*-F \\([^ ]*\\).*/\\1/")\nprintf "%s\\n" "${COMPREPLY[@]}"\n'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=20)
    assert wanted in [line.strip() for line in done.stdout.splitlines()], done.stderr


@pytest.mark.skipif(shutil.which("fish") is None, reason="there is no fish here")
@pytest.mark.parametrize(
    ("line", "wanted"),
    [("cablerep mon", "monitor"), ("cablerep monitor --sto", "--store"), ("cablerep calibrate t", "travel")],
)
def test_fish_completes_with_the_script(line: str, wanted: str) -> None:
    _, script, _ = run("completion", "fish")
    done = subprocess.run(["fish", "-c", f"{script}\ncomplete -C '{line}'"], capture_output=True, text=True, timeout=20)
    assert wanted in [answer.split("\t")[0] for answer in done.stdout.splitlines()], done.stderr


def test_fish_completes_choices_files_and_subcommands() -> None:
    lines = list(fish_lines(build_parser()))
    seen = "complete -c cablerep -n '__fish_seen_subcommand_from"
    assert any(line.startswith(f"{seen} demo' -l side -x -a 'left right'") for line in lines)
    assert f"{seen} replay' -F" in lines
    assert any(line.startswith(f"{seen} calibrate; and not") and " -a travel " in line for line in lines)
    assert not any("%%" in line for line in lines)


def test_an_unknown_shell_is_a_usage_error() -> None:
    status, out, err = run("completion", "sh")
    assert (status, out) == (2, "")
    assert "invalid choice" in err
