"""Writing traces: complete or not at all, readable after a kill, and read back as written."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cablerep_fw.core.sense.ring import GAP, LIMIT_COUNTS, NO_LOAD
from cablerep_sim.errors import TraceError
from cablerep_sim.trace.trace import open_trace
from cablerep_sim.trace.writer import TraceWriter

META = {"rate_hz": 200, "um_per_count": 98.17, "device": "bench"}
NAMES = pytest.mark.parametrize("name", ["x.csv", "x.csv.gz"])


def read(path: Path) -> tuple[list[int], list[int]]:
    travel: list[int] = []
    load: list[int] = []
    for block in open_trace(path).blocks():
        travel += block[0]
        load += block[1]
    return travel, load


def test_the_text_of_a_trace(tmp_path: Path) -> None:
    with TraceWriter(tmp_path / "x.csv", META) as writer:
        writer.add_samples(0, [7, 8], [NO_LOAD, -4])
        writer.add_samples(5, [9, GAP, 10], [1, 2, 3])
    assert (tmp_path / "x.csv").read_text() == (
        "# rate_hz: 200\n# um_per_count: 98.17\n# device: bench\nt_us,travel,load\n"
        "0,7,\n5000,8,-4\n25000,9,1\n40000,10,3\n"
    )


@NAMES
def test_a_trace_appears_only_when_complete(tmp_path: Path, name: str) -> None:
    writer = TraceWriter(tmp_path / name, META)
    writer.add_samples(0, [1, 2, 3], [4, 5, 6])
    assert [path.name for path in tmp_path.iterdir()] == [name + ".part"]
    assert writer.close()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert writer.close(), "closing again is nothing"
    assert read(tmp_path / name) == ([0, 1, 2], [4, 5, 6])


def test_a_trace_is_synced_before_it_is_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = []
    monkeypatch.setattr("os.fsync", lambda _: there.append((tmp_path / "x.csv").exists()))
    with TraceWriter(tmp_path / "x.csv", META) as writer:
        writer.add_samples(0, [1], [2])
    assert there == [False]


def test_stamps_are_rounded(tmp_path: Path) -> None:
    with TraceWriter(tmp_path / "x.csv", {"rate_hz": 300}) as writer:
        writer.add_samples(0, [0] * 4, [NO_LOAD] * 4)
    assert (tmp_path / "x.csv").read_text().splitlines()[2:] == ["0,0,", "3333,0,", "6667,0,", "10000,0,"]


def test_a_recording_without_rows_leaves_no_file(tmp_path: Path) -> None:
    assert not TraceWriter(tmp_path / "x.csv", META).close()
    assert list(tmp_path.iterdir()) == []


@NAMES
def test_an_existing_file_is_not_overwritten_by_default(tmp_path: Path, name: str) -> None:
    for taken in (name, name + ".part"):
        (tmp_path / taken).write_text("precious")
        with pytest.raises(TraceError, match="already exists"):
            TraceWriter(tmp_path / name, META)
        assert (tmp_path / taken).read_text() == "precious"
        (tmp_path / taken).unlink()
    (tmp_path / name).write_text("not precious")
    with TraceWriter(tmp_path / name, META, overwrite=True) as writer:
        writer.add_samples(0, [1], [1])
    assert read(tmp_path / name) == ([0], [1])


def test_wrong_keys_names_and_samples_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="rate_hz"):
        TraceWriter(tmp_path / "x.csv", {})
    with pytest.raises(TraceError, match="one line"):
        TraceWriter(tmp_path / "x.csv", META | {"device": "a\nb"})
    with pytest.raises(TraceError, match=r"must end in \.csv"):
        TraceWriter(tmp_path / "x.txt", META)
    with pytest.raises(TraceError, match="unfinished"):
        TraceWriter(tmp_path / "x.csv.part", META)
    with pytest.raises(TraceError, match="cannot be written"):
        TraceWriter(tmp_path / "nowhere" / "x.csv", META)
    assert list(tmp_path.iterdir()) == [], "a refusal changes nothing"
    with TraceWriter(tmp_path / "x.csv", META) as writer:
        writer.add_samples(3, [1], [1])
        with pytest.raises(ValueError, match="sample 3 comes after sample 3"):
            writer.add_samples(3, [1], [1])


def test_a_full_disk_is_reported_and_keeps_what_was_written() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    writer = TraceWriter.__new__(TraceWriter)
    writer.part = Path("/dev/full")
    writer._file = writer.part.open("wb", buffering=0)
    with writer._file, pytest.raises(TraceError, match="/dev/full: cannot be written"):
        writer._put(b"x")


def test_a_sample_out_of_range_is_counted_as_refused(tmp_path: Path) -> None:
    with TraceWriter(tmp_path / "x.csv", META) as writer:
        writer.add_samples(0, [0, LIMIT_COUNTS + 1, -LIMIT_COUNTS], [0, 0, 1 << 30])
    assert writer.refused == 2
    assert read(tmp_path / "x.csv") == ([0, GAP, -LIMIT_COUNTS], [0, 1, NO_LOAD])


@NAMES
def test_a_recording_that_was_killed_can_be_read(tmp_path: Path, name: str) -> None:
    program = (
        "import sys\nfrom cablerep_sim.trace.writer import TraceWriter\n"
        "writer = TraceWriter(sys.argv[1], {'rate_hz': 200})\n"
        "for k in range(100):\n    writer.add_samples(24 * k, range(24 * k, 24 * k + 24), range(24))\n"
        "print('written', flush=True)\nsys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / name)], stdout=subprocess.PIPE, stdin=subprocess.PIPE
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    trace = open_trace(tmp_path / (name + ".part"))
    assert trace.notes
    # All rows of a plain trace; all but the last second of a compressed one.
    assert 2400 - 200 < trace.rows <= 2400
    assert trace.rows == 2400 or name.endswith(".gz")


COUNTS = st.integers(-LIMIT_COUNTS // 2, LIMIT_COUNTS // 2)
LOADS = st.just(NO_LOAD) | st.integers(-0x2000000, 0x2000000)
SAMPLES = st.lists(st.tuples(COUNTS, LOADS) | st.tuples(st.just(GAP), st.integers(1, 500)), max_size=60)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(samples=SAMPLES, rate_hz=st.integers(10, 1000), name=st.sampled_from(["x.csv", "x.csv.gz"]))
def test_what_is_written_is_read(tmp_path: Path, samples: list[tuple[int, int]], rate_hz: int, name: str) -> None:
    with TraceWriter(tmp_path / name, {"rate_hz": rate_hz}, overwrite=True) as writer:
        for k, (counts, force) in enumerate(samples):
            writer.add_samples(writer._next, [counts], [force])
            assert writer.rows == sum(counts != GAP for counts, _ in samples[: k + 1])
    if not writer.rows:
        return
    # Gaps at either end leave no trace, and adjacent gaps merge.
    merged: list[list[int]] = []
    for counts, force in samples:
        if counts == GAP and merged and merged[-1][0] == GAP:
            merged[-1][1] += force
        elif counts != GAP or merged:
            merged.append([counts, force])
    if merged[-1][0] == GAP:
        merged.pop()
    first = merged[0][0]
    expected = [counts if counts == GAP else counts - first for counts, _ in merged], [force for _, force in merged]
    assert read(tmp_path / name) == expected
