"""The journal: reps, amendments and sets that the host has not acknowledged yet, in preallocated slots.

Session id and sequence number identify each message, so resending is idempotent and a lost frame is sent again.

Also its file format: a header, then each message with a CRC of its own, so that a damaged file gives back every
undamaged message.
"""

from struct import pack_into, unpack_from

from ..compat import const, micropython, ptr8
from . import wire
from .frames import crc16

SLOT = const(96)  # bytes per message; a test compares it with the longest, a rep


@micropython.viper
def _word(data: ptr8, at: int) -> int:
    """Return the 32-bit word at `data[at]`, always below 2**30 here. `unpack_from` would allocate."""
    return data[at] | data[at + 1] << 8 | data[at + 2] << 16 | data[at + 3] << 24


@micropython.viper
def _copy(data: ptr8, source: int, target: int, count: int):
    for i in range(count):
        data[target + i] = data[source + i]


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
        self.lost = 0  # messages overwritten before they were acknowledged

    def add(self, message, record):
        """Add one message, packed from `record`, which starts with session and seq.

        If every slot is in use, the oldest message is overwritten and counted in `lost`.
        """
        slot = self._next_free()
        self.ids[slot] = message.id
        self.lengths[slot] = message.pack(record, self.data, slot * SLOT)

    def restore(self, message_id, buffer, start, length):
        """Add a message that is already packed in `buffer[start:start + length]`."""
        slot = self._next_free()
        self.ids[slot] = message_id
        self.lengths[slot] = length
        for i in range(length):
            self.data[slot * SLOT + i] = buffer[start + i]

    def copy(self, slot, message_id):
        """Add the message in `slot` again as `message_id`, which has the same layout; return the new slot."""
        length = self.lengths[slot]
        target = self._next_free()
        self.ids[target] = message_id
        self.lengths[target] = length
        _copy(self.data, slot * SLOT, target * SLOT, length)
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

    def ack(self, session, number):
        """Remove one message; return whether it was found."""
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


MAGIC = b"cblJ"
VERSION = const(1)

# Results of `header_state`.
USED = const(0)
DAMAGED = const(1)
OTHER_VERSION = const(2)
FOREIGN = const(3)
STATES = ("used", "damaged", "written by another version", "not a cablerep journal")

HEADER = const(12)  # bytes: magic, version, 0, SCHEMA_ID, message count, CRC of these
OVERHEAD = const(4)  # bytes of an entry beside its message: id, length, and behind the message a CRC of all three
MAX_ENTRY = const(100)  # bytes: SLOT + OVERHEAD


def dump_header(count, buffer):
    """Write the header of a file of `count` messages into `buffer[:HEADER]`."""
    pack_into("<4sBBHH", buffer, 0, MAGIC, VERSION, 0, wire.SCHEMA_ID, count)
    pack_into("<H", buffer, HEADER - 2, crc16(buffer, 0, HEADER - 2))


def dump_entry(journal, slot, buffer):
    """Write the message in `slot` into `buffer` as an entry and return the entry's length."""
    length = journal.lengths[slot]
    buffer[0] = journal.ids[slot]
    buffer[1] = length
    for i in range(length):
        buffer[2 + i] = journal.data[slot * SLOT + i]
    pack_into("<H", buffer, 2 + length, crc16(buffer, 0, 2 + length))
    return length + OVERHEAD


def header_state(header):
    """Return USED if `header` starts a file of this version, otherwise the reason why not."""
    if bytes(header[:4]) != MAGIC:
        return FOREIGN if len(header) >= 4 else DAMAGED
    if len(header) < HEADER or crc16(header, 0, HEADER - 2) != header[HEADER - 2] | header[HEADER - 1] << 8:
        return DAMAGED
    return USED if header[4] == VERSION and unpack_from("<H", header, 6)[0] == wire.SCHEMA_ID else OTHER_VERSION


def message_count(header):
    """Return how many messages a valid header announces."""
    return unpack_from("<H", header, 8)[0]


def entry_length(start):
    """Return the length of the entry whose first two bytes are `start`, or 0 if they are invalid."""
    length = start[1]
    message = wire.BY_ID.get(start[0])
    return length + OVERHEAD if message and message.care == wire.KEPT and message.size == length else 0


def load_entry(entry, journal):
    """Add the message of a complete entry to `journal`; return whether its CRC is right."""
    end = len(entry) - 2
    if crc16(entry, 0, end) != entry[end] | entry[end + 1] << 8:
        return False
    journal.restore(entry[0], entry, 2, end - 2)
    return True
