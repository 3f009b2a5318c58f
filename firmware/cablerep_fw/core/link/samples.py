"""Raw samples for a host that asked for them, several per frame.

Raw counts, not micrometres, so that a recording can be replayed with a better calibration.
"""

from array import array
from struct import pack_into

from ..compat import const, micropython, ptr8, ptr32
from ..sense.ring import GAP
from . import codes, frames
from .tables import LAYOUTS

MOST = const(16)  # samples a frame, 132 bytes of payload
PER_SECOND = const(12)  # frames a second at least, so that a travel bar moves smoothly


@micropython.viper
def copy_samples(
    from_travel: ptr32, from_load: ptr32, at: int, mask: int, to_travel: ptr32, to_load: ptr32, place: int, count: int
) -> int:
    """Copy `count` entries of a ring from `at` on to `place` of a batch; return how many sample periods they are."""
    gap = int(GAP)
    periods = count
    while count:
        travel = from_travel[at]
        load = from_load[at]
        if travel == gap:
            periods += load - 1
        to_travel[place] = travel
        to_load[place] = load
        at = (at + 1) & mask
        place += 1
        count -= 1
    return periods


@micropython.viper
def _pack(buffer: ptr8, at: int, travel: ptr32, load: ptr32, count: int):
    """Write `count` pairs as little-endian words to `buffer[at:]`: struct's 16 calls take 0.6 ms on an RP2040."""
    for i in range(count):
        word = travel[i]
        for _ in range(2):
            buffer[at] = word & 0xFF
            buffer[at + 1] = (word >> 8) & 0xFF
            buffer[at + 2] = (word >> 16) & 0xFF
            buffer[at + 3] = (word >> 24) & 0xFF
            at += 4
            word = load[i]


class SampleBatch:
    """Collects samples for the next SAMPLES frame."""

    def __init__(self, rate_hz):
        self.size = min(MOST, max(1, rate_hz // PER_SECOND))
        self.travel = array("i", bytes(4 * MOST))
        self.load = array("i", bytes(4 * MOST))
        self.count = 0
        self.first = 0  # number of the first sample in the batch
        self.next = 0  # number of the sample behind the batch
        self._message = LAYOUTS[codes.SAMPLES]

    @micropython.native
    def send(self, ring, head, outbox):
        """Add the ring's entries up to `head` without consuming them, and queue each full batch. Does not allocate."""
        mask = ring.mask
        at = ring.tail
        while at != head:
            place = self.count
            count = min((head - at) & mask, self.size - place)
            self.next += copy_samples(ring.travel, ring.load, at, mask, self.travel, self.load, place, count)
            self.count = place + count
            at = (at + count) & mask
            if self.count == self.size:
                self.flush(outbox)

    def begin(self, number):
        """Start with sample `number`: what came before it was not wanted."""
        self.count = 0
        self.first = self.next = number

    def flush(self, outbox):
        """Queue what there is. A refused batch is lost, and its samples are seen to be missing by their numbers."""
        if not self.count:
            return
        buffer = outbox.open(self._message)
        if buffer is not None:
            pack_into("<I", buffer, frames.PAYLOAD, self.first)
            _pack(buffer, frames.PAYLOAD + 4, self.travel, self.load, self.count)
            outbox.close(self._message, 4 + 8 * self.count)
        self.begin(self.next)
