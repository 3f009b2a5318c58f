"""The doctor's findings, and the command on a virtual board."""

from dataclasses import fields, replace
from random import Random

import pytest

from cablerep.cli import main as cli
from cablerep.device.events import BoardText, FramesLost, Health, Hello, Reply, Samples
from cablerep.setup import checkup
from cablerep.setup.checkup import BAD, CURES, GOOD, HINT, Observation
from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import NO_LOAD

UM = 100.0


def hello(um_per_count=UM, mn_per_count=2.0, kept=0):
    return Hello(wire.SCHEMA_ID, 1, 200, um_per_count, mn_per_count, 0, 0, "", 5, kept, "0.1.0", "e6", "rp2")


def health(**values):
    zeros = {one.name: 0 for one in fields(Health)} | {"faults": (), "jitter_counts": (), "load_hz": 80.0}
    return Health(**zeros | {"samples": 2000, "heap_free": 90_000} | values)


def pull(sign=1, noise_counts=20, mm=400):
    """Ten seconds: still, out, still, back, with readings every third sample."""
    random = Random(1)
    way = round(mm * 1000 / UM)
    place = [0] * 600 + [way * i // 400 for i in range(400)] + [way] * 600 + [way - way * i // 400 for i in range(401)]
    load = [90_000 + round(random.gauss(0, noise_counts)) if i % 3 == 0 else None for i in range(len(place))]
    return [sign * travel for travel in place], load


def seen(travel, load, board=None, **healths):
    observed = Observation(board or hello(), {"cell": 1, "cell_hz": 80}, health(), health(**healths))
    observed.travel, observed.load = travel, load
    return observed


def texts(observed, level):
    return [one.text for one in checkup.findings(observed) if one.level == level]


def test_a_good_board_has_no_findings():
    observed = seen(*pull())
    assert texts(observed, BAD) == []
    assert texts(observed, HINT) == []
    assert len(texts(observed, GOOD)) == 5


def test_every_fault_has_a_remedy():
    assert set(CURES) == set(wire.FAULTS)
    for name in wire.FAULTS:
        assert [text for text in texts(seen(*pull(), faults=(name,)), BAD) if text.startswith(name)]


@pytest.mark.parametrize("sign, um_per_count, backwards", [(1, UM, 0), (-1, UM, 1), (-1, -UM, 0), (1, -UM, 1)])
def test_a_reversed_encoder_is_found_by_the_first_movement(sign, um_per_count, backwards):
    found = texts(seen(*pull(sign), hello(um_per_count)), BAD)
    assert len([text for text in found if "counts backwards" in text]) == backwards
    if backwards:
        assert f"set um_per_count to {-um_per_count:g}" in found[0]


def test_a_single_encoder_channel_is_recognised():
    travel, load = pull(mm=0)
    travel = [i % 2 for i in range(len(travel))]
    assert any("one channel is disconnected" in text for text in texts(seen(travel, load), BAD))


def test_an_unmoved_cable_is_only_a_note():
    observed = seen(*pull(mm=0))
    assert any("did not move" in text for text in texts(observed, HINT))
    assert texts(observed, BAD) == []


def test_a_short_pull_does_not_judge_the_direction():
    assert any("too little to check" in text for text in texts(seen(*pull(-1, mm=40)), HINT))


def test_illegal_transitions_point_to_wiring():
    assert any("shorten or shield" in text for text in texts(seen(*pull(), illegal=50), BAD))


@pytest.mark.parametrize("load_hz, wrong", [(80.0, False), (88.0, False), (10.1, True), (320.0, True)])
def test_a_wrong_cell_rate_is_reported(load_hz, wrong):
    found = texts(seen(*pull(), load_hz=load_hz), BAD)
    assert any("RATE pin" in text for text in found) is wrong


def test_only_noise_at_rest_is_reported():
    assert any("noise is" in text for text in texts(seen(*pull(noise_counts=400)), BAD))
    travel, load = pull()
    shaken = Random(3)
    moving = [
        one + shaken.randrange(-2000, 2000) if one is not None and place not in (travel[0], max(travel)) else one
        for place, one in zip(travel, load, strict=True)
    ]
    assert not any("noise is" in text for text in texts(seen(travel, moving), BAD))


def forced(bottom_n, top_n, load_zero=0):
    """A pull with `bottom_n` at the start and `top_n` pulled out."""
    travel, _ = pull()
    load = [
        round((top_n if place > 1000 else bottom_n) * 500) + load_zero if i % 3 == 0 else None
        for i, place in enumerate(travel)
    ]
    return seen(travel, load)


def test_a_load_cell_wired_backwards_is_recognised():
    found = texts(forced(0, -80), BAD)
    assert any("counts backwards: -80 N with the cable pulled out; swap its two signal wires" in text for text in found)
    assert any("force grows" in text for text in texts(forced(0, 80), GOOD))


def test_a_cell_tared_under_load_is_recognised():
    found = texts(forced(-80, 0), BAD)
    assert any("reads -80 N at the stack: it was tared under load" in text for text in found)
    assert not any("backwards" in text for text in found)


def test_noise_ignores_a_slope():
    random = Random(2)
    counts = [round(random.gauss(0, 50)) + 30 * i for i in range(4000)]
    assert checkup.noise(counts) == pytest.approx(50, rel=0.05)
    assert checkup.noise([1, 2]) == 0


def test_a_missing_cell_is_not_a_fault():
    observed = seen(*pull())
    observed.settings["cell"] = 0
    assert any("everything works except force" in text for text in texts(observed, GOOD))


@pytest.mark.parametrize(
    "values, level, words",
    [
        ({"missed": 50}, BAD, "50 of 2000 samples were missed"),
        ({"overruns": 3}, BAD, "could not keep up"),
        ({"jitter_us": 900}, HINT, "900 us late"),
        ({"heap_free": 9000}, BAD, "only 8 KiB of memory"),
        ({"dropped": 4}, HINT, "dropped 4 messages"),
        ({"bad_frames": 2}, HINT, "close other programs"),
    ],
)
def test_board_counters_are_reported(values, level, words):
    assert any(words in text for text in texts(seen(*pull(), **values), level))


def test_missing_calibration_is_a_note():
    assert len([text for text in texts(seen(*pull(), hello(1, 1)), HINT) if "not calibrated" in text]) == 2


def test_a_silent_board_is_reported():
    found = texts(Observation(hello()), BAD)
    assert any("no HEALTH" in text for text in found)
    assert any("no samples arrived" in text for text in found)


def test_an_observation_collects_events():
    observed = Observation(hello(kept=2))
    for event in (
        Samples(0, (5, NO_LOAD, 6, 100)),
        health(samples=1),
        health(samples=2),
        Reply(1, "get", "done", "cell_hz", 10),
        Reply(2, "get", "unknown", "cell", 9),
        FramesLost(1, 4),
        BoardText("MemoryError"),
    ):
        observed.take(event)
    assert (observed.travel, observed.load) == ([5, 6], [None, 100])
    assert observed.first and observed.last
    assert (observed.first.samples, observed.last.samples) == (1, 2)
    assert observed.settings == {"cell_hz": 10}
    hints = " ".join(texts(observed, HINT))
    assert "4 frames were lost" in hints and "MemoryError" in hints and "2 reps and sets wait" in hints


def test_doctor_checks_a_virtual_board(capsys):
    status = cli.main(["doctor", "--port", "sim://glute-kickback?reps=2", "--seconds", "2"])
    said = capsys.readouterr()
    assert "pull the cable half a metre out" in said.err
    assert said.out.startswith("board virtual (sim)")
    assert (status == 1) == ("FAULT" in said.out)
    assert "samples are on time" in said.out


def test_doctor_reports_a_missing_port(capsys):
    assert cli.main(["doctor", "--port", "/dev/no-such-board"]) == 1
    err = capsys.readouterr().err
    assert "no such port" in err
    assert "pull the cable" not in err, "it looks for the board first"


def test_an_angle_sensor_is_checked_where_one_is_configured():
    board = replace(hello(), angle_sensor=1)
    travel, load = pull()
    assert "the angle sensor is read 0 times" in texts(seen(travel, load, board), BAD)[0]
    assert texts(seen(travel, load, board, faults=("angle sensor silent",)), BAD) == [
        f"angle sensor silent: {CURES['angle sensor silent']}"
    ]
    observed = seen(travel, load, board, angle_hz=100.0)
    observed.angles = [700, 700, 700]
    observed.settings["free_mm"] = 0
    assert texts(observed, BAD) == []
    assert [text.partition(":")[0] for text in texts(observed, HINT)] == [
        "the swivel is not calibrated",
        "the angle sensor did not move; move the strap sideways while this runs to check the follower arm",
    ]
    observed.angles, observed.settings["free_mm"] = [700, 900], 650
    assert texts(observed, HINT) == []
    assert texts(seen(travel, load, angle_hz=0.0), BAD) == [], "none is configured"
