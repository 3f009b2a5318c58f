"""The protocol without I/O: feed it bytes from the board, get events; fetch the bytes to send.

It has no port, clock or thread, so a board, a virtual board and a recording of the bytes all work the same.
Memory: half a frame, and at most OUT_LIMIT bytes that were not fetched.
"""

from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.wire import TO_HOST, Message

from .decoding import MalformedError, decode, durable_key, printable
from .events import BoardText, Durable, Event, FramesLost, FramesMalformed, Hello, SchemaMismatch

OUT_LIMIT = 1 << 16  # bytes; some 3000 acknowledgements, while a board's journal holds a few hundred messages
_SCHEMA_SIZE = 2  # bytes of HELLO's first field, the same in every version of the table


class Session:
    """A protocol session with a board. Only HELLO is decoded until one with the same message table has arrived.

    `stream` asks for raw samples. `board` is the last HELLO since `open`, or None; `mismatch` is set while the
    board's table differs. `lost` counts frames missing from the numbering, `malformed` frames that the table cannot
    explain, `bad` runs of bytes that were neither frame nor text.
    """

    def __init__(self, stream: bool = False) -> None:
        self.stream = stream
        self.board: Hello | None = None
        self.mismatch: SchemaMismatch | None = None
        self.lost = 0
        self.malformed = 0
        self._decoder = frames.Decoder()
        self._expected = 0  # number of the board's next frame
        self._frame = bytearray(frames.MAX_FRAME)
        self._number = 0  # of the next frame to the board
        self._tag = 0
        self._stream_wanted = False  # sent once HELLO shows that the board knows the command
        self._out = bytearray()

    @property
    def bad(self) -> int:
        """Runs of bytes thrown away since the start."""
        return int(self._decoder.bad)

    def open(self) -> None:
        """Start over on a line that was opened, for the first time or again, and ask for HELLO."""
        bad = self._decoder.bad
        self._decoder = frames.Decoder()
        self._decoder.bad = bad
        self.board = None
        self.mismatch = None
        self._out.clear()
        self._out.append(0)  # ends any frame that the board has received half of
        self.request_hello()

    def request_hello(self) -> None:
        """Ask for HELLO. The board then resends its journal from the start, and stops sending samples."""
        self._stream_wanted = self.stream
        self.command("hello_request", schema=wire.SCHEMA_ID)

    def command(self, name: str, **fields: int) -> int:
        """Queue a command and return its tag, which the reply repeats.

        Raises KeyError if the table has no such message or field, struct.error if a value does not fit its field.
        """
        message = wire.BY_NAME[name]
        self._tag = self._tag % 255 + 1
        self._queue(message, [self._tag, *(fields[field[0]] for field in message.fields[1:])])
        return self._tag

    def acknowledge(self, event: Durable) -> None:
        """Tell the board that `event` is stored. Call it after the commit: the board then forgets the message."""
        self.acknowledge_key(event.session, event.seq)

    def acknowledge_key(self, session: int, seq: int) -> None:
        """Tell the board that the message with this number is stored, whatever it holds."""
        self._queue(wire.BY_NAME["ack"], [session, seq])

    def take(self) -> bytes:
        """Return and clear the queued bytes."""
        out = bytes(self._out)
        self._out.clear()
        return out

    def feed(self, data: bytes) -> list[Event]:
        """Take received bytes, in pieces of any size, and return the events that they complete. Raises nothing."""
        events: list[Event] = []
        decoder = self._decoder
        feed = decoder.feed
        for byte in data:
            result = feed(byte)
            if result == frames.FRAME:
                self._handle_frame(events)
            elif result == frames.TEXT:
                text = printable(bytes(decoder.buffer[decoder.start : decoder.start + decoder.length]))
                if text.strip():
                    events.append(BoardText(text))
        return events

    def _handle_frame(self, events: list[Event]) -> None:
        decoder = self._decoder
        message = wire.BY_ID.get(decoder.message_id)
        payload = bytes(decoder.buffer[frames.PAYLOAD : frames.PAYLOAD + decoder.length])
        if message is not None and message.name == "hello":
            self._handle_hello(payload, events)
            return
        if self.mismatch is not None or self.board is None:
            return
        self._count_gap(events)
        if message is None or message.direction != TO_HOST:
            self._reject(f"unknown message {decoder.message_id:#04x}", events)
            return
        try:
            events.append(decode(message, payload))
        except MalformedError as error:
            self._reject(f"{message.name}: {error}", events, durable_key(message, payload), payload)

    def _handle_hello(self, payload: bytes, events: list[Event]) -> None:
        """Compare the tables first: in a HELLO of another version only the first field has a known meaning."""
        if len(payload) < _SCHEMA_SIZE:
            self._reject("hello without a schema", events)
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
        except MalformedError as error:
            self._reject(f"hello: {error}", events)
            return
        assert isinstance(hello, Hello)
        before = self.board
        self.mismatch = None
        if before is not None and before.session == hello.session:
            self._count_gap(events)
        else:
            # A board numbers the frames of a new session from 0, and after a restart has no host attached.
            self._expected = (self._decoder.number + 1) & 0xFF
            if before is not None:
                self.request_hello()
        if self._stream_wanted:
            self._stream_wanted = False
            self.command("stream", on=1)
        self.board = hello
        events.append(hello)

    def _count_gap(self, events: list[Event]) -> None:
        """Report the frames missing between this frame's number and the last one's."""
        number = self._decoder.number
        if number != self._expected:
            missing = (number - self._expected) & 0xFF
            self.lost += missing
            events.append(FramesLost(missing, self.lost))
        self._expected = (number + 1) & 0xFF

    def _reject(
        self, reason: str, events: list[Event], key: tuple[int, int] | None = None, payload: bytes = b""
    ) -> None:
        self.malformed += 1
        events.append(FramesMalformed(reason, self.malformed, key, payload))

    def _queue(self, message: Message, record: list[int]) -> None:
        """Encode a frame; drop it if nobody fetches the bytes: the board asks again for what it is owed.

        Send only hello_request to a board with a different schema; it would misparse anything else.
        """
        foreign = self.mismatch is not None and message.name != "hello_request"
        if foreign or len(self._out) > OUT_LIMIT - frames.MAX_FRAME:
            return
        length = message.pack(record, self._frame, frames.PAYLOAD)
        self._out += self._frame[: frames.seal(self._frame, message.id, self._number, length)]
        self._number = (self._number + 1) & 0xFF
