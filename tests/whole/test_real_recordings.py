"""The recordings of other people's machines, counted through the whole chain: every one as a person counts it.

They are read from outside the project (see conftest.py), since the data is not ours to ship.
"""

import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from detector_run import decode

from cablerep_fw.core.link import wire
from cablerep_sim.replay import Replay
from cablerep_sim.trace.trace import open_trace


def truth_of(recording: Path) -> dict[str, Any]:
    name = recording.name.split(".")[0] + ".truth.json"
    return json.loads((recording.parent / name).read_text(encoding="utf-8"))


@cache  # three tests look at each
def messages_of(recording: Path) -> list[tuple[str, dict[str, Any]]]:
    return decode(b"".join(Replay(open_trace(recording))))


def final_kinds(messages: list[tuple[str, dict[str, Any]]]) -> list[str]:
    kinds = {values["start"]: wire.KINDS[values["kind"]] for name, values in messages if name in ("rep", "amend")}
    return [kinds[start] for start in sorted(kinds)]


def test_it_is_counted_as_a_person_counts_it(recording: Path) -> None:
    truth = truth_of(recording)
    kinds = final_kinds(messages_of(recording))
    counted = kinds.count("full") + kinds.count("partial")
    assert abs(counted - truth["reps_total"]) <= truth["tolerance"], kinds


_HOLD_S = 0.15  # as good as an eye sees it, and as the contract asks of 95 %


def test_holds_are_as_long_as_an_eye_sees_them(seen_holds: Path) -> None:
    reps = {values["start"]: values for name, values in messages_of(seen_holds) if name in ("rep", "amend")}
    for seen in truth_of(seen_holds)["holds"]:
        rep = min(reps.values(), key=lambda rep, seen=seen: abs(rep["top"] / 10_000 - seen["top_s"]))  # type: ignore[misc]
        hold_s = (rep["release"] - rep["top"]) / 10_000
        assert hold_s == pytest.approx(seen["release_s"] - seen["top_s"], abs=_HOLD_S), seen


def test_a_case_is_counted_exactly(case_trace: Path) -> None:
    truth = truth_of(case_trace)
    messages = messages_of(case_trace)
    counted = [kind for kind in final_kinds(messages) if kind != "rejected"]
    assert len(counted) == truth["reps_total"]
    assert sum(name == "set" for name, _ in messages) == truth["sets"]
    kinds = [rep.get("kind", "full") for rep in truth.get("reps", ())]
    assert counted == kinds or not kinds


def test_what_is_told_of_it_holds_together(recording: Path) -> None:
    messages = messages_of(recording)
    reps = [values for name, values in messages if name in ("rep", "amend")]
    for rep in reps:
        assert rep["start"] < rep["top"] <= rep["release"] < rep["end"] <= rep["known"] + 1
        assert rep["rom"] >= 20000, "the contract's smallest movement"
        assert 0 < rep["concentric_mean"] <= rep["concentric_peak"]
        assert 0 < rep["eccentric_mean"] <= rep["eccentric_peak"]
    told = [values["known"] for name, values in messages if name in ("rep", "amend", "rejected", "set")]
    assert told == sorted(told), "in the order in which things became known"
    sets = [values for name, values in messages if name == "set"]
    kinds = final_kinds(messages)
    assert sum(values["reps"] for values in sets) == kinds.count("full")
    assert sum(values["partials"] for values in sets) == kinds.count("partial")


def mounted(recording: Path, path: Path, turned: int = -1, away: int = 123456) -> Path:
    """Write the recording as an encoder mounted the other way, and with another zero, would have given it."""
    opener = gzip.open if recording.suffix == ".gz" else open
    with opener(recording, "rt", encoding="utf-8") as lines:
        text = lines.read().splitlines()
    keys = dict(line[1:].strip().split(": ", 1) for line in text if line.startswith("#"))
    rows = [line.split(",") for line in text[len(keys) + 1 :]]
    keys["um_per_count"] = str(turned * float(keys.get("um_per_count", "1")))
    written = [f"# {key}: {value}" for key, value in keys.items()] + [text[len(keys)]]
    written += [",".join((t_us, str(turned * int(travel) + away), *load)) for t_us, travel, *load in rows]
    path.write_text("\n".join(written) + "\n", encoding="utf-8")
    return path


def test_it_does_not_matter_how_the_encoder_is_mounted(recording: Path, tmp_path: Path) -> None:
    events = messages_of(recording)
    others = messages_of(mounted(recording, tmp_path / "other.csv"))
    if open_trace(recording).on_grid:
        apart = ("hello", "log")
        assert [event for event in others if event[0] not in apart] == [
            event for event in events if event[0] not in apart
        ]
    else:  # between two stamps a travel is rounded, to one side or the other
        assert final_kinds(others) == final_kinds(events)
