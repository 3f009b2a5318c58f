"""Switching between application and REPL, on simulated ports and a simulated clock."""

import pytest

from cablerep.device.events import Hello, SchemaMismatch
from cablerep.device.port import PortInfo
from cablerep.errors import FlashError, PortError
from cablerep.setup import handover
from cablerep.setup.handover import Environment, Location
from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.outbox import Outbox


def hello_frame(schema=wire.SCHEMA_ID):
    outbox = Outbox()
    record = wire.BY_NAME["hello"].record()
    for index, value in enumerate((schema, 77, 200, 1000000, 1000000, 0, 0, 0, 5, 0)):
        record[index] = value
    outbox.send_text(wire.BY_NAME["hello"], record, b"0.1.0 e6 rp2")
    return bytes(outbox.buffers[outbox.first][: outbox.lengths[outbox.first]])


class Bench:
    """A machine with USB ports; each read takes 30 ms of its clock. `answers` is what comes for each command."""

    def __init__(self, **answers):
        self.now = 0.0
        self.devices = {"/dev/ttyACM0": "e66"}
        self.answers = answers
        self.absent_until = 0.0
        self.moves_to = None
        self.commands = []
        self.opened = 0

    def env(self):
        return Environment(self.open, self.ports, lambda: self.now, self.wait)

    def wait(self, seconds):
        self.now += seconds

    def here(self):
        return {} if self.now < self.absent_until else self.devices

    def ports(self):
        return [PortInfo(device, "Pico", "2E8A:0005", serial, True) for device, serial in self.here().items()]

    def open(self, device):
        if device not in self.here():
            raise PortError(f"{device}: there is no such port")
        self.opened += 1
        return Line(self)

    def reset(self):
        self.absent_until = self.now + 2
        if self.moves_to:
            self.devices = {self.moves_to: "e66"}


class Line:
    def __init__(self, bench):
        self.bench = bench
        self.decoder = frames.Decoder()
        self.coming = b""

    def write(self, data):
        for byte in data:
            if self.decoder.feed(byte) == frames.FRAME:
                name = wire.BY_ID[self.decoder.message_id].name
                self.bench.commands.append(name)
                answer = self.bench.answers.get(name, b"")
                if answer == "reset":
                    self.bench.reset()
                else:
                    self.coming += answer

    def read(self):
        self.bench.now += 0.03
        if self.bench.now < self.bench.absent_until:
            raise PortError("/dev/ttyACM0: the board is gone")
        data, self.coming = self.coming, b""
        return data

    def close(self):
        pass


LOCATION = Location("/dev/ttyACM0", "e66")


def test_find_returns_the_only_board_with_its_serial_number():
    bench = Bench()
    assert handover.find(None, bench.env()) == LOCATION
    assert handover.find("socket://there:1", bench.env()) == Location("socket://there:1", "")
    bench.devices["/dev/ttyACM1"] = "e77"
    with pytest.raises(PortError, match="2 boards are connected"):
        handover.find(None, bench.env())
    bench.devices.clear()
    with pytest.raises(PortError, match="no board found"):
        handover.find(None, bench.env())


def test_a_running_application_returns_its_hello():
    hello = handover.ask(LOCATION, Bench(hello_request=hello_frame()).env())
    assert isinstance(hello, Hello) and hello.board == "e6"
    assert isinstance(handover.ask(LOCATION, Bench(hello_request=hello_frame(1)).env()), SchemaMismatch)


def test_a_bare_micropython_is_asked_for_1_5_s():
    bench = Bench(hello_request=b">>> \r\n")
    assert handover.ask(LOCATION, bench.env()) is None
    assert 1.5 <= bench.now < 1.7


def test_a_board_is_found_on_another_device_after_its_reset():
    bench = Bench(repl="reset")
    bench.moves_to = "/dev/ttyACM1"
    assert handover.leave_application(LOCATION, bench.env()) == Location("/dev/ttyACM1", "e66")
    assert bench.now >= 2


def test_a_port_that_survives_the_reset_is_recognised_by_the_prompt():
    bench = Bench(repl=b"\r\nMicroPython v1.26.1 on 2026\r\n>>> ")
    assert handover.leave_application(LOCATION, bench.env()) == LOCATION


def test_other_text_is_not_a_prompt():
    bench = Bench(repl=b"a warning of the application\r\n")
    with pytest.raises(FlashError, match="does not release the port"):
        handover.leave_application(LOCATION, bench.env())


def test_an_application_that_keeps_the_port_is_reported():
    bench = Bench()
    with pytest.raises(FlashError, match="hold the board's button"):
        handover.leave_application(LOCATION, bench.env())
    assert bench.commands.count("repl") == 1


def test_a_board_that_does_not_return_is_reported():
    bench = Bench(repl="reset")
    bench.absent_until = 1e9
    with pytest.raises(FlashError, match="did not come back"):
        handover.wait_for(LOCATION, bench.env())
    assert 10 <= bench.now < 11


def test_a_starting_application_is_waited_for():
    bench = Bench(hello_request=hello_frame())
    bench.absent_until = 3
    hello = handover.meet_application(LOCATION, bench.env())
    assert isinstance(hello, Hello)
    assert bench.now < 4


def test_output_of_a_failed_start_is_reported():
    bench = Bench(hello_request=b"MemoryError: memory allocation failed\r\n")
    with pytest.raises(FlashError, match=r"did not start on /dev/ttyACM0; the board printed: MemoryError"):
        handover.meet_application(LOCATION, bench.env())
