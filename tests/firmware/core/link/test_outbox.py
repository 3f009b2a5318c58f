"""The output ring: what gives way when it fills, what is counted, and that a frame is never cut."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.frames import Decoder
from cablerep_fw.core.link.journal import Journal
from cablerep_fw.core.link.outbox import Outbox

SAMPLES = wire.BY_NAME["samples"]
PHASE = wire.BY_NAME["phase"]
LOG = wire.BY_NAME["log"]
SET = wire.BY_NAME["set"]


def zeros(message: wire.Message) -> list[int]:
    return [0] * len(message.fields)


def taken(outbox: Outbox) -> list[tuple[str, int, bytes]]:
    """Take every frame as a link does, and decode it."""
    decoder = Decoder()
    found = []
    while outbox.used:
        for byte in outbox.buffers[outbox.first][: outbox.lengths[outbox.first]]:
            answer = decoder.feed(byte)
            if answer == frames.FRAME:
                content = bytes(decoder.buffer[decoder.start : decoder.start + decoder.length])
                found.append((wire.BY_ID[decoder.message_id].name, decoder.number, content))
            else:
                assert answer == frames.MORE
        outbox.pop()
    return found


def journal_of(count: int) -> Journal:
    journal = Journal(64)
    for seq in range(1, count + 1):
        journal.add(SET, [5, seq] + [0] * (len(SET.fields) - 2))
    return journal


def test_samples_give_way_first_then_phases_and_never_what_is_kept() -> None:
    outbox = Outbox(24)
    while outbox.send(SAMPLES, zeros(SAMPLES)):
        pass
    assert outbox.used == 13
    while outbox.send(PHASE, zeros(PHASE)):
        pass
    assert outbox.used == 21
    journal = journal_of(5)
    while outbox.send_kept(journal):
        pass
    assert outbox.used == 24
    assert (outbox.dropped_samples, outbox.dropped) == (1, 1)
    assert journal.kept == 5
    names = [name for name, _, _ in taken(outbox)]
    assert names == ["samples"] * 13 + ["phase"] * 8 + ["set"] * 3
    assert outbox.send_kept(journal), "what found no room is still next"
    assert taken(outbox)[0][2][4:8] == bytes([4, 0, 0, 0]), "and none was passed over"


def test_a_refused_frame_leaves_a_gap_in_the_numbers() -> None:
    outbox = Outbox(24)
    for _ in range(13 + 3):
        outbox.send(SAMPLES, zeros(SAMPLES))
    taken(outbox)
    outbox.send(PHASE, zeros(PHASE))
    assert taken(outbox) == [("phase", 16, bytes(PHASE.size))]
    assert outbox.dropped_samples == 3


def test_numbers_begin_anew_behind_255() -> None:
    outbox = Outbox()
    numbers = []
    for _ in range(258):
        outbox.send(PHASE, zeros(PHASE))
        numbers += [number for _, number, _ in taken(outbox)]
    assert numbers == [*range(256), 0, 1]


def test_text_is_cut_to_a_frame() -> None:
    outbox = Outbox()
    text = bytes(range(1, 251))
    assert outbox.send_text(LOG, (2,), text)
    assert outbox.send_text(LOG, (2,), b"")
    assert taken(outbox) == [("log", 0, b"\x02" + text[: frames.MAX_PAYLOAD - 1]), ("log", 1, b"\x02")]


def test_a_delimiter_stands_alone_and_has_no_number() -> None:
    outbox = Outbox()
    outbox.delimit()
    outbox.send(PHASE, zeros(PHASE))
    assert bytes(outbox.buffers[0][: outbox.lengths[0]]) == b"\0"
    assert taken(outbox) == [("phase", 0, bytes(PHASE.size))]


def test_a_delimiter_never_takes_the_place_of_a_frame() -> None:
    outbox = Outbox(12)
    for _ in range(20):
        outbox.delimit()
    assert outbox.used == 12


def test_what_is_half_sent_is_forgotten_with_its_frame() -> None:
    outbox = Outbox()
    outbox.send(PHASE, zeros(PHASE))
    outbox.offset = 9
    outbox.pop()
    assert outbox.offset == 0
    outbox.send(PHASE, zeros(PHASE))
    outbox.offset = 9
    outbox.clear()
    assert (outbox.offset, outbox.used) == (0, 0)


def test_a_size_without_room_for_samples_is_refused() -> None:
    with pytest.raises(ValueError, match="12 slots or more, not 11"):
        Outbox(11)


@given(steps=st.lists(st.sampled_from(["samples", "phase", "kept", "pop"]), max_size=120))
def test_the_host_can_tell_every_loss(steps: list[str]) -> None:
    outbox = Outbox(12)
    journal = journal_of(40)
    asked = {"samples": 0, "phase": 0}
    got: list[tuple[str, int, bytes]] = []
    for step in steps:
        if step == "kept":
            outbox.send_kept(journal)
        elif step == "pop":
            if outbox.used:
                one = Outbox(12)
                one.buffers[0] = outbox.buffers[outbox.first]
                one.lengths[0] = outbox.lengths[outbox.first]
                one.used = 1
                got += taken(one)
                outbox.pop()
        else:
            asked[step] += 1
            outbox.send(wire.BY_NAME[step], zeros(wire.BY_NAME[step]))
    got += taken(outbox)
    names = [name for name, _, _ in got]
    assert names.count("samples") + outbox.dropped_samples == asked["samples"]
    assert names.count("phase") + outbox.dropped == asked["phase"]
    gaps = sum((number - before - 1) & 0xFF for (_, before, _), (_, number, _) in itertools.pairwise(got))
    at_the_ends = (got[0][1] + (outbox.number - 1 - got[-1][1])) & 0xFF if got else outbox.number
    assert gaps + at_the_ends == outbox.dropped_samples + outbox.dropped
    assert [int.from_bytes(content[4:8], "little") for name, _, content in got if name == "set"] == list(
        range(1, names.count("set") + 1)
    )
