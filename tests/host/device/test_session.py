"""The session: bytes in, events out; from a good board, a board of another version, and noise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from speaker import HELLO, REP, Speaker, heard

from cablerep.device.events import (
    BoardText,
    FramesLost,
    FramesMalformed,
    Hello,
    Log,
    Rep,
    Samples,
    SchemaMismatch,
    SetOver,
)
from cablerep.device.session import OUT_LIMIT, Session
from cablerep_fw.core.link import frames, wire


@pytest.fixture
def board() -> Speaker:
    return Speaker()


def opened(stream: bool = False) -> Session:
    session = Session(stream)
    session.open()
    session.take()
    return session


def test_opening_sends_a_hello_request() -> None:
    session = Session()
    session.open()
    data = session.take()
    assert data[0] == 0, "a delimiter first: it ends half a frame of an earlier program"
    assert heard(data) == [("hello_request", {"tag": 1, "schema": wire.SCHEMA_ID})]
    assert session.take() == b""


def test_messages_become_events_and_are_acknowledged(board: Speaker) -> None:
    session = opened()
    messages = [board.hello(), board.rep(), board.set(), board.say("log", b"tared", level=1)]
    events = session.feed(b"".join(messages))
    assert [type(event) for event in events] == [Hello, Rep, SetOver, Log]
    assert session.board == events[0]
    assert (session.lost, session.bad, session.malformed) == (0, 0, 0)
    session.acknowledge(events[1])
    session.acknowledge(events[2])
    assert heard(session.take()) == [
        ("ack", {"session": REP["session"], "seq": 1}),
        ("ack", {"session": REP["session"], "seq": 2}),
    ]


@given(st.lists(st.integers(1, 40), min_size=1, max_size=40))
def test_pieces_of_any_size_give_the_same_events(sizes: list[int]) -> None:
    board = Speaker()
    data = b"MPY: soft reboot\r\n" + board.hello() + board.rep() + b"\0\0oops\n" + board.amend(kind=2) + board.set()
    whole = opened().feed(data)
    session = opened()
    events = []
    at = turn = 0
    while at < len(data):
        size = sizes[turn % len(sizes)]
        events += session.feed(data[at : at + size])
        at += size
        turn += 1
    assert events == whole
    assert [event.text for event in events if isinstance(event, BoardText)] == ["MPY: soft reboot", "oops"]
    assert sum(isinstance(event, Rep) for event in events) == 2


def test_the_session_acknowledges_nothing_itself(board: Speaker) -> None:
    session = opened()
    session.feed(board.hello() + board.rep())
    assert session.take() == b""


def test_nothing_is_decoded_before_hello(board: Speaker) -> None:
    session = opened()
    assert session.feed(board.rep()) == []
    assert [type(event) for event in session.feed(board.hello() + board.rep())] == [Hello, Rep]


def test_another_message_table_is_reported_once_and_not_decoded(board: Speaker) -> None:
    session = opened(stream=True)
    theirs = wire.SCHEMA_ID ^ 0x5A5A
    # Only the first field of a foreign HELLO is defined: this one ends right after it.
    short = bytearray(frames.MAX_FRAME)
    short[frames.PAYLOAD : frames.PAYLOAD + 2] = theirs.to_bytes(2, "little")
    foreign = bytes(short[: frames.seal(short, 0x80, 0, 2)])
    assert session.feed(foreign + board.rep() + foreign) == [SchemaMismatch(theirs, wire.SCHEMA_ID)]
    assert session.board is None
    session.command("save")
    assert session.take() == b"", "no commands to such a board"
    session.request_hello()
    assert [name for name, _ in heard(session.take())] == ["hello_request"], "only the question for HELLO"
    assert [type(event) for event in session.feed(board.hello() + board.rep())] == [Hello, Rep], (
        "after an update it works"
    )
    assert session.mismatch is None


@pytest.mark.parametrize(("begin", "skipped"), [(0, 0), (0, 1), (0, 254), (250, 3), (250, 100), (255, 0)])
def test_missing_frames_are_counted(board: Speaker, begin: int, skipped: int) -> None:
    session = opened()
    board.number = begin
    session.feed(board.hello())
    board.number = (board.number + skipped) % 256
    events = session.feed(board.rep())
    assert events[:-1] == ([FramesLost(skipped, skipped)] if skipped else []), (
        "the loss is reported before the frame that reveals it"
    )
    board.number = (board.number + 3) % 256
    assert session.feed(board.rep())[0] == FramesLost(3, skipped + 3)
    assert session.lost == skipped + 3


def test_frame_numbers_restart_with_the_line_and_with_the_board_session(board: Speaker) -> None:
    session = opened()
    session.feed(board.hello())
    board.number = 100
    session.open()
    assert not any(isinstance(event, FramesLost) for event in session.feed(board.hello() + board.rep()))
    board.number = 7
    assert not any(isinstance(event, FramesLost) for event in session.feed(board.hello(session=5) + board.rep()))
    assert session.lost == 0


def test_samples_are_requested_after_hello(board: Speaker) -> None:
    session = Session(stream=True)
    session.open()
    assert [name for name, _ in heard(session.take())] == ["hello_request"]
    session.feed(board.hello())
    assert heard(session.take())[0][0] == "stream"
    session.feed(board.hello(side=1))
    assert session.take() == b"", "a HELLO after a changed setting does not end the stream"
    session.request_hello()
    session.take()
    session.feed(board.hello())
    assert heard(session.take())[0][0] == "stream", "a hello request does"


def test_a_board_that_restarts_on_an_open_line_gets_a_hello_request(board: Speaker) -> None:
    session = opened()
    session.feed(board.hello())
    session.feed(board.hello(session=HELLO["session"] + 1))
    assert [name for name, _ in heard(session.take())] == ["hello_request"]
    session.feed(board.hello(session=HELLO["session"] + 1))
    assert session.take() == b""


def test_half_a_frame_before_a_reconnect_is_dropped(board: Speaker) -> None:
    session = opened()
    session.feed(board.hello())
    session.feed(board.rep()[:20])
    session.open()
    assert [type(event) for event in session.feed(board.hello())] == [Hello]


def test_samples_account_for_gaps(board: Speaker) -> None:
    session = opened()
    pairs = [(5, 7), (-0x20000000, 3), (6, -0x20000000)]
    tail = b"".join(value.to_bytes(4, "little", signed=True) for pair in pairs for value in pair)
    events = session.feed(board.hello() + board.say("samples", tail, first=100))
    assert isinstance(events[1], Samples)
    assert list(events[1].rows()) == [(100, 5, 7), (104, 6, None)]
    assert events[1].stop == 105


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("rep", {"kind": 0}),
        ("rep", {"kind": 9}),
        ("rep", {"side": 3}),
        ("rejected", {"reason": 0}),
        ("phase", {"cue": 99}),
        ("rep", {"rom": wire.NULL}),
        ("rep", {"rom": 2_000_000_000}),
        ("rep", {"eccentric_mean": -1}),
        ("rep", {"force_peak": 2_000_000_000}),
        ("rep", {"seq": 0}),
        ("rep", {"set": 0}),
    ],
)
def test_undefined_values_are_counted_and_reported(board: Speaker, name: str, changes: dict[str, int]) -> None:
    session = opened()
    session.feed(board.hello())
    (event,) = session.feed(board.say(name, **(REP if name == "rep" else {}) | changes))
    assert isinstance(event, FramesMalformed)
    assert event.reason.startswith(f"{name}: {next(iter(changes))} is ")
    assert event.total == session.malformed == 1


@pytest.mark.parametrize("changes", [{"rate_hz": 0}, {"rate_hz": 1001}, {"um_per_count": 0}, {"load_zero": 2**30}])
def test_an_impossible_hello_is_rejected(board: Speaker, changes: dict[str, int]) -> None:
    session = opened()
    (event,) = session.feed(board.hello(**changes))
    assert isinstance(event, FramesMalformed)
    assert event.reason.startswith(f"hello: {next(iter(changes))} is ")
    assert session.board is None


def test_a_malformed_durable_message_has_its_key_and_payload(board: Speaker) -> None:
    session = opened()
    session.feed(board.hello())
    (event,) = session.feed(board.rep(kind=9))
    assert isinstance(event, FramesMalformed)
    assert event.key == (REP["session"], REP["seq"])
    assert len(event.payload) == wire.BY_NAME["rep"].size
    (event,) = session.feed(board.say("phase", cue=99))
    assert isinstance(event, FramesMalformed)
    assert event.key is None
    session.acknowledge_key(7, 8)
    assert heard(session.take())[-1] == ("ack", {"session": 7, "seq": 8})


@pytest.mark.parametrize("periods", [-1, 2 * 10**8])
def test_impossible_gaps_are_rejected(board: Speaker, periods: int) -> None:
    session = opened()
    tail = b"".join(value.to_bytes(4, "little", signed=True) for value in (-0x20000000, periods))
    events = session.feed(board.hello() + board.say("samples", tail, first=100))
    assert isinstance(events[1], FramesMalformed)


def test_control_characters_from_a_board_are_replaced(board: Speaker) -> None:
    session = opened()
    events = session.feed(board.hello() + board.say("log", b"\x1b[2Jbell\x07 \xff", level=1))
    assert events[1] == Log("info", "?[2Jbell? \ufffd")


@st.composite
def frame_bytes(draw: st.DrawFn) -> bytes:
    """Frames with a valid CRC, of any id and content, or with the length that the table states."""
    message = draw(st.sampled_from(wire.MESSAGES))
    size = draw(st.sampled_from([message.size, message.size + 8, draw(st.integers(0, frames.MAX_PAYLOAD))]))
    content = draw(st.binary(min_size=size, max_size=size))
    if message.name == "hello" and size >= 2 and draw(st.booleans()):
        content = wire.SCHEMA_ID.to_bytes(2, "little") + content[2:]
    return _sealed(draw(st.sampled_from([message.id, 0xFF])), draw(st.integers(0, 255)), content)


def _sealed(message_id: int, number: int, payload: bytes) -> bytes:
    buffer = bytearray(frames.MAX_FRAME)
    buffer[frames.PAYLOAD : frames.PAYLOAD + len(payload)] = payload
    return bytes(buffer[: frames.seal(buffer, message_id, number, len(payload))])


@given(st.lists(st.one_of(st.binary(max_size=300), frame_bytes()), max_size=12), st.booleans())
def test_no_bytes_raise_or_break_the_line(pieces: list[bytes], after_hello: bool) -> None:
    """Frames with a valid CRC and any content matter most: they get past the frame decoder."""
    session = opened(stream=True)
    if after_hello:
        session.feed(Speaker().hello())
    for piece in pieces:
        for event in session.feed(piece):
            if isinstance(event, Rep | SetOver):
                session.acknowledge(event)
    assert len(session.take()) <= OUT_LIMIT
    session.feed(b"\0")
    session.open()
    assert [type(event) for event in session.feed(Speaker().hello())] == [Hello], "the line still works"


def test_the_send_queue_is_bounded(board: Speaker) -> None:
    session = opened()
    (_, rep) = session.feed(board.hello() + board.rep())
    assert isinstance(rep, Rep)
    for _ in range(10_000):
        session.acknowledge(rep)
    data = session.take()
    assert OUT_LIMIT - 2 * frames.MAX_FRAME < len(data) <= OUT_LIMIT
    assert {name for name, _ in heard(data)} == {"ack"}, "only whole frames"
