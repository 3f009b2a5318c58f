"""The settings that a maker or a host may change: integers in one array, checked against the wire's table.

Also their file format: magic, version, count, fingerprint, values, CRC-16. A file is used whole or not at all, and
`load` reports why not, since a maker must learn that a calibration was lost.
"""

from array import array
from struct import pack_into, unpack_from

from ..compat import const
from ..link import tables
from ..link.frames import crc16

# Indices into `values`, in the order of wire.SETTINGS; a test compares the two.
RATE_HZ = const(0)
UM_PER_COUNT = const(1)
MN_PER_COUNT = const(2)
LOAD_ZERO = const(3)
PROFILE = const(4)
SIDE = const(5)
TARGET_ROM = const(6)
REST = const(7)
HOLD_MAX = const(8)
HOLD_TARGET = const(9)
ECCENTRIC_MAX = const(10)
PIN_ENCODER = const(11)
CELL = const(12)
CELL_GAIN = const(13)
CELL_HZ = const(14)
PIN_CELL_DATA = const(15)
PIN_CELL_CLOCK = const(16)
PIN_LED = const(17)
PIN_BUZZER = const(18)
PIN_BUTTON = const(19)
ROM_OVER = const(20)
OVER_PART = const(21)
UNDER_PART = const(22)
LEARN_REPS = const(23)
START = const(24)
CELL_DELAY = const(25)
ANGLE_SENSOR = const(26)
PIN_ANGLE_DATA = const(27)
PIN_ANGLE_CLOCK = const(28)
PIN_ANGLE_SELECT = const(29)
ANGLE_PER_TURN = const(30)
ANGLE_ZERO = const(31)
ANGLE_PLAY = const(32)
FREE_MM = const(33)
FREE_FROM = const(34)
DIRECTION_LOW = const(35)
DIRECTION_HIGH = const(36)
DRIFT_MAX = const(37)
LIFTER = const(38)


class Settings:
    """Validated values, initially the defaults. `values[index]` reads one."""

    def __init__(self):
        self.values = array("i", [tables.RANGES[i] for i in range(2, len(tables.RANGES), 3)])

    def accepts(self, index, value):
        """Return whether `value` is valid for the setting at index `index`."""
        if not 0 <= index < len(self.values):
            return False
        if value == 0 and (index == UM_PER_COUNT or index == MN_PER_COUNT or index == ANGLE_PER_TURN):
            return False
        return tables.RANGES[3 * index] <= value <= tables.RANGES[3 * index + 1]

    def put(self, index, value):
        """Set one value. Raises ValueError, and changes nothing, if it is refused."""
        if not self.accepts(index, value):
            if not 0 <= index < len(self.values):
                raise ValueError("there is no setting %d" % (index + 1))
            row = tables.table().SETTINGS[index]
            raise ValueError(
                "%s must be from %d to %d%s, not %d"
                % (row[0], row[2], row[3], " and not 0" if value == 0 else "", value)
            )
        self.values[index] = value


MAGIC = b"cblS"
VERSION = const(1)  # raised when the meaning of a value changes; settings appended to the table need no new version

# Results of `load`.
USED = const(0)
DAMAGED = const(1)
OTHER_VERSION = const(2)
FOREIGN = const(3)
OUT_OF_RANGE = const(4)
STATES = (
    "used",
    "damaged",
    "written by another version",
    "not a cablerep settings file",
    "holding a value out of its range",
)

_HEADER = const(8)  # bytes


def dump(settings):
    """Return `settings` as the bytes of a file."""
    count = len(settings.values)
    data = bytearray(_HEADER + 4 * count + 2)
    pack_into("<4sBBH", data, 0, MAGIC, VERSION, count, tables.FINGERPRINT)
    for index in range(count):
        pack_into("<i", data, _HEADER + 4 * index, settings.values[index])
    pack_into("<H", data, len(data) - 2, crc16(data, 0, len(data) - 2))
    return data


def load(data, settings):
    """Load the bytes of a file into `settings` and return USED, or change nothing and return the reason.

    A file with fewer values, written before settings were appended to the table, is used; the rest stay as they are.
    """
    if bytes(data[:4]) != MAGIC:
        return FOREIGN if len(data) >= 4 else DAMAGED
    if len(data) < _HEADER + 2:
        return DAMAGED
    version, count, fingerprint = unpack_from("<BBH", data, 4)
    if version != VERSION:
        return OTHER_VERSION
    end = _HEADER + 4 * count
    if len(data) != end + 2 or crc16(data, 0, end) != data[end] | data[end + 1] << 8:
        return DAMAGED
    if count > len(settings.values):
        return OTHER_VERSION
    if fingerprint != tables.FINGERPRINT and fingerprint != tables.table().fingerprint(count):
        return OTHER_VERSION
    values = [unpack_from("<i", data, _HEADER + 4 * index)[0] for index in range(count)]
    for index in range(count):
        if not settings.accepts(index, values[index]):
            return OUT_OF_RANGE
    for index in range(count):
        settings.values[index] = values[index]
    settings.values[LIFTER] = 0  # whoever comes next: nobody is the default
    return USED
