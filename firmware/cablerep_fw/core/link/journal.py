"""Kept messages (reps, amendments, sets) that the host has not acknowledged yet, in preallocated slots.

Each is known by session id and sequence number, so sending one twice does no harm, and losing a frame none either.
"""

from ..compat import const, micropython, ptr8

SLOT = const(96)  # bytes a message; a test holds the longest kept message, a rep, against it


@micropython.viper
def _word(data: ptr8, at: int) -> int:
    """Return the 32-bit word at `data[at]`, below 2**30 here: `unpack_from` would allocate."""
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24


class Journal:
    """A ring of `size` messages in the order in which they arose. No method allocates.

    Each begins with the session id and sequence number by which `ack` finds it.
    """

    def __init__(self, size=256):
        self.size = size
        self.data = bytearray(SLOT * size)
        self.ids = bytearray(size)  # message id, 0 once acknowledged
        self.lengths = bytearray(size)
        self.tail = 0  # oldest slot in use
        self.used = 0  # slots from the oldest to the newest, acknowledged ones between them too
        self.kept = 0  # messages not acknowledged
        self.sent = 0  # slots from the oldest that have been sent
        self.lost = 0  # messages overwritten before they were acknowledged

    def add(self, message, record):
        """Keep one message, packed from `record`, which begins with session and seq.

        When every slot is taken the oldest is overwritten and counted in `lost`.
        """
        slot = self._next_free()
        self.ids[slot] = message.id
        self.lengths[slot] = message.pack(record, self.data, slot * SLOT)

    def restore(self, message_id, buffer, start, length):
        """Keep a message again that stands packed in `buffer[start:start + length]`, as it was once added."""
        slot = self._next_free()
        self.ids[slot] = message_id
        self.lengths[slot] = length
        for i in range(length):
            self.data[slot * SLOT + i] = buffer[start + i]

    def session_of(self, slot):
        """Return the session id of the message in `slot`."""
        return _word(self.data, slot * SLOT)

    def number_of(self, slot):
        """Return the sequence number of the message in `slot`."""
        return _word(self.data, slot * SLOT + 4)

    def _next_free(self):
        """Return the slot for the next message, taken from the oldest where all are in use."""
        if self.used == self.size:
            if self.ids[self.tail]:
                self.lost += 1
                self.kept -= 1
            self._drop_oldest()
        slot = (self.tail + self.used) % self.size
        self.used += 1
        self.kept += 1
        return slot

    def next_slot(self):
        """Return the slot of the next message to send, or -1. It stays next until `mark_sent`."""
        while self.sent < self.used:
            slot = (self.tail + self.sent) % self.size
            if self.ids[slot]:
                return slot
            self.sent += 1
        return -1

    def mark_sent(self):
        """Note that the message of `next_slot` is on its way."""
        self.sent += 1

    def rewind(self):
        """Send everything again that is not acknowledged: a host has come, or was silent for too long."""
        self.sent = 0

    def ack(self, session, number):
        """Forget one message; return whether it was there."""
        for i in range(self.used):
            slot = (self.tail + i) % self.size
            if self.ids[slot] and self.number_of(slot) == number and self.session_of(slot) == session:
                self.ids[slot] = 0
                self.kept -= 1
                while self.used and not self.ids[self.tail]:
                    self._drop_oldest()
                return True
        return False

    def _drop_oldest(self):
        self.tail = (self.tail + 1) % self.size
        self.used -= 1
        if self.sent:
            self.sent -= 1
