"""The lowering speed against the profile's band."""

from dataclasses import replace

import pytest
from live_stage import ECCENTRIC, Kickback, Stage, in_a_hold

from cablerep.live.eccentric_band import EccentricBand, verdict
from cablerep.model.screen import LiveModel
from cablerep.units import choose_weight_unit

BACK = 7 + 43  # columns of the label and, at 76, of the scale


def letting_back(mm_a_sample: float, profile: Kickback | None = None) -> LiveModel:
    """Return a model of a way back: 0.1 mm a sample are 0.02 m/s."""
    stage = Stage(profile)
    stage.begin()
    stage.hear(stage.phase(ECCENTRIC, 0.0, set=1))
    stage.hear(stage.samples(0, *(1000 - round(mm_a_sample * k) for k in range(60))))
    return stage.model


@pytest.mark.parametrize(
    ("mm_a_sample", "words"), [(0.1, "15.0 s pace · slow"), (1.0, "1.5 s pace ✓ good"), (2.0, "0.7 s pace ! too fast")]
)
def test_each_range_of_speed_has_a_label(mm_a_sample: float, words: str) -> None:
    said = verdict(letting_back(mm_a_sample, Kickback()))[0].split(" ", 1)
    expected = words.split(" ", 1)
    assert float(said[0]) == pytest.approx(float(expected[0]), rel=0.05)
    assert said[1] == expected[1]


def test_speeds_are_shown_beside_newtons() -> None:
    choose_weight_unit("N")
    try:
        assert verdict(letting_back(1.0, Kickback()))[0] == "0.20 m/s ✓ good"
        assert EccentricBand().draw(in_a_hold().model, 76, 2).plain.endswith("last rep 0.41 m/s")
    finally:
        choose_weight_unit("kg")


def test_the_boards_cue_overrides_the_band() -> None:
    model = letting_back(1.0, Kickback())
    assert model.phase is not None
    model.phase = replace(model.phase, cue="eccentric_fast")
    assert verdict(model)[0].endswith("! too fast")


def test_the_marker_is_at_the_speed() -> None:
    marker, scale = EccentricBand().draw(letting_back(1.0, Kickback()), 76, 2).plain.split("\n")
    at = marker.index("▼") - 7
    assert at == int(0.20 / (1.875 * 0.15 * 1.4) * 43)
    low, high = scale.index("good"), scale.index("too fast")
    assert low < at + 7 < high
    fast = EccentricBand().draw(letting_back(30.0, Kickback()), 76, 2).plain.split("\n")[0]
    assert fast.index("▼") == BACK - 1, "it never leaves the scale"


def test_outside_the_eccentric_only_the_last_mean_is_shown() -> None:
    marker, scale = EccentricBand().draw(in_a_hold().model, 76, 2).plain.split("\n")
    assert marker.strip() == "speed"
    assert scale.endswith("last rep 1.3 s")
    assert scale.index(" good ") < scale.index(" too fast ")
    assert len(scale) <= 76


def test_without_a_band_only_the_speed_is_shown() -> None:
    text = EccentricBand().draw(letting_back(1.0), 76, 2).plain
    assert "1.5 s pace" in text
    assert "good" not in text
    assert verdict(LiveModel()) == ("", "$faint")
