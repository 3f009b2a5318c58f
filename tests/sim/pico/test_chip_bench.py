"""The bench without a chip: frames counted to the byte, latencies, and the figures as JSON and as tables."""

import json

import pytest
from rich.console import Console

pytest.importorskip("littlefs", reason="the file system needs littlefs-python")

from chip_board import kicks

from cablerep.device import port
from cablerep.device.events import Health, Rep
from cablerep.device.session import Session
from cablerep.lab import chip_bench
from cablerep.lab.chip_bench import Bench, Cost, CountedPort, Run, StageCost, heap
from cablerep_sim.pico.stages import LOOP, TURN, numbered
from cablerep_sim.replay import Replay

FEED = next(number for number, stage in numbered(LOOP).items() if stage.target == "Engine.feed")
SUMMARY = {"count": 10, "mean": 12500.0, "p99": 25000.0, "max": 50000.0}
SAMPLING = {"count": 100, "deviation_us": 8.4, "gap_deviation_us": 9.9, "histogram_us": {"5": 90, "10": 10, "more": 0}}
STATS = {
    "seconds": 20.0,
    "speed": 0.5,
    "cpu_share": 0.75,
    "cpu_share_busiest_second": 0.8,
    "sampling": SAMPLING,
    "tick_cycles": SUMMARY,
    "stages": {str(n): {"inclusive": SUMMARY, "exclusive": SUMMARY} for n in (TURN, FEED)},
}
HEALTH = Health(100, 1, 2, 0, 3, 4, 0, 0, 0, 9, 80.0, (), 5000, 0, (90, 10, 0, 0, 0, 0))
NOTES = ["bench: heap 206 used, 27 free at the start", "bench: heap 205 used, 28 free, collected"]


@pytest.fixture
def bench():
    run = Run(STATS, HEALTH, 4000, [100.0, 150.0], NOTES)
    stage = StageCost("engine", "Engine.feed", Cost.of(SUMMARY), 1250.0)
    return Bench("kicks", 200, run, run, run, ("Gone.step",), [stage])


def test_a_cost_is_given_in_cycles_and_in_microseconds():
    assert Cost.of(SUMMARY).object() == {
        "count": 10, "mean_cycles": 12500.0, "p99_cycles": 25000.0, "max_cycles": 50000.0,
        "mean_us": 100.0, "p99_us": 200.0, "max_us": 400.0,
    }  # fmt: skip
    assert Cost.of(None).object()["count"] == 0


def test_the_json_object_has_every_figure(bench):
    told = json.loads(json.dumps(bench.object()))
    assert told["event"] == "bench"
    assert told["tick"]["mean_us"] == 100.0
    assert told["engine_us_a_sample"] == 10.0, "ten calls of 100 us over a hundred samples"
    assert told["turn"]["max_us"] == 400.0
    assert told["jitter_us"] == 8.4
    assert told["latency_ms"] == {"reps": 2, "mean": 125.0, "max": 150.0}
    assert (told["missed"], told["overruns"], told["dropped_samples"], told["dropped"]) == (1, 2, 3, 4)
    assert told["stages"][0]["us_a_sample"] == 10.0
    assert told["absent"] == ["Gone.step"]
    assert heap(bench) == {
        "least_free": 4000, "imported_used": 206, "imported_free": 27, "live_used": 205, "live_free": 28
    }  # fmt: skip


def test_the_tables_name_every_figure_and_fit_a_terminal(bench):
    console = Console(width=120, record=True)
    chip_bench.show(console, bench)
    said = console.export_text()
    for words in (
        "100.0",
        "8.4 µs at most, 90 to 5, 10 to 10",
        "75.0% busy, 80.0%",
        "4000 least free",
        "1 samples missed",
        "125 ms mean, 150 ms at most, 2 reps",
        "Engine.feed",
        "not in this firmware: Gone.step",
    ):
        assert words in said


def test_a_run_without_a_rep_has_a_table_too(bench):
    bench.clean.latencies_ms.clear()
    console = Console(width=120, record=True)
    chip_bench.show(console, bench)
    assert "last byte of REP: no reps" in console.export_text()
    assert bench.object()["latency_ms"]["mean"] is None


class Pieces:
    """A serial port that has pieces of any size."""

    in_waiting = 0

    def __init__(self, *pieces):
        self.pieces = list(pieces)

    def __call__(self, *arguments, **options):
        return self

    def read(self, size):
        return self.pieces.pop(0) if self.pieces else b""

    def close(self):
        pass


def test_frames_are_split_and_counted(monkeypatch):
    monkeypatch.setattr(port.serial, "serial_for_url", Pieces(b"ab\0c", b"d\0\0ef", b""))
    counted = CountedPort("x")
    got = [(counted.read(), counted.count) for _ in range(5)]
    assert got == [(b"ab\0", 3), (b"cd\0\0", 7), (b"ef", 9), (b"", 9), (b"", 9)]


class Chip:
    """An emulator that sends `unheard` bytes before its port is open, then `total` in packets of 32 a millisecond."""

    port = 1
    now_us = 0.0

    def __init__(self, total, unheard):
        packets = [*range(32, total, 32), total]
        self.news = [{"event": "begin", "us": 1e6}]
        self.news += [{"event": "sent", "us": 5e6, "bytes": unheard}] if unheard else []
        self.news += [{"event": "host", "us": 6e6, "connected": True}]
        self.news += [
            {"event": "sent", "us": 9e6 + 1000 * number, "bytes": unheard + sent} for number, sent in enumerate(packets)
        ]

    def wait_for(self, name, seconds):
        return STATS if name == "stats" else {"event": name}

    def send(self, do, **fields):
        self.now_us += 1e6
        if self.now_us == 5e6:
            self.news.append({"event": "over", "us": 5e6})

    def next(self):
        return self.news.pop(0) if self.news else None


@pytest.mark.parametrize("unheard", [0, 70])
def test_a_latency_runs_from_the_movements_end_to_the_packet_that_completes_the_frame(monkeypatch, unheard):
    """What the chip sent before the port was open never reached us, but is in its count."""
    rows = kicks(1)
    data = b"".join(Replay(rows.trace))
    session = Session()
    at, rep = next(
        (at, event) for at, byte in enumerate(data) for event in session.feed(bytes([byte])) if isinstance(event, Rep)
    )
    monkeypatch.setattr("cablerep.lab.chip_host._TIME_S", 0.0)
    monkeypatch.setattr(port.serial, "serial_for_url", lambda *a, **k: Line(data))
    run = chip_bench._Listener(Chip(len(data), unheard), rows, settle=True).run(lambda played: None)
    assert run.latencies_ms == [pytest.approx(8000 + at // 32 - 1000 * rep.end_s)]


class Line(Pieces):
    def write(self, data):
        pass
