"""The chip's port for other programs: bytes pass in both directions, and the port follows the chip on USB."""

import sys
import threading

import pytest
import serial

pytest.importorskip("littlefs", reason="the file system needs littlefs-python")

from cablerep_sim.errors import PicoError, SourceError
from cablerep_sim.pico.port_server import Cue, PtyLine, TcpLine, serve

pty = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
PATIENCE_S = 20.0


@pytest.fixture
def lines(tmp_path):
    return {"pty": lambda: PtyLine(tmp_path / "port"), "tcp": lambda: TcpLine("127.0.0.1", 0)}


class Served:
    """A stand-in chip served in a thread; `ports` is what was announced, `events` what was told."""

    def __init__(self, chip, line, cues=()):
        self.chip = chip
        self.ports = []
        self.events = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, args=(line, cues))
        self._thread.start()

    def _run(self, line, cues):
        with pytest.raises(PicoError):
            serve(self.chip, line, self.ports.append, self._tell, cues)

    def _tell(self, event):
        with self._changed:
            self.events.append(event)
            self._changed.notify_all()

    def until(self, **fields):
        with self._changed:
            assert self._changed.wait_for(
                lambda: any(fields.items() <= event.items() for event in self.events), PATIENCE_S
            ), f"no {fields} in {self.events}"
            self.events.clear()

    def usb(self, connected):
        self.chip.send("usb", connected=connected)
        self.until(event="usb", connected=connected)

    def end(self):
        self.chip.send("stop")
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def served(start):
    running = []

    def begin(line, cues=()):
        running.append((Served(start(), line, cues), line))
        return running[-1][0]

    yield begin
    for one, line in running:
        one.end()
        line.close()


def echoed(port, data):
    port.write(data)
    return port.read(len(data))


@pytest.mark.parametrize("kind", [pytest.param("pty", marks=pty), "tcp"])
def test_bytes_pass_through_and_the_port_follows_the_chip(served, lines, kind):
    line = lines[kind]()
    chip = served(line)
    chip.usb(True)
    assert chip.ports == [line.name]
    everything = bytes(range(256)) * 40
    with serial.serial_for_url(line.name, timeout=PATIENCE_S) as port:
        assert echoed(port, everything) == everything
        chip.usb(False)
        with pytest.raises(serial.SerialException):
            while True:
                assert echoed(port, b"x") in (b"x", b"")
    chip.usb(True)
    with serial.serial_for_url(line.name, timeout=PATIENCE_S) as port:
        assert echoed(port, b"again") == b"again"
    assert chip.ports == [line.name], "it keeps its name"


@pytest.mark.parametrize("kind", [pytest.param("pty", marks=pty), "tcp"])
def test_closing_the_port_disconnects_the_chip(served, lines, kind):
    line = lines[kind]()
    chip = served(line)
    chip.usb(True)
    for _ in range(2):
        with serial.serial_for_url(line.name, timeout=PATIENCE_S) as port:
            assert echoed(port, b"here") == b"here"
            chip.until(event="host", connected=True)
        chip.until(event="host", connected=False)


def test_cues_are_sent_when_the_trace_begins(served, lines):
    chip = served(lines["tcp"](), [Cue(1.5, "press"), Cue(2, "release")])
    chip.chip.send("begin")
    chip.until(event="heard", do="press", after_us=1.5e6)


@pty
def test_the_link_is_removed_at_the_end_and_never_replaces_a_file(lines, tmp_path):
    line = lines["pty"]()
    line.open().close()
    assert (tmp_path / "port").is_symlink()
    line.close()
    assert not (tmp_path / "port").is_symlink()
    (tmp_path / "port").write_text("a file")
    with pytest.raises(SourceError, match="exists and is not a symbolic link"):
        line.open()


def test_a_tcp_port_that_is_taken_is_named():
    first = TcpLine("127.0.0.1", 0)
    port = int(first.name.rpartition(":")[2])
    with pytest.raises(SourceError, match=f"cannot listen on 127.0.0.1:{port}"):
        TcpLine("127.0.0.1", port)
    first.close()
