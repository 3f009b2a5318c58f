"""Pictures of traces: curves, phases, rejections and truth, in each format."""

import builtins
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from command_line import run

from cablerep import words
from cablerep.cli.commands import plot as command
from cablerep.exercise import library
from cablerep.lab import plot
from cablerep.lab.evaluation import detect
from cablerep_fw.core.sense.ring import GAP, NO_LOAD
from cablerep_sim import scenarios
from cablerep_sim.errors import CablerepError
from cablerep_sim.trace.trace import Trace, from_arrays
from cablerep_sim.trace.writer import write_trace
from cablerep_sim.truth.file import Truth, path_beside, save


def traced(name: str, seed: int, **options: object) -> tuple[Trace, scenarios.Recording]:
    recording = scenarios.build(name, seed, 100, **options)
    return from_arrays(name, recording.meta, recording.t_us, recording.travel, recording.load), recording


def texts(figure: Any) -> list[str]:
    return [text.get_text() for text in figure.axes[0].texts]


def test_curves_are_the_samples_in_physical_units() -> None:
    meta = {"rate_hz": 100, "um_per_count": -50, "mn_per_count": 2, "load_zero": 1000}
    t_us = np.array([0, 10_000, 40_000])
    samples = plot.curves(from_arrays("x", meta, t_us, np.array([7, 7, -13]), np.array([1000, NO_LOAD, 2000])))
    assert samples.t_s == pytest.approx([0, 0.01, 0.04])
    assert samples.travel_mm == pytest.approx([0, 0, 1.0])
    assert samples.force_n[[0, 2]] == pytest.approx([0, 2.0])
    assert np.isnan(samples.force_n[1])
    assert GAP not in samples.travel_mm


def test_speed_of_a_ramp_is_exact() -> None:
    meta = {"rate_hz": 100, "um_per_count": 1000}
    t_us = np.arange(200) * 10_000
    ramp = from_arrays("x", meta, t_us, np.arange(200) * 3, np.full(200, NO_LOAD))
    assert plot.speed_m_s(plot.curves(ramp))[10:-10] == pytest.approx(0.3)


def test_the_picture_has_reps_rejections_and_truth() -> None:
    trace, recording = traced("partials", 1)
    reading = detect(trace)
    figure = plot.draw(trace, reading, recording.truth)
    told = texts(figure)
    numbers = [text.split("\n")[0].split(" · ")[0] for text in told]
    assert numbers.count("partial") == recording.truth.count("partial")
    assert [n for n in numbers if n.isdigit()] == [str(n + 1) for n in range(recording.truth.count("full") or 0)]
    assert "taking up the cable" in told and "walking in" in told
    first = reading.settled()[0]
    assert any(f"hold {first.hold_s:.2f}" in text and f"ecc {first.eccentric_s:.2f}" in text for text in told)
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["found", "true"]
    assert [axes.get_ylabel() for axes in figure.axes] == ["travel, mm", "", "speed, m/s", "force, N"]
    assert "true, analytic" in figure.get_suptitle()


def test_a_dollar_sign_in_a_title_is_no_formula() -> None:
    trace, _ = traced("lone-rep", 1)
    assert b"<svg" in plot.encode(plot.draw(trace, detect(trace), title="$5 and $\\frac$"), ".svg")


def test_flags_are_marked() -> None:
    trace, _ = traced("clean", 3)
    found = detect(trace, limits=library.load("glute-medius-kickback").limits())
    flagged = [rep for rep in found.settled() if rep.flags]
    assert flagged
    marks = [text for text in texts(plot.draw(trace, found)) if text.startswith("! ")]
    assert marks == [f"! {words.flags(rep.flags)}" for rep in flagged]


def test_a_trace_without_load_cell_or_truth_has_fewer_panels() -> None:
    trace, _ = traced("lone-rep", 1, faults="no-load")
    figure = plot.draw(trace, detect(trace))
    assert [axes.get_ylabel() for axes in figure.axes] == ["travel, mm", "", "speed, m/s"]
    assert [label.get_text() for label in figure.axes[1].get_yticklabels()] == ["found"]


def test_a_truth_by_eye_is_named_in_the_title() -> None:
    trace, _ = traced("lone-rep", 1)
    assert plot.draw(trace, detect(trace), Truth("by_eye", 7, 1)).get_suptitle().endswith("true, by_eye: 7 ± 1 in all")
    assert plot.draw(trace, detect(trace), title="A set").get_suptitle() == "A set"


def test_outliers_do_not_change_the_limits() -> None:
    trace, recording = traced("outliers", 3)
    low, high = plot.draw(trace, detect(trace)).axes[0].get_ylim()
    assert recording.truth.reps is not None
    assert high - low < 4 * (max(rep.rom_mm or 0 for rep in recording.truth.reps) + 500)


def test_each_suffix_gives_its_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recording = scenarios.build("lone-rep", 1, 100)
    path = tmp_path / "set.csv"
    write_trace(path, recording.meta, recording.t_us, recording.travel, recording.load)
    save(recording.truth, path_beside(path))
    for suffix in plot.SUFFIXES:
        assert run(command, "plot", path, "-o", tmp_path / f"set{suffix}", "--title", "<A & B>") == 0
    assert capsys.readouterr().out.splitlines() == [str(tmp_path / f"set{suffix}") for suffix in plot.SUFFIXES]
    assert (tmp_path / "set.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "set.svg").read_text()
    page = (tmp_path / "set.html").read_text()
    assert page.startswith("<!DOCTYPE html>") and page.count("<svg") == 1 and page.rstrip().endswith("</html>")
    assert "<title>&lt;A &amp; B&gt;</title>" in page
    # Self-contained: no address but the names of XML's own vocabularies is in it, and nothing is loaded.
    assert not re.search(r'(src|href)="(?!#)', page)


def test_the_same_trace_gives_the_same_svg(tmp_path: Path) -> None:
    trace, recording = traced("lone-rep", 1)
    for name in ("a.svg", "b.svg"):
        (tmp_path / name).write_bytes(plot.encode(plot.draw(trace, detect(trace), recording.truth), ".svg"))
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_impossible_pictures_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CablerepError, match=r"x\.pdf: .* use one that ends in \.png or \.svg or \.html"):
        run(command, "plot", tmp_path / "gone.csv", "-o", "x.pdf")
    with pytest.raises(CablerepError, match=r"gone\.csv"):
        run(command, "plot", tmp_path / "gone.csv", "-o", "x.png")
    trace, _ = traced("lone-rep", 1)
    (tmp_path / "there.png").write_bytes(b"mine")
    with pytest.raises(CablerepError, match="this file exists"):
        run(command, "plot", tmp_path / "gone.csv", "-o", tmp_path / "there.png")
    with pytest.raises(CablerepError, match="there is no folder"):
        run(command, "plot", tmp_path / "gone.csv", "-o", tmp_path / "no folder" / "x.png")
    assert (tmp_path / "there.png").read_bytes() == b"mine"
    real_import = builtins.__import__

    def without_matplotlib(name: str, *rest: Any) -> Any:
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real_import(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without_matplotlib)
    with pytest.raises(CablerepError, match=r"pip install '\.\[plot\]'"):
        plot.draw(trace, detect(trace))
