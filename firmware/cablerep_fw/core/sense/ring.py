"""Single-producer single-consumer ring of raw samples between the sampler's interrupt and the engine.

The producer alone writes `head`, the consumer alone writes `tail`; both grow modulo the size, so no lock is needed.
"""

from array import array

from ..compat import const, micropython

# In place of a travel value: the entry is a gap of `load` sample periods that were never read.
# Outside every legal travel (see LIMIT_COUNTS), so the consumer's jump test finds it for free.
GAP = const(-0x20000000)
# In place of a load value: the cell had nothing new, or there is no cell.
NO_LOAD = const(-0x20000000)
# Largest legal travel value, from zero: twice it (from the origin) summed over the ten samples of a
# detector tick stays below 2**30. At 20 µm a count this is 670 m of cable.
LIMIT_COUNTS = const(0x2000000)


class Ring:
    """Preallocated ring of `size` samples (a power of two), one entry kept free to tell full from empty.

    Raises ValueError where `size` is not a power of two of 4 or more.
    """

    def __init__(self, size=512):
        if size < 4 or size & (size - 1):
            raise ValueError("ring size must be a power of two of at least 4, not %d" % size)
        self.mask = size - 1
        self.travel = array("i", bytes(4 * size))  # counts; written by the producer
        self.load = array("i", bytes(4 * size))  # counts; written by the producer
        self.head = 0  # next entry to write; producer
        self.tail = 0  # next entry to read; consumer
        self.overruns = 0  # samples refused because the ring was full; producer
        self.unmarked = 0  # missed periods that no GAP entry tells of yet; producer

    @micropython.native
    def push(self, travel, load):
        """Add one sample. Hard interrupt safe, does not allocate. Producer only.

        A full ring loses the sample, counts it, and marks the gap as soon as there is room,
        so that the next sample still stands at its own period.
        """
        if self.unmarked:
            self.flush_gap()
        head = self.head
        after = (head + 1) & self.mask
        if after == self.tail:  # as it still is where the gap found no room
            self.overruns += 1
            self.unmarked += 1
            return
        self.travel[head] = travel
        self.load[head] = load
        self.head = after

    def skip(self, periods):
        """Note `periods` sample periods at which nothing was read. Hard interrupt safe, does not allocate."""
        self.unmarked += periods

    def flush_gap(self):
        """Write the pending gap as an entry of its own, if there is room. Producer only, does not allocate."""
        head = self.head
        after = (head + 1) & self.mask
        if self.unmarked and after != self.tail:
            self.travel[head] = GAP
            self.load[head] = self.unmarked
            self.unmarked = 0
            self.head = after

    def waiting(self):
        """Return how many entries the consumer has not read. Does not allocate."""
        return (self.head - self.tail) & self.mask
