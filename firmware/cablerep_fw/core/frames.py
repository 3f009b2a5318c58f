"""Frames on the line: COBS with a 0x00 delimiter around id, number, payload and CRC-16.

COBS because a receiver that joins or loses bytes finds the next frame at the next zero, at a cost of one byte a frame.
A body stays below 254 bytes, so one COBS block always covers it and encoding is in place.

Layout before COBS: message id, frame number (both one byte), payload, CRC-16 low byte, high byte.
After COBS the second byte is the id, which is 0x80 or more: no printable text can be taken for a frame.
"""

from array import array

from .compat import const

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


def crc16(buffer, start, stop):
    """Return the CRC-16 (start 0xFFFF, not reflected) of `buffer[start:stop]`. Does not allocate.

    Source: RevEng catalogue, CRC-16/IBM-3740, check value 0x29B1 over b"123456789".
    """
    crc = 0xFFFF
    table = _TABLE
    for i in range(start, stop):
        crc = ((crc << 8) & 0xFF00) ^ table[(crc >> 8) ^ buffer[i]]
    return crc


def seal(buffer, message_id, number, length):
    """Turn `buffer`, whose payload of `length` bytes begins at PAYLOAD, into a frame in place.

    Returns the frame's length with its delimiter, at most MAX_FRAME. Does not allocate.
    """
    buffer[1] = message_id
    buffer[2] = number
    end = PAYLOAD + length
    crc = crc16(buffer, 1, end)
    buffer[end] = crc & 0xFF
    buffer[end + 1] = crc >> 8
    end += 2
    code_at = 0
    for i in range(1, end):
        if buffer[i] == 0:
            buffer[code_at] = i - code_at
            code_at = i
    buffer[code_at] = end - code_at
    buffer[end] = 0
    return end + 1


# What `Decoder.feed` answers.
MORE = const(0)
FRAME = const(1)
TEXT = const(2)
BAD = const(3)


class Decoder:
    """Incremental frame decoder that holds at most MAX_FRAME bytes, whatever arrives. Does not allocate.

    `feed` answers one word a byte. After FRAME the message stands in `buffer[PAYLOAD:PAYLOAD + length]` with
    `message_id` and `number`. After TEXT the bytes of a line that is no frame (a REPL banner, a traceback) stand in
    `buffer[start:start + length]`. After BAD a chunk that was neither has been thrown away and counted.
    What stands in the buffer is valid until the next call.
    """

    def __init__(self):
        self.buffer = bytearray(MAX_FRAME)
        self.message_id = 0
        self.number = 0
        self.start = 0
        self.length = 0
        self.bad = 0  # chunks thrown away since the start
        self._fill = 0
        self._overlong = False  # longer than any frame: nothing but text can come of it before the next delimiter

    def feed(self, byte):
        """Take one byte of the line (0-255) and say what it completed."""
        if byte == 0:
            return self._close()
        fill = self._fill
        self.buffer[fill] = byte
        fill += 1
        self._fill = fill
        if byte == 10 or fill == MAX_FRAME:
            return self._line(fill)
        return MORE

    def _line(self, fill):
        """Settle a stretch that ended in a newline or filled the buffer."""
        if self._text_tail(fill, 0 if self._overlong else fill):
            self._fill = 0
            return TEXT
        if fill == MAX_FRAME or self._overlong:
            # Count an overlong chunk once, at its first overflow.
            self._fill = 0
            if not self._overlong:
                self._overlong = True
                self.bad += 1
                return BAD
        return MORE

    def _close(self):
        """Settle what stands before a delimiter: undo COBS in place and check the CRC."""
        fill = self._fill
        overlong = self._overlong
        self._fill = 0
        self._overlong = False
        if fill == 0:
            return MORE  # delimiters in a row are how a sender clears the line
        if not overlong and fill > OVERHEAD - 2 and self._unstuff(fill):
            self.start = PAYLOAD
            self.length = fill - OVERHEAD + 1
            self.message_id = self.buffer[1]
            self.number = self.buffer[2]
            return FRAME
        if self._text_tail(fill, 4):
            return TEXT
        if overlong:
            return MORE  # already counted
        self.bad += 1
        return BAD

    def _text_tail(self, fill, shortest):
        """Say whether the last `shortest` bytes or more are printable, and leave the stretch in start and length."""
        buffer = self.buffer
        start = fill
        while start and (32 <= buffer[start - 1] < 127 or buffer[start - 1] in (9, 10, 13)):
            start -= 1
        self.start = start
        self.length = fill - start
        return self.length >= shortest and self.length > 0

    def _unstuff(self, fill):
        """Put the zeros back and compare the CRC; the buffer keeps its content where the answer is False."""
        buffer = self.buffer
        at = 0
        while at < fill:  # walk the chain of codes first: it must end exactly at the delimiter
            at += buffer[at]
        if at != fill:
            return False
        at = 0
        while at < fill:
            step = buffer[at]
            buffer[at] = 0
            at += step
        return crc16(buffer, 1, fill - 2) == buffer[fill - 2] | buffer[fill - 1] << 8
