"""Counts to micrometres and millinewtons in fixed point.

Two 15-bit products instead of one long one: every intermediate stays within a small int of a 32-bit MicroPython.
"""

from ..compat import const, micropython, ptr32, words

LARGEST = 1000000000  # millionths of a unit per count: 1 mm or 1 N a count is coarser than any sensor in use

# Places in `Scale.numbers`.
_FACTOR = const(0)  # below 2**15
_SHIFT = const(1)  # the high product is shifted this far right, or left where it is negative
_WIDEST = const(2)  # more counts than this would give more than `most`, or a high part beyond 15 bits
_REVERSED = const(3)


class Scale:
    """Multiply counts by `millionths / divisor` units of 1e-6, rounding towards minus infinity.

    The factor is held as 15 bits and a shift, so it is right to 1 part in 32 000 (30 µm in 1 m), which a
    calibration by hand does not reach. The sign is taken off first: the same movement gives the same integers
    whichever way the sensor is mounted. Counts may be up to ring.LIMIT_COUNTS times ten; results are cut to
    +-`most`. Raises ValueError for a factor of 0 or beyond LARGEST.
    """

    def __init__(self, millionths, divisor=1, most=100000000):
        if millionths == 0 or abs(millionths) > LARGEST:
            raise ValueError("a scale of %d millionths a count is out of range: 1 to %d" % (millionths, LARGEST))
        numerator = abs(millionths)
        denominator = 1000000 * divisor
        shift = 0
        while numerator < denominator << 14 and shift < 44:
            numerator <<= 1
            shift += 1
        while (2 * numerator + denominator) // (2 * denominator) >= 1 << 15:
            denominator <<= 1
            shift -= 1
        factor = (2 * numerator + denominator) // (2 * denominator)
        widest = (most << shift if shift >= 0 else most >> -shift) // factor
        self.numbers = words(4)
        self.numbers[_FACTOR] = factor
        self.numbers[_SHIFT] = shift - 14
        self.numbers[_WIDEST] = min(widest, (1 << 29) - 1)
        self.numbers[_REVERSED] = int(millionths < 0)

    def apply(self, counts):
        """Return `counts` in units, cut to +-most. Does not allocate."""
        return scaled(self.numbers, counts)


@micropython.viper
def scaled(numbers: ptr32, counts: int) -> int:
    """Return `counts` in units by a Scale's `numbers`, cut to +-most. Does not allocate."""
    if numbers[_REVERSED]:
        counts = 0 - counts
    widest = numbers[_WIDEST]
    least = 0 - widest  # not -widest: viper's unary minus changes the local as well (MicroPython 1.26)
    if counts > widest:
        counts = widest
    elif counts < least:
        counts = least
    factor = numbers[_FACTOR]
    shift = numbers[_SHIFT]
    high = (counts >> 14) * factor
    low = (counts & 0x3FFF) * factor
    if shift >= 0:
        return (high + (low >> 14)) >> shift
    return (high << (0 - shift)) + (low >> (14 + shift))
