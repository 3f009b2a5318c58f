"""`cablerep calibrate` on virtual boards: measure, refuse, write, log, undo."""

import argparse
import re
from pathlib import Path

import pytest
from processes import run as run_process

from cablerep.cli import main as cli
from cablerep.cli.commands.calibrate import _WEIGHTS, _quantities
from cablerep.device.client import Client
from cablerep.device.link import Link
from cablerep.device.session import Session
from cablerep.store.database import Store
from cablerep.store.plates import plate_of
from cablerep.units import kilograms
from cablerep_sim import protocol_sim, scenarios

FAST = "speed=0"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "own.sqlite"


@pytest.fixture
def calibrate(capsys, store):
    """Run `cablerep calibrate`; return status, output and notes."""

    def run(action: str, *arguments: object) -> tuple[int, str, str]:
        words = ["calibrate", action, "--store", store, *arguments]
        return cli.main([str(word) for word in words]), *capsys.readouterr()

    return run


@pytest.fixture
def named():
    """A virtual board that outlives its port; stopped at the end."""
    yield "name=bench"
    protocol_sim.stop("bench")


def setting(port: str, name: str) -> int:
    with Client(Link(port, Session())) as talk:
        talk.open()
        return talk.read_setting(name)


def test_travel_is_calibrated_logged_and_undone(calibrate, store: Path, named: str) -> None:
    port = f"sim://calibrate-travel?marks=0,400,800&um_per_count=98.17&{FAST}&{named}"
    status, out, err = calibrate("travel", "--port", port, "--at", 0, 400, 800, "--yes", "--wait", 20)
    assert (status, err) == (0, "")
    assert "pull the cable out to 400 mm and hold it still for 1 s" in out
    assert "one count is 98.1" in out and "(was 1)" in out
    assert setting(port, "um_per_count") == pytest.approx(98_170_000, rel=5e-4)
    with Store(store) as opened:
        (kept,) = opened.calibrations("bench")
    assert kept.was == {"um_per_count": 1_000_000}
    assert kept.residual is not None and kept.residual < 1
    status, out, _ = calibrate("undo", "--port", port, "--yes")
    assert status == 0 and "back to um_per_count 1000000" in out
    assert setting(port, "um_per_count") == 1_000_000
    status, out, _ = calibrate("log")
    assert len(re.findall(r"bench  travel  um_per_count \d+ -> um_per_count \d+", out)) == 2
    status, _, _ = calibrate("undo", "travel", "--port", port, "--yes")
    assert status == 0
    assert setting(port, "um_per_count") == kept.became["um_per_count"], "an undo is undone by another"


def test_a_reversed_encoder_gets_a_negative_scale(calibrate, named: str) -> None:
    port = f"sim://calibrate-travel?um_per_count=50&faults=encoder-reversed&{FAST}&{named}"
    status, out, _ = calibrate("travel", "--port", port, "--at", 0, 500, 1000, "--yes", "--wait", 20)
    assert status == 0 and "counts backwards" in out
    assert setting(port, "um_per_count") == pytest.approx(-50_000_000, rel=5e-4)


@pytest.mark.parametrize(("faults", "rate"), [("", 200), ("load-reversed", 200), ("", 50)])
def test_load_is_calibrated_with_its_zero(calibrate, named: str, faults: str, rate: int) -> None:
    """At 50 Hz several points come within one turn of the line: none is lost."""
    truth = scenarios.build("calibrate-load", 3, faults=faults).meta
    port = f"sim://calibrate-load?seed=3&faults={faults}&rate={rate}&{FAST}&{named}"
    status, out, err = calibrate("load", "--port", port, "--at", 0, 5, 10, 20, "--yes", "--wait", 20)
    assert (status, err) == (0, ""), out
    assert setting(port, "mn_per_count") == pytest.approx(1e6 * float(truth["true_mn_per_count"]), rel=5e-3)
    counts_a_newton = 1000 / abs(float(truth["true_mn_per_count"]))
    assert setting(port, "load_zero") == pytest.approx(int(truth["true_load_zero"]), abs=0.5 * counts_a_newton)


