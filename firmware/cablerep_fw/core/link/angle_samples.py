"""Raw samples with the counts of an angle sensor. Imported only for a board that has one."""

from array import array
from struct import pack_into

from ..compat import const, micropython, ptr8, ptr16, ptr32
from . import codes, frames
from .samples import MOST, SampleBatch, copy_samples
from .tables import LAYOUTS

_BYTES = const(10)  # of a sample: travel and load of 32 bits, angle of 16


@micropython.viper
def _copy_angles(angles: ptr16, at: int, mask: int, to: ptr16, place: int, count: int):
    """Copy `count` angles of a ring from `at` on to `place` of a batch."""
    for i in range(count):
        to[place + i] = angles[(at + i) & mask]


@micropython.viper
def _pack(buffer: ptr8, at: int, travel: ptr32, load: ptr32, angle: ptr16, count: int):
    """Write `count` triples as little-endian integers to `buffer[at:]`."""
    for i in range(count):
        word = travel[i]
        for _ in range(2):
            buffer[at] = word & 0xFF
            buffer[at + 1] = (word >> 8) & 0xFF
            buffer[at + 2] = (word >> 16) & 0xFF
            buffer[at + 3] = (word >> 24) & 0xFF
            at += 4
            word = load[i]
        word = angle[i]
        buffer[at] = word & 0xFF
        buffer[at + 1] = (word >> 8) & 0xFF
        at += 2


class AngleSampleBatch(SampleBatch):
    """Collects samples for the next frame of the message `samples_angle`."""

    def __init__(self, rate_hz):
        super().__init__(rate_hz)
        self.angle = array("h", bytes(2 * MOST))
        self._message = LAYOUTS[codes.SAMPLES_ANGLE]

    @micropython.native
    def send(self, ring, head, outbox):
        """Add the ring's entries up to `head` without consuming them, and queue each full batch. Does not allocate."""
        mask = ring.mask
        at = ring.tail
        while at != head:
            place = self.count
            count = min((head - at) & mask, self.size - place)
            _copy_angles(ring.angle, at, mask, self.angle, place, count)
            self.next += copy_samples(ring.travel, ring.load, at, mask, self.travel, self.load, place, count)
            self.count = place + count
            at = (at + count) & mask
            if self.count == self.size:
                self.flush(outbox)

    def flush(self, outbox):
        """Queue what there is, see SampleBatch."""
        if not self.count:
            return
        buffer = outbox.open(self._message)
        if buffer is not None:
            pack_into("<I", buffer, frames.PAYLOAD, self.first)
            _pack(buffer, frames.PAYLOAD + 4, self.travel, self.load, self.angle, self.count)
            outbox.close(self._message, 4 + _BYTES * self.count)
        self.begin(self.next)
