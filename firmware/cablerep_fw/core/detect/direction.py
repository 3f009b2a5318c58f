"""The direction of a kick: bearings of the cable and its travel to places on the floor plan, and their figures.

Imported only for a board with an angle sensor. While a movement is on, its path is recorded as at most 256 places; when
that is full, every second one is dropped. Which of them belong to the way out and to the hold is known only at its end.

Seen from above, x points straight away from the machine and y counter-clockwise of it, from the swivel's axis. Angles
are 2**24 to a turn inside CORDIC, bearings 2**15.
"""

from array import array

from ..compat import const, micropython, ptr16, ptr32, words
from ..settings.settings import (
    ANGLE_PER_TURN,
    ANGLE_PLAY,
    ANGLE_ZERO,
    DIRECTION_HIGH,
    DIRECTION_LOW,
    DRIFT_MAX,
    FREE_FROM,
    FREE_MM,
    PROFILE,
)
from .form import DRIFT_IN_HOLD, OFF_LINE

_FILTER_MS = const(100)  # the contract: places are those of travel and bearing over this
_STANDS_MS = const(100)  # the contract: a reading stands for this long
_SHORT_HOLD_MS = const(200)  # the contract: after a shorter hold the furthest place stands for its mean

_HISTORY_MASK = const(255)  # of motion.SIZE; a test compares the two
_UNKNOWN = const(0xFFFF)  # in place of a bearing
_POINTS = const(256)
_BACKFILL = const(200)  # ticks of history that a path may begin in: less than motion.SIZE by the filter's box
_ORIGIN = const(32768)  # added to a coordinate in the path, which is in quarters of a millimetre; 0: unknown
_QUARTER = const(250)  # µm
_MAX_R = const(8000000)  # µm; further out, a coordinate would exceed 16 bits

# Indices into `Direction.numbers`.
_X = const(0)  # results of `_place`, `_rotate`, `_polar`, `_mean` and `_furthest`
_Y = const(1)
_HALF = const(2)  # ticks of the filter to either side
_FREE = const(3)  # µm from the axis to the strap at position 0; below 0: unknown
_FIRST = const(4)  # tick of the path's first place
_SPACING = const(5)  # ticks from one place to the next
_COUNT = const(6)
_KNOWN = const(7)  # places known of those that `_mean` and `_spread` looked at
_LOW = const(8)  # results of `_spread`
_HIGH = const(9)
_NUMBERS = const(10)

_MARGIN = const(500)  # 0.01 degrees; the contract: off_line is further outside the band than this
_LEFT = const(1)  # index into wire.SIDES
_DEGREES = const(5730)  # hundredths of a degree in a radian
_CHORD = const(21)  # index into a REP record, where the four figures begin; test_direction compares it with wire.py

_TURN = const(1 << 24)
_STEPS = const(16)  # of CORDIC: the last turns by 0.0017 degrees
# atan(2**-i) in units of 2**-24 turns.
_ATAN = words(_STEPS)
for _i, _angle in enumerate(
    (2097152, 1238021, 654136, 332050, 166669, 83416, 41718, 20860, 10430, 5215, 2608, 1304, 652, 326, 163, 81)
):
    _ATAN[_i] = _angle
_GAIN = const(19898)  # 2**15 times the product of cos(atan(2**-i)): a rotation stretches by its inverse


@micropython.viper
def _rotate(numbers, length: int, angle: int):
    """Write the place at `length` (below 2**24) in direction `angle` to _X and _Y. Does not allocate.

    Volder's CORDIC, IRE Trans. Electron. Comput. 8 (1959); off by less than 1e-4 of `length` and 8.
    """
    n = ptr32(numbers)
    atan = ptr32(_ATAN)
    angle &= _TURN - 1
    x = (length >> 15) * _GAIN + ((length & 0x7FFF) * _GAIN >> 15)
    if angle > 3 * (_TURN >> 2):
        angle -= _TURN
    elif angle > _TURN >> 2:
        angle -= _TURN >> 1
        x = 0 - x
    y = 0
    for i in range(_STEPS):
        dx = x >> i
        dy = y >> i
        if angle >= 0:
            x -= dy
            y += dx
            angle -= atan[i]
        else:
            x += dy
            y -= dx
            angle += atan[i]
    n[_X] = x
    n[_Y] = y