def test_a_calibrated_stack_gives_a_set_its_plate(calibrate, store: Path) -> None:
    status, out, err = calibrate(
        "stack",
        "--port",
        f"sim://calibrate-stack?plates=3&{FAST}",
        "--plates",
        1,
        2,
        3,
        "--yes",
        "--wait",
        20,
        *("--printed", "5", "10kg", "33", "lb"),
    )
    assert (status, err) == (0, ""), out
    with Store(store) as opened:
        plates = opened.plates("virtual")
        assert opened.plates("another") == []
    # 5 kg a plate; the machine's pulleys may halve it.
    step_n = plates[0].load_n
    assert step_n == pytest.approx(5 * 9.80665, rel=0.05) or step_n == pytest.approx(2.5 * 9.80665, rel=0.05)
    assert [plate_of(number * step_n, plates) for number in (1, 2, 3)] == [1, 2, 3]
    assert [kilograms(plate.printed_n or 0) for plate in plates] == pytest.approx([5, 10, 14.97], abs=0.01)
    status, out, _ = calibrate("undo", "stack", "--port", f"sim://clean?{FAST}", "--yes")
    assert status == 0
    with Store(store) as opened:
        assert opened.plates("virtual") == []


@pytest.mark.parametrize("printed", [("5",), ("10", "5"), ("5", "heavy")])
def test_printed_weights_that_do_not_fit_the_plates_are_refused(calibrate, printed: tuple[str, ...]) -> None:
    status, _, err = calibrate(
        "stack", "--port", f"sim://calibrate-stack?plates=2&{FAST}", "--plates", 1, 2, "--yes", "--printed", *printed
    )
    assert status == 1
    assert "plate" in err or "is not a number" in err


def test_a_stack_needs_a_calibrated_board(calibrate) -> None:
    status, _, err = calibrate("stack", "--port", f"sim://calibrate-travel?{FAST}", "--plates", 1, 2, "--yes")
    assert status == 1 and "travel is not calibrated yet: run 'cablerep calibrate travel' first" in err


@pytest.mark.parametrize("address", ["free_mm=900&angle=mt6701", "free_mm=700&angle=as5600"])
def test_a_swivel_is_calibrated_and_undone(calibrate, store: Path, named: str, address: str) -> None:
    numbers = {"seed": 3, "free_mm": 900.0 if "900" in address else 700.0, "angle": address.rpartition("=")[2]}
    truth = scenarios.build("calibrate-swivel", **numbers).meta  # type: ignore[arg-type]
    port = f"sim://calibrate-swivel?seed=3&{address}&{FAST}&{named}"
    before = [setting(port, name) for name in ("free_mm", "free_from")]
    status, out, err = calibrate("swivel", "--port", port, "--yes", "--wait", 20)
    assert (status, err) == (0, ""), out
    per_turn = int(truth["true_angle_per_turn"])
    assert setting(port, "angle_per_turn") == per_turn
    off = (setting(port, "angle_zero") - int(truth["true_angle_zero"])) * 360 / abs(per_turn)
    assert abs((off + 180) % 360 - 180) < 0.1
    assert setting(port, "free_mm") == pytest.approx(numbers["free_mm"], abs=50), "1° of nonlinearity"
    assert setting(port, "free_from") == 0
    with Store(store) as opened:
        assert [one.kind for one in opened.calibrations("bench")] == ["swivel"]
    assert calibrate("undo", "swivel", "--port", port, "--yes")[0] == 0
    assert [setting(port, name) for name in ("free_mm", "free_from")] == before


def test_a_dragging_arm_and_a_missing_sensor_are_refused(calibrate, named: str) -> None:
    port = f"sim://calibrate-swivel?angle=mt6701&arm_lag_deg=0.9&{FAST}&{named}"
    status, _, err = calibrate("swivel", "--port", port, "--yes", "--wait", 20)
    assert status == 1 and "friction or play: along the same line the bearing differs by 1.8°" in err
    assert setting(port, "angle_zero") == 0
    status, _, err = calibrate("swivel", "--port", f"sim://calibrate-travel?{FAST}", "--yes")
    assert status == 1 and "no angle sensor is configured: 'cablerep settings angle_sensor=1'" in err


