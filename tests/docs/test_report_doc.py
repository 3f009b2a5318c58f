"""docs/report.md and docs/export.md say what the program does."""

import re
from pathlib import Path

from cablerep import words
from cablerep.cli.commands import export
from cablerep.cli.main import build_parser
from cablerep.export import strong
from cablerep.history import training
from cablerep.report import sheet as report_data
from cablerep.report import strip as report_strip
from cablerep_fw.core.link import wire

DOCS = Path(__file__).parents[2] / "docs"
REPORT, EXPORT = ((DOCS / name).read_text(encoding="utf-8") for name in ("report.md", "export.md"))


def test_export_page_lists_every_format() -> None:
    assert re.findall(r"^\| `([a-z]+)` \|", EXPORT, re.MULTILINE) == list(export.FORMATS)


def test_report_and_export_commands_parse() -> None:
    for line in re.findall(r"^(?:    )?\$ cablerep (.*)$", REPORT + EXPORT, re.MULTILINE):
        build_parser().parse_args(line.split())


def test_report_page_names_every_flag_and_limit() -> None:
    text = " ".join(REPORT.split())
    assert not [flag for flag in wire.FLAGS if f"*{words.flag(flag)}*" not in text]
    assert training.PAUSE.total_seconds() == 3600
    assert "paused for more than an hour" in text
    assert (report_data.TREND_SESSIONS, "of up to eight sessions" in text) == (8, True)
    assert f"beyond {report_strip.SPIKE} times the usual peak" in text


def test_export_page_has_strongs_columns() -> None:
    assert ";".join(f'"{column}"' for column in strong.columns()) in EXPORT


def test_the_picture_is_modest() -> None:
    assert (DOCS / "pictures" / "report.png").stat().st_size < 200_000
