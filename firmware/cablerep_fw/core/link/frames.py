"""Frames on the line: id, number, payload and CRC-16, COBS-encoded and ended by a 0x00 delimiter.

With COBS, a receiver that joins late or loses bytes resynchronises at the next zero, at a cost of one byte per frame.
A body stays below 254 bytes, so one COBS block always covers it and encoding is in place.

Layout before COBS: message id, frame number (both one byte), payload, CRC-16 low byte, high byte.
After COBS the second byte is the id, which is 0x80 or more: no printable text can be taken for a frame.
"""

from array import array

from ..compat import const, micropython, ptr8, ptr16

OVERHEAD = const(6)  # code byte, id, number, two CRC bytes, delimiter
MAX_PAYLOAD = const(200)  # bytes; a batch of 24 samples with its header, and far below COBS's 254
MAX_FRAME = const(206)  # bytes on the line: MAX_PAYLOAD + OVERHEAD
PAYLOAD = const(3)  # offset of the payload in an encoded frame's buffer
_POLYNOMIAL = const(0x1021)


def _crc_table():
    """CRC-16/IBM-3740 (the "CCITT-FALSE" of the catalogues): polynomial 0x1021, one entry a byte."""
    table = array("H", bytes(512))
    for byte in range(256):
        crc = byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ _POLYNOMIAL if crc & 0x8000 else crc << 1
        table[byte] = crc & 0xFFFF
    return table


_TABLE = _crc_table()


@micropython.viper
def crc16(buffer: ptr8, start: int, stop: int) -> int:
    """Return the CRC-16 (start 0xFFFF, not reflected) of `buffer[start:stop]`. Does not allocate.

    Source: RevEng catalogue, CRC-16/IBM-3740, check value 0x29B1 over b"123456789".
    """
    table = ptr16(_TABLE)
    crc = 0xFFFF
    for i in range(start, stop):
        crc = ((crc << 8) & 0xFF00) ^ table[(crc >> 8) ^ buffer[i]]
    return crc


@micropython.viper
def _stuff(buffer: ptr8, end: int):
    """Replace each zero in `buffer[1:end]` by the distance to the next; the first distance goes to `buffer[0]`."""
    code_at = 0
    for i in range(1, end):
        if buffer[i] == 0:
            buffer[code_at] = i - code_at
            code_at = i
    buffer[code_at] = end - code_at
    buffer[end] = 0


@micropython.viper
def _unstuff(buffer: ptr8, end: int) -> int:
    """Restore the zeros in `buffer[1:end]` and return 1; or change nothing and return 0.

    0 if the chain of distances does not end at `end`, or the CRC in the last two bytes is wrong.
    """
    table = ptr16(_TABLE)
    crc = 0xFFFF
    code_at = int(buffer[0])
    for i in range(1, end):
        byte = int(buffer[i])
        if i == code_at:
            code_at += byte
            byte = 0
        if i < end - 2:
            crc = ((crc << 8) & 0xFF00) ^ table[(crc >> 8) ^ byte]
        elif i == end - 2:
            crc ^= byte
        else:
            crc ^= byte << 8
    if crc or code_at != end:
        return 0
    code_at = 0
    while code_at < end:
        step = int(buffer[code_at])
        buffer[code_at] = 0
        code_at += step
    return 1


@micropython.viper
def copy(source: ptr8, start: int, target: ptr8, at: int, count: int):
    """Copy bytes. Slices would allocate; outside viper a byte takes 12 µs on an RP2040."""
    for i in range(count):
        target[at + i] = source[start + i]


def seal(buffer, message_id, number, length):
    """Turn `buffer`, whose payload of `length` bytes begins at PAYLOAD, into a frame in place.

    `message_id` is 0x80 to 0xFF, `number` 0 to 255, `length` at most MAX_PAYLOAD; not checked here.
    Returns the frame's length with its delimiter, at most MAX_FRAME. Does not allocate.
    """
    buffer[1] = message_id
    buffer[2] = number
    end = PAYLOAD + length
    crc = crc16(buffer, 1, end)
    buffer[end] = crc & 0xFF
    buffer[end + 1] = crc >> 8
    _stuff(buffer, end + 2)
    return end + 3


# Results of `Decoder.feed`.
MORE = const(0)
FRAME = const(1)
TEXT = const(2)
BAD = const(3)


# Printable bytes needed to count as text: all bytes before a delimiter (a prompt, ">>> ", has four), or the last ones
# (eight random bytes in a row are printable once in 2500 times).
_MIN_WHOLE = const(4)
_MIN_TAIL = const(8)


class Decoder:
    """Incremental frame decoder that holds at most MAX_FRAME bytes, whatever arrives. Does not allocate.

    `feed` returns one result per byte. After FRAME, `buffer[PAYLOAD:PAYLOAD + length]` holds the message, with
    `message_id` and `number`. After TEXT, `buffer[start:start + length]` holds a line that is not a frame (a REPL
    banner, a traceback); a line longer than MAX_FRAME comes in pieces. After BAD, bytes that were neither have been
    discarded. The buffer is valid until the next call.
    """

    def __init__(self):
        self.buffer = bytearray(MAX_FRAME)
        self.message_id = 0
        self.number = 0
        self.start = 0
        self.length = 0
        self.bad = 0  # pieces discarded since the start, including those before a text
        self._fill = 0
        self._lost = False  # longer than any frame: only text can follow before the next delimiter

    def feed(self, byte):
        """Take one byte of the line (0-255); return what it completed."""
        if byte == 0:
            return self._close()
        fill = self._fill
        self.buffer[fill] = byte
        fill += 1
        self._fill = fill
        if fill == MAX_FRAME:
            result = self._text(1)
            self._lost = True
            return result
        # A frame may contain a newline, but then its second byte, the id, is 0x80 or more.
        if byte == 10 and (self._lost or (fill > 1 and self.buffer[1] < 0x80)):
            return self._text(1)
        return MORE

    def _close(self):
        """Classify the bytes before a delimiter: a frame, text, or neither."""
        fill = self._fill
        if fill == 0:
            self._lost = False
            return MORE  # senders clear the line with several delimiters
        if not self._lost and fill > OVERHEAD - 2 and self.buffer[1] >= 0x80 and _unstuff(self.buffer, fill):
            self._fill = 0
            self.start = PAYLOAD
            self.length = fill - OVERHEAD + 1
            self.message_id = self.buffer[1]
            self.number = self.buffer[2]
            return FRAME
        result = self._text(_MIN_WHOLE)
        self._lost = False
        return result

    def _text(self, min_length):
        """Classify bytes that are not a frame: TEXT if they, or enough of the last ones, are printable; else BAD.

        The rest of an overlong piece is not counted again and returns MORE.
        """
        buffer = self.buffer
        start = self._fill
        while start and (32 <= buffer[start - 1] < 127 or 9 <= buffer[start - 1] <= 13):
            start -= 1
        self.start = start
        self.length = self._fill - start
        self._fill = 0
        if start:
            min_length = _MIN_TAIL
        text = self.length >= min_length
        if self._lost:
            return TEXT if text else MORE
        if start or not text:
            self.bad += 1
        return TEXT if text else BAD
