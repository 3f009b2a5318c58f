"""docs/history.md agrees with the program on rules, errors and commands."""

import re
from pathlib import Path

from cablerep.cli import main as cli
from cablerep.history.advice import RULES
from cablerep.history.metrics import FIGURES

PAGE = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")


def test_history_page_lists_every_rule_of_advice() -> None:
    rows = [f"| `{rule.name}` | {rule.when} | {rule.needs} | {rule.sentence} |" for rule in RULES]
    assert [line for line in PAGE.splitlines() if line.startswith("| `")] == rows


def test_history_page_gives_the_errors_behind_verdicts() -> None:
    rom, hold, lower, lift_time, lift = FIGURES
    for row in (
        f"| hold | {1000 * hold.min_error:.0f} ms |",
        f"| lift and lower (time) | {1000 * max(lower.min_error, lift_time.min_error):.0f} ms |",
        f"| range | {rom.min_error:g} mm or {100 * rom.relative_error:g} % |",
        f"| lift (mean velocity) | {100 * lift.relative_error:g} % |",
    ):
        assert row in PAGE, row


def test_history_page_shows_every_command_of_the_history() -> None:
    named = set(re.findall(r"cablerep ([a-z]+)", PAGE))
    assert named <= set(cli.COMMANDS)
    assert {"history", "show", "note", "compare", "progress", "advise"} <= named
