"""Sheets as one HTML page that holds all it needs: style, drawings, tables; no script, and nothing fetched.

Jinja fills the template and escapes every word that came from a person, a profile or a board.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from .. import __version__
from ..errors import OutputError
from ..text.reps import clock, counted
from . import panels as report_panels
from . import strip as report_strip
from .sheet import Sheet

PAPERS = {"a4": "A4", "letter": "letter"}


def render(sheets: Sequence[Sheet], *, paper: str | None = None, tail: str = "") -> str:
    """Return the page; `paper`, one of PAPERS, fixes what it is printed on, `tail` goes before the body's end.

    Without `paper` the reader's own choice holds. Raises OutputError without Jinja.
    """
    try:
        import jinja2
    except ImportError as error:
        raise OutputError("a report needs Jinja2; install it with: pip install 'cablerep[report]'") from error
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cablerep.report", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {
        "clock": clock,
        "local": datetime.astimezone,
        "loss": _loss,
        "date": _date,
        "day": _day,
        "u": _units,
    }
    return environment.get_template("report.html").render(
        sheets=[_drawn(sheet) for sheet in sheets],
        panels=report_panels,
        strip=report_strip,
        counted=counted,
        version=__version__,
        paper=None if paper is None else PAPERS[paper],
        tail=tail,
    )


def _drawn(sheet: Sheet) -> dict[str, object]:
    scale = report_strip.scales(sheet)
    height = report_strip.panels_height(sheet, scale)
    return {
        "data": sheet,
        "scale": scale,
        "guessed": any(rep.curve is None for one in sheet.sets for rep in one.reps),
        "lines": [report_strip.lines(one, sheet, scale, height) for one in sheet.sets],
        "charts": report_panels.charts(sheet),
        "beams": list(report_panels.beams(sheet)),
    }


def _date(at: datetime) -> str:
    local = at.astimezone()
    return f"{local:%A}, {local.day} {local:%B %Y}"  # not %-d, which Windows has not


def _day(at: datetime) -> str:
    local = at.astimezone()
    return f"{local.day} {local:%b}"


def _units(length: float) -> str:
    """Return a length of a drawing, whose units are tenths of a millimetre, as short as it is exact enough."""
    return f"{length:.1f}".removesuffix(".0")


def _loss(part: float) -> str:
    """Return a loss as a change: lost is less, and what was not lost has no sign."""
    percent = round(100 * part)
    return f"−{percent} %" if percent > 0 else "0 %"
