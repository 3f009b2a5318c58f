"""Form flags of a rep: from the limits of its profile, and from what load, cable and stack reveal.

A rep's figures are judged when it is over; swing, slack and slam last tenths of a second and are watched every tick.
"""

from array import array

from ..compat import const, micropython, ptr32
from ..settings.settings import ECCENTRIC_MAX, HOLD_TARGET, LEARN_REPS, OVER_PART, PROFILE, ROM_OVER, UNDER_PART
from . import tuning

# Bits of wire.FLAGS; a test compares the two.
HOLD_SHORT = const(1)
ECCENTRIC_FAST = const(2)
RANGE_OVER = const(4)
RANGE_UNDER = const(8)
SWING = const(16)
SLACK = const(32)
SLAM = const(64)
OFF_LINE = const(128)
DRIFT_IN_HOLD = const(256)
RANGE = const(12)  # RANGE_OVER | RANGE_UNDER

_UNREACHED = const(0x2FFFFFFF)  # µm; beyond all positions
_UNKNOWN = const(-0x3FFFFFFF)  # mN; as wire.NULL
_MAX_TICK_US = const(20000)  # longer ticks cannot show that a stop took 30 ms: no slam below 50 Hz

# Indices into `Form.state`: limits, then what is known of the movement.
_SLACK = const(0)  # mN
_LOOSE = const(1)  # ticks
_TAUT_PART = const(2)  # %
_FALL = const(3)  # µm in a tick
_PEAK = const(4)  # mN, largest force so far
_TAUT = const(5)  # 1 once the cable has been under tension
_LOOSE_TICKS = const(6)  # ticks since then
_REGAINED = const(7)  # 1 once tension was lost and regained
_LANDED = const(8)  # lowest position of a sudden stop while returning
_X1 = const(9)  # the last seven positions, newest first
_X2 = const(10)
_X3 = const(11)
_X4 = const(12)
_X5 = const(13)
_X6 = const(14)
_X7 = const(15)
_COUNT = const(16)  # of ticks
_FORCES = const(17)  # forces and speeds of the last _HISTORY ticks, indexed by tick modulo _HISTORY
_SPEEDS = const(81)
_SIZE = const(145)

_HISTORY = const(64)  # 0.64 s: a thrown load is braked in less
_HISTORY_MASK = const(63)
_RAW_MASK = const(255)  # of motion.SIZE; a test compares the two


@micropython.viper
def follow(state: ptr32, position: int, force: int, speed: int):
    """Take a tick of a movement: the newest position in µm, and the motion's force and speed. Does not allocate.

    One function on an array of numbers, because calls are what costs time on a board.
    """
    if force == _UNKNOWN:
        force = _UNREACHED  # neither slack nor floating; tension is as it was
        state[_LOOSE_TICKS] = 0
    # Tension lost and regained. A machine without eccentric load never regains it within the rep.
    if force < state[_SLACK]:
        state[_LOOSE_TICKS] = state[_LOOSE_TICKS] + state[_TAUT]
    elif force != _UNREACHED and force >= 2 * state[_SLACK] and force >= state[_PEAK] // 100 * state[_TAUT_PART]:
        if state[_LOOSE_TICKS] >= state[_LOOSE]:
            state[_REGAINED] = 1
        state[_LOOSE_TICKS] = 0
        state[_TAUT] = 1
    if force > state[_PEAK] and force != _UNREACHED:
        state[_PEAK] = force

    # History for `flown`.
    at = state[_COUNT] & _HISTORY_MASK
    state[_COUNT] = state[_COUNT] + 1
    state[_FORCES + at] = force
    state[_SPEEDS + at] = speed

    # Returning as fast as a falling stack, not slowing down, and nearly at rest three ticks later: no turn does that.
    before = state[_X4] - state[_X3]
    after = state[_X1] - position
    if before >= state[_FALL] and 4 * before >= 3 * (state[_X7] - state[_X6]):
        if 4 * after <= before and 2 * after >= 0 - before and position < state[_LANDED]:
            state[_LANDED] = position
    state[_X7] = state[_X6]
    state[_X6] = state[_X5]
    state[_X5] = state[_X4]
    state[_X4] = state[_X3]
    state[_X3] = state[_X2]
    state[_X2] = state[_X1]
    state[_X1] = position


