"""The absolute angle sensors, MT6701 and AS5600, behind one face: `poll` returns a reading.

Imported only for a board that has one. It is read by the main loop, once a detector tick: a transfer takes up to
0.2 ms, too long for the sampler's interrupt, which goes on meanwhile.
"""

from time import ticks_diff, ticks_ms

from ..core.compat import const, micropython

# Bits of `faults`, numbered as in wire.FAULTS; a test compares them.
SILENT = const(1 << 11)
DATA = const(1 << 12)
WEAK = const(1 << 13)
STRONG = const(1 << 14)

_SILENT_POLLS = const(50)  # half a second without a reading that can be used
# Of the AS5600, from its datasheet, "register map". RAW ANGLE follows STATUS, high byte first.
_ADDRESS = const(0x36)  # fixed
_STATUS = const(0x0B)
_TOO_STRONG = const(0x08)
_TOO_WEAK = const(0x10)
_DETECTED = const(0x20)

# Status bits in a frame of the MT6701, from its datasheet, "SSI".
_FIELD_STRONG = const(1)
_FIELD_WEAK = const(2)
_LOST = const(8)

_MAX_READINGS = const(100000)  # where the count stops, far beyond what a second brings


def _crc_table():
    """CRC-6 of an MT6701: polynomial x**6 + x + 1, most significant bit first; one entry for six bits."""
    table = bytearray(64)
    for bits in range(64):
        crc = bits
        for _ in range(6):
            crc = crc << 1 ^ 0x43 if crc & 0x20 else crc << 1
        table[bits] = crc
    return table


_TABLE = _crc_table()


@micropython.native
def is_intact(frame):
    """Return whether an MT6701's frame of three bytes is: 14 bits of angle, 4 of status, 6 of CRC over these."""
    crc = _TABLE[frame[0] >> 2]
    crc = _TABLE[crc ^ (frame[0] << 4 & 0x30 | frame[1] >> 4)]
    crc = _TABLE[crc ^ (frame[1] << 2 & 0x3C | frame[2] >> 6)]
    return crc == frame[2] & 0x3F


class AngleSensor:
    """What both have in common: latched faults, and the rate of the readings. `read` is the chip's own."""

    def __init__(self):
        self.faults = 0
        self._quiet = 0  # polls since the last reading
        self._readings = 0
        self._since_ms = ticks_ms()

    @micropython.native
    def poll(self):
        """Return the counts of a new reading, or -1. Does not allocate, nor raise where the chip does not answer."""
        try:
            counts = self.read()
        except OSError:
            counts = -1
        if counts < 0:
            self._quiet += 1
            if self._quiet >= _SILENT_POLLS:
                self._quiet = 0  # so that a cleared fault returns if the sensor stays silent
                self.faults |= SILENT
        else:
            self._quiet = 0
            if self._readings < _MAX_READINGS:
                self._readings += 1
        return counts

    def read(self):
        """Return the counts of a reading, or -1, and latch what is wrong in `faults`. Raises OSError."""
        raise NotImplementedError

    def clear(self):
        """Clear the latched faults; one that persists returns."""
        self.faults = 0
        self._quiet = 0

    def hz10(self):
        """Return the readings a second in tenths, since the last call."""
        now_ms = ticks_ms()
        elapsed_ms = max(1, ticks_diff(now_ms, self._since_ms))
        readings = self._readings
        self._since_ms = now_ms
        self._readings = 0
        return min(0xFFFF, readings * 10000 // elapsed_ms)


class Mt6701(AngleSensor):
    """An MT6701 by SSI: on `spi`, a machine.SPI in mode 1, with its CSN on the pin `select`. 14 bits."""

    def __init__(self, spi, select):
        super().__init__()
        self._spi = spi
        self._select = select
        self._frame = bytearray(3)
        select.value(1)

    @micropython.native
    def read(self):
        """Return the counts of a reading, or -1, and latch what is wrong in `faults`."""
        frame = self._frame
        self._select.value(0)
        self._spi.readinto(frame)
        self._select.value(1)
        if not is_intact(frame):
            self.faults |= DATA
            return -1
        first = frame[0]
        if first == frame[1] == frame[2] and (first == 0 or first == 255):
            return -1  # a line that is stuck low has a right CRC
        status = frame[1] << 2 & 12 | frame[2] >> 6
        if status & _FIELD_STRONG:
            self.faults |= STRONG
        if status & _FIELD_WEAK:
            self.faults |= WEAK
        if status & _LOST:
            return -1
        return first << 6 | frame[1] >> 2


class As5600(AngleSensor):
    """An AS5600 on `i2c`, a machine.I2C at 1 MHz or less, which may be that of a NAU7802. 12 bits."""

    def __init__(self, i2c):
        super().__init__()
        self._i2c = i2c
        self._three = bytearray(3)

    @micropython.native
    def read(self):
        """Return the counts of a reading, or -1, and latch what is wrong in `faults`. Raises OSError."""
        three = self._three
        self._i2c.readfrom_mem_into(_ADDRESS, _STATUS, three)
        status = three[0]
        if status & _TOO_STRONG:
            self.faults |= STRONG
        if status & _TOO_WEAK:
            self.faults |= WEAK
        if not status & _DETECTED:  # without a magnet the angle is noise
            self.faults |= WEAK
            return -1
        return (three[1] & 0x0F) << 8 | three[2]
