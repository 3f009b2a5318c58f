"""How well a rep was done: by the limits of its profile, and by what a load, a cable and a stack give away.

A rep's own figures are judged when it is over; what passes within a tenth of a second is watched tick by tick.
"""

from array import array

from ..compat import const, micropython, ptr32
from ..settings.settings import ECCENTRIC_MAX, HOLD_TARGET, LEARN_REPS, OVER_PART, PROFILE, ROM_OVER, UNDER_PART
from . import tuning

# Bits of wire.FLAGS (a test holds the two against each other).
HOLD_SHORT = const(1)
ECCENTRIC_FAST = const(2)
RANGE_OVER = const(4)
RANGE_UNDER = const(8)
SWING = const(16)
SLACK = const(32)
SLAM = const(64)
RANGE = const(12)  # both of the range

_NOWHERE = const(0x2FFFFFFF)  # µm and mN; beyond all positions and forces
_SLOWEST_TICK_US = const(20000)  # a longer tick does not show that a stop took 30 ms: below 50 Hz there is no slam

# Places in Form's `state`: limits, then what is known of the movement.
_SLACK = const(0)  # mN
_LOOSE = const(1)  # ticks
_TAUT_PART = const(2)  # %
_FALL = const(3)  # µm in a tick
_PEAK = const(4)  # mN, largest force so far
_TAUT = const(5)  # 1 once the cable was under tension
_GONE = const(6)  # ticks since it was
_LOST = const(7)  # 1 once tension was lost and found again
_LANDED = const(8)  # lowest position of a sudden stop on the way back
_X1 = const(9)  # the last seven positions, newest first
_X2 = const(10)
_X3 = const(11)
_X4 = const(12)
_X5 = const(13)
_X6 = const(14)
_X7 = const(15)
_COUNT = const(16)  # of ticks
_FORCES = const(17)  # the last _HISTORY ticks' forces and speeds, each tick in the place of its number
_SPEEDS = const(81)
_SIZE = const(145)

_HISTORY = const(64)  # 0.64 s: who throws a load brakes it in less
_RECENT = const(63)  # mask of a place in it


@micropython.viper
def follow(state: ptr32, position: int, force: int, speed: int):
    """Take a tick of a movement: the newest position in µm, and the motion's force and speed. Does not allocate.

    A function of numbers in an array, since a call is what costs time on a board.
    """
    # Tension lost and found again. A machine that does not pull on the way back never finds it within the rep.
    if force < state[_SLACK]:
        state[_GONE] = state[_GONE] + state[_TAUT]
    elif force >= 2 * state[_SLACK] and force >= state[_PEAK] // 100 * state[_TAUT_PART]:
        if state[_GONE] >= state[_LOOSE]:
            state[_LOST] = 1
        state[_GONE] = 0
        state[_TAUT] = 1
    if force > state[_PEAK]:
        state[_PEAK] = force

    # What `flown` looks back on.
    at = state[_COUNT] & _RECENT
    state[_COUNT] = state[_COUNT] + 1
    state[_FORCES + at] = force
    state[_SPEEDS + at] = speed

    # Back as fast as a falling stack and not slowing down, and three ticks later nearly at rest: a turn does neither.
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
def flown(state: ptr32, low: int, least: int) -> int:
    """Return the sum of speeds over the longest way that was braked with a force below `low`, or 0. No allocation.

    Goes back from the newest tick as long as the movement was faster before, so to its fastest; `least` ticks in a row.
    """
    most = 0
    way = 0
    ticks = 0
    newest = state[_COUNT] - 1
    back = 0
    reach = state[_COUNT]
    if reach > _HISTORY:
        reach = _HISTORY
    speed = 0
    while back < reach:
        at = (newest - back) & _RECENT
        if state[_SPEEDS + at] < speed:
            break
        speed = state[_SPEEDS + at]
        if state[_FORCES + at] < low:
            ticks += 1
            way += speed
            if ticks >= least and way > most:
                most = way
        else:
            ticks = 0
            way = 0
        back += 1
    return most


