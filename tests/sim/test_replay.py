"""Replay: the bytes of a board's link, complete and in order, for a trace of any length."""

import itertools
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from detector_run import decode
from hypothesis import given, settings
from hypothesis import strategies as st

from cablerep_fw.core import lifetime
from cablerep_fw.core.link import wire
from cablerep_fw.core.sense.ring import NO_LOAD
from cablerep_fw.core.settings.settings import PROFILE, Settings
from cablerep_sim import replay as replay_module
from cablerep_sim import scenarios
from cablerep_sim.replay import Replay
from cablerep_sim.trace import lines as trace_lines
from cablerep_sim.trace.trace import Trace, from_arrays, open_trace

Messages = list[tuple[str, dict[str, Any]]]


def trace_of(name: str, **options: object) -> Trace:
    recording = scenarios.build(name, 3, **options)  # type: ignore[arg-type]
    return from_arrays(name, recording.meta, recording.t_us, recording.travel, recording.load)


@pytest.fixture(scope="module")
def clean() -> Trace:
    return trace_of("clean", reps=4)


def messages(trace: Trace, **options: Any) -> Messages:
    return decode(b"".join(Replay(trace, **options)))


def test_hello_first_health_last(clean: Trace) -> None:
    found = messages(clean)
    assert [found[0][0], found[-1][0]] == ["hello", "health"]
    hello, health = found[0][1], found[-1][1]
    assert (hello["schema"], hello["session"], hello["rate_hz"]) == (wire.SCHEMA_ID, 1, 200)
    assert hello["um_per_count"] == clean.header.um_per_count
    assert (health["samples"], health["missed"], health["dropped"]) == (clean.samples, 0, 0)
    assert sum(values["kind"] == 1 for name, values in found if name == "rep") == 4


def test_notes_about_the_trace_are_logged() -> None:
    trace = from_arrays("jittery", {"rate_hz": 100}, [0, 13000, 20000], [0, 0, 0], [NO_LOAD] * 3)
    data = b"".join(Replay(trace))
    assert [name for name, _ in decode(data)][:2] == ["hello", "log"]
    assert trace.notes[0].encode() in data.replace(b"\0", b"")


def test_events_come_in_the_order_in_which_they_became_known() -> None:
    for name in ("several-sets", "partials", "mixed"):
        known = [values["known"] for _, values in messages(trace_of(name)) if "known" in values]
        assert known == sorted(known)
        assert len(known) > 20


def test_each_journal_message_comes_once(clean: Trace) -> None:
    seqs = [values["seq"] for _, values in messages(clean) if "seq" in values]
    assert seqs == list(range(1, len(seqs) + 1))


def test_streaming_returns_every_sample(clean: Trace) -> None:
    data = b"".join(Replay(clean, streaming=True))
    firsts = [values["first"] for name, values in decode(data) if name == "samples"]
    assert firsts[0] == 0
    assert {later - first for first, later in itertools.pairwise(firsts)} == {16}
    assert decode(data)[-1][1]["dropped_samples"] == 0