@micropython.viper
def _polar(n: ptr32, x: int, y: int) -> int:
    """Return the direction of (x, y), both below 2**24; its length goes to n[_X]. Does not allocate."""
    n[_X] = 0
    if x == 0 and y == 0:
        return 0
    atan = ptr32(_ATAN)
    angle = 0
    if x < 0:
        x = 0 - x
        y = 0 - y
        angle = _TURN >> 1
    shift = 0
    while x < 0x400000 and y < 0x400000 and y > -0x400000 and shift < 16:  # small numbers would lose bits
        x <<= 1
        y <<= 1
        shift += 1
    for i in range(_STEPS):
        dx = x >> i
        dy = y >> i
        if y >= 0:
            x += dy
            y -= dx
            angle += atan[i]
        else:
            x -= dy
            y += dx
            angle -= atan[i]
    n[_X] = ((x >> 15) * _GAIN + ((x & 0x7FFF) * _GAIN >> 15)) >> shift
    angle &= _TURN - 1
    if angle > _TURN >> 1:
        angle -= _TURN
    return angle


@micropython.viper
def _newest(angles: ptr16, at: int, end: int, mask: int) -> int:
    """Return the newest reading in a ring's entries from `at` to before `end`, -1 if there is none; remove them."""
    found = -1
    while at != end:
        counts = angles[at] & 0xFFFF
        if counts < 0x8000:
            found = counts
            angles[at] = -1
        at = (at + 1) & mask
    return found


@micropython.viper
def _bearing(counts: int, zero: int, per_turn: int) -> int:
    """Return the bearing of a reading, from 0 to before 2**15; counter-clockwise is positive."""
    turn = per_turn
    if turn < 0:
        turn = 0 - turn
    bearing = ((counts - zero) % turn) * 0x8000 // turn
    if per_turn < 0:
        bearing = 0x8000 - bearing
    return bearing & 0x7FFF


