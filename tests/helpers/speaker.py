"""A board that says what a test wants: messages of the table as numbered frames."""

from typing import Any

from cablerep_fw.core.link import frames, wire

SESSION = 77
REP = {
    "session": SESSION,
    "seq": 1,
    "set": 1,
    "rep": 1,
    "kind": 1,
    "side": 2,
    "flags": 0,
    "start": 10_000,
    "top": 17_500,
    "release": 37_500,
    "end": 50_001,
    "known": 50_600,
    "rom": 512_344,
    "concentric_mean": 683_127,
    "concentric_peak": 1_024_005,
    "eccentric_mean": 409_876,
    "eccentric_peak": 700_000,
    "force_mean": 201_234,
    "force_peak": 260_006,
    "work": 103_111,
    "power_mean": 137_481,
    "chord": 3_012,
    "direction": 3_750,
    "bow": -124,
    "drift": 91,
}
SET = {
    "session": SESSION,
    "seq": 2,
    "set": 1,
    "reps": 1,
    "partials": 0,
    "side": 2,
    "profile": 0,
    "start": 10_000,
    "end": 50_001,
    "known": 170_000,
    "rom": 512_344,
    "load": 182_004,
    "lifter": 0,
}
HELLO = {
    "schema": wire.SCHEMA_ID,
    "session": SESSION,
    "rate_hz": 200,
    "um_per_count": 98_170_000,
    "mn_per_count": 2_034_000,
    "load_zero": -181_562,
    "profile": 0,
    "side": 2,
    "samples": 400,
    "kept": 0,
}


class Speaker:
    """Numbers its frames as a board does."""

    def __init__(self) -> None:
        self.number = 0

    def say(self, name: str, tail: bytes = b"", **fields: int) -> bytes:
        """Return a frame; fields that are not given are 0."""
        message = wire.BY_NAME[name]
        buffer = bytearray(frames.MAX_FRAME)
        length = message.pack([fields.get(field[0], 0) for field in message.fields], buffer, frames.PAYLOAD)
        buffer[frames.PAYLOAD + length : frames.PAYLOAD + length + len(tail)] = tail
        length += len(tail)
        data = bytes(buffer[: frames.seal(buffer, message.id, self.number, length)])
        self.number = (self.number + 1) & 0xFF
        return data

    def hello(self, **changes: int) -> bytes:
        return self.say("hello", b"0.1.0 desk sim", **HELLO | changes)

    def rep(self, **changes: int) -> bytes:
        return self.say("rep", **REP | changes)

    def amend(self, **changes: int) -> bytes:
        return self.say("amend", **REP | changes)

    def set(self, **changes: int) -> bytes:
        return self.say("set", **SET | changes)


def heard(data: bytes) -> list[tuple[str, dict[str, Any]]]:
    """Return what a board understands of the host's bytes."""
    decoder = frames.Decoder()
    messages = []
    for byte in data:
        if decoder.feed(byte) == frames.FRAME:
            message = wire.BY_ID[decoder.message_id]
            assert decoder.length == message.size
            messages.append((message.name, message.unpack(bytes(decoder.buffer), frames.PAYLOAD)))
    assert decoder.bad == 0
    return messages
