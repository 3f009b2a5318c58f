"""The protocol without I/O: bytes from the board in, events out, bytes for the board to be fetched and sent.

No port, clock or thread, so a board, a virtual board and a recording of the bytes are the same to it.
Memory: half a frame, and at most OUT_LIMIT bytes that nobody has fetched.
"""

from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.message import TO_HOST, Message

from .decoding import MalformedError, decode, printable
from .events import BoardText, Event, FramesLost, FramesMalformed, Hello, Kept, SchemaMismatch

OUT_LIMIT = 1 << 16  # bytes; some 3000 acknowledgements, when a board's journal holds a few hundred messages
_SCHEMA_SIZE = 2  # bytes of HELLO that every version of the table begins with


class Session:
    """One conversation with a board. Nothing is interpreted before its HELLO has shown the same message table.

    `stream` asks for raw samples. `board` is the last HELLO since `open`, or None; `mismatch` says that the board's
    table is another one. `lost` counts frames that the numbering missed, `malformed` frames that the table does not
    explain, `bad` stretches of the line that were neither frame nor text.
    """

    def __init__(self, stream: bool = False) -> None:
        self.stream = stream
        self.board: Hello | None = None
        self.mismatch: SchemaMismatch | None = None
        self.lost = 0
        self.malformed = 0
        self._decoder = frames.Decoder()
        self._expected = 0  # number of the board's next frame, since its HELLO
        self._frame = bytearray(frames.MAX_FRAME)
        self._number = 0  # of the next frame to the board
        self._tag = 0
        self._ask_samples = False  # as soon as its HELLO shows that the board means by it what we do
        self._out = bytearray()

    @property
    def bad(self) -> int:
        """Stretches of the line thrown away since the start."""
        return int(self._decoder.bad)

    def open(self) -> None:
        """The line is there, for the first time or again: forget what was half said and ask who is there."""
        bad = self._decoder.bad
        self._decoder = frames.Decoder()
        self._decoder.bad = bad
        self.board = None
        self.mismatch = None
        self._out.clear()
        self._out.append(0)  # ends whatever the board had half received
        self.request_hello()

    def request_hello(self) -> None:
        """Ask for HELLO; the board then sends its journal from the beginning, and no samples until asked again."""
        self._ask_samples = self.stream
        self.command("hello_request", schema=wire.SCHEMA_ID)

    def command(self, name: str, **fields: int) -> int:
        """Queue the message `name` for the board and return its tag, which comes back in the reply.

        Raises KeyError where the table has no such message or field, struct.error where a value does not fit it.
        """
        message = wire.BY_NAME[name]
        self._tag = self._tag % 255 + 1
        self._queue(message, [self._tag, *(fields[field[0]] for field in message.fields[1:])])
        return self._tag

    def acknowledge(self, event: Kept) -> None:
        """Tell the board that `event` is stored: call it after the commit, for the board forgets it."""
        self._queue(wire.BY_NAME["ack"], [event.session, event.seq])

    def take(self) -> bytes:
        """Fetch the bytes to send to the board."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def feed(self, data: bytes) -> list[Event]:
        """Take bytes from the board, in pieces of any size, and return what they complete. Raises nothing."""
        events: list[Event] = []
        decoder = self._decoder
        feed = decoder.feed
        for byte in data:
            what = feed(byte)
            if what == frames.FRAME:
                self._take_frame(events)
            elif what == frames.TEXT:
                text = printable(bytes(decoder.buffer[decoder.start : decoder.start + decoder.length]))
                if text.strip():
                    events.append(BoardText(text))
        return events

    def _take_frame(self, events: list[Event]) -> None:
        decoder = self._decoder
        message = wire.BY_ID.get(decoder.message_id)
        payload = bytes(decoder.buffer[frames.PAYLOAD : frames.PAYLOAD + decoder.length])
        if message is not None and message.name == "hello":
            self._take_hello(payload, events)
            return
        if self.mismatch is not None or self.board is None:
            return
        self._count_gap(events)
        if message is None or message.direction != TO_HOST:
            self._count_malformed(events)
            return
        try:
            events.append(decode(message, payload))
        except MalformedError:
            self._count_malformed(events)

    def _take_hello(self, payload: bytes, events: list[Event]) -> None:
        """Compare the tables first: of a foreign HELLO nothing but its first field may be read."""
        if len(payload) < _SCHEMA_SIZE:
            self._count_malformed(events)
            return
        theirs = int.from_bytes(payload[:_SCHEMA_SIZE], "little")
        if theirs != wire.SCHEMA_ID:
            if self.mismatch is None or self.mismatch.theirs != theirs:
                self.mismatch = SchemaMismatch(theirs, wire.SCHEMA_ID)
                self.board = None
                self._out.clear()
                events.append(self.mismatch)
            return
        try:
            hello = decode(wire.BY_NAME["hello"], payload)
        except MalformedError:
            self._count_malformed(events)
            return
        assert isinstance(hello, Hello)
        before = self.board
        self.mismatch = None
        if before is not None and before.session == hello.session:
            self._count_gap(events)
        else:
            # A new session's board numbers its frames anew, and one that restarted has forgotten who listens.
            self._expected = (self._decoder.number + 1) & 0xFF
            if before is not None:
                self.request_hello()
        if self._ask_samples:
            self._ask_samples = False
            self.command("stream", on=1)
        self.board = hello
        events.append(hello)

    def _count_gap(self, events: list[Event]) -> None:
        """Compare the frame's number with the one before it and tell of those between."""
        number = self._decoder.number
        if number != self._expected:
            missing = (number - self._expected) & 0xFF
            self.lost += missing
            events.append(FramesLost(missing, self.lost))
        self._expected = (number + 1) & 0xFF

    def _count_malformed(self, events: list[Event]) -> None:
        self.malformed += 1
        events.append(FramesMalformed(1, self.malformed))

    def _queue(self, message: Message, record: list[int]) -> None:
        """Encode one frame. Where nobody fetches, it is not queued: an acknowledgement is asked for again anyway.

        A board with another table gets nothing but the question who it is: it would read into it what it likes.
        """
        foreign = self.mismatch is not None and message.name != "hello_request"
        if foreign or len(self._out) > OUT_LIMIT - frames.MAX_FRAME:
            return
        length = message.pack(record, self._frame, frames.PAYLOAD)
        self._out += self._frame[: frames.seal(self._frame, message.id, self._number, length)]
        self._number = (self._number + 1) & 0xFF
