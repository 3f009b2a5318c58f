"""Frames: the CRC and COBS against their standards, and what a receiver makes of any line at all."""

import binascii

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cablerep_fw.core.link import frames, wire
from cablerep_fw.core.link.frames import BAD, FRAME, MAX_FRAME, MAX_PAYLOAD, MORE, PAYLOAD, TEXT, Decoder

PAYLOADS = st.binary(max_size=MAX_PAYLOAD) | st.lists(st.sampled_from([0, 0, 1, 255]), max_size=MAX_PAYLOAD).map(bytes)
IDS = st.integers(0x80, 0xFF)
NUMBERS = st.integers(0, 255)


def frame(payload: bytes, message_id: int = 0x81, number: int = 7) -> bytes:
    buffer = bytearray(MAX_FRAME)
    buffer[PAYLOAD : PAYLOAD + len(payload)] = payload
    return bytes(buffer[: frames.seal(buffer, message_id, number, len(payload))])


def decode(decoder: Decoder, data: bytes) -> list[tuple[int, int, int, bytes] | tuple[int, bytes] | int]:
    """Feed byte by byte and return what was answered: frames and texts with their content."""
    answers: list[tuple[int, int, int, bytes] | tuple[int, bytes] | int] = []
    for byte in data:
        answer = decoder.feed(byte)
        content = bytes(decoder.buffer[decoder.start : decoder.start + decoder.length])
        if answer == FRAME:
            answers.append((FRAME, decoder.message_id, decoder.number, content))
        elif answer == TEXT:
            answers.append((TEXT, content))
        elif answer == BAD:
            answers.append(BAD)
    return answers


def cobs(data: bytes) -> bytes:
    """Encode by the published definition (Cheshire and Baker 1999), blocks split at zeros; without the delimiter."""
    encoded = b""
    for block in data.split(b"\0"):
        while len(block) > 253:
            encoded += b"\xff" + block[:254]
            block = block[254:]
        encoded += bytes([len(block) + 1]) + block
    return encoded


COBS_VECTORS = [  # from the article "Consistent Overhead Byte Stuffing" of Wikipedia
    ("00", "0101"),
    ("0000", "010101"),
    ("001100", "01021101"),
    ("11220033", "0311220233"),
    ("11223344", "0511223344"),
    ("11000000", "0211010101"),
]


@pytest.mark.parametrize(("data", "encoded"), COBS_VECTORS)
def test_cobs_vectors(data: str, encoded: str) -> None:
    assert cobs(bytes.fromhex(data)).hex() == encoded, "the reference of the tests itself"
    buffer = bytearray(b"?" + bytes.fromhex(data) + b"?")
    frames._stuff(buffer, len(buffer) - 1)
    assert buffer.hex() == encoded + "00"


def test_crc_check_value() -> None:
    assert frames.crc16(b"123456789", 0, 9) == 0x29B1


@given(data=st.binary(max_size=300), start=st.integers(0, 300))
def test_crc_is_that_of_the_standard_library(data: bytes, start: int) -> None:
    start = min(start, len(data))
    assert frames.crc16(data, start, len(data)) == binascii.crc_hqx(data[start:], 0xFFFF)


@given(payload=PAYLOADS, message_id=IDS, number=NUMBERS)
def test_a_frame_is_cobs_around_id_number_payload_and_crc(payload: bytes, message_id: int, number: int) -> None:
    body = bytes([message_id, number]) + payload
    body += binascii.crc_hqx(body, 0xFFFF).to_bytes(2, "little")
    assert frame(payload, message_id, number) == cobs(body) + b"\0"


@given(payload=PAYLOADS, message_id=IDS, number=NUMBERS)
def test_a_frame_comes_back(payload: bytes, message_id: int, number: int) -> None:
    data = frame(payload, message_id, number)
    decoder = Decoder()
    assert [decoder.feed(byte) for byte in data[:-1]] == [MORE] * (len(data) - 1)
    assert decode(decoder, data[-1:]) == [(FRAME, message_id, number, payload)]
    assert decoder.bad == 0


@given(payloads=st.lists(PAYLOADS, max_size=5), texts=st.lists(st.text("abc >:()", max_size=30), max_size=6))
def test_text_lines_between_frames_harm_neither(payloads: list[bytes], texts: list[str]) -> None:
    line = b""
    expected: list[object] = []
    for k in range(max(len(payloads), len(texts))):
        if k < len(texts):
            line += texts[k].encode() + b"\r\n"
            expected.append((TEXT, texts[k].encode() + b"\r\n"))
        if k < len(payloads):
            line += frame(payloads[k])
            expected.append((FRAME, 0x81, 7, payloads[k]))
    assert decode(Decoder(), line) == expected


