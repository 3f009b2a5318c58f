"""The link within the process: bounded in both directions, and no call waits forever."""

import threading
import time

import pytest

from cablerep_sim.board.links import PipeLink

ROOM = 4096


@pytest.fixture
def line() -> PipeLink:
    link = PipeLink()
    link.attach()
    return link


def test_bytes_pass_in_order_in_both_directions(line: PipeLink) -> None:
    assert line.send(memoryview(b"abc")) == 3
    assert line.send(memoryview(b"de")) == 2
    assert line.waiting() == 5
    assert line.read(4, 0) == b"abcd"
    assert line.read(4, 0) == b"e"
    assert line.write(b"xyz", 0) == 3
    assert line.receive() == b"xyz"
    assert line.receive() == b""


def test_a_full_link_accepts_no_more(line: PipeLink) -> None:
    assert line.send(memoryview(bytes(ROOM + 7))) == ROOM
    assert line.send(memoryview(b"x")) == 0
    line.read(10, 0)
    assert line.send(memoryview(bytes(20))) == 10
    assert line.write(bytes(ROOM + 7), 0) == ROOM
    assert line.write(b"x", 0) == 0


def test_a_new_host_finds_the_link_empty(line: PipeLink) -> None:
    line.send(memoryview(b"for the last host"))
    line.write(b"from the last host", 0)
    line.detach()
    assert not line.present()
    line.attach()
    assert line.present()
    assert (line.waiting(), line.receive()) == (0, b"")


def test_clearing_discards_one_direction(line: PipeLink) -> None:
    line.send(memoryview(b"to the host"))
    line.write(b"to the board", 0)
    line.clear(incoming=False)
    assert (line.waiting(), line.receive()) == (11, b"")
    line.clear(incoming=True)
    assert line.waiting() == 0


def in_a_thread(action, meanwhile) -> object:
    """Run `action` in a thread, `meanwhile` here once it has begun; return what it returned, and never hang."""
    results: list[object] = []
    begun = threading.Event()

    def run() -> None:
        begun.set()
        results.append(action())

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    begun.wait(10)
    meanwhile()
    thread.join(10)
    assert results, "it still waits"
    return results[0]


def test_a_read_waits_for_its_bytes(line: PipeLink) -> None:
    def send() -> None:
        line.send(memoryview(b"a"))
        line.send(memoryview(b"b"))

    assert in_a_thread(lambda: line.read(2, None), send) == b"ab"


@pytest.mark.parametrize("way", ["close", "detach"])
def test_a_read_returns_when_the_link_closes(line: PipeLink, way: str) -> None:
    line.send(memoryview(b"last"))
    assert in_a_thread(lambda: line.read(100, None), getattr(line, way)) == b"last"


def test_a_cancelled_read_returns_what_has_arrived(line: PipeLink) -> None:
    line.send(memoryview(b"some"))
    done = threading.Event()

    def cancel() -> None:
        while not done.wait(0.001):
            line.cancel_read()

    def read() -> bytes:
        data = line.read(100, None)
        done.set()
        return data

    assert in_a_thread(read, cancel) == b"some"


def test_a_write_waits_for_room(line: PipeLink) -> None:
    def take() -> None:
        taken = 0
        while taken < 2 * ROOM:
            taken += len(line.receive())

    assert in_a_thread(lambda: line.write(bytes(2 * ROOM), None), take) == 2 * ROOM


def test_a_write_ends_when_the_link_hangs_up(line: PipeLink) -> None:
    assert in_a_thread(lambda: line.write(bytes(2 * ROOM), None), line.close) <= ROOM  # type: ignore[operator]


@pytest.mark.parametrize("news", ["write", "attach", "detach", "wake"])
def test_bytes_and_hosts_wake_the_board(line: PipeLink, news: str) -> None:
    line.wait(0, False)  # what happened before is old
    happen = {"write": lambda: line.write(b"x", 0)}.get(news) or getattr(line, news)
    in_a_thread(lambda: line.wait(60, False), happen)


def test_room_wakes_the_board_only_if_it_waits_for_room(line: PipeLink) -> None:
    line.wait(0, False)
    line.send(memoryview(bytes(ROOM)))
    in_a_thread(lambda: line.wait(60, True), lambda: line.read(1, 0))
    begun = time.monotonic()
    line.wait(0.02, False)
    assert time.monotonic() - begun >= 0.02
