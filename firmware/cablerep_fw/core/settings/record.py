"""The settings as the bytes of a file: magic, version, count, fingerprint, values, CRC-16.

A reader takes a file whole or not at all, and can say why not: a maker should hear that a calibration was lost.
"""

from struct import pack_into, unpack_from

from ..compat import const
from ..link import wire
from ..link.frames import crc16

MAGIC = b"cblS"
VERSION = const(1)  # raised when the meaning of a value changes; settings added at the end of the table need no new one

# What `load` answers.
USED = const(0)
DAMAGED = const(1)
OLD = const(2)
FOREIGN = const(3)
REFUSED = const(4)
WORDS = (
    "used",
    "damaged",
    "written by another version",
    "not a cablerep settings file",
    "holding a value out of its range",
)

_HEADER = const(8)


def _fingerprint(count):
    """Fold names and units of the first `count` settings into 16 bits: values must not land in other places."""
    data = repr([(row[0], row[1]) for row in wire.SETTINGS[:count]]).encode()
    return crc16(data, 0, len(data))


def dump(settings):
    """Return `settings` as the bytes of a file."""
    count = len(settings.values)
    data = bytearray(_HEADER + 4 * count + 2)
    pack_into("<4sBBH", data, 0, MAGIC, VERSION, count, _fingerprint(count))
    for place in range(count):
        pack_into("<i", data, _HEADER + 4 * place, settings.values[place])
    pack_into("<H", data, len(data) - 2, crc16(data, 0, len(data) - 2))
    return data


def load(data, settings):
    """Put the values of a file into `settings` and return USED, or change nothing and return what is wrong.

    A file with fewer values, from before settings were added to the table, is used; the others keep their values.
    """
    if bytes(data[:4]) != MAGIC:
        return FOREIGN if len(data) >= 4 else DAMAGED
    if len(data) < _HEADER + 2:
        return DAMAGED
    version, count, fingerprint = unpack_from("<BBH", data, 4)
    if version != VERSION:
        return OLD
    end = _HEADER + 4 * count
    if len(data) != end + 2 or crc16(data, 0, end) != data[end] | data[end + 1] << 8:
        return DAMAGED
    if count > len(settings.values) or fingerprint != _fingerprint(count):
        return OLD
    values = [unpack_from("<i", data, _HEADER + 4 * place)[0] for place in range(count)]
    for place in range(count):
        if not settings.accepts(place, values[place]):
            return REFUSED
    for place in range(count):
        settings.values[place] = values[place]
    return USED
