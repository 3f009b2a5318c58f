"""sim:// addresses through pyserial: the port behaves like one, and threads and boards end when they should."""

import threading

import pytest
import serial
from line_host import LineHost
from serial.serialutil import PortNotOpenError, SerialException, SerialTimeoutException

from cablerep_sim import protocol_sim

SET = "sim://clean?seed=3&reps=2&speed=0&end=hangup"
IDLE = "sim://clean?reps=1"


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serial, "protocol_handler_packages", ["serial.urlhandler", "cablerep_sim"])


@pytest.fixture(autouse=True)
def no_thread_is_left():
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


def follow(port: serial.SerialBase, host: LineHost | None = None) -> LineHost:
    """Talk to the board until it hangs up."""
    host = host or LineHost()
    with pytest.raises(SerialException, match="the virtual board has hung up"):
        while True:
            out = host.take()
            if out:
                port.write(out)
            host.feed(port.read(max(1, port.in_waiting)))
    return host


def test_a_whole_set_comes_through_the_port() -> None:
    with serial.serial_for_url(SET, timeout=5) as port:
        host = follow(port)
    assert len(host.reps()) == 2
    assert host.missed_frames == 0
    assert len(host.samples) > 1000
    assert host.names().count("set") == 1


def test_opening_again_starts_another_board() -> None:
    port = serial.serial_for_url(SET, timeout=5)
    sessions = set()
    for _ in range(2):
        host = follow(port)
        sessions.add(host.of("hello")[0]["session"])
        assert len(host.reps()) == 2
        port.close()
        if not sessions - {host.of("hello")[0]["session"]}:
            port.open()
    port.close()
    assert len(sessions) == 2


def test_a_named_board_keeps_running_without_its_host() -> None:
    address = "sim://clean?seed=3&reps=2&speed=16&name=bench"
    hosts = [LineHost(), LineHost()]
    for host, goal in zip(hosts, ("rep", "set"), strict=True):
        with serial.serial_for_url(address, timeout=5) as port:
            # On a busy machine the first host may hear the set already; the second then only asks who is there.
            while host.out or not host.of("hello") or goal not in hosts[0].names() + hosts[1].names():
                port.write(host.take())
                data = port.read(max(1, port.in_waiting))
                assert data, "the board has fallen silent"
                host.feed(data)
    protocol_sim.stop("bench")
    assert len({hello["session"] for host in hosts for hello in host.of("hello")}) == 1
    assert hosts[1].of("hello")[0]["samples"] > 0
    assert len({*hosts[0].reps(), *hosts[1].reps()}) == 2


def test_a_named_board_has_one_host_and_can_be_stopped() -> None:
    address = IDLE + "&name=bench"
    with serial.serial_for_url(address) as port:
        with pytest.raises(SerialException, match="the virtual board 'bench' has a host already"):
            serial.serial_for_url(address)
        assert port.dsr
        protocol_sim.stop("bench")
        assert not port.dsr
    with pytest.raises(KeyError):
        protocol_sim.stop("bench")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sim://kickback", "there is no scenario 'kickback'; the scenarios are"),
        ("sim://clean?rep=1", "there is no option 'rep'"),
        ("sim://nowhere/x.csv", "nowhere/x.csv: there is no such file"),
    ],
)
def test_an_address_that_cannot_be_opened_raises_serial_exception(address: str, message: str) -> None:
    with pytest.raises(SerialException, match=message):
        serial.serial_for_url(address)


def test_the_port_behaves_like_a_serial_port() -> None:
    port = serial.serial_for_url(IDLE, do_not_open=True)
    assert not port.is_open
    for action in (lambda: port.read(1), lambda: port.write(b"x"), lambda: port.in_waiting, port.flush):
        with pytest.raises(PortNotOpenError):
            action()
    port.timeout = 0
    port.open()
    with pytest.raises(SerialException, match="open already"):
        port.open()
    assert port.read(0) == b""
    port.timeout = 5
    assert port.read(1) == b"\0", "HELLO's delimiter"
    port.baudrate = 9600
    port.dtr = False
    port.rts = False
    assert (port.cts, port.dsr, port.ri, port.cd) == (True, True, False, True)
    port.break_condition = True
    port.reset_output_buffer()
    port.close()
    port.close()
    with pytest.raises(SerialException, match="there is no port to open"):
        protocol_sim.Serial().open()


def test_a_write_to_a_board_that_does_not_read_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cablerep_sim.board.virtual_board.VirtualBoard.read", lambda board: -1)
    with serial.serial_for_url(IDLE, write_timeout=0.01) as port, pytest.raises(SerialTimeoutException):
        port.write(bytes(10_000))


def test_a_read_in_another_thread_can_be_cancelled() -> None:
    with serial.serial_for_url(IDLE, timeout=None) as port:
        done = threading.Event()
        got: list[bytes] = []

        def read() -> None:
            got.append(port.read(1 << 20))
            done.set()

        thread = threading.Thread(target=read)
        thread.start()
        while not done.wait(0.001):
            port.cancel_read()
        thread.join()
        assert len(got[0]) < 1 << 20


def test_a_write_after_a_hang_up_is_an_error() -> None:
    with serial.serial_for_url(SET, timeout=5) as port:
        follow(port)
        with pytest.raises(SerialException, match="hung up"):
            port.write(b"x")
