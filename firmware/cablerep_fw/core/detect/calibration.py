"""Counts to micrometres and millinewtons in fixed point.

Uses two 15-bit products, so that every intermediate fits a small int of a 32-bit MicroPython.
"""

from ..compat import const, micropython, ptr32, words

MAX_MILLIONTHS = 1000000000  # per count: 1 mm or 1 N a count is coarser than any sensor in use

# Indices into `Scale.numbers`.
_FACTOR = const(0)  # below 2**15
_SHIFT = const(1)  # shift of the high product to the right; negative: to the left
_MAX_COUNTS = const(2)  # more counts would exceed `limit`, or 15 bits in the high part
_REVERSED = const(3)


class Scale:
    """Multiply counts by `millionths / divisor` units of 1e-6, rounding towards minus infinity.

    The factor is stored as 15 bits and a shift, accurate to 1 in 32 000 (30 µm in 1 m), which is better than any
    calibration by hand. The sign is removed first, so that the same movement gives the same integers for either
    orientation of the sensor. Counts may be up to ten times ring.LIMIT_COUNTS; results are clamped to +-`limit`.
    Raises ValueError for a factor of 0 or beyond MAX_MILLIONTHS.
    """

    def __init__(self, millionths, divisor=1, limit=100000000):
        if millionths == 0 or abs(millionths) > MAX_MILLIONTHS:
            raise ValueError("a scale of %d millionths a count is out of range: 1 to %d" % (millionths, MAX_MILLIONTHS))
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
        max_counts = (limit << shift if shift >= 0 else limit >> -shift) // factor
        self.numbers = words(4)
        self.numbers[_FACTOR] = factor
        self.numbers[_SHIFT] = shift - 14
        self.numbers[_MAX_COUNTS] = min(max_counts, (1 << 29) - 1)
        self.numbers[_REVERSED] = int(millionths < 0)

    def apply(self, counts):
        """Return `counts` in units, clamped to +-limit. Does not allocate."""
        return scaled(self.numbers, counts)


@micropython.viper
def scaled(numbers: ptr32, counts: int) -> int:
    """Return `counts` in units by a Scale's `numbers`, clamped to +-limit. Does not allocate."""
    if numbers[_REVERSED]:
        counts = 0 - counts
    max_counts = numbers[_MAX_COUNTS]
    min_counts = 0 - max_counts  # not -max_counts: viper's unary minus negates the local too (MicroPython 1.26)
    if counts > max_counts:
        counts = max_counts
    elif counts < min_counts:
        counts = min_counts
    factor = numbers[_FACTOR]
    shift = numbers[_SHIFT]
    high = (counts >> 14) * factor
    low = (counts & 0x3FFF) * factor
    if shift >= 0:
        return (high + (low >> 14)) >> shift
    return (high << (0 - shift)) + (low >> (14 + shift))
