"""The message table: everything that both ends rely on without asking."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.link import frames, journal, wire
from cablerep_fw.core.sense import ring

RANGES = {"B": (0, 0xFF), "H": (0, 0xFFFF), "I": (0, 0xFFFFFFFF)}
RANGES |= {"h": (-0x8000, 0x7FFF), "i": (-0x80000000, 0x7FFFFFFF)}
ALL = pytest.mark.parametrize("message", wire.MESSAGES, ids=lambda message: message.name)


def test_ids_and_names_are_used_once() -> None:
    assert len(wire.BY_ID) == len(wire.BY_NAME) == len(wire.MESSAGES)


@ALL
def test_the_id_tells_the_direction(message: wire.Message) -> None:
    assert message.direction == (wire.TO_HOST if message.id < 0xC0 else wire.TO_BOARD)
    assert 0x80 <= message.id <= 0xFF, "an id is no printable text"


@ALL
def test_fields_are_described_and_fit_a_frame(message: wire.Message) -> None:
    names = [field[0] for field in message.fields]
    assert len(set(names)) == len(names)
    assert all(len(field) == 3 and field[1] in RANGES for field in message.fields)
    assert message.tail in ("", "text", "pairs", "triples")
    assert message.size == struct.calcsize(message.format) <= frames.MAX_PAYLOAD


@ALL
def test_what_is_kept_can_be(message: wire.Message) -> None:
    if message.care == wire.KEPT:
        assert [field[:2] for field in message.fields[:2]] == [("session", "I"), ("seq", "I")]
        assert message.size <= journal.SLOT
        assert not message.tail


@ALL
def test_every_command_with_a_reply_begins_with_its_tag(message: wire.Message) -> None:
    if message.direction == wire.TO_BOARD and message.name != "ack":
        assert message.fields[0][:2] == ("tag", "B")


@ALL
@given(data=st.data(), offset=st.integers(0, 20))
def test_what_is_packed_is_unpacked(message: wire.Message, data: st.DataObject, offset: int) -> None:
    record = [data.draw(st.integers(*RANGES[field[1]])) for field in message.fields]
    buffer = bytearray(b"\xaa" * (offset + message.size + 5))
    assert message.pack(record, buffer, offset) == message.size
    assert bytes(buffer[offset:-5]) == struct.pack(message.format, *record), "little-endian and without padding"
    assert set(buffer[:offset] + buffer[-5:]) == {0xAA}, "and not a byte beside it"
    assert list(message.unpack(buffer, offset).values()) == record
    assert list(message.unpack(buffer, offset)) == [field[0] for field in message.fields]


@ALL
def test_too_short_a_message_is_refused(message: wire.Message) -> None:
    with pytest.raises(ValueError, match=f"{message.name} is {message.size} bytes, not {message.size - 1}"):
        message.unpack(bytes(message.size - 1))


def test_settings_are_in_range_and_small_ints() -> None:
    assert len({row[0] for row in wire.SETTINGS}) == len(wire.SETTINGS)
    for name, _, least, most, default in wire.SETTINGS:
        assert -(2**30) <= least <= default <= most < 2**30, name


def test_values_that_stand_for_something_else_are_small_ints_beyond_all_others() -> None:
    assert -(2**30) <= wire.NULL < 2**30
    for special in (ring.GAP, ring.NO_LOAD):
        assert -(2**30) <= special < -2 * ring.LIMIT_COUNTS


@pytest.mark.parametrize("names", ["KINDS", "SIDES", "PHASES", "CUES", "LEVELS", "STATUSES", "FAULTS", "REASONS"])
def test_names_are_used_once(names: str) -> None:
    words = getattr(wire, names)
    assert len(set(words)) == len(words)


def test_faults_fit_their_field() -> None:
    assert len(wire.FAULTS) <= 16


@pytest.mark.parametrize(
    "names", ["KINDS", "SIDES", "PHASES", "CUES", "LEVELS", "STATUSES", "FLAGS", "FAULTS", "REASONS"]
)
def test_the_schema_id_is_another_for_another_word(names: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert wire._schema_id() == wire.SCHEMA_ID
    monkeypatch.setattr(wire, names, (*getattr(wire, names), "one more"))
    assert wire._schema_id() != wire.SCHEMA_ID


@pytest.mark.parametrize("change", ["seq H", "sequence I", "seq I ms"])
def test_the_schema_id_is_another_for_another_field(change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ack = wire.BY_NAME["ack"]
    changed = wire.Message(ack.id, ack.name, ack.direction, ack.care, f"session I, {change}")
    monkeypatch.setattr(wire, "MESSAGES", tuple(changed if message is ack else message for message in wire.MESSAGES))
    assert wire._schema_id() != wire.SCHEMA_ID
