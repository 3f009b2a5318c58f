"""The force curve of the present rep, or its travel without a load cell."""

import pytest
from live_stage import CONCENTRIC, REST, Stage, in_a_hold

from cablerep import units
from cablerep.live.force_curve import ForceCurve
from cablerep.model.screen import LiveModel


def drawn(model: LiveModel, width: int = 30, height: int = 6) -> tuple[list[str], ForceCurve]:
    part = ForceCurve()
    return part.draw(model, width, height).plain.split("\n"), part


def dotted(line: str) -> bool:
    return any("⠀" < character <= "⣿" for character in line)


def pulled(force_n: float | None, *later: float) -> Stage:
    stage = Stage()
    stage.begin()
    stage.hear(stage.phase(CONCENTRIC, 0.0, set=1), stage.samples(0, *range(200), force_n=force_n))
    for number, force in enumerate(later, 1):
        stage.hear(stage.samples(200 * number, *range(200), force_n=force))
    return stage


@pytest.mark.parametrize(
    ("unit", "force_n", "top", "text"),
    [("N", 100.0, " 100│", "100 N"), ("kg", 117.6798, "  12│", "12.0 kg"), ("lb", 88.9, "  20│", "20.0 lb")],
)
def test_a_constant_force_is_a_level_line(unit: str, force_n: float, top: str, text: str) -> None:
    units.choose_weight_unit(unit)
    try:
        lines, part = drawn(pulled(force_n).model)
    finally:
        units.choose_weight_unit("kg")
    assert [dotted(line) for line in lines] == [True, False, False, False, False, False], "at the top of the scale"
    assert lines[0].startswith(top)
    assert sum(character > "⠀" for character in lines[0].split("│ ")[1].rstrip()) in (6, 7), "a second of four"
    assert lines[-1].endswith(" 4 s")
    assert (part.border_title, part.border_subtitle) == ("force", text)


@pytest.mark.parametrize(("first", "then"), [(0.0, 200.0), (200.0, 0.0)])
def test_a_step_is_drawn_without_a_gap(first: float, then: float) -> None:
    lines, _ = drawn(pulled(first, then).model)
    assert [dotted(line) for line in lines[:5]] == [True] * 5


def test_the_previous_rep_is_drawn_behind() -> None:
    stage = pulled(100.0)
    stage.hear(stage.phase(REST, 1.0, set=1), stage.phase(CONCENTRIC, 1.1, set=1))
    part = ForceCurve()
    content = part.draw(stage.model, 30, 6)
    assert dotted(content.plain.split("\n")[0])
    assert not any(
        span.style == "bold $primary" and dotted(content.plain[span.start : span.end]) for span in content.spans
    )


def test_without_a_load_cell_travel_is_drawn() -> None:
    lines, part = drawn(pulled(None).model)
    assert part.border_title == "travel (no load cell)"
    assert part.border_subtitle == "199 mm"
    assert lines[0].startswith(" 200│")
    assert "mm└" in lines[-1]


def test_without_data_the_frame_is_empty() -> None:
    lines, part = drawn(LiveModel())
    assert not any(map(dotted, lines))
    assert (part.border_title, part.border_subtitle) == ("force", "")


def test_drawing_fits_the_panel() -> None:
    for width, height in ((12, 3), (28, 5), (80, 20)):
        lines, _ = drawn(in_a_hold().model, width, height)
        assert len(lines) == height
        assert max(map(len, lines)) <= width
