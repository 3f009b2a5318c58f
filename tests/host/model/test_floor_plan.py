"""The floor plan: kicks, wanted sectors, advice about the line, and the question about the side."""

import math
from dataclasses import replace

import pytest
from logbook_pages import rep

from cablerep import words
from cablerep.device.events import Hello, Samples
from cablerep.model import floor_plan
from cablerep.model.floor_plan import Band, FloorTrail, bands, is_on_other_side, line_advice, plan_of
from cablerep_fw.core.sense.ring import GAP, NO_LOAD

KICKBACK = (30.0, 45.0)


def kick(direction_deg: float | None, **changes):
    chord_mm = None if direction_deg is None else 300.0
    figures = {"direction_deg": direction_deg, "chord_mm": chord_mm, "bow_mm": 20.0, "drift_mm": 10.0}
    return rep(1, **figures | changes)


def test_the_left_legs_band_is_mirrored() -> None:
    assert bands(KICKBACK, "right") == (Band(30, 45),)
    assert bands(KICKBACK, "left") == (Band(-45, -30),)
    assert bands(KICKBACK, "") == (Band(-45, -30), Band(30, 45))
    assert bands((-10, 10), "") == (Band(-10, 10),)
    assert bands(None, "left") == ()


@pytest.mark.parametrize(
    ("direction_deg", "side", "advice"),
    [
        (20, "right", "outward"),
        (55, "right", "straighter"),
        (-20, "left", "outward"),
        (-55, "left", "straighter"),
        (20, "left", "outward"),
        (-20, "", "outward"),
        (60, "", "straighter"),
    ],
)
def test_advice_about_the_line(direction_deg: float, side: str, advice: str) -> None:
    assert line_advice(direction_deg, side, KICKBACK) == words.label("line_advice", advice)


def test_a_direction_in_words() -> None:
    assert [words.direction(value) for value in (None, 37.6, -12.2, 0.3)] == [
        "",
        "38° right",
        "12° left",
        "straight back",
    ]
    assert "outside" in words.direction(-80) and "outside" in words.direction(88)


def test_the_screen_asks_about_the_side_after_three_reps() -> None:
    wrong = [kick(-38), kick(-30), kick(-44)]
    assert is_on_other_side(wrong, KICKBACK, "right")
    assert not is_on_other_side(wrong, KICKBACK, "left")
    assert not is_on_other_side(wrong, KICKBACK, ""), "the side is not known"
    assert not is_on_other_side(wrong[:2], KICKBACK, "right")
    assert not is_on_other_side([*wrong[:2], kick(2)], KICKBACK, "right")
    assert not is_on_other_side([*wrong[:2], kick(None)], KICKBACK, "right")
    assert not is_on_other_side(wrong, (-10, 10), "right"), "a band about 0 does not tell the legs apart"


def test_a_kick_is_drawn_from_the_start_with_bow_and_drift() -> None:
    (drawn,) = plan_of([kick(90), kick(None), kick(30, kind="rejected", rep=None)], KICKBACK, "right").kicks
    points = drawn.points()
    assert points[0] == (0, 0)
    assert points[-1] == pytest.approx((300, 0))
    # Counter-clockwise from above; the lifter's right is to the right, back is down.
    assert min(back for _, back in points) == pytest.approx(-20, abs=0.5)
    (_, first), (_, second) = drawn.drift()
    assert (first, second) == pytest.approx((5, -5))
    assert plan_of([kick(None)], KICKBACK, "right") is None


def test_the_path_comes_from_raw_samples() -> None:
    hello = Hello(1, 2, 100, 1000.0, 1.0, 0, 0, "", 0, 0, "0", "b", "sim", 1, -4096, 100)
    trail = FloorTrail()
    quarter = (100 - 1024) % 4096  # 90 degrees to the right: the sensor counts the other way
    trail.take(Samples(0, (0, NO_LOAD), (100,)), hello, None)
    assert trail.path() == (), "the cable's length is not known"
    trail.take(Samples(0, (0, NO_LOAD, GAP, 100), (100, -1)), hello, 1000.0)
    trail.begin(0.0)
    trail.take(Samples(101, (5, NO_LOAD, 20, NO_LOAD), (-1, quarter)), hello, 1000.0)
    assert trail.path()[0] == (0, 0)
    assert trail.path()[1] == pytest.approx((1020, -1000))
    assert trail.pulley() == pytest.approx((0, -1000))
    trail.take(Samples(0, (0, NO_LOAD), (100,)), hello, 1000.0)
    assert trail.path() == (), "the samples of another session"


def test_the_sectors_edges_are_those_of_the_band() -> None:
    plan = plan_of([kick(35)], KICKBACK, "left")
    far = 1.1 * 300
    for (_, (right, back)), degrees in zip(plan.edges(), (-45, -30), strict=True):
        turn = math.radians(degrees)
        assert (right, back) == pytest.approx((far * math.sin(turn), far * math.cos(turn)))
    assert replace(plan, kicks=()).radius_mm == floor_plan._MIN_MM
