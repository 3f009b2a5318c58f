"""The settings a maker or a host may change, as integers in one array, checked against the wire's table.

One array, because it is what the settings file, GET/SET and the engine all read, without a dict that grows.
"""

from array import array

from ..compat import const
from ..link import wire

# Places in `values`, in the order of wire.SETTINGS (a test holds the two against each other).
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


class Settings:
    """Validated values, all at their defaults at first. `values[place]` reads one."""

    def __init__(self):
        self.values = array("i", [row[4] for row in wire.SETTINGS])

    def accepts(self, place, value):
        """Say whether `value` may stand at `place`."""
        if not 0 <= place < len(self.values):
            return False
        row = wire.SETTINGS[place]
        if value == 0 and (place == UM_PER_COUNT or place == MN_PER_COUNT):
            return False
        return row[2] <= value <= row[3]

    def put(self, place, value):
        """Set one value. Raises ValueError, and changes nothing, where it is refused."""
        if not self.accepts(place, value):
            if not 0 <= place < len(self.values):
                raise ValueError("there is no setting %d" % (place + 1))
            row = wire.SETTINGS[place]
            raise ValueError(
                "%s must be from %d to %d%s, not %d"
                % (row[0], row[2], row[3], " and not 0" if value == 0 else "", value)
            )
        self.values[place] = value
