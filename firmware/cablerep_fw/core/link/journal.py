"""The journal: reps, amendments and sets that the host has not acknowledged yet, in preallocated slots.

Session id and sequence number identify each message, so resending is idempotent and a lost frame is sent again.

Also the form in which messages are stored in flash. Their layouts may only grow at the end: then a message stored by
older firmware is a prefix of today's, and is completed with unknown values.
"""

from ..compat import const, micropython, ptr8
from .frames import copy, crc16
from .message import KEPT
from .tables import LAYOUTS

SLOT = const(80)  # bytes per message; a test compares it with the longest, a rep


@micropython.viper
def _word(data: ptr8, at: int) -> int:
    """Return the 32-bit word at `data[at]`, always below 2**30 here. `unpack_from` would allocate."""
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24


@micropython.viper
def _put(data: ptr8, at: int, value: int, size: int):
    for i in range(size):
        data[at + i] = value & 0xFF
        value >>= 8


class Journal:
    """A ring of `size` messages, oldest first, each starting with session id and sequence number. Allocates nothing."""

    def __init__(self, size=256):
        self.size = size
        self.data = bytearray(SLOT * size)
        self.ids = bytearray(size)  # message id, 0 once acknowledged
        self.lengths = bytearray(size)
        self.tail = 0  # oldest slot in use
        self.used = 0  # slots from the oldest to the newest, including acknowledged ones in between
        self.kept = 0  # messages not acknowledged
        self.sent = 0  # slots from the oldest that have been sent
        self.saved = 0  # slots from the oldest that are in flash
        self.lost = 0  # messages overwritten before they were acknowledged

    def add(self, message, record):
        """Add one message, packed from `record`, which starts with session and seq.

        If every slot is in use, the oldest message is overwritten and counted in `lost`.
        """
        slot = self._next_free()
        self.ids[slot] = message.id
        self.lengths[slot] = message.pack(record, self.data, slot * SLOT)

    def restore(self, message, buffer, start, length):
        """Add a message packed in `buffer[start:start + length]`, maybe by older or newer firmware."""
        slot = self._next_free()
        self.ids[slot] = message.id
        self.lengths[slot] = message.size
        copy(buffer, start, self.data, slot * SLOT, min(length, message.size))
        message.complete(self.data, slot * SLOT, length)

    def copy(self, slot, message_id):
        """Add the message in `slot` again as `message_id`, which has the same layout; return the new slot."""
        length = self.lengths[slot]
        target = self._next_free()
        self.ids[target] = message_id
        self.lengths[target] = length
        copy(self.data, slot * SLOT, self.data, target * SLOT, length)
        return target

    def newest(self, back):
        """Return the slot of the message added `back` messages before the newest one, acknowledged or not."""
        return (self.tail + self.used - 1 - back) % self.size

    def patch(self, slot, offset, value, size):
        """Write `value` to `size` bytes at `offset` of the message in `slot`."""
        _put(self.data, slot * SLOT + offset, value, size)

    def value(self, slot, offset):
        """Return the 32-bit value at `offset` of the message in `slot`."""
        return _word(self.data, slot * SLOT + offset)

    def session_of(self, slot):
        """Return the session id of the message in `slot`."""
        return _word(self.data, slot * SLOT)

    def number_of(self, slot):
        """Return the sequence number of the message in `slot`."""
        return _word(self.data, slot * SLOT + 4)

    def _next_free(self):
        """Return the slot for the next message; if all are in use, the oldest is dropped."""
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
        """Mark the message of `next_slot` as sent."""
        self.sent += 1

    def rewind(self):
        """Resend everything unacknowledged: a new host, or an acknowledgement that is overdue."""
        self.sent = 0

    def next_unsaved(self):
        """Return the slot of the next message to write to flash, or -1. It stays next until `mark_saved`."""
        while self.saved < self.used:
            slot = (self.tail + self.saved) % self.size
            if self.ids[slot]:
                return slot
            self.saved += 1
        return -1

    def mark_saved(self):
        """Mark the message of `next_unsaved` as written."""
        self.saved += 1

    def find(self, session, number):
        """Return the slot of an unacknowledged message, or -1."""
        for i in range(self.used):
            slot = (self.tail + i) % self.size
            if self.ids[slot] and self.number_of(slot) == number and self.session_of(slot) == session:
                return slot
        return -1

    def ack(self, session, number):
        """Remove one message; return whether it was found."""
        slot = self.find(session, number)
        if slot < 0:
            return False
        self.ids[slot] = 0
        self.kept -= 1
        while self.used and not self.ids[self.tail]:
            self._drop_oldest()
        return True

    def _drop_oldest(self):
        self.tail = (self.tail + 1) % self.size
        self.used -= 1
        if self.sent:
            self.sent -= 1
        if self.saved:
            self.saved -= 1


# An entry of a log in flash: length of the message, its id, the message, CRC-16 of all three. Each has its own CRC, so
# that damage costs no other message.
OVERHEAD = const(4)  # bytes
ERASED = const(0xFF)  # in place of a length: nothing has been written here


def dump_entry(journal, slot, buffer, at):
    """Write the message in `slot` to `buffer[at:]` as an entry; return where it ends."""
    length = journal.lengths[slot]
    buffer[at] = length
    buffer[at + 1] = journal.ids[slot]
    copy(journal.data, slot * SLOT, buffer, at + 2, length)
    end = at + 2 + length
    crc = crc16(buffer, at, end)
    buffer[end] = crc & 0xFF
    buffer[end + 1] = crc >> 8
    return end + 2


def entry_end(buffer, at, limit):
    """Return where the entry at `buffer[at]` ends, or 0 if it is damaged or does not end before `limit`."""
    end = at + 2 + buffer[at]
    if end + 2 > limit or crc16(buffer, at, end) != buffer[end] | buffer[end + 1] << 8:
        return 0
    return end + 2


def load_entry(buffer, at, journal):
    """Add the message of the undamaged entry at `buffer[at]` to `journal`; return whether it is a stored message."""
    message = LAYOUTS.get(buffer[at + 1])
    if message is None or message.care != KEPT:
        return False
    journal.restore(message, buffer, at + 2, buffer[at])
    return True
