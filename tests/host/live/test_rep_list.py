"""The list of reps: newest first, as many columns as fit, flags in words."""

import pytest
from live_stage import Kickback, Stage, in_a_hold

from cablerep.live.rep_list import RepList
from cablerep.model.screen import LiveModel


def drawn(model: LiveModel, width: int = 44, height: int = 5) -> list[str]:
    return RepList().draw(model, width, height).plain.split("\n")


def test_newest_first_oldest_dropped() -> None:
    lines = drawn(in_a_hold().model)
    assert lines[0].split() == ["rep", "lift", "s", "hold", "s", "lower", "s", "mm", "form"]
    assert [line.split()[0] for line in lines[1:]] == ["6", "5", "4", "3"]
    assert lines[1].split()[4:] == ["300", "✓", "good"]


def test_a_wider_panel_has_more_columns() -> None:
    assert "pull kg" in drawn(in_a_hold().model, 76)[0]
    assert "lift s" in drawn(in_a_hold().model, 23)[0]
    assert "hold s" not in drawn(in_a_hold().model, 23)[0]


@pytest.mark.parametrize("width", [10, 23, 42, 64, 120])
def test_drawing_fits_the_panel(width: int) -> None:
    stage = in_a_hold()
    stage.rep(("hold_short", "swing", "slam"), seq=7, rep=7, start=20_000)
    lines = drawn(stage.model, width, 4)
    assert len(lines) == 4
    if width >= 23:
        assert max(map(len, lines)) <= width


def test_flags_are_written_out() -> None:
    stage = Stage(Kickback())
    stage.begin()
    stage.rep(("hold_short", "swing"))
    assert drawn(stage.model, 60)[1].endswith("! short hold, swing")
    assert drawn(stage.model, 47)[1].endswith("! short hold +1")
    stage.rep(seq=2, kind=2, start=60_000)
    line = drawn(stage.model, 60)[1]
    assert line.split()[0] == "–"
    assert line.endswith("! partial")


def test_without_a_profile_reps_are_not_called_good() -> None:
    stage = Stage()
    stage.begin()
    stage.rep()
    assert "good" not in drawn(stage.model)[1]
    assert "no reps yet" in drawn(LiveModel())[2]
