"""One message of the protocol: its layout, how it is packed, and what may be lost.

Fields are packed one by one into an existing buffer, because `struct.pack` of a whole message would allocate.
"""

from struct import calcsize, pack_into, unpack_from

from ..compat import const, micropython

TO_HOST = "board to host"
TO_BOARD = "host to board"

# Delivery classes, in the order in which a full outbox refuses them.
SAMPLE = const(0)  # refused first
LOSSY = const(1)  # refused next
KEPT = const(2)  # in the journal until acknowledged, never lost

_NULL = const(-0x3FFFFFFF)  # wire.NULL
_NULL16 = const(-0x8000)  # wire.NULL16
_FORMATS = {"B": "<B", "H": "<H", "I": "<I", "h": "<h", "i": "<i"}  # one string shared by all fields of a kind


class Message:
    """Id, name, delivery class, fixed fields and tail of a message.

    `layout` gives each field's name, struct format character and unit, "travel i um, rep H": one string, because three
    objects per field cost a board 10 KB more. reference/wire_meanings.py says what each field means. Values are
    integers in the given unit. `tail` is "", "text" (UTF-8 to the end), "pairs" (two signed 32-bit integers per
    sample, to the end) or "triples" (the same, and a signed 16-bit integer).
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
        """Return (name, struct format character, unit) of each field; the unit may be "". Built at each call."""
        return [tuple((field.split(" ", 2) + [""])[:3]) for field in self.layout.split(", ")]

    @property
    def format(self):
        """Return the `struct` format of all fixed fields. Built at each call."""
        return "<" + "".join([field[1] for field in self.fields])

    def place(self, name):
        """Return the index of field `name` in a record. Raises ValueError if there is none."""
        return [field[0] for field in self.fields].index(name)

    @micropython.native
    def pack(self, record, buffer, offset):
        """Write the fixed fields, taken in order from `record`, to `buffer[offset:]`; return the size.

        Does not allocate, unlike one call with all fields.
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
                form = self._formats[i]
                unknown = _NULL if form == "<i" else _NULL16 if form == "<h" else 0
                pack_into(form, buffer, offset + self._offsets[i], unknown)

    def offset(self, index):
        """Return the offset of the field at `index` in a packed message."""
        return self._offsets[index]

    def unpack(self, buffer, offset=0):
        """Return the fixed fields in `buffer[offset:]` as a dict by name. Raises ValueError if it is too short."""
        if len(buffer) - offset < self.size:
            raise ValueError("%s is %d bytes, not %d" % (self.name, self.size, len(buffer) - offset))
        values = unpack_from(self.format, buffer, offset)
        return {field[0]: value for field, value in zip(self.fields, values)}
