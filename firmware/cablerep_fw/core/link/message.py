"""How one message is packed: what a board keeps of the table in wire.py.

Fields are packed into an existing buffer by two viper functions: `struct.pack` of a whole message would allocate.
"""

from array import array

from ..compat import const, micropython, ptr8, ptr32
from .codes import NULL, NULL16

# Delivery classes, in the order in which a full outbox refuses them.
SAMPLE = const(0)  # refused first
LOSSY = const(1)  # refused next
KEPT = const(2)  # in the journal until acknowledged, never lost

_BYTE = const(66)  # ord("B")
_SHORT = const(72)  # ord("H")
_SIGNED_SHORT = const(104)  # ord("h")
_SIGNED = const(105)  # ord("i")


@micropython.viper
def _size(letters: ptr8, count: int) -> int:
    """Return the bytes of the first `count` fields."""
    size = 0
    for i in range(count):
        letter = letters[i]
        size += 1 if letter == _BYTE else 2 if letter == _SHORT or letter == _SIGNED_SHORT else 4
    return size


@micropython.viper
def _pack(letters: ptr8, count: int, record: ptr32, buffer: ptr8, at: int):
    for i in range(count):
        letter = letters[i]
        value = record[i]
        end = at + (1 if letter == _BYTE else 2 if letter == _SHORT or letter == _SIGNED_SHORT else 4)
        while at < end:
            buffer[at] = value & 0xFF
            value >>= 8
            at += 1


@micropython.viper
def _unpack(letters: ptr8, count: int, buffer: ptr8, at: int, record: ptr32):
    for i in range(count):
        letter = letters[i]
        end = at + (1 if letter == _BYTE else 2 if letter == _SHORT or letter == _SIGNED_SHORT else 4)
        value = 0
        shift = 0
        while at < end:
            value |= buffer[at] << shift
            at += 1
            shift += 8
        # The upper bit is the sign, of an unsigned 32-bit field too. (There, viper's `value` is negative by now, and
        # this subtracts 0.)
        if shift == 32 or letter == _SIGNED_SHORT:
            value -= (value >> (shift - 1) & 1) << shift
        record[i] = value


class Layout:
    """Id, delivery class and fixed fields of a message: `letters` are their struct formats, one of B, H, h, I, i each.

    Records are arrays of signed 32-bit words, a word a field. No method but `record` allocates.
    """

    def __init__(self, message_id, care, letters):
        self.id = message_id
        self.care = care
        self.letters = letters
        self.size = _size(letters, len(letters))

    def record(self):
        """Return a new record, all 0."""
        return array("i", bytes(4 * len(self.letters)))

    def pack(self, record, buffer, offset):
        """Write the fixed fields, taken in order from `record`, to `buffer[offset:]`; return the size.

        What does not fit a field loses its upper bits.
        """
        _pack(self.letters, len(self.letters), record, buffer, offset)
        return self.size

    def load(self, buffer, offset, record):
        """Read the fixed fields at `buffer[offset:]`, which must be there, into `record`."""
        _unpack(self.letters, len(self.letters), buffer, offset, record)

    def offset(self, index):
        """Return the offset of the field at `index` in a packed message."""
        return _size(self.letters, index)

    def complete(self, buffer, offset, length):
        """Set the fields behind the first `length` bytes of the message at `buffer[offset:]` to unknown or 0."""
        for i in range(len(self.letters)):
            at = self.offset(i)
            if at >= length:
                letter = self.letters[i]
                value = NULL if letter == _SIGNED else NULL16 if letter == _SIGNED_SHORT else 0
                while at < self.offset(i + 1):
                    buffer[offset + at] = value & 0xFF
                    value >>= 8
                    at += 1
