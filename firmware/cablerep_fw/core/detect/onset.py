"""By how much the smoothed speed crosses the threshold too early where a movement sets out from rest.

The filter spreads a fast onset into the rest before it. Two onsets bound what a body does: speed that grows with time,
and with its square. After the filter's two boxes they differ by a few milliseconds, so their mean is used.
"""

# Steepness is the smoothed speed's slope at the crossing, times the filter's length, over the threshold. The lead is in
# 256ths of the filter's length. Computed from the two onsets; a test recomputes them.
STEEPNESS = bytes((0, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32, 48, 64))
LEAD = bytes((0, 2, 5, 10, 17, 25, 40, 53, 63, 77, 93, 101, 109, 114))


def lead(steepness):
    """Return the lead in 256ths of the filter's length; `steepness` in sixteenths, 0 or more. Does not allocate."""
    whole = steepness >> 4
    if whole >= STEEPNESS[len(STEEPNESS) - 1]:
        return LEAD[len(LEAD) - 1]
    row = 1
    while STEEPNESS[row] <= whole:
        row += 1
    low = STEEPNESS[row - 1]
    return LEAD[row - 1] + (LEAD[row] - LEAD[row - 1]) * (steepness - 16 * low) // (16 * (STEEPNESS[row] - low))
