"""Raw samples on their way to a host that asked for them, some to a frame.

Raw counts, not micrometres: a recording can then be replayed with a better calibration.
"""

from array import array
from struct import pack_into

from . import frames, wire
from .compat import const, micropython
from .ring import GAP

MOST = const(16)  # samples a frame, 132 bytes of payload
PER_SECOND = const(12)  # frames a second at least, so that a travel bar moves smoothly


class SampleBatch:
    """Collects samples for the next SAMPLES frame."""

    def __init__(self, rate_hz):
        self.size = min(MOST, max(1, rate_hz // PER_SECOND))
        self.travel = array("i", bytes(4 * MOST))
        self.load = array("i", bytes(4 * MOST))
        self.count = 0
        self.first = 0  # number of the first sample in the batch
        self.next = 0  # number of the sample behind the batch
        self._message = wire.BY_NAME["samples"]

    def send(self, ring, head, outbox):
        """Add the ring's entries up to `head` without consuming them, and queue each full batch. Does not allocate."""
        at = ring.tail
        while at != head:
            travel = ring.travel[at]
            load = ring.load[at]
            at = (at + 1) & ring.mask
            self.travel[self.count] = travel
            self.load[self.count] = load
            self.count += 1
            self.next += load if travel == GAP else 1
            if self.count == self.size:
                self.flush(outbox)

    def begin(self, number):
        """Start with sample `number`: what came before it was not wanted."""
        self.count = 0
        self.first = self.next = number

    @micropython.native
    def flush(self, outbox):
        """Queue what there is. A refused batch is lost, and its samples are seen to be missing by their numbers."""
        if not self.count:
            return
        buffer = outbox.open(self._message)
        if buffer is not None:
            at = frames.PAYLOAD
            pack_into("<I", buffer, at, self.first)
            at += 4
            for i in range(self.count):
                pack_into("<ii", buffer, at, self.travel[i], self.load[i])
                at += 8
            outbox.close(self._message, at - frames.PAYLOAD)
        self.begin(self.next)
