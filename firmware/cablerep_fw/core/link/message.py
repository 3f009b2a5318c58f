"""A row of the message table: how a message is laid out and packed, and how it may be lost.

Packed field by field into a buffer that is there already, because `struct.pack` of a whole row would allocate.
"""

from struct import calcsize, pack_into, unpack_from

from ..compat import const, micropython

TO_HOST = "board to host"
TO_BOARD = "host to board"

# What may happen to a message under pressure, worst first: the order in which a full output ring refuses them.
SAMPLE = const(0)  # refused first
LOSSY = const(1)  # refused next
KEPT = const(2)  # journalled until acknowledged, never lost

_NULL = const(-0x3FFFFFFF)  # wire.NULL
_FORMATS = {"B": "<B", "H": "<H", "I": "<I", "i": "<i"}  # one text for all fields of a kind


class Message:
    """One row of the table: an id, a name, how it may be lost, its fixed fields and what follows them.

    `layout` names each field with its struct format character and its unit, "travel i um, rep H": one text, because
    three objects a field took a board 10 KB more. What a field means stands in the simulator's meanings.py. Values are
    integers in the unit named; `tail` is "", "text" (UTF-8 to the end) or "pairs" (two signed 32-bit integers a sample
    to the end).
    """

    def __init__(self, message_id, name, direction, care, layout, tail=""):
        self.id = message_id
        self.name = name
        self.direction = direction
        self.care = care
        self.layout = layout
        self.tail = tail
        whole = self.format
        self.size = calcsize(whole)
        self._formats = [_FORMATS[letter] for letter in whole[1:]]
        self._offsets = bytes([calcsize(whole[: i + 1]) for i in range(len(self._formats))])

    @property
    def fields(self):
        """Return (name, struct format character, unit) of each field, the unit "" where it has none; made anew."""
        return [tuple((field.split(" ", 2) + [""])[:3]) for field in self.layout.split(", ")]

    @property
    def format(self):
        """Return the format of all fixed fields for `struct`; made anew."""
        return "<" + "".join([field[1] for field in self.fields])

    def place(self, name):
        """Return the place of field `name` in a record. Raises ValueError where there is none."""
        return [field[0] for field in self.fields].index(name)

    @micropython.native
    def pack(self, record, buffer, offset):
        """Write the fixed fields, taken in order from `record`, to `buffer[offset:]`; return the size.

        Does not allocate: one field a call, because a call with all of them would.
        """
        formats = self._formats
        offsets = self._offsets
        for i in range(len(formats)):
            pack_into(formats[i], buffer, offset + offsets[i], record[i])
        return self.size

    def complete(self, buffer, offset, length):
        """Set the fields behind the first `length` bytes of the message at `buffer[offset:]` to unknown or 0."""
        for i in range(len(self._formats)):
            if self._offsets[i] >= length:
                pack_into(self._formats[i], buffer, offset + self._offsets[i], _NULL if self._formats[i] == "<i" else 0)

    def offset(self, index):
        """Return the offset of the field at `index` in a packed message."""
        return self._offsets[index]

    def unpack(self, buffer, offset=0):
        """Return the fixed fields in `buffer[offset:]` as a dict by name. Raises ValueError where it is too short."""
        if len(buffer) - offset < self.size:
            raise ValueError("%s is %d bytes, not %d" % (self.name, self.size, len(buffer) - offset))
        values = unpack_from(self.format, buffer, offset)
        return {field[0]: value for field, value in zip(self.fields, values)}
