"""Counts to micrometres and millinewtons in fixed point.

Two 15-bit products instead of one long one: every intermediate stays within a small int of a 32-bit MicroPython.
"""

LARGEST = 1000000000  # millionths of a unit per count: 1 mm or 1 N a count is coarser than any sensor in use


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
        self.reversed = millionths < 0
        numerator = abs(millionths)
        denominator = 1000000 * divisor
        shift = 0
        while numerator < denominator << 14 and shift < 44:
            numerator <<= 1
            shift += 1
        while (2 * numerator + denominator) // (2 * denominator) >= 1 << 15:
            denominator <<= 1
            shift -= 1
        self.factor = (2 * numerator + denominator) // (2 * denominator)  # below 2**15
        self.shift = shift - 14  # the high product is shifted this far right, or left where it is negative
        # More counts than this would give more than `most`, or a high part beyond 15 bits.
        widest = (most << shift if shift >= 0 else most >> -shift) // self.factor
        self.widest = min(widest, (1 << 29) - 1)

    def apply(self, counts):
        """Return `counts` in units, cut to +-most. Does not allocate."""
        if self.reversed:
            counts = -counts
        counts = min(max(counts, -self.widest), self.widest)
        high = (counts >> 14) * self.factor
        low = ((counts & 0x3FFF) * self.factor) >> 14
        shift = self.shift
        if shift >= 0:
            return (high + low) >> shift
        return ((counts >> 14) * self.factor << -shift) + ((counts & 0x3FFF) * self.factor >> (14 + shift))