@pytest.mark.parametrize(
    ("action", "address", "known", "told"),
    [
        ("travel", "calibrate-travel?marks=0,50,150", (0, 50, 150), "the span is 150 mm: at least 200 mm"),
        ("travel", "calibrate-travel?marks=0,470,1000", (0, 500, 1000), "the point at 500 mm lies +"),
        ("travel", "calibrate-travel?marks=0,1000", (0, 1000), "3 are needed"),
        ("travel", "calibrate-travel?marks=0", (0, 500, 1000), "not still for 1 s at 500 mm within 2 s; nothing"),
        ("load", "calibrate-load?weights=0,1,2", (0, 1, 2), "the span is 20 N: at least 50 N"),
        ("load", "calibrate-load?weights=0,6,10,20", (0, 5, 10, 20), "off the line, more than 2.0 N"),
        ("load", "calibrate-load?faults=no-load", (0, 5, 10), "no load cell readings arrived"),
    ],
)
def test_bad_points_are_refused_and_change_nothing(
    calibrate, store: Path, named: str, action: str, address: str, known: tuple[int, ...], told: str
) -> None:
    port = f"sim://{address}&{FAST}&{named}"
    status, _, err = calibrate(action, "--port", port, "--at", *known, "--yes", "--wait", 2)
    assert status == 1
    assert err.startswith("cablerep: error: ") and told in err
    name = {"travel": "um_per_count", "load": "mn_per_count"}[action]
    assert setting(port, name) == 1_000_000
    with Store(store) as opened:
        assert opened.calibrations() == []


def test_without_confirmation_nothing_changes(calibrate, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    """Standard input is at its end, or says no."""
    port = f"sim://calibrate-travel?marks=0,400,800&{FAST}&{named}"

    def nobody(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", nobody)
    status, _, err = calibrate("travel", "--port", port, "--at", 0, 400, 800, "--wait", 20)
    assert (status, err) == (1, "cablerep: nothing was changed\n")
    assert setting(port, "um_per_count") == 1_000_000
    status, _, err = calibrate("travel", "--port", port)
    assert status == 1 and "no values given; pass them with --at or --plates" in err


def test_values_are_asked_for_on_a_terminal(calibrate, monkeypatch: pytest.MonkeyPatch, named: str) -> None:
    answers = iter(["0 400 800", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(answers))
    port = f"sim://calibrate-travel?marks=0,400,800&um_per_count=60&{FAST}&{named}"
    assert calibrate("travel", "--port", port, "--wait", 20)[0] == 0
    assert setting(port, "um_per_count") == pytest.approx(60_000_000, rel=5e-4)


def test_values_may_have_units(calibrate, named: str) -> None:
    port = f"sim://calibrate-travel?marks=0,400,800&um_per_count=60&{FAST}&{named}"
    status, out, _ = calibrate("travel", "--port", port, "--at", 0, "40cm", "0.8", "m", "--yes", "--wait", 20)
    assert status == 0 and "pull the cable out to 800 mm" in out
    assert _quantities(["0", "5", "kg", "11lb", "500g"], _WEIGHTS) == pytest.approx([0, 5, 4.98951607, 0.5])
    for words in (["5", "st"], ["kg"], ["-1"], ["nan"], ["1e9kg"]):
        with pytest.raises(argparse.ArgumentTypeError, match="its unit may be kg, g, lb, lbs"):
            _quantities(words, _WEIGHTS)


def test_the_board_is_found_before_values_are_asked_for(calibrate, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: pytest.fail("asked"))
    status, _, err = calibrate("travel", "--port", "/dev/no-such-board")
    assert status == 1 and "/dev/no-such-board" in err


def test_tare_is_saved_and_undone(calibrate, named: str) -> None:
    port = f"sim://calibrate-load?weights=0,5&speed=20&{named}"
    before = setting(port, "load_zero")
    status, out, err = calibrate("tare", "--port", port)
    assert (status, err) == (0, "")
    after = setting(port, "load_zero")
    assert f"tared: zero at {after} counts (was {before})" in out
    assert calibrate("undo", "--port", port, "--yes")[0] == 0
    assert setting(port, "load_zero") == before


def test_undo_refuses_settings_changed_since(calibrate) -> None:
    port = f"sim://calibrate-travel?{FAST}"
    assert calibrate("travel", "--port", port, "--at", 0, 500, 1000, "--yes")[0] == 0
    # Without a name the next board is another one, with the values of its trace.
    status, _, err = calibrate("undo", "--port", port, "--yes")
    assert status == 1 and "it was changed since, so calibrate again" in err
    status, _, err = calibrate("undo", "stack", "--port", port, "--yes")
    assert status == 1 and "has no calibration of board virtual" in err


@pytest.mark.parametrize(
    "arguments", [("travel", "--at", "x"), ("travel", "--at", "-1"), ("stack", "--plates", "0"), ()]
)
def test_usage_errors(arguments: tuple[str, ...]) -> None:
    status, _, err = run_process("calibrate", *arguments)
    assert status == 2 and "usage: " in err
