"""The travel in encoder counts out of the words of the quadrature decoder, which wrap.

The decoder hands over a 24-bit count and a 6-bit count of illegal transitions in one word below 2**30: one word,
so that the two belong together, and a small int, so that reading it costs no memory.
"""

from ..compat import const, micropython

_COUNT_MASK = const(0xFFFFFF)
_COUNT_SIGN = const(0x800000)
_ILLEGAL_MASK = const(0x3F)


class QuadratureCount:
    """Unwraps the words of one decoder. Right while travel moves less than 2**23 counts between two calls.

    At 500 000 counts a second, the fastest the decoder is specified for, that is 16 s.
    """

    def __init__(self):
        self.travel = 0  # counts since `refer`
        self.illegal = 0  # transitions of both channels at once since `refer`
        self._count = 0
        self._illegal = 0

    def refer(self, word):
        """Take `word` as travel 0 and no illegal transition."""
        self._count = word & _COUNT_MASK
        self._illegal = word >> 24
        self.travel = 0
        self.illegal = 0

    @micropython.native
    def take(self, word):
        """Return the travel after `word`. Hard interrupt safe, does not allocate.

        The decoder counts illegal transitions downwards; more than 63 between two calls are not all seen.
        """
        step = ((word & _COUNT_MASK) - self._count) & _COUNT_MASK
        if step & _COUNT_SIGN:
            step -= 0x1000000
        self._count = word & _COUNT_MASK
        self.travel += step
        self.illegal += (self._illegal - (word >> 24)) & _ILLEGAL_MASK
        self._illegal = word >> 24
        return self.travel
