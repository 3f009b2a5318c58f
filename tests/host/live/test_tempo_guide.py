"""The tempo guide: a track in proportion to the tempo, the guide and the lifter on it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_stage import CONCENTRIC, ECCENTRIC, HOLD, REST, FourFigures, Kickback, Stage, in_a_hold

from cablerep.live.tempo_guide import TempoGuide
from cablerep.model.screen import LiveModel
from cablerep.model.tempo import positions, sections

seconds = st.floats(0, 60).map(lambda value: round(value, 1))


def test_the_track_is_proportional_to_the_tempo() -> None:
    track = sections(LiveModel(profile=Kickback(tempo=FourFigures(4.0, 0.0, 2.0, 2.0))))
    assert [(section.label, section.begin, section.end) for section in track] == [
        ("LIFT 2 s", 0.0, 0.25),
        ("HOLD 2 s", 0.25, 0.5),
        ("LOWER 4 s", 0.5, 1.0),
    ]


@given(st.builds(FourFigures, seconds.filter(bool), seconds, seconds, seconds))
def test_every_tempo_fills_the_track(tempo: FourFigures) -> None:
    track = sections(LiveModel(profile=Kickback(tempo=tempo)))
    assert track[0].begin == 0.0
    assert track[-1].end == pytest.approx(1.0)
    assert all(section.end - section.begin > 0.08 for section in track), "room for a name"
    assert all(one.end == pytest.approx(two.begin) for one, two in pairwise(track))
    assert (track[-1].phase == "rest") == (tempo.bottom_s > 0)


def test_an_explosive_phase_has_no_guide() -> None:
    stage = Stage(Kickback(tempo=FourFigures(3.0, 0.0, 0.0, 2.0)))
    stage.begin()
    stage.hear(stage.phase(CONCENTRIC, 0.0, set=1), stage.samples(0, *range(50)))
    track = sections(stage.model)
    assert track[0].label == "LIFT X"
    assert positions(stage.model, track)[0] is None


def test_the_guide_follows_board_time_and_waits() -> None:
    stage = in_a_hold()  # for 1.3 of 2 s
    track = sections(stage.model)
    hold = track[1]
    guide, lifter = positions(stage.model, track)
    assert guide == pytest.approx(hold.begin + 0.65 * (hold.end - hold.begin))
    assert lifter == guide, "a hold is time"
    stage.hear(stage.samples(631, *[310] * 400))
    assert positions(stage.model, track)[0] == pytest.approx(hold.end)


def test_lifter_and_guide_are_compared_while_lowering() -> None:
    stage = in_a_hold()
    back = sections(stage.model)[2]
    stage.hear(stage.phase(ECCENTRIC, 3.15, set=1), stage.samples(631, *range(310, 235, -1)))  # 75 mm in 0.375 s
    guide, lifter = positions(stage.model, sections(stage.model))
    assert guide == pytest.approx(back.begin + 0.125 * (back.end - back.begin), abs=0.002)
    assert lifter == pytest.approx(back.begin + 0.25 * (back.end - back.begin), abs=0.002)


def test_a_bottom_pause_has_a_guide() -> None:
    stage = Stage(Kickback(tempo=FourFigures(3.0, 2.0, 1.0, 2.0)))
    stage.begin()
    stage.hear(stage.phase(REST, 0.0, set=1), stage.samples(200, 1))
    track = sections(stage.model)
    guide, lifter = positions(stage.model, track)
    assert guide == lifter == pytest.approx((track[-1].begin + track[-1].end) / 2)


def test_no_markers_between_sets() -> None:
    assert positions(LiveModel(profile=Kickback()), sections(LiveModel(profile=Kickback()))) == (None, 0.0)


def test_guide_has_three_lines() -> None:
    names, guide, lifter = TempoGuide().draw(in_a_hold().model, 67, 3).plain.split("\n")
    assert names.startswith("tempo  ▏LIFT 1 s")
    assert names.index("HOLD 2 s") < names.index("LOWER 3 s")
    assert guide.startswith("guide  ")
    assert guide.index("▼") == 7 + int(60 * positions(in_a_hold().model, sections(in_a_hold().model))[1])
    assert lifter.count("█") + lifter.count("─") == 60
    assert max(map(len, (names, guide, lifter))) <= 67


def test_without_a_profile_it_explains_how_to_set_a_tempo() -> None:
    stage = Stage()
    stage.begin()
    stage.hear(stage.phase(HOLD, 0.0, set=1))
    text = TempoGuide().draw(stage.model, 76, 3).plain
    assert "press p" in text
    assert "▼" not in text
