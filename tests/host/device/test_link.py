"""The link: a board that is connected, silent, unplugged and back, on a simulated clock."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from desk import Desk, DeskPort
from speaker import Speaker, heard

from cablerep.device import link as link_module
from cablerep.device.events import Connected, Disconnected, Hello, Rep, Silent
from cablerep.device.link import BACKOFF_S, HELLO_S, SILENT_S, Link
from cablerep.device.port import PortInfo
from cablerep.errors import PortError


def until(link: Link, wanted: Callable[[object], bool], turns: int = 1000) -> list[object]:
    """Poll until an event is `wanted`; return all events."""
    events: list[object] = []
    for _ in range(turns):
        events += link.poll()
        if events and wanted(events[-1]):
            return events
    raise AssertionError(f"not within {turns} polls: {events}")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_opening_and_polling_give_events(desk: Desk) -> None:
    board = Speaker()
    desk.script = [board.hello(), board.rep()]
    link = desk.link()
    assert link.open() == Connected("desk")
    assert [type(event) for event in link.poll() + link.poll()] == [Hello, Rep]
    assert [name for name, _ in heard(desk.sent)] == ["hello_request"]


def test_a_missing_port_is_not_waited_for_at_first(desk: Desk) -> None:
    desk.plugged = False
    with pytest.raises(PortError, match="no such port"):
        desk.link().open()


def test_the_only_board_is_searched_for_at_each_reconnect(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter(["/dev/ttyACM0", "/dev/ttyACM1"])
    monkeypatch.setattr(link_module, "connected_ports", list)
    monkeypatch.setattr(link_module, "choose_board", lambda ports: next(names))
    link = desk.link(url=None)
    assert link.open() == Connected("/dev/ttyACM0")
    desk.script = [PortError("gone")]
    assert until(link, lambda event: isinstance(event, Connected)) == [
        Disconnected("/dev/ttyACM0", "gone"),
        Connected("/dev/ttyACM1"),
    ]


def test_an_unplugged_board_is_reported_and_reconnected(desk: Desk) -> None:
    board = Speaker()
    desk.script = [board.hello(), PortError("desk: the board is gone")]
    link = desk.link()
    link.open()
    link.poll()
    desk.plugged = False
    assert link.poll() == [Disconnected("desk", "desk: the board is gone")]
    assert desk.closed == 1
    began = desk.now_s
    while desk.now_s < began + 60:
        assert link.poll() == [], "reported only once"
    desk.plugged = True
    desk.sent = b""
    desk.script = [board.hello(), board.rep()]
    assert [type(event) for event in until(link, lambda event: isinstance(event, Rep))] == [Connected, Hello, Rep]
    assert [name for name, _ in heard(desk.sent)] == ["hello_request"]
    assert desk.opened == 2


def test_attempts_back_off_but_never_end(desk: Desk) -> None:
    link = desk.link()
    link.open()
    desk.plugged = False
    desk.script = [PortError("gone")]
    tries: list[float] = []

    def refuse(url: str) -> "DeskPort":
        tries.append(desk.now_s)
        raise PortError("still gone")

    link._open_port = refuse  # type: ignore[assignment]
    link.poll()
    while len(tries) < 8:
        link.poll()
    pauses = [after - before for before, after in pairwise(tries)]
    assert pauses == pytest.approx([*BACKOFF_S[1:], BACKOFF_S[-1], BACKOFF_S[-1], BACKOFF_S[-1]], abs=0.01)


def test_a_failed_write_is_a_disconnect(desk: Desk) -> None:
    link = desk.link()
    link.open()
    link.poll()
    desk.plugged = False
    link.session.request_hello()
    link.flush()
    assert [type(event) for event in link.poll()] == [Disconnected]


def test_a_silent_board_is_queried_and_reported_once(desk: Desk) -> None:
    link = desk.link()
    link.open()
    began = desk.now_s
    events = until(link, lambda event: isinstance(event, Silent))
    assert SILENT_S < desk.now_s - began < SILENT_S + 0.1
    assert len(events) == 1
    while desk.now_s < began + 10:
        assert link.poll() == []
    asked = [name for name, _ in heard(desk.sent)]
    assert set(asked) == {"hello_request"}
    assert 10 / HELLO_S - 2 <= len(asked) <= 10 / HELLO_S + 1
    desk.script = [Speaker().hello()]
    assert [type(event) for event in link.poll()] == [Hello]
    assert [type(event) for event in until(link, lambda event: isinstance(event, Silent))] == [Silent], (
        "and reported again after the next silence"
    )


def test_a_board_that_reports_health_gets_no_further_hello_request(desk: Desk) -> None:
    board = Speaker()
    link = desk.link()
    link.open()
    seconds = [piece for _ in range(8) for piece in [board.say("health")] + [b""] * 36]
    desk.script = [board.hello(), *seconds]
    while desk.script:
        assert not any(isinstance(event, Silent) for event in link.poll())
    assert [name for name, _ in heard(desk.sent)] == ["hello_request"], "reports come every 1.1 s"


def test_closing_sends_what_is_queued(desk: Desk) -> None:
    board = Speaker()
    desk.script = [board.hello() + board.rep()]
    link = desk.link()
    link.open()
    for event in link.poll():
        if isinstance(event, Rep):
            link.session.acknowledge(event)
    link.close()
    assert heard(desk.sent)[-1][0] == "ack"
    assert desk.closed == 1
    link.close()
    assert desk.closed == 1


def listed(*boards: tuple[str, str]) -> list[PortInfo]:
    return [PortInfo(device, "Pico", "2E8A:0005", serial, True) for device, serial in boards]


@pytest.mark.parametrize("url", ["/dev/ttyACM0", None])
def test_a_board_that_comes_back_under_another_name_is_found_by_its_serial(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, url: str | None
) -> None:
    ports = listed(("/dev/ttyACM0", "A"))
    monkeypatch.setattr(link_module, "connected_ports", lambda: ports)
    link = desk.link(url=url)
    assert link.open() == Connected("/dev/ttyACM0")
    desk.script = [PortError("gone")]
    ports[:] = listed(("/dev/ttyACM0", "B"), ("/dev/ttyACM1", "A"))  # another board has taken its name
    events = until(link, lambda event: isinstance(event, Connected))
    assert events == [Disconnected("/dev/ttyACM0", "gone"), Connected("/dev/ttyACM1")]


def test_another_board_under_the_same_name_is_not_taken_for_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    ports = listed(("/dev/ttyACM0", "A"))
    monkeypatch.setattr(link_module, "connected_ports", lambda: ports)
    link = desk.link(url="/dev/ttyACM0")
    link.open()
    desk.script = [PortError("gone")]
    ports[:] = listed(("/dev/ttyACM0", "B"))
    assert [type(event) for _ in range(100) for event in link.poll()] == [Disconnected]
    ports[:] = listed(("/dev/ttyACM0", "A"))
    assert until(link, lambda event: isinstance(event, Connected)) == [Connected("/dev/ttyACM0")]


def test_a_board_without_a_serial_number_is_reopened_by_name(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(link_module, "connected_ports", lambda: listed(("/dev/ttyACM1", "B")))
    link = desk.link(url="/dev/ttyS0")
    link.open()
    desk.script = [PortError("gone")]
    assert until(link, lambda event: isinstance(event, Connected))[-1] == Connected("/dev/ttyS0")
