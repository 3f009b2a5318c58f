"""Raw samples on the line: each once, in order, under its number; what is dropped leaves a hole in the numbers."""

from struct import iter_unpack, unpack_from

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.outbox import Outbox
from cablerep_fw.core.link.samples import MOST, SampleBatch
from cablerep_fw.core.sense.ring import GAP, NO_LOAD, Ring

SAMPLES = wire.BY_NAME["samples"]


def batches(outbox: Outbox) -> list[tuple[int, list[tuple[int, int]]]]:
    """Take the frames out and return the number of the first sample and the samples of each."""
    decoder = frames.Decoder()
    found = []
    while outbox.used:
        for byte in outbox.buffers[outbox.first][: outbox.lengths[outbox.first]]:
            if decoder.feed(byte) == frames.FRAME:
                assert decoder.message_id == SAMPLES.id
                payload = bytes(decoder.buffer[decoder.start : decoder.start + decoder.length])
                found.append((unpack_from("<I", payload)[0], list(iter_unpack("<ii", payload[4:]))))
        outbox.pop()
    return found


def ring_of(samples: list[tuple[int, int]]) -> Ring:
    ring = Ring(256)
    for travel, load in samples:
        ring.push(travel, load)
    return ring


sample = st.tuples(st.integers(-1000, 1000), st.integers(-(1 << 23), (1 << 23) - 1) | st.just(NO_LOAD))
gap = st.tuples(st.just(GAP), st.integers(1, 500))


@settings(deadline=None)
@given(st.lists(sample | gap, max_size=150), st.sampled_from((10, 50, 200, 1000)), st.integers(1, 60))
def test_every_sample_is_sent_once_under_its_number(samples: list, rate_hz: int, chunk: int) -> None:
    batch = SampleBatch(rate_hz)
    outbox = Outbox(400)
    for at in range(0, len(samples), chunk):
        ring = ring_of(samples[at : at + chunk])
        batch.send(ring, ring.head, outbox)
    batch.flush(outbox)
    expected = 0
    sent: list[tuple[int, int]] = []
    for first, part in batches(outbox):
        assert first == expected
        assert 1 <= len(part) <= MOST
        expected += sum(load if travel == GAP else 1 for travel, load in part)
        sent += part
    assert sent == samples


def test_sending_consumes_nothing() -> None:
    ring = ring_of([(k, 0) for k in range(40)])
    SampleBatch(200).send(ring, ring.head, Outbox(50))
    assert ring.waiting() == 40


@pytest.mark.parametrize("rate_hz", [10, 50, 200, 333, 1000])
def test_frames_come_often_enough_for_a_bar_that_moves_and_no_oftener_than_needed(rate_hz: int) -> None:
    batch = SampleBatch(rate_hz)
    assert rate_hz / batch.size >= min(rate_hz, 10)
    assert batch.size == MOST or rate_hz / batch.size < 30


def test_a_full_batch_fits_a_frame() -> None:
    assert SAMPLES.size + 8 * MOST <= frames.MAX_PAYLOAD


def test_a_refused_batch_is_a_hole_in_the_numbers() -> None:
    batch = SampleBatch(1000)
    outbox = Outbox(13)  # samples give way while fewer than 12 slots are free
    for part in range(4):
        ring = ring_of([(100 * part + k, 0) for k in range(MOST)])
        batch.send(ring, ring.head, outbox)
    taken = batches(outbox)
    assert [first for first, _ in taken] == [0, MOST]
    assert outbox.dropped_samples == 2
    ring = ring_of([(7, 0)] * MOST)
    batch.send(ring, ring.head, outbox)
    assert batches(outbox)[0][0] == 4 * MOST, "two batches are missing, and a host can see it"


def test_it_begins_at_the_number_it_is_told() -> None:
    batch = SampleBatch(200)
    outbox = Outbox(50)
    ring = ring_of([(1, 0)] * 3)
    batch.send(ring, ring.head, outbox)
    batch.begin(5000)
    batch.send(ring, ring.head, outbox)
    batch.flush(outbox)
    assert [(first, len(part)) for first, part in batches(outbox)] == [(5000, 3)]


def test_nothing_makes_no_frame() -> None:
    outbox = Outbox(50)
    SampleBatch(200).flush(outbox)
    assert not outbox.used
