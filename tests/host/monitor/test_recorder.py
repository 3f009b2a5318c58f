"""The recorder: samples into trace files, with gaps counted and new files where needed."""

from pathlib import Path

import pytest
from speaker import Speaker

from cablerep.device.session import Session
from cablerep.errors import RecordingError
from cablerep.monitor.recorder import Recorder
from cablerep_fw.core.link.wire import NULL
from cablerep_fw.core.sense.ring import GAP, NO_LOAD
from cablerep_sim.trace.trace import open_trace


class Bench:
    """A board whose samples go to a recorder."""

    def __init__(self, recorder: Recorder) -> None:
        self.board = Speaker()
        self.session = Session()
        self.recorder = recorder

    def hear(self, data: bytes) -> None:
        for event in self.session.feed(data):
            self.recorder.take(event)

    def hello(self, **changes: int) -> None:
        self.hear(self.board.hello(**changes))

    def samples(self, first: int, *pairs: tuple[int, int]) -> None:
        tail = b"".join(value.to_bytes(4, "little", signed=True) for pair in pairs for value in pair)
        self.hear(self.board.say("samples", tail, first=first))


def test_a_recording_can_be_replayed(tmp_path: Path) -> None:
    path = tmp_path / "set.csv"
    with Recorder(path, {"exercise": "kickback"}) as recorder:
        bench = Bench(recorder)
        bench.hello()
        bench.samples(4000, (7, NO_LOAD), (8, -181_000))
        bench.samples(4002, (9, NO_LOAD))
        assert not path.exists(), "it is put into place at the end"
    assert path.read_text() == (
        "# rate_hz: 200\n# um_per_count: 98.17\n# mn_per_count: 2.034\n# load_zero: -181562\n# device: desk (sim)\n"
        f"# source: cablerep record, version {_version()}\n# side: right\n# exercise: kickback\n"
        "t_us,travel,load\n0,7,\n5000,8,-181000\n10000,9,\n"
    )
    assert (recorder.rows, recorder.missed, recorder.seconds, recorder.paths) == (3, 0, 0.015, [path])
    assert open_trace(path).header.um_per_count == 98_170_000


def _version() -> str:
    from cablerep import __version__

    return __version__


def test_missed_samples_are_counted_and_leave_gaps(tmp_path: Path) -> None:
    with Recorder(tmp_path / "set.csv.gz", {}) as recorder:
        bench = Bench(recorder)
        bench.hello()
        bench.samples(100, (1, 0), (GAP, 3), (2, 0))  # the board missed three
        bench.samples(110, (3, 0))  # and five were lost on the line
    assert (recorder.rows, recorder.missed, recorder.seconds) == (3, 8, 11 / 200)
    trace = open_trace(tmp_path / "set.csv.gz")
    assert (trace.rows, trace.samples) == (3, 11)


def test_values_beyond_a_traces_range_are_counted(tmp_path: Path) -> None:
    with Recorder(tmp_path / "set.csv", {}) as recorder:
        bench = Bench(recorder)
        bench.hello()
        bench.samples(0, (0, 0), (1 << 30, 0), (1, 0))
    assert (recorder.rows, recorder.missed, recorder.refused) == (2, 1, 1)


@pytest.mark.parametrize("change", [{"session": 5}, {"load_zero": 0}, {"um_per_count": 1_000_000}])
def test_a_new_origin_starts_a_new_file(tmp_path: Path, change: dict[str, int]) -> None:
    (tmp_path / "set-2.csv").write_text("precious")
    with Recorder(tmp_path / "set.csv", {}) as recorder:
        bench = Bench(recorder)
        bench.hello()
        bench.samples(100, (1, 0), (2, 0))
        bench.hello()
        bench.samples(102, (3, 0))
        bench.hello(**change)
        bench.samples(104, (50, 0), (51, 0))
    assert [path.name for path in recorder.paths] == ["set.csv", "set-3.csv"]
    assert [open_trace(path).rows for path in recorder.paths] == [3, 2]
    assert (tmp_path / "set-2.csv").read_text() == "precious"
    assert (recorder.rows, recorder.missed) == (5, 0)


def test_a_gap_too_long_for_a_trace_starts_a_new_file(tmp_path: Path) -> None:
    with Recorder(tmp_path / "set.csv", {}) as recorder:
        bench = Bench(recorder)
        bench.hello()
        bench.samples(0, (1, 0), (2, 0))
        bench.samples(200 * 3600 + 10, (3, 0), (4, 0))
    assert [open_trace(path).rows for path in recorder.paths] == [2, 2]
    assert recorder.missed == 0


def test_no_samples_no_file(tmp_path: Path) -> None:
    with Recorder(tmp_path / "set.csv", {}) as recorder:
        bench = Bench(recorder)
        bench.samples(5, (1, 0))  # before HELLO: nobody knows the rate
        bench.hello()
    assert recorder.paths == []
    assert list(tmp_path.iterdir()) == []


def test_bad_file_names_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"must end in \.csv"):
        Recorder(tmp_path / "set.txt", {})
    with pytest.raises(RecordingError, match="there is no folder"):
        Recorder(tmp_path / "nowhere" / "set.csv", {})
    for name in ("set.csv", "set.csv.part"):
        (tmp_path / name).write_text("precious")
        with pytest.raises(RecordingError, match=rf"{name}: this file exists.*--force"):
            Recorder(tmp_path / "set.csv", {})
        (tmp_path / name).unlink()
    (tmp_path / "set.csv").write_text("not precious")
    with Recorder(tmp_path / "set.csv", {}, overwrite=True) as recorder:
        bench = Bench(recorder)
        bench.hello()
        bench.samples(0, (1, 0), (2, 0))
    assert open_trace(tmp_path / "set.csv").rows == 2


@pytest.mark.parametrize("known", [True, False])
def test_a_board_with_an_angle_sensor_gives_a_fourth_column(tmp_path: Path, known: bool) -> None:
    """The length of the cable may be known only once the cable rests at the stack."""
    path = tmp_path / "kick.csv"
    with Recorder(path, {}) as recorder:
        bench = Bench(recorder)
        free = 1_234_000 if known else NULL
        bench.hello(angle_sensor=1, angle_per_turn=-16384, angle_zero=77, free=free, side=0)
        tail = b"".join(
            travel.to_bytes(4, "little", signed=True) + load.to_bytes(4, "little", signed=True) + angle
            for travel, load, angle in ((7, NO_LOAD, b"\x10\x00"), (GAP, 2, b"\xff\xff"), (8, -5, b"\xff\xff"))
        )
        bench.hear(bench.board.say("samples_angle", tail, first=0))
        bench.hear(bench.board.say("health", free=1_234_000))
    lines = path.read_text().splitlines()
    assert {"# angle_per_turn: -16384", "# angle_zero: 77", "# free_mm: 1234"} <= set(lines)
    assert lines[-3:] == ["t_us,travel,load,angle", "0,7,,16", "15000,8,-5,"]
    trace = open_trace(path)
    assert (trace.header.free_mm, trace.header.angle_per_turn) == (1234.0, -16384)
    assert [list(part) for part in next(trace.blocks_with_angle())] == [[0, GAP, 1], [NO_LOAD, 2, -5], [16, -1, -1]]
