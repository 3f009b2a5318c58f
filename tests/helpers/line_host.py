"""A host at the other end of a line: decodes what a board sends, and acknowledges what it keeps."""

from typing import Any

from fake_board import frame

from cablerep_fw.core.link import frames, wire

Message = tuple[str, dict[str, Any]]


class LineHost:
    """Collects `messages`, `samples` (travel, load) in their order and lines of `text`; `out` is for the board.

    Like the real session, it ignores frames before HELLO: they may be left over from the host before.
    """

    def __init__(self, stream: bool = True, acknowledges: bool = True) -> None:
        self.messages: list[Message] = []
        self.samples: list[tuple[int, int]] = []
        self.text: list[str] = []
        self.missed_frames = 0
        self.out = b"\0" + frame("hello_request", 1, wire.SCHEMA_ID) + (frame("stream", 2, 1) if stream else b"")
        self.decoder = frames.Decoder()
        self._acknowledges = acknowledges
        self._greeted = False
        self._number: int | None = None
        self._next_sample: int | None = None

    def names(self) -> list[str]:
        return [name for name, _ in self.messages]

    def of(self, name: str) -> list[dict[str, Any]]:
        return [values for kind, values in self.messages if kind == name]

    def reps(self) -> list[tuple[int, int]]:
        """Return session and sequence number of each rep, once, in order."""
        return list(dict.fromkeys((rep["session"], rep["seq"]) for rep in self.of("rep")))

    def take(self) -> bytes:
        """Fetch what goes to the board."""
        out, self.out = self.out, b""
        return out

    def feed(self, data: bytes) -> None:
        """Take bytes from the board."""
        decoder = self.decoder
        for byte in data:
            answer = decoder.feed(byte)
            if answer == frames.FRAME:
                self._take_frame(
                    wire.BY_ID[decoder.message_id],
                    bytes(decoder.buffer[frames.PAYLOAD : frames.PAYLOAD + decoder.length]),
                    decoder.number,
                )
            elif answer == frames.TEXT:
                self.text.append(bytes(decoder.buffer[decoder.start : decoder.start + decoder.length]).decode().strip())

    def _take_frame(self, message: wire.Message, payload: bytes, number: int) -> None:
        if message.name != "hello" and not self._greeted:
            return
        self._greeted = True
        missed = 0 if self._number is None else (number - self._number - 1) & 0xFF
        self.missed_frames += missed
        self._number = number
        values = message.unpack(payload)
        if message.name == "samples":
            words = memoryview(payload[message.size :]).cast("i").tolist()
            in_a_row = self._next_sample in (None, values["first"])
            assert missed or in_a_row, "samples are missing where no frame was"  # a busy computer may drop frames
            pairs = list(zip(words[::2], words[1::2], strict=True))
            self._next_sample = values["first"] + len(pairs)
            self.samples += pairs
        else:
            self.messages.append((message.name, values))
        if message.care == wire.KEPT and self._acknowledges:
            self.out += frame("ack", values["session"], values["seq"])
