"""Reads what a board with older firmware holds, so that an update loses nothing.

Since 0.1 the messages that a board keeps have only grown at their ends, see cablerep_fw.core.link.journal: an older one
is the beginning of today's. HELLO, hello_request and ack are the same in all versions listed here.
"""

from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.wire import KEPT

from .decoding import MalformedError, decode, durable_key
from .events import Event
from .session import Session

# Id of the message table: version of the firmware.
RELEASED = {0x5430: "0.1"}


class KeptReader(Session):
    """A session that takes reps, amendments and sets from a board with this or an older released message table."""

    def __init__(self) -> None:
        super().__init__()
        self._table = wire.SCHEMA_ID

    def request_hello(self) -> None:
        self.command("hello_request", schema=self._table)

    def _handle_frame(self, events: list[Event]) -> None:
        decoder = self._decoder
        message = wire.BY_ID.get(decoder.message_id)
        payload = bytes(decoder.buffer[frames.PAYLOAD : frames.PAYLOAD + decoder.length])
        if message is not None and message.name == "hello":
            self._handle_any_hello(payload, events)
        elif self._table == wire.SCHEMA_ID:
            super()._handle_frame(events)
        elif message is not None and message.care == KEPT and self.board is not None:
            whole = bytearray(message.size)
            whole[: len(payload)] = payload[: message.size]
            message.complete(whole, 0, len(payload))
            try:
                events.append(decode(message, bytes(whole)))
            except MalformedError as error:
                self._reject(f"{message.name}: {error}", events, durable_key(message, bytes(whole)), payload)

    def _handle_any_hello(self, payload: bytes, events: list[Event]) -> None:
        """Take HELLO of a released table for one of ours, and ask for what the board holds in its own."""
        table = int.from_bytes(payload[:2], "little")
        if table not in RELEASED:
            self._handle_hello(payload, events)
            return
        hello = wire.BY_NAME["hello"]
        end = hello.offset([field[0] for field in hello.fields].index("kept") + 1)  # of the fields in those tables
        schema = wire.SCHEMA_ID.to_bytes(2, "little")
        self._handle_hello(schema + payload[2:end] + bytes(hello.size - end) + payload[end:], events)
        if self._table != table:
            self._table = table
            self.request_hello()