@pytest.mark.parametrize("size", [1, 7, 512])
def test_slice_size_does_not_matter(clean: Trace, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = b"".join(Replay(clean))
    monkeypatch.setattr(replay_module, "_SLICE", size)
    assert b"".join(Replay(clean)) == expected


def test_settings_other_than_rate_and_scale_are_the_callers(clean: Trace) -> None:
    chosen = Settings()
    chosen.put(PROFILE, 9)
    assert messages(clean, settings=chosen)[0][1]["profile"] == 9


def test_a_trace_longer_than_a_session_continues_in_another(clean: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = [values for name, values in messages(clean) if name == "rep"]
    blocks = list(clean.blocks_with_angle())
    three = from_arrays("x", clean.meta, [0], [0], [0])
    three.samples = 3 * clean.samples
    three.blocks_with_angle = lambda: iter(blocks * 3)  # type: ignore[method-assign]
    monkeypatch.setattr(lifetime, "max_samples", lambda rate_hz: 2 * (clean.samples - 400))
    replay = Replay(three)
    bases = []
    found: Messages = []
    for chunk in replay:
        part = decode(chunk)
        found += part
        bases += [replay.base_samples / 200] * len(part)
    sessions = [values["session"] for name, values in found if name == "hello"]
    assert sessions == list(range(1, len(sessions) + 1))
    assert len(sessions) >= 3
    reps = [
        (base + values["start"] / 1e4, values["rom"])
        for (name, values), base in zip(found, bases, strict=True)
        if name == "rep" and values["kind"] == 1
    ]
    expected = [(turn * clean.samples / 200 + rep["start"] / 1e4, rep["rom"]) for turn in range(3) for rep in alone]
    assert len(reps) == len(expected)
    for (at, rom), (at_alone, rom_alone) in zip(reps, expected, strict=True):
        assert at == pytest.approx(at_alone, abs=0.02)
        assert rom == pytest.approx(rom_alone, abs=2000)
    assert sum(values["samples"] for name, values in found if name == "health") == 3 * clean.samples


@pytest.fixture(scope="module")
def cut_off() -> Trace:
    """A trace that ends as soon as the last of three reps ends."""
    recording = scenarios.build("clean", 3, reps=3)
    count = int(recording.truth.reps[-1].end_s * 200) + 20
    return from_arrays(
        "x", recording.meta, *(part[:count] for part in (recording.t_us, recording.travel, recording.load))
    )


def test_the_end_of_the_trace_ends_the_set(cut_off: Trace) -> None:
    found = messages(cut_off)
    assert [values["reps"] for name, values in found if name == "set"] == [3]
    assert found[-1][1]["samples"] == cut_off.samples


def test_a_set_that_outlasts_a_session_is_reported_in_it(clean: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifetime, "due", lambda detector: detector.reporter.seq == 2 and not detector.idle())
    found = messages(clean)
    assert [values["session"] for name, values in found if name == "set"] == [1, 2]


def test_days_of_gaps_are_replayed() -> None:
    hours = 130  # more than a session's 29.8, and more than the 119 that fit 32 bits in tenths of a ms
    t_us = [k * 3_600_000_000 for k in range(hours)]
    found = messages(from_arrays("x", {"rate_hz": 10}, t_us, [0] * hours, [NO_LOAD] * hours))
    health = [values for name, values in found if name == "health"]
    assert len(health) > 4
    assert sum(values["samples"] for values in health) == (hours - 1) * 36_000 + 1
    assert sum(values["missed"] for values in health) == (hours - 1) * 35_999


def test_memory_does_not_grow_with_the_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace_lines, "_CHUNK", 1 << 14)  # so that a short trace has many chunks

    def peak(times: int) -> int:
        recording = scenarios.build("clean", 3, reps=4)
        count = len(recording.t_us)
        path = tmp_path / "x.csv"
        with path.open("w") as file:
            file.write("# rate_hz: 200\n# um_per_count: 50\nt_us,travel,load\n")
            for turn in range(times):
                file.writelines(f"{(turn * count + k) * 5000},{recording.travel[k]},\n" for k in range(count))
        tracemalloc.start()
        for _ in Replay(open_trace(path)):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(6) < 1.05 * peak(2)


def test_real_recordings_are_counted_right(recording: Path) -> None:
    truth = json.loads(recording.with_name(recording.name.replace(".csv.gz", ".truth.json")).read_text())
    kinds = {
        (values["set"], values["start"]): values["kind"]
        for name, values in messages(open_trace(recording))
        if name in ("rep", "amend")
    }
    counted = sum(wire.KINDS[kind] in ("full", "partial") for kind in kinds.values())
    assert abs(counted - truth["reps_total"]) <= truth.get("tolerance", 0)


COUNTS = st.integers(-0x1FFFFFF, 0x1FFFFFF)
ROWS = st.lists(st.tuples(st.integers(1, 3_000_000), COUNTS, st.just(NO_LOAD) | COUNTS), min_size=1, max_size=60)
SCALE = st.integers(-1_000_000_000, 1_000_000_000).filter(bool).map(lambda millionths: millionths / 1e6)


@settings(deadline=None, max_examples=60)
@given(rows=ROWS, rate_hz=st.integers(10, 1000), um=SCALE, mn=SCALE)
def test_any_trace_that_can_be_read_can_be_replayed(
    rows: list[tuple[int, int, int]], rate_hz: int, um: float, mn: float
) -> None:
    t_us = list(itertools.accumulate(step for step, _, _ in rows))
    meta = {"rate_hz": rate_hz, "um_per_count": f"{um:.6f}", "mn_per_count": f"{mn:.6f}"}
    trace = from_arrays("x", meta, t_us, [row[1] // 2 for row in rows], [row[2] for row in rows])
    found = messages(trace, streaming=True)
    assert found[-1][0] == "health"
    assert found[-1][1]["samples"] <= trace.samples