@settings(derandomize=True)  # one example in 65 536 may pass a CRC of 16 bits
@given(payload=PAYLOADS, at=st.integers(0, MAX_FRAME), byte=NUMBERS)
def test_a_corrupted_frame_is_no_frame_and_the_next_one_is(payload: bytes, at: int, byte: int) -> None:
    data = bytearray(frame(payload))
    at %= len(data)
    if data[at] == byte:
        byte ^= 0x55
    data[at] = byte
    decoder = Decoder()
    answers = decode(decoder, bytes(data) + b"\0" + frame(b"next"))
    assert answers.pop() == (FRAME, 0x81, 7, b"next")
    if at < len(data) - 1:
        assert (FRAME, 0x81, 7, payload) not in answers
        assert all(answer == BAD or answer[0] == TEXT for answer in answers)
        assert decoder.bad or answers == [(TEXT, bytes(data[:-1]))]


@given(junk=st.binary(max_size=600))
def test_behind_a_delimiter_every_frame_is_found(junk: bytes) -> None:
    assert decode(Decoder(), junk + b"\0" + frame(b"payload"))[-1] == (FRAME, 0x81, 7, b"payload")


@given(junk=st.binary(max_size=2000))
def test_any_bytes_are_survived_within_one_buffer(junk: bytes) -> None:
    decoder = Decoder()
    for answer in decode(decoder, junk):
        if isinstance(answer, tuple) and answer[0] == TEXT:
            assert (
                answer[1]
                .decode("ascii")
                .replace("\n", "")
                .replace("\r", "")
                .replace("\t", "")
                .replace("\v", "")
                .replace("\f", "")
                .isprintable()
            )
    assert len(decoder.buffer) == MAX_FRAME


def test_a_banner_and_a_prompt_before_the_application_starts_again() -> None:
    banner = b"MPY: soft reboot\r\nMicroPython v1.26.1\r\n>>> "
    assert decode(Decoder(), banner + b"\0" + frame(b"hello")) == [
        (TEXT, b"MPY: soft reboot\r\n"),
        (TEXT, b"MicroPython v1.26.1\r\n"),
        (TEXT, b">>> "),
        (FRAME, 0x81, 7, b"hello"),
    ]


def test_a_traceback_behind_half_a_frame_is_kept() -> None:
    decoder = Decoder()
    traceback = b"Traceback (most recent call last):\r\n  File x\r\nMemoryError: \r\n"
    assert decode(decoder, frame(bytes(range(50)))[:20] + traceback + b"\0") == [(TEXT, traceback)]
    assert decoder.bad == 1, "the half frame"


def test_a_long_line_comes_in_pieces() -> None:
    line = b"".join(b"%d " % k for k in range(200)) + b"\n"
    texts = decode(Decoder(), line)
    assert b"".join(text for _, text in texts) == line  # type: ignore[misc]
    assert len(texts) == -(-len(line) // MAX_FRAME)


def test_a_long_stretch_of_noise_is_counted_once() -> None:
    decoder = Decoder()
    assert decode(decoder, b"\x05\x90" * 5000) == [BAD]
    assert decode(decoder, b"\0" + frame(b"x")) == [(FRAME, 0x81, 7, b"x")]
    assert decoder.bad == 1


def test_short_noise_is_no_text() -> None:
    assert decode(Decoder(), b"abc\0") == [BAD]
    assert decode(Decoder(), b"\x90\x81abcdefg\0") == [BAD]
    assert decode(Decoder(), b"\x90\x81abcdefgh\0") == [(TEXT, b"abcdefgh")]


def test_delimiters_in_a_row_are_nothing() -> None:
    decoder = Decoder()
    assert decode(decoder, b"\0\0\0") == []
    assert decoder.bad == 0


def test_the_constants_fit_each_other() -> None:
    assert MAX_FRAME == MAX_PAYLOAD + frames.OVERHEAD == len(frame(bytes(MAX_PAYLOAD)))
    assert MAX_PAYLOAD + 4 < 254, "one COBS block holds any body"
    assert max(message.size for message in wire.MESSAGES) <= MAX_PAYLOAD


def test_micropython_gives_the_same_bytes_and_answers(micropython, cpython) -> None:
    assert micropython("frame_vectors.py") == cpython("frame_vectors.py")
