"""What a board with firmware 0.1 holds is stored before an update: its messages are the beginnings of today's."""

from pathlib import Path

import pytest
from speaker import HELLO, REP, SESSION, SET, Speaker

from cablerep.device.released import RELEASED
from cablerep.errors import FlashError
from cablerep.setup.handover import Environment, Location
from cablerep.setup.takeover import take_over
from cablerep.store.database import Store
from cablerep_fw.core.link import frames, wire

(TABLE,) = RELEASED
SIZES = {"hello": 28, "rep": 72, "set": 36}  # bytes of the messages of firmware 0.1


class OldBoard:
    """A board with firmware 0.1 as a port: a host of its own table gets what it holds, until it is acknowledged."""

    def __init__(self, table: int, deaf: bool = False) -> None:
        self.table = table
        self.deaf = deaf  # to acknowledgements
        self.held = {1: ("rep", REP), 2: ("set", SET)}
        self.speaker = Speaker()
        self.decoder = frames.Decoder()
        self.out = b""
        self.now_s = 0.0

    def say(self, name: str, fields: dict[str, int], tail: bytes = b"") -> None:
        message = wire.BY_NAME[name]
        payload = bytearray(message.size)
        message.pack([fields.get(field[0], 0) for field in message.fields], payload, 0)
        buffer = bytearray(frames.MAX_FRAME)
        data = bytes(payload[: SIZES[name]]) + tail
        buffer[frames.PAYLOAD : frames.PAYLOAD + len(data)] = data
        self.speaker.number += 1
        self.out += buffer[: frames.seal(buffer, message.id, self.speaker.number & 0xFF, len(data))]

    def write(self, data: bytes) -> None:
        for byte in data:
            if self.decoder.feed(byte) == frames.FRAME:
                message = wire.BY_ID[self.decoder.message_id]
                values = message.unpack(bytes(self.decoder.buffer), frames.PAYLOAD)
                if message.name == "hello_request":
                    kept = {"schema": self.table, "kept": len(self.held)}
                    self.say("hello", HELLO | kept, b"0.1.0 desk rp2")
                    if values["schema"] == self.table:
                        for name, fields in self.held.values():
                            self.say(name, fields)
                elif message.name == "ack" and not self.deaf:
                    self.held.pop(values["seq"], None)

    def read(self) -> bytes:
        self.now_s += 0.03
        out, self.out = self.out, b""
        return out

    def close(self) -> None:
        """The host goes."""


def taken(board: OldBoard, path: Path) -> int:
    environment = Environment(lambda url: board, list, lambda: board.now_s, lambda seconds: None)  # type: ignore[arg-type,return-value]
    return take_over(Location("desk"), path, environment)


def test_what_a_board_holds_is_stored_and_acknowledged(tmp_path: Path) -> None:
    board = OldBoard(TABLE)
    assert taken(board, tmp_path / "store.sqlite") == 2
    assert not board.held
    with Store(tmp_path / "store.sqlite") as store:
        (one,) = store.sets()
    assert (one.session, one.over, one.missing) == (SESSION, True, 0)
    assert (one.reps[0].rom_mm, one.reps[0].power_mean_w, one.load_n) == (512.34, 137.48, 182.0)


def test_a_board_whose_reps_cannot_be_taken_is_not_flashed(tmp_path: Path) -> None:
    with pytest.raises(FlashError, match="--discard"):
        taken(OldBoard(TABLE, deaf=True), tmp_path / "store.sqlite")
    with pytest.raises(FlashError, match="--discard"):
        taken(OldBoard(0x1234), tmp_path / "store.sqlite")
