"""The journal as the bytes of a file: a header, then each message under a CRC of its own.

One CRC a message, because a damaged file should give back every rep that is whole in it.
"""

from struct import pack_into, unpack_from

from ..compat import const
from . import wire
from .frames import crc16
from .journal import SLOT

MAGIC = b"cblJ"
VERSION = const(1)

# What `Reader.take` and `header_fault` answer.
USED = const(0)
DAMAGED = const(1)
OLD = const(2)
FOREIGN = const(3)
WORDS = ("used", "damaged", "written by another version", "not a cablerep journal")

HEADER = const(12)  # bytes: magic, version, 0, SCHEMA_ID, number of messages, CRC of these
ENTRY = const(4)  # bytes of an entry beside its message: id, length before it, CRC after it
LARGEST_ENTRY = const(100)  # bytes: SLOT + ENTRY


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
    return length + ENTRY


def header_fault(header):
    """Return USED where `header` opens a file of this version, else what is wrong with it."""
    if bytes(header[:4]) != MAGIC:
        return FOREIGN if len(header) >= 4 else DAMAGED
    if len(header) < HEADER or crc16(header, 0, HEADER - 2) != header[HEADER - 2] | header[HEADER - 1] << 8:
        return DAMAGED
    return USED if header[4] == VERSION and unpack_from("<H", header, 6)[0] == wire.SCHEMA_ID else OLD


def messages(header):
    """Return how many messages a sound header announces."""
    return unpack_from("<H", header, 8)[0]


def entry_length(start):
    """Return the length of the entry that begins with the two bytes `start`, or 0 where none begins so."""
    length = start[1]
    message = wire.BY_ID.get(start[0])
    return length + ENTRY if message and message.care == wire.KEPT and message.size == length else 0


def load_entry(entry, journal):
    """Put the message of one whole entry into `journal`; return whether it was sound."""
    end = len(entry) - 2
    if crc16(entry, 0, end) != entry[end] | entry[end + 1] << 8:
        return False
    journal.restore(entry[0], entry, 2, end - 2)
    return True
