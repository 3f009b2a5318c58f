"""Single-producer, single-consumer ring of raw samples between a sampler and the engine.

Only the producer writes `head` and only the consumer `tail`, both modulo the size, so no lock is needed. A board's
sampler writes the entries itself, by the same rules as `push` and `skip`; a test compares the two.
"""

from array import array

from ..compat import const, micropython

# In place of a travel value: the entry is a gap of `load` sample periods.
# Outside the range of travel (see LIMIT_COUNTS), so the consumer's test for jumps finds it at no extra cost.
GAP = const(-0x20000000)
# In place of a load value: no new reading, or no cell.
NO_LOAD = const(-0x20000000)
# In place of an angle: no new reading. Angles are counts of less than one turn.
NO_ANGLE = const(-1)
# Largest legal travel value, from zero: twice it (from the origin) summed over the ten samples of a
# detector tick stays below 2**30. At 20 µm a count this is 670 m of cable.
LIMIT_COUNTS = const(0x2000000)


class Ring:
    """Preallocated ring of `size` samples; one entry stays free, to distinguish full from empty.

    With `angle` there are counts of an angle sensor too. Raises ValueError unless `size` is a power of two and 4 or
    more.
    """

    def __init__(self, size=512, angle=False):
        if size < 4 or size & (size - 1):
            raise ValueError("ring size must be a power of two of at least 4, not %d" % size)
        self.mask = size - 1
        self.travel = array("i", bytes(4 * size))  # counts; written by the producer
        self.load = array("i", bytes(4 * size))  # counts; written by the producer
        self.angle = None
        if angle:
            self.angle = array("h", [NO_ANGLE] * size)
        self.head = 0  # next entry to write; producer
        self.tail = 0  # next entry to read; consumer
        self.overruns = 0  # samples lost because the ring was full; producer
        self.unmarked = 0  # missed periods without a GAP entry yet; producer

    @micropython.native
    def push(self, travel, load):
        """Add one sample. Does not allocate. Producer only.

        If the ring is full, the sample is lost and counted, and becomes a gap as soon as there is room, so that the
        next sample still belongs to its own period.
        """
        if self.unmarked:
            self.flush_gap()
        head = self.head
        after = (head + 1) & self.mask
        if after == self.tail:  # also if there was no room for the gap
            self.overruns += 1
            self.unmarked += 1
            return
        self.travel[head] = travel
        self.load[head] = load
        self.head = after

    def put_angle(self, counts):
        """Add an angle reading to the newest sample, if the consumer has not read it yet. Does not allocate."""
        if self.head != self.tail:
            self.angle[(self.head - 1) & self.mask] = counts

    def skip(self, periods):
        """Add `periods` sample periods without a sample. Does not allocate."""
        self.unmarked += periods

    def flush_gap(self):
        """Write the pending gap as an entry, if there is room. Producer only, does not allocate."""
        head = self.head
        after = (head + 1) & self.mask
        if self.unmarked and after != self.tail:
            self.travel[head] = GAP
            self.load[head] = self.unmarked
            self.unmarked = 0
            self.head = after

    def waiting(self):
        """Return how many entries are waiting to be read. Does not allocate."""
        return (self.head - self.tail) & self.mask