@micropython.viper
def flown(state: ptr32, raw: ptr32, tick: int, low: int, min_ticks: int) -> int:
    """Return the distance in µm of the longest stretch braked with a force below `low`, or 0. Does not allocate.

    Searches back from the newest tick, the motion's `tick`, to the fastest one; a stretch takes at least `min_ticks`.
    The distance is that of the unfiltered positions `raw`: the filter spreads a short flight over what follows it.
    """
    longest = 0
    ticks = 0
    newest = state[_COUNT] - 1
    reach = state[_COUNT]
    if reach > _HISTORY:
        reach = _HISTORY
    back = 0
    while back < reach and state[_SPEEDS + ((newest - back) & _HISTORY_MASK)] < 0:
        back += 1  # after a sharp turn
    speed = 0
    end = 0
    while back < reach:
        at = (newest - back) & _HISTORY_MASK
        if state[_SPEEDS + at] < speed:
            break
        speed = state[_SPEEDS + at]
        if state[_FORCES + at] < low:
            if not ticks:
                end = raw[(tick - back) & _RAW_MASK]
            ticks += 1
            distance = end - raw[(tick - back - 1) & _RAW_MASK]
            if ticks >= min_ticks and distance > longest:
                longest = distance
        else:
            ticks = 0
        back += 1
    return longest


class Form:
    """Watches one movement; `state` is what `follow` takes."""

    def __init__(self, motion, table):
        self.motion = motion
        self.float_force = table[tuning.FLOAT_FORCE]
        self.float_travel = table[tuning.FLOAT_TRAVEL]
        tick_us = 1000000 * motion.per_tick // motion.rate_hz
        self.state = state = array("i", bytes(4 * _SIZE))
        state[_SLACK] = table[tuning.SLACK]
        state[_TAUT_PART] = table[tuning.TAUT_PERCENT]
        state[_LOOSE] = table[tuning.SLACK_MS] * 1000 // tick_us
        self.float_ticks = table[tuning.FLOAT_MS] * 1000 // tick_us
        self.swung = False
        state[_FALL] = table[tuning.SLAM_SPEED] // 1000 * (tick_us // 100) // 10
        if tick_us > _MAX_TICK_US:
            state[_FALL] = _UNREACHED
        self.begin()

    def begin(self):
        """Start a movement. Does not allocate."""
        state = self.state
        self.swung = False
        state[_PEAK] = state[_TAUT] = state[_LOOSE_TICKS] = state[_REGAINED] = state[_COUNT] = 0
        state[_LANDED] = _UNREACHED
        position = self.motion.newest()
        for index in range(_X1, _COUNT):
            state[index] = position

    @micropython.native
    def flew(self, mean_mn, rise_um):
        """Return 1 if the load flew on a way out of `rise_um` with the mean force `mean_mn`, else 0.

        Call it at the top. Does not allocate.

        From rest to rest, the mean force is load plus friction, however the load was accelerated.
        """
        motion = self.motion
        low = mean_mn // 100 * self.float_force
        distance = flown(self.state, motion.raw, motion.tick - motion.delay, low, self.float_ticks)
        return 1 if distance and distance >= rise_um // 100 * self.float_travel else 0

    def settle(self, has_load, stack_x):
        """Return the flags of a finished movement; a sudden stop at or below `stack_x` counts as the stack's.

        Starts watching what follows the movement. Does not allocate.
        """
        flags = 0
        if has_load:
            if self.swung:
                flags = SWING
            if self.state[_REGAINED]:
                flags |= SLACK
        return flags | self.landed(stack_x)

    def landed(self, stack_x):
        """Return SLAM if the cable stopped suddenly at or below `stack_x` since the last call, else 0."""
        low = self.state[_LANDED]
        self.state[_LANDED] = _UNREACHED
        return SLAM if low <= stack_x else 0


class Limits:
    """The limits of the profile; without a profile (number 0) there are none. 0 means no limit."""

    def __init__(self, values):
        """`values` are those of a core.settings.Settings."""
        judged = 1 if values[PROFILE] else 0
        self.hold = values[HOLD_TARGET] * 10 * judged
        self.eccentric = values[ECCENTRIC_MAX] * judged
        self.rom_over = values[ROM_OVER] * judged
        self.over_percent = values[OVER_PART] * judged
        self.under_percent = values[UNDER_PART] * judged
        self.learn_reps = values[LEARN_REPS]

    def tempo_flags(self, hold, eccentric_mean):
        """Return the flags of a hold in tenths of a ms and a mean speed in µm/s. Does not allocate."""
        flags = HOLD_SHORT if hold < self.hold else 0
        if self.eccentric and eccentric_mean > self.eccentric:
            flags |= ECCENTRIC_FAST
        return flags

    def range_flags(self, rom, usual):
        """Return the flags of a ROM; `usual` is the target or learnt ROM, 0 if unknown. In µm. Does not allocate."""
        flags = RANGE_OVER if self.rom_over and rom > self.rom_over else 0
        if usual:
            if self.over_percent and rom > usual // 100 * self.over_percent:
                flags |= RANGE_OVER
            if rom < usual // 100 * self.under_percent:
                flags |= RANGE_UNDER
        return flags