class Form:
    """Watches one movement; `state` is what `follow` takes."""

    def __init__(self, motion, table):
        self.motion = motion
        self.float_part = table[tuning.FLOAT_PART]
        self.float_way = table[tuning.FLOAT_WAY]
        tick_us = 1000000 * motion.per_tick // motion.rate_hz
        self.state = state = array("i", bytes(4 * _SIZE))
        state[_SLACK] = table[tuning.SLACK]
        state[_TAUT_PART] = table[tuning.TAUT_PART]
        state[_LOOSE] = table[tuning.SLACK_MS] * 1000 // tick_us
        self.float_ticks = table[tuning.FLOAT_MS] * 1000 // tick_us
        self.tick_hz = motion.rate_hz // motion.per_tick
        self.swung = False
        state[_FALL] = table[tuning.SLAM_SPEED] // 1000 * (tick_us // 100) // 10
        if tick_us > _SLOWEST_TICK_US:
            state[_FALL] = _NOWHERE
        self.begin()

    def begin(self):
        """Start a movement. Does not allocate."""
        state = self.state
        self.swung = False
        state[_PEAK] = state[_TAUT] = state[_GONE] = state[_LOST] = state[_COUNT] = 0
        state[_LANDED] = _NOWHERE
        position = self.motion.newest()
        for place in range(_X1, _COUNT):
            state[place] = position

    def top(self, mean_mn, rise_um):
        """Look back from the top of a way out of `rise_um` with the mean force `mean_mn`. Does not allocate.

        From rest to rest the mean of the force is the load and its friction, however it was accelerated.
        """
        way = flown(self.state, mean_mn // 100 * self.float_part, self.float_ticks)
        if way and self.motion.um_s(way) // self.tick_hz >= rise_um // 100 * self.float_way:
            self.swung = True

    def settle(self, has_load, stack_x):
        """Return the flags of a movement that is over; a stop counts as the stack's at `stack_x` or below.

        What comes behind the movement is watched anew. Does not allocate.
        """
        flags = 0
        if has_load:
            if self.swung:
                flags = SWING
            if self.state[_LOST]:
                flags |= SLACK
        return flags | self.landed(stack_x)

    def landed(self, stack_x):
        """Return SLAM where the cable stopped suddenly at `stack_x` or below since this was last asked, else 0."""
        low = self.state[_LANDED]
        self.state[_LANDED] = _NOWHERE
        return SLAM if low <= stack_x else 0


class Limits:
    """What the profile asks of a rep; without a profile (number 0) it asks nothing. A limit of 0 is none."""

    def __init__(self, values):
        """`values` as those of core.settings.Settings."""
        judged = 1 if values[PROFILE] else 0
        self.hold = values[HOLD_TARGET] * 10 * judged
        self.eccentric = values[ECCENTRIC_MAX] * judged
        self.rom_over = values[ROM_OVER] * judged
        self.over_part = values[OVER_PART] * judged
        self.under_part = values[UNDER_PART] * judged
        self.learn_reps = values[LEARN_REPS]

    def tempo_flags(self, hold, eccentric_mean):
        """Return the flags of a hold in tenths of a ms and a mean speed in µm/s. Does not allocate."""
        flags = HOLD_SHORT if hold < self.hold else 0
        if self.eccentric and eccentric_mean > self.eccentric:
            flags |= ECCENTRIC_FAST
        return flags

    def range_flags(self, rom, usual):
        """Return the flags of a ROM, `usual` being the target or learnt one, 0 while unknown; in µm. No allocation."""
        flags = RANGE_OVER if self.rom_over and rom > self.rom_over else 0
        if usual:
            if self.over_part and rom > usual // 100 * self.over_part:
                flags |= RANGE_OVER
            if rom < usual // 100 * self.under_part:
                flags |= RANGE_UNDER
        return flags
