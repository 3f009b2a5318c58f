"""The host of an emulated chip, with stand-ins for both ends: when a run ends, and what is reported."""

import pytest

pytest.importorskip("littlefs", reason="the file system needs littlefs-python")

from chip_board import kicks

from cablerep.device.events import BoardText, Disconnected, Hello, Rep, SetOver, Silent
from cablerep.errors import PicoError, PortError
from cablerep.lab.chip_host import START, ChipHost
from cablerep.lab.replay import replayed
from cablerep_sim.pico.port_server import Cue
from cablerep_sim.replay import Replay


class Harness:
    """An emulator that says what it is told to say; its clock goes on by a second at each question."""

    port = 1

    def __init__(self, news=(), begins=True):
        self.now_us = 0.0
        self.sent = []
        self.news = [{"event": "begin", "us": 0.0}] if begins else []
        self.news += news

    def wait_for(self, name, seconds):
        return {"event": name}

    def send(self, do, **fields):
        self.sent.append((do, fields))
        if do == "begin":
            self.now_us += 1e6

    def next(self):
        return self.news.pop(0) if self.news else None


class Line:
    """A port from which the bytes of a replay come, a part at each read."""

    def __init__(self, parts):
        self.parts = list(parts)
        self.written = b""

    def __call__(self, url):
        assert url == "socket://127.0.0.1:1"
        return self

    def read(self):
        return self.parts.pop(0) if self.parts else b""

    def write(self, data):
        self.written += data

    def close(self):
        self.parts = None


@pytest.fixture(autouse=True)
def always_asks(monkeypatch):
    monkeypatch.setattr("cablerep.lab.chip_host._TIME_S", 0.0)


@pytest.fixture(scope="module")
def rows():
    return kicks(2)


def test_the_run_ends_with_trace_and_set_and_yields_the_chips_bytes(rows):
    harness = Harness([{"event": "over", "us": 2e6}])
    line = Line(Replay(rows.trace))
    told = []
    host = ChipHost(harness, rows, open_port=line, tell=told.append)
    heard = list(host.events())
    kept = [event for event in heard if isinstance(event, Rep | SetOver)]
    assert kept == [event for event in replayed(rows.trace) if isinstance(event, Rep | SetOver)]
    assert line.parts is None, "the port is closed"
    assert [news["event"] for news in told] == ["begin", "over"]
    assert not any(isinstance(event, Silent) for event in heard)
    assert 5e6 < harness.now_us < 40e6


def test_without_settling_the_run_ends_with_the_trace(rows):
    host = ChipHost(Harness([{"event": "over", "us": 0.0}]), rows, open_port=Line([]), settle=False)
    assert list(host.events()) == []


def test_cues_are_sent_at_the_start(rows):
    harness = Harness([{"event": "over", "us": 0.0}])
    list(ChipHost(harness, rows, open_port=Line([]), settle=False, cues=[Cue(2.5, "press")]).events())
    assert ("press", {"after_us": 2.5e6}) in harness.sent


def test_a_chip_that_never_responds_is_given_up(rows):
    with pytest.raises(PicoError, match="did not answer within 20 s of the chip's time"):
        list(ChipHost(Harness(begins=False), rows, open_port=Line([])).events())


def test_files_that_this_micropython_rejects_are_named(rows):
    said = b"ValueError: incompatible .mpy file\r\n"
    with pytest.raises(PicoError, match="give --source"):
        list(ChipHost(Harness(), rows, open_port=Line([said])).events())


class LostLine(Line):
    """A port that fails at its first reads: the harness takes the line and drops it while the chip is unplugged."""

    failures = 3

    def read(self):
        if self.failures:
            self.failures -= 1
            raise PortError("reset")
        return super().read()

    def close(self):
        pass


def test_an_unplugged_chip_is_reported_once(rows):
    harness = Harness([{"event": "over", "us": 60e6}])
    heard = list(ChipHost(harness, rows, open_port=LostLine(Replay(rows.trace))).events())
    assert len([event for event in heard if isinstance(event, Disconnected)]) == 1
    assert len([event for event in heard if isinstance(event, Rep)]) == 2


def test_progress_is_the_fraction_played(rows):
    harness = Harness()
    host = ChipHost(harness, rows, open_port=Line(Replay(rows.trace)))
    events = host.events()
    assert isinstance(next(events), Hello)
    assert host.played == 0
    harness.news.append({"event": "over", "us": 0.0})
    assert [event for event in events if isinstance(event, BoardText)] == []
    assert host.played == 1


def test_the_trace_begins_with_the_first_sample():
    assert START["start"]["after"] == "sampler"
