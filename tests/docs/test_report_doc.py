"""docs/report.md and docs/export.md say what the program does."""

import re
from pathlib import Path

from cablerep import units, words
from cablerep.cli.commands import export
from cablerep.cli.main import build_parser
from cablerep.export import strong
from cablerep.history import training
from cablerep.report import sheet as report_data
from cablerep.report import strip as report_strip
from cablerep_fw.core.link import wire

DOCS = Path(__file__).parents[2] / "docs"
REPORT, EXPORT = ((DOCS / name).read_text(encoding="utf-8") for name in ("report.md", "export.md"))


def test_every_format_has_its_line_and_no_other() -> None:
    assert re.findall(r"^\| `([a-z]+)` \|", EXPORT, re.MULTILINE) == list(export.FORMATS)


def test_its_commands_are_ones() -> None:
    for line in re.findall(r"^    \$ cablerep (.*)$", REPORT + EXPORT, re.MULTILINE):
        build_parser().parse_args(line.split())


def test_numbers_and_words_are_those_of_the_program() -> None:
    labels = [f"*{words.flag(flag)}*" for flag in wire.FLAGS]
    assert not [label for label in labels if label not in REPORT]
    assert ",".join(strong.COLUMNS) in EXPORT
    assert all(f"{units.STANDARD_GRAVITY} m/s²" in page for page in (REPORT, EXPORT))
    assert training.PAUSE.total_seconds() == 3600
    assert all("paused for more than an hour" in page for page in (REPORT, EXPORT))
    assert (report_data.TREND_SESSIONS, "of up to eight sessions" in " ".join(REPORT.split())) == (8, True)
    assert f"beyond {report_strip.SPIKE} times the usual peak" in REPORT


def test_the_picture_is_modest() -> None:
    assert (DOCS / "pictures" / "report.png").stat().st_size < 200_000
