"""Addresses of virtual boards: what they name, and the errors of wrong ones."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_sim import scenarios
from cablerep_sim.board.address import parse
from cablerep_sim.errors import CablerepError, SourceError, TraceError


def test_an_address_without_options_has_defaults() -> None:
    source = parse("sim://glute-kickback")
    assert (source.speed, source.end, source.start, source.name) == (1.0, "idle", "attach", "")
    assert source.open().meta["scenario"] == "glute-kickback"


def test_all_options_are_parsed() -> None:
    source = parse("sim://clean?reps=3&speed=0&seed=5&rate=500&side=left&end=hangup&start=now&name=bench")
    assert (source.speed, source.end, source.start, source.name) == (0.0, "hangup", "now", "bench")
    trace = source.open()
    assert (trace.rate_hz, trace.meta["side"]) == (500, "left")
    built = scenarios.build("clean", 5, 500, reps=3, side="left")
    assert trace.rows == len(built.t_us)


def test_faults_of_form_are_passed_to_the_scenario() -> None:
    asked = parse("sim://glute-kickback?side=left&faults=hold_short@3,swing@5,slam@8").open()
    built = scenarios.build("glute-kickback", 1, side="left", faults="hold_short@3,swing@5,slam@8")
    assert asked.rows == len(built.t_us)
    assert built.truth.reps is not None
    assert [i for i, rep in enumerate(built.truth.reps, 1) if rep.flags] == [3, 5, 8]


@pytest.mark.parametrize("address", ["clean?reps=2", "sim://clean/?reps=2", "SIM://clean?reps=2"])
def test_other_spellings_give_the_same(address: str) -> None:
    assert parse(address).open().rows == parse("sim://clean?reps=2").open().rows


def test_an_address_may_name_a_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    (folder / "b?c.csv").write_text("# rate_hz: 100\nt_us,travel,load\n0,0,\n")
    (folder / "x.csv").write_text("# rate_hz: 50\nt_us,travel,load\n0,0,\n")
    assert parse(f"sim://{folder}/x.csv?speed=4").open().rate_hz == 50
    assert parse(f"sim://{folder}/b%3Fc.csv".replace(" ", "%20")).open().rate_hz == 100
    assert parse(f"{folder}/b?c.csv").open().rate_hz == 100
    monkeypatch.chdir(tmp_path)
    assert parse("sim://a folder/x.csv").open().rate_hz == 50
    monkeypatch.chdir(folder)
    assert parse("sim://x.csv?speed=2").open().rate_hz == 50
    assert parse("x.csv").open().rate_hz == 50


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sim://kickback", "there is no scenario 'kickback'; the scenarios are glute-kickback, clean,"),
        ("sim://", "there is no scenario ''"),
        ("sim://clean?rep=3", "there is no option 'rep'; the options are reps,"),
        ("sim://clean?rate_hz=100", "there is no option 'rate_hz'; the options are reps,"),
        ("sim://clean?faults=swing@x", "fault 'swing@x' names rep 'x'"),
        ("sim://clean?faults=sag", "there is no fault 'sag'; the faults of form are hold_short,"),
        ("sim://clean?reps=many", "reps is 'many'; it must be a whole number from 1 to 200"),
        ("sim://clean?reps=3&reps=4", "reps is given twice"),
        ("sim://clean?" + "&".join(f"x{n}=1" for n in range(60)), "more than 50 options"),
        ("sim://clean?speed=fast", "speed is 'fast'; it must be a number from 0"),
        ("sim://clean?speed=nan", "speed is 'nan'"),
        ("sim://clean?speed=-1", "speed is '-1'"),
        ("sim://clean?speed=1e9", "speed is '1e9'"),
        ("sim://clean?end=never", "end is 'never'; it must be idle or hangup"),
        ("sim://clean?start=later", "start is 'later'; it must be attach or now"),
        ("sim://clean?seed=-1", "seed is '-1'; it must be a whole number from 0"),
        (f"sim://clean?seed={'9' * 5000}", "it must be a whole number from 0"),
        ("sim://clean?rate=5", "rate_hz is 5"),
        ("sim://clean?rate=200.5", "rate is '200.5'"),
        ("sim://x.csv?reps=3", "a trace has no option 'reps'; the options are speed, end, start, name"),
    ],
)
def test_a_wrong_name_or_option_is_refused_with_the_choices(address: str, message: str) -> None:
    with pytest.raises(SourceError, match=re.escape(message)) as caught:
        parse(address)
    assert isinstance(caught.value, ValueError)


def test_a_missing_trace_is_reported_when_opened(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="there is no such file"):
        parse(f"sim://{tmp_path}/x.csv").open()


@given(address=st.text(max_size=40) | st.text("sim://?&=%2f.csv \0", max_size=30))
def test_any_text_is_an_address_or_a_cablerep_error(address: str) -> None:
    try:
        parse(address).open()
    except CablerepError as error:
        assert str(error)