@micropython.viper
def _place(numbers, raw: ptr32, bearings: ptr16, tick: int) -> int:
    """Write the place at `tick` in µm to _X and _Y; return 1, or 0 if it is unknown. Does not allocate."""
    n = ptr32(numbers)
    bearing = bearings[tick & _HISTORY_MASK]
    if bearing == _UNKNOWN or n[_FREE] < 0:
        return 0
    half = n[_HALF]
    here = raw[tick & _HISTORY_MASK]
    travel = 0
    turn = 0
    count = 0
    at = tick - half
    while at <= tick + half:
        travel += raw[at & _HISTORY_MASK] - here
        other = bearings[at & _HISTORY_MASK]
        if other != _UNKNOWN:
            step = (other - bearing) & 0x7FFF
            if step & 0x4000:
                step -= 0x8000
            turn += step
            count += 1
        at += 1
    length = here + travel // (2 * half + 1) + n[_FREE]
    if length < 0 or length > _MAX_R:
        return 0
    _rotate(numbers, length, (bearing << 9) + turn * 512 // count)
    return 1


@micropython.viper
def _follow(numbers, raw, bearings, path: ptr16, until: int):
    """Add the places up to tick `until` to the path. Does not allocate."""
    # The first three stay objects: as addresses they would be passed on in big ints.
    n = ptr32(numbers)
    tick = n[_FIRST] + n[_COUNT] * n[_SPACING]
    while tick <= until:
        count = n[_COUNT]
        if count == _POINTS:
            count = 0
            while count < _POINTS >> 1:
                path[2 * count] = path[4 * count]
                path[2 * count + 1] = path[4 * count + 1]
                count += 1
            n[_SPACING] = 2 * n[_SPACING]
        if int(_place(numbers, raw, bearings, tick)):
            path[2 * count] = (n[_X] + _QUARTER // 2) // _QUARTER + _ORIGIN
            path[2 * count + 1] = (n[_Y] + _QUARTER // 2) // _QUARTER + _ORIGIN
        else:
            path[2 * count] = 0
        n[_COUNT] = count + 1
        tick += n[_SPACING]


@micropython.viper
def _mean(n: ptr32, path: ptr16, first: int, last: int):
    """Write the mean of the places `first` to `last`, in 64ths of a mm, to n[_X] and n[_Y], and how many are known."""
    x = 0
    y = 0
    known = 0
    at = first
    while at <= last:
        if path[2 * at]:
            x += path[2 * at] - _ORIGIN
            y += path[2 * at + 1] - _ORIGIN
            known += 1
        at += 1
    n[_KNOWN] = known
    if known:
        n[_X] = x * 16 // known
        n[_Y] = y * 16 // known


@micropython.viper
def _furthest(path: ptr16, first: int, last: int) -> int:
    """Return which of the places `first` to `last` is the furthest from the axis, -1 if none is known."""
    found = -1
    largest = -1
    at = first
    while at <= last:
        if path[2 * at]:
            x = (path[2 * at] - _ORIGIN) >> 1
            y = (path[2 * at + 1] - _ORIGIN) >> 1
            square = x * x + y * y
            if square > largest:
                largest = square
                found = at
        at += 1
    return found


@micropython.viper
def _spread(n: ptr32, path: ptr16, first: int, last: int, cos: int, sin: int):
    """Write how far the places `first` to `last` reach to either side of a direction, and how many are known.

    `cos` and `sin` are 2**12 times those of the direction. n[_LOW] and n[_HIGH] are distances in 64ths of a mm from
    the line through the origin of the path's coordinates.
    """
    low = 0x1FFFFFFF
    high = -0x1FFFFFFF
    known = 0
    at = first
    while at <= last:
        if path[2 * at]:
            across = ((path[2 * at + 1] - _ORIGIN) * cos - (path[2 * at] - _ORIGIN) * sin) >> 8
            if across < low:
                low = across
            if across > high:
                high = across
            known += 1
        at += 1
    n[_KNOWN] = known
    n[_LOW] = low
    n[_HIGH] = high


class Direction:
    """Bearings by tick and the path of the movement that is on; after `measure`, the figures of a finished one.

    `chord`, `bow` and `drift` in 0.1 mm, `direction` in 0.01 degrees, `fall` (from the chord's far end to the place at
    the movement's end) in 0.1 mm.
    """

    def __init__(self, motion, source, stack, values):
        """`source` is the decimator, `stack` a Stack, `values` those of a core.settings.Settings."""
        self.motion = motion
        self.source = source
        self.stack = stack
        self._per_turn = values[ANGLE_PER_TURN]
        self._zero = values[ANGLE_ZERO]
        self._free_um = values[FREE_MM] * 1000
        self._from_start = values[FREE_FROM] == 1
        self._low = 100 * values[DIRECTION_LOW] - _MARGIN
        self._high = 100 * values[DIRECTION_HIGH] + _MARGIN
        judged = values[PROFILE] != 0
        self._has_band = judged and self._low + 2 * _MARGIN < self._high
        self._drift_max = 10 * values[DRIFT_MAX] * judged
        self._play = values[ANGLE_PLAY]
        rate = motion.rate_hz
        self.tick_t = 16 * motion.per_tick
        self._centre_t = 8 * (motion.per_tick - 1)  # instant of tick 0's middle
        self._short_t = _SHORT_HOLD_MS * rate // 1000 * 16
        self._stands = max(1, _STANDS_MS * rate // motion.per_tick // 1000)
        self.numbers = words(_NUMBERS)
        self.numbers[_HALF] = min(motion.delay, _FILTER_MS * rate // motion.per_tick // 2000)
        self._raw = motion.raw
        self._bearings = array("H", [_UNKNOWN] * (_HISTORY_MASK + 1))
        self._path = array("H", bytes(4 * _POINTS))
        self._pending = -1  # newest reading that no tick has taken yet
        self._newest = _UNKNOWN
        self._until = -1  # tick until which it stands
        self._first_t = -1  # the first possible start of the movement that the path belongs to
        self.readings = 0  # since `take_rate`
        self.chord = self.direction = self.bow = self.drift = self.fall = 0

    def free(self):
        """Return the length in µm from the axis to the strap at position 0, -1 if it is unknown."""
        if self._from_start:
            return self._free_um
        return max(-1, self._free_um - self.stack.x) if self._free_um and self.stack.known else -1

    @micropython.native
    def take(self, ring, tail):
        """Take the readings in the ring's entries from `tail` to its present tail. Does not allocate."""
        if ring.angle is not None:
            counts = _newest(ring.angle, tail, ring.tail, ring.mask)
            if counts >= 0:
                self._pending = counts

    @micropython.native
    def step(self, starts, moving):
        """Take the newest tick of the motion; `moving`: a movement with these PossibleStarts is on. No allocation."""
        tick = self.motion.tick
        if self._pending >= 0 and not self.source.crossing:
            self._newest = _bearing(self._pending, self._zero, self._per_turn)
            self._pending = -1
            self._until = tick + self._stands
            self.readings += 1
        elif tick > self._until:
            self._newest = _UNKNOWN
        self._bearings[tick & _HISTORY_MASK] = self._newest
        if moving:
            if starts.all[0].t != self._first_t:
                self._begin(starts.all[0].t, tick)
            _follow(self.numbers, self._raw, self._bearings, self._path, tick - self.motion.delay)

    def _begin(self, first_t, tick):
        """A movement whose first possible start is at `first_t` is on: its path begins there."""
        self._first_t = first_t
        numbers = self.numbers
        first = (first_t - self._centre_t) // self.tick_t
        if tick - first > _BACKFILL and numbers[_COUNT] and numbers[_FIRST] <= first:
            return  # an earlier possible start was dropped; the path has this one
        numbers[_FIRST] = max(0, first, tick - _BACKFILL)
        numbers[_SPACING] = 1
        numbers[_COUNT] = 0
        numbers[_FREE] = self.free()

    def _index(self, instant):
        """Return the index of the place at `instant`."""
        numbers = self.numbers
        index = (instant - self._centre_t - numbers[_FIRST] * self.tick_t) * 2 // (self.tick_t * numbers[_SPACING])
        return max(0, min(numbers[_COUNT] - 1, (index + 1) >> 1))

    @micropython.native
    def measure(self, movement):
        """Take the figures of a finished Movement; return False if they are unknown. Does not allocate."""
        numbers = self.numbers
        path = self._path
        if not numbers[_COUNT]:
            return False
        start = self._index(movement.start_t)
        top = self._index(movement.top_t)
        release = max(top, self._index(movement.release_t))
        _mean(numbers, path, start, top)
        known = numbers[_KNOWN]
        if not path[2 * start] or 10 * (top - start + 1 - known) > top - start + 1:
            return False
        _mean(numbers, path, start, start)
        x = numbers[_X]
        y = numbers[_Y]
        first = top
        last = release
        if movement.release_t - movement.top_t < self._short_t:
            first = last = _furthest(path, start, release)
        _mean(numbers, path, first, last)
        known = numbers[_KNOWN]
        if 10 * (last - first + 1 - known) > last - first + 1:
            return False
        far_x = numbers[_X]
        far_y = numbers[_Y]
        angle = _polar(numbers, far_x - x, far_y - y)
        self.chord = _tenths(numbers[_X])
        self.direction = _hundredths(angle)
        _rotate(numbers, 1 << 20, angle)
        cos = numbers[_X] >> 8
        sin = numbers[_Y] >> 8
        _spread(numbers, path, start, top, cos, sin)
        low = numbers[_LOW]
        high = numbers[_HIGH]
        _spread(numbers, path, start, start, cos, sin)
        low -= numbers[_LOW]
        high -= numbers[_LOW]
        self.bow = _tenths(high if high >= -low else low)
        _spread(numbers, path, top, release, cos, sin)
        self.drift = _tenths(numbers[_HIGH] - numbers[_LOW])
        self._measure_fall(far_x, far_y, self._index(movement.end_t), release)
        return True

    def fill(self, record):
        """Write the four figures into a REP record. Does not allocate."""
        record[_CHORD] = self.chord
        record[_CHORD + 1] = self.direction
        record[_CHORD + 2] = self.bow
        record[_CHORD + 3] = self.drift

    @micropython.native
    def flags(self, direction, drift, far_x, side):
        """Return the flags of these figures, taken with the strap as far out as `far_x`. Does not allocate.

        Where the side is unknown, either sign of the direction will do.
        """
        flags = 0
        if self._has_band:
            inside = side != _LEFT and self._low <= direction <= self._high
            if side < 2 and self._low <= -direction <= self._high:
                inside = True
            if not inside:
                flags = OFF_LINE
        if self._drift_max:
            length = (self.numbers[_FREE] + far_x) // 100
            if drift > self._drift_max + length * self._play // _DEGREES:
                flags |= DRIFT_IN_HOLD
        return flags

    def _measure_fall(self, x, y, end, release):
        """Measure from the chord's far end to the place at `end`, or the last that is known before it."""
        while end > release and not self._path[2 * end]:
            end -= 1
        _mean(self.numbers, self._path, end, end)
        _polar(self.numbers, x - self.numbers[_X], y - self.numbers[_Y])
        self.fall = _tenths(self.numbers[_X])


def _tenths(length):
    """Return a length in 64ths of a millimetre in tenths, at most what a field of 16 bits takes."""
    return max(-0x7FFF, min(0x7FFF, (length * 10 + 32) >> 6))


def _hundredths(angle):
    """Return an angle of 2**24 to a turn in hundredths of a degree."""
    return ((angle >> 4) * 1125 + 0x4000) >> 15
