"""Sheets as one self-contained HTML page: style, drawings and tables; no script, nothing fetched.

Jinja escapes all text that came from a person, a profile or a board.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from .. import __version__
from ..errors import OutputError
from ..history.metrics import Loss
from ..text.reps import clock, counted, load_number, missing_reps
from ..units import shows_si, weight_text, weight_unit
from . import panels, strip
from .sheet import Sheet

PAPERS = {"a4": "A4", "letter": "letter"}


def render(sheets: Sequence[Sheet], *, paper: str | None = None, tail: str = "") -> str:
    """Return the page. `paper`, one of PAPERS, sets the paper size, by default the reader's own.

    `tail` is HTML inserted before the end of the body. Raises OutputError without Jinja.
    """
    try:
        import jinja2
    except ImportError as error:
        raise OutputError(
            "a report needs Jinja2; install it from your clone of cablerep: pip install '.[report]'"
        ) from error
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
        "weight": weight_text,
    }
    return environment.get_template("report.html").render(
        sheets=[_drawn(sheet) for sheet in sheets],
        panels=panels,
        strip=strip,
        counted=counted,
        missing_reps=missing_reps,
        version=__version__,
        si=shows_si(),
        unit=weight_unit(),
        load=load_number,
        paper=None if paper is None else PAPERS[paper],
        tail=tail,
    )


def _drawn(sheet: Sheet) -> dict[str, object]:
    scale = strip.scales(sheet)
    height = strip.panels_height(sheet, scale)
    return {
        "data": sheet,
        "scale": scale,
        "guessed": any(rep.curve is None for view in sheet.sets for rep in view.reps),
        "rows": [strip.rows(view, sheet, scale, height) for view in sheet.sets],
        "charts": panels.charts(sheet),
        "beams": list(panels.beams(sheet)),
        "floors": panels.floors(sheet),
    }


def _date(at: datetime) -> str:
    local = at.astimezone()
    return f"{local:%A}, {local.day} {local:%B %Y}"  # Windows has no %-d


def _day(at: datetime) -> str:
    local = at.astimezone()
    return f"{local.day} {local:%b}"


def _units(length: float) -> str:
    """Return a length in tenths of a millimetre, rounded to what is visible."""
    return f"{length:.1f}".removesuffix(".0")


def _loss(lost: Loss) -> str:
    """Return a loss as a negative percentage with the reps that it is measured between, or "0 %"."""
    percent = round(100 * lost.fraction)
    return f"−{percent} %, rep {lost.best.rep}–{lost.last.rep}" if percent > 0 else "0 %"
