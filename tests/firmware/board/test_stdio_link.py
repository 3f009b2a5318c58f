"""The link over a port that takes as much as its FIFO has room for, and waits 500 ms for a host that does not read."""

import pytest
from fake_port import PACKET, plug

from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.outbox import Outbox


@pytest.fixture
def port(chip):
    return plug(chip)


@pytest.fixture
def link(chip, port):
    return chip.load("stdio_link").StdioLink()


def logs(outbox, count):
    for number in range(count):
        assert outbox.send_text(wire.BY_NAME["log"], (1,), b"message %d of some length" % number)


def decoded(data):
    decoder, found = frames.Decoder(), []
    for byte in data:
        if decoder.feed(byte) == frames.FRAME:
            found.append(bytes(decoder.buffer[frames.PAYLOAD + 1 : frames.PAYLOAD + decoder.length]))
    return found


def test_sends_whole_frames_in_order_behind_a_delimiter(link, port):
    outbox = Outbox()
    logs(outbox, 5)
    while outbox.used:
        link.write(outbox)
        port.host_reads()
    assert port.line[0] == 0
    assert decoded(port.line) == [b"message %d of some length" % number for number in range(5)]


@pytest.mark.parametrize("takes", [0.3, 1, 2, 4])
def test_never_waits_and_loses_nothing_while_the_host_is_slow(link, port, takes):
    """`takes` is packets a turn of the loop."""
    outbox = Outbox()
    logs(outbox, 20)
    turns = 0
    while outbox.used:
        link.write(outbox)
        assert len(port.fifo) % PACKET == 0
        turns += 1
        port.host_reads(int(takes * turns) - int(takes * (turns - 1)))
        assert turns < 2000
    port.host_reads()
    assert port.waited == 0
    assert len(decoded(port.line)) == 20


def test_a_host_that_stops_reading_costs_nothing_and_is_noticed(link, port):
    outbox = Outbox()
    port.typed += b"x"
    link.read()
    assert link.present
    logs(outbox, 20)
    for _ in range(200):
        link.write(outbox)
        link.pass_time(10, outbox.used > 0)
    assert port.waited == 0
    assert link.present, "two seconds are a busy host"
    for _ in range(110):
        link.pass_time(10, True)
    assert not link.present


def test_a_host_that_reads_again_gets_every_frame_but_none_twice(link, port):
    outbox = Outbox()
    logs(outbox, 20)
    for _ in range(50):
        link.write(outbox)
    assert outbox.used, "the FIFO is full and the frame in hand is half sent"
    while outbox.used:
        port.host_reads()
        link.write(outbox)
    port.host_reads()
    assert decoded(port.line) == [b"message %d of some length" % number for number in range(20)]


@pytest.mark.parametrize("looks_between", [True, False])
def test_a_frame_cut_by_a_cleared_outbox_spoils_no_other(link, port, looks_between):
    outbox = Outbox()
    logs(outbox, 20)
    for _ in range(50):
        link.write(outbox)
    outbox.clear()
    if looks_between:
        link.write(outbox)
    logs(outbox, 1)
    for _ in range(10):
        port.host_reads()
        link.write(outbox)
    port.host_reads()
    assert decoded(port.line)[-1] == b"message 0 of some length"


def test_a_turn_sends_four_packets_at_most_however_fast_the_host_reads(link, port):
    """1.1 ms; a full outbox would keep the loop from the ring for longer."""
    outbox = Outbox()
    logs(outbox, 20)
    write = port.write

    def read_at_once(*place):
        count = write(*place)
        port.host_reads()
        return count

    port.write = read_at_once
    link.write(outbox)
    assert len(port.line) == 4 * PACKET and outbox.used


def test_what_the_repl_left_in_the_port_leaves_with_the_first_packets(link, port):
    port.fifo += b"MPY: soft reboot\r\n"
    outbox = Outbox()
    logs(outbox, 20)
    while outbox.used:
        port.host_reads(1)
        link.write(outbox)
    port.host_reads()
    assert port.waited == 0
    assert len(decoded(port.line)) == 20


def test_a_packet_that_did_not_fit_after_all_spoils_one_frame(link, port):
    """Somebody else has written to the port, and the host reads nothing: the one way to a wait."""
    port.fifo += bytes(b"x" * 20)
    outbox = Outbox()
    logs(outbox, 20)
    for _ in range(5):
        link.write(outbox)
    assert port.waited == 1, "not once a turn"
    while outbox.used:
        port.host_reads()
        link.write(outbox)
    port.host_reads()
    found = decoded(port.line)
    assert len(found) >= 18
    assert found[-1] == b"message 19 of some length"


def test_a_packet_without_frames_to_fill_it_is_filled_with_delimiters(link, port):
    outbox = Outbox()
    logs(outbox, 1)
    link.write(outbox)
    frame = bytes(port.fifo).strip(b"\0")
    assert bytes(port.fifo) == b"\0" + frame + bytes(PACKET - 1 - len(frame))


def test_reads_any_byte_and_says_when_there_is_none(chip, link, port):
    link.open()
    assert chip.interrupt_char == -1, "a 0x03 from the host would end the application"
    port.typed += bytes(range(256))
    assert [link.read() for _ in range(257)] == [*range(256), -1]
    link.close()
    assert chip.interrupt_char == 3


def test_no_host_has_spoken_at_first(link):
    assert not link.present


def stall(link, seconds):
    """Let time pass while frames wait and the port takes none."""
    for _ in range(100 * seconds):
        link.pass_time(10, True)


def test_a_port_without_room_for_three_seconds_is_stalled(link, port):
    port.typed += b"x"
    link.read()
    port.fifo += bytes(256)
    stall(link, 2)
    assert link.present and not link.stalled
    stall(link, 2)
    assert not link.present and link.stalled


@pytest.mark.parametrize("sign", ["byte", "room"])
def test_a_byte_from_the_host_or_room_ends_the_stall(link, port, sign):
    port.typed += b"x"
    link.read()
    port.fifo += bytes(256)
    stall(link, 4)
    assert link.stalled
    if sign == "byte":
        port.typed += b"x"
        link.read()
    else:
        port.host_reads()
        link.pass_time(10, False)
    port.fifo += bytes(256 - len(port.fifo))
    stall(link, 2)
    assert not link.stalled


def test_the_times_of_the_link_stay_small_ints(link, port):
    """A year with a host that holds the port open and reads nothing: at 2**30 ms a counter would need a big int."""
    port.typed += b"x"
    link.read()
    port.fifo += bytes(256)
    for _ in range(100):
        link.pass_time(365 * 24 * 36_000, True)
    assert link.stalled
    assert max(value for value in vars(link).values() if isinstance(value, int)) < 1 << 30
